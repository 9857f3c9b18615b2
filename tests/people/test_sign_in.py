"""Where somebody goes who is not signed in, or lacks the second factor; and comes back to afterwards."""

import pytest

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LOGIN = "/accounts/login/?next="


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_page_is_come_back_to(client, method):
    assert getattr(client, method)("/requests/?view=all").url == f"{LOGIN}/requests/%3Fview%3Dall"


@pytest.mark.parametrize(
    ("referer", "page"),
    [
        ("http://testserver/requests/R-1/", "/requests/R-1/"),
        ("http://elsewhere.example.org/x/", "/home/"),
        ("http://[", "/home/"),
        ("", "/home/"),
    ],
)
def test_an_action_is_not_come_back_to_but_the_page_it_stands_on(client, referer, page):
    answer = client.post("/requests/R-1/approve/", headers={"referer": referer})
    assert (answer.status_code, answer.url) == (302, LOGIN + page)


def test_a_fragment_leads_its_whole_page_there_and_that_page_is_come_back_to(client):
    for method, url in (("get", "/jobs/batches/0f8fad5b-d9cb-469f-a165-70867728950e/"), ("post", "/rounds/station/")):
        answer = getattr(client, method)(url, headers=HTMX | {"HX-Current-URL": "http://testserver/rounds/station/"})
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, f"{LOGIN}/rounds/station/")
    assert client.get("/requests/", headers=HTMX).headers["HX-Redirect"] == f"{LOGIN}/home/"


def test_a_fragment_leads_its_whole_page_to_the_second_factor(client, volunteer):
    volunteer.authenticator_set.all().delete()
    client.force_login(volunteer)
    answer = client.post("/rounds/station/", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/accounts/2fa/")


def test_a_menu_without_entries_is_no_menu(client, make_user):
    assert "<summary>" not in client.get("/accounts/login/").content.decode()
    client.force_login(make_user("somebody@example.org"))
    assert "<summary>" in client.get("/home/").content.decode()
