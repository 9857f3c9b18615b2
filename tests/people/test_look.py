"""The parts that pages are built from."""

from django import forms
from django.template import engines


class Questions(forms.Form):
    reference = forms.CharField(label="Case reference")
    device = forms.CharField(label="Which device?")


def lines():
    """What the summary of errors says, a line each."""
    page = engines["django"].from_string("{% load look %}{% error_summary form %}")
    html = page.render({"form": Questions({})})
    return [part.partition("</a>")[0].rpartition(">")[2] for part in html.split("<a ")[1:]]


def test_the_summary_of_errors_puts_no_colon_after_a_question():
    assert lines() == ["Case reference: Still missing.", "Which device? Still missing."]
