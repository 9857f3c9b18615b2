"""What static/app.js does to forms, on a page of its own."""

from datetime import datetime
from pathlib import Path

import pytest

from .waiting import wait_for

pytestmark = pytest.mark.django_db
SCRIPT = (Path(__file__).resolve().parents[2] / "static" / "app.js").read_text()
PAGE = f"<!doctype html><title>A form</title><form method=post><button>Send</button></form><script>{SCRIPT}</script>"


def test_a_form_goes_out_once_and_again_after_some_seconds_on_the_same_page(chromium):
    sent = []

    def answer(route):
        if route.request.method == "POST":
            sent.append(route)
            route.fulfill(status=204)  # leaves the person on the page, as Esc does
        else:
            route.fulfill(content_type="text/html", body=PAGE)

    page = chromium.new_page()
    page.route("**/*", answer)
    page.clock.install(time=datetime(2026, 11, 23, 8))
    page.goto("http://weitergabe.example.org/")
    page.clock.pause_at(datetime(2026, 11, 23, 9))  # a slow machine must not spend the seconds
    for seconds, expected in ((0, 1), (0, 1), (9, 1), (2, 2), (0, 2)):
        page.clock.fast_forward(seconds * 1000)
        page.evaluate("document.querySelector('button').click()")
        wait_for(page, sent, expected)
    page.close()
