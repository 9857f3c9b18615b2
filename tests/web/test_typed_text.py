"""Typed text is cleaned before it is judged, in every form and by every road of the API (records/text.py)."""

import gc
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.http import QueryDict
from django.urls import get_resolver

from records.text import clean_typed
from web.api import cleaned
from web.forms import Form, TypedText

DECOMPOSED = "Mu\u0308ller\u202f\u00a0 Anna "


class ExampleForm(Form):
    name = forms.CharField(max_length=11)
    letter = forms.CharField(required=False, widget=forms.Textarea)
    article = forms.CharField(required=False, strip=False)


OURS = {app.name for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}


def forms_of_ours(kind=forms.BaseForm):
    for form in kind.__subclasses__():
        yield from forms_of_ours(form)
        if form.__module__.partition(".")[0] in OURS and form.base_fields:
            yield form


def test_every_form_of_ours_cleans_what_is_typed():
    get_resolver().url_patterns  # noqa: B018  # reads every view, and with it every form
    gc.collect()
    found = set(forms_of_ours())
    assert len(found) > 30
    assert [form for form in found if not issubclass(form, TypedText)] == []


def test_a_text_is_composed_and_its_spaces_are_one_before_it_is_measured():
    form = ExampleForm(QueryDict(f"name={DECOMPOSED}"))
    assert form.is_valid()
    assert form.cleaned_data["name"] == "Müller Anna"


def test_a_letter_keeps_its_lines():
    form = ExampleForm({"name": "A", "letter": " Guten\u00a0Tag\r\n\r\nes  eilt\n"})
    assert form.is_valid()
    assert form.cleaned_data["letter"] == "Guten Tag\n\nes eilt"


def test_what_isn_t_stripped_keeps_its_spaces_and_has_its_letters_composed():
    form = ExampleForm({"name": "A", "article": " «\u202fMu\u0308ller\u202f» "})
    assert form.is_valid()
    assert form.cleaned_data["article"] == " «\u202fMüller\u202f» "


def test_a_refused_form_shows_what_was_typed():
    form = ExampleForm({"name": f"{DECOMPOSED} and somebody else"})
    assert not form.is_valid()
    assert form["name"].value() == "Müller Anna and somebody else"


@pytest.mark.parametrize("read", [clean_typed, cleaned])
def test_what_a_program_sends_is_cleaned_however_deep_it_lies(read):
    sent = {"recipient": {"last_name": DECOMPOSED, "birth_year": 1990}, "drives": [{"serial": " S\u00a01 "}, None]}
    assert read(sent) == {
        "recipient": {"last_name": "Müller Anna", "birth_year": 1990},
        "drives": [{"serial": "S 1"}, None],
    }


def test_a_query_keeps_all_of_its_values():
    query = cleaned(QueryDict(f"name={DECOMPOSED}&state=open&state=%20paid"))
    assert query.getlist("name") == ["Müller Anna"]
    assert query.getlist("state") == ["open", "paid"]
