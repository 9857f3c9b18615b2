"""The frame around every page: the menu, the size of what one presses, and the way back after a refusal."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from config.navigation import ASSOCIATION, PARTNER
from jobs.models import Job
from records.refusals import Refused

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


def test_a_page_below_another_of_the_menu_is_marked_alone(client, social_worker):
    client.force_login(social_worker)
    entries = client.get("/requests/new/", follow=True).context["navigation"]
    assert [entry["url"] for entry in entries if entry["current"]] == ["/requests/new/"]


def test_who_has_no_role_finds_the_way_home(client, make_user):
    client.force_login(make_user("nobody@example.org"))
    assert [entry["url"] for entry in client.get("/home/").context["navigation"]] == ["/home/"]


def test_the_frame_says_for_whom_one_acts(client, social_worker, volunteer, partner):
    for user, label in ((social_worker, f"{social_worker} · {partner}"), (volunteer, str(volunteer))):
        client.force_login(user)
        assert client.get("/home/").context["account_label"] == label


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
        ("http://[", "/home/"),
        ("", "/home/"),
    ],
)
def test_a_refusal_leads_back_to_the_page_as_it_was_and_never_out_of_the_house(client, admin, came_from, back):
    done = Job.objects.create(kind="tests.action", subject="people.user:1", state="done")
    client.force_login(admin)
    answer = client.post(f"/jobs/{done.pk}/try-again/", headers={"referer": came_from})
    assert (answer.status_code, answer.url) == (303, back)
    assert [str(message) for message in get_messages(answer.wsgi_request)] == ["This job is no longer given up."]


def test_a_fragment_is_answered_by_a_note_inside_it_and_a_program_by_json(client, admin):
    done = Job.objects.create(kind="tests.action", subject="people.user:1", state="done")
    client.force_login(admin)
    answer = client.post(f"/jobs/{done.pk}/try-again/", headers={"HX-Request": "true", "Accept": "*/*"})
    assert (answer.status_code, answer.headers["HX-Reswap"]) == (409, "afterbegin")
    assert '<div class="wg-note" data-tone="stop" role="alert"><p>This job is no longer given up.</p></div>' in (
        answer.content.decode()
    )
    answer = client.post(f"/jobs/{done.pk}/try-again/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()) == (409, {"detail": "This job is no longer given up."})


def test_what_a_refusal_repeats_is_shown_and_never_run(client, admin, monkeypatch):
    def refuse(job):
        raise Refused("<img src=x onerror=alert(1)>")

    monkeypatch.setattr("jobs.actions.try_again", refuse)
    done = Job.objects.create(kind="tests.action", subject="people.user:1", state="done")
    client.force_login(admin)
    answer = client.post(f"/jobs/{done.pk}/try-again/", headers={"HX-Request": "true"})
    assert "&lt;img" in answer.content.decode()
    assert "<img" not in answer.content.decode()


def test_whom_to_ask_stands_at_the_foot_of_every_page(client, settings):
    foot = client.get("/accounts/login/").content.decode().partition("<footer")[2]
    assert '<a href="tel:+41315550140">031 555 01 40</a>' in foot
    settings.ASSOCIATION = settings.ASSOCIATION | {"phone": ""}
    assert "tel:" not in client.get("/accounts/login/").content.decode()
