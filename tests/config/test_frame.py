"""The frame around every page: the menu, the size of what one presses, and the way back after a refusal."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from config.navigation import ASSOCIATION, PARTNER
from jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ASSOCIATION)
def test_each_role_may_open_every_page_of_its_menu(client, make_user, role):
    client.force_login(make_user("somebody@example.org", role))
    entries = client.get("/home/").context["navigation"]
    assert [entry["url"] for entry in entries] == [reverse(name) for _label, name in ASSOCIATION[role]]
    assert {client.get(entry["url"]).status_code for entry in entries} == {200}


@pytest.mark.parametrize("role", PARTNER)
def test_each_role_of_an_organisation_may_open_every_page_of_its_menu(client, make_user, partner, role):
    user = make_user("somebody@example.org")
    user.memberships.create(partner=partner, role=role)
    client.force_login(user)
    entries = client.get("/home/").context["navigation"]
    assert [entry["url"] for entry in entries] == [reverse(name) for _label, name in PARTNER[role]]
    assert {client.get(entry["url"], follow=True).status_code for entry in entries} == {200}


def test_the_page_one_is_on_is_marked_and_only_that_one(client, make_user):
    client.force_login(make_user("treasurer@example.org", "treasurer"))
    entries = client.get("/invoices/month-end/").context["navigation"]
    assert [entry["url"] for entry in entries if entry["current"]] == ["/invoices/month-end/"]


def test_volunteers_get_large_buttons_at_home_and_others_those_of_a_desk(client, volunteer, dispatcher):
    for user, density in ((volunteer, "workshop"), (dispatcher, "office")):
        client.force_login(user)
        assert f'data-density="{density}"' in client.get("/home/").content.decode()


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://testserver/jobs/?state=dead&after=7", "/jobs/?state=dead&after=7"),
        ("http://testserver//elsewhere.example.org/", "/elsewhere.example.org/"),
        ("http://elsewhere.example.org/jobs/", "/home/"),
        ("", "/home/"),
    ],
)
def test_a_refusal_leads_back_to_the_page_as_it_was_and_never_out_of_the_house(client, admin, came_from, back):
    done = Job.objects.create(kind="tests.deed", subject="people.user:1", state="done")
    client.force_login(admin)
    answer = client.post(f"/jobs/{done.pk}/try-again/", headers={"referer": came_from})
    assert (answer.status_code, answer.url) == (303, back)
    assert [str(message) for message in get_messages(answer.wsgi_request)] == ["This job is no longer given up."]
