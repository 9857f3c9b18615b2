"""The API's page in a real browser: drawn under the strict policy, and it calls the API."""

from urllib.parse import urlsplit

import pytest

from partners.models import ApiToken

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_draws_every_route_and_calls_one_with_nothing_from_elsewhere(visit, site, dispatcher):
    _token, secret = ApiToken.objects.issue(owner=dispatcher, name="test")
    page = visit("en")
    complaints, asked = [], []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/v1/docs/")
    page.locator("#operations-requests-requests_create").wait_for()
    page.locator("button.authorize").first.click()
    page.locator(".auth-container input").fill(secret)
    page.locator(".auth-container button[type=submit]").click()
    page.locator(".auth-container .btn-done").click()
    listed = page.locator("#operations-requests-requests_list")
    listed.locator(".opblock-summary-control").click()
    listed.locator("button.execute").click()
    listed.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {urlsplit(site).netloc}
    assert complaints == []
