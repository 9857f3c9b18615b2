"""The parts that pages are built from."""

import pytest
from django import forms
from django.template import engines

from web.templatetags import components


class Questions(forms.Form):
    reference = forms.CharField(label="Case ref.")
    device = forms.CharField(label="Which device?")
    examined = forms.BooleanField(label="We have examined it.")


def lines():
    """What the summary of errors says, a line each."""
    page = engines["django"].from_string("{% load components %}{% error_summary form %}")
    html = page.render({"form": Questions({})})
    return [part.partition("</a>")[0].rpartition(">")[2] for part in html.split("<a ")[1:]]


def test_the_summary_of_errors_says_all_in_one_form():
    assert lines() == [
        "Case ref.: Still missing.",
        "Which device: Still missing.",
        "We have examined it: Still missing.",
    ]


def test_a_button_of_a_row_is_one_element_and_names_the_row_to_screen_readers():
    button = engines["django"].from_string('{% load components %}{% action_text "Pack" row %}')
    assert button.render({"row": "<D-1>"}) == '<span>Pack<span class="visually-hidden"> &lt;D-1&gt;</span></span>'


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android"),
        ("curl/8.5.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_named_as_one_would_say_it(agent, said):
    assert components.browser(agent) == said
