"""Whatever shows a request can also show one that a person asked by the link: no case reference, commune or payer."""

import pytest

from jobs import actions as jobs
from jobs.models import Job, job_subject
from partners import actions as partners
from requests import actions
from requests.models import DeviceRequest
from shipping import actions as shipping
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(partner, admin):
    return factories.asked_by_link(partner, by=admin, recipient=factories.PERSON | {"first_name": ""})


@pytest.mark.parametrize("who", ["social_worker", "admin", "dispatcher"])
def test_each_list_and_page_shows_it_by_its_number(client, request, asked, who):
    reader = request.getfixturevalue(who)
    client.force_login(reader)
    listed = client.get("/requests/?view=all").content.decode()
    assert asked.number in listed and "By the link" in listed and "Wenger" in listed
    for path in (f"/requests/?q={asked.number}", f"/requests/?partner={asked.partner_id}&status=received"):
        assert asked.number in client.get(path).content.decode()
    page = client.get(asked.get_absolute_url()).content.decode()
    assert f"<title>{asked.number}" in " ".join(page.split()).replace("<title> ", "<title>")
    assert page.count("Still missing") == 2
    assert "None" not in page and "None" not in listed
    for path in ("/home/", "/requests/?view=needs-us", "/requests/?view=on-the-way"):
        assert client.get(path).status_code == 200
    for typed in (asked.number, asked.number.lower(), "Wenger"):
        found = client.post("/requests/search/", {"name": typed}, follow=True)
        assert asked.number in found.content.decode()


def test_an_empty_case_reference_is_found_by_none(client, asked, social_worker):
    client.force_login(social_worker)
    for typed in ("LT", "0", "-"):
        assert asked.number not in client.get("/requests/", {"q": typed}).content.decode()


def test_neither_queue_nor_matching_nor_anything_public_knows_it(client, asked, dispatcher, make_ready):
    make_ready()
    client.force_login(dispatcher)
    assert asked.number not in client.get("/requests/queue/").content.decode()
    client.logout()
    for path in ("/", "/map/", "/map/data.json", "/impact/"):
        assert client.get(path).status_code == 200
    assert not DeviceRequest.objects.queued().exists()


@pytest.mark.parametrize("verb", ["decline", "withdraw"])
def test_the_page_that_asks_before_it_ends_calls_it_by_its_number(client, asked, social_worker, verb):
    client.force_login(social_worker)
    url = f"{asked.get_absolute_url()}{verb}/"
    assert f"{asked.number}?" in client.get(url).content.decode()
    assert client.post(url, {"reason": "not_entitled"} if verb == "decline" else {}).status_code == 302
    asked.refresh_from_db()
    assert asked.is_free
    page = client.get(asked.get_absolute_url()).content.decode()
    assert asked.number in page and "None" not in page


def test_what_rests_when_its_organisation_ends_is_shown_and_withdrawn(client, asked, partner, admin):
    partners.end(partner, by=admin, requests="leave")
    client.force_login(admin)
    assert asked.number in client.get("/requests/left-over/").content.decode()
    assert client.post(f"/requests/left-over/{partner.pk}/withdraw/").status_code == 302
    asked.refresh_from_db()
    assert asked.status == "withdrawn"


def test_the_organisations_page_and_its_history_show(client, asked, partner, admin):
    client.force_login(admin)
    for tab in ("", "people/", "agreements/", "coverage/", "tariff/", "notes/", "history/", "suspend/", "end/"):
        assert client.get(f"{partner.get_absolute_url()}{tab}").status_code == 200


def test_once_completed_its_label_names_the_person_by_the_one_name(
    asked, partner, commune, social_worker, dispatcher, make_ready
):
    known = {"commune": commune, "bill_to": partner.bill_tos.get(), "case_reference": "LT-2026-0401"}
    actions.complete(asked, approving=True, by=social_worker, **known)
    allocation = actions.allocate(asked, make_ready(), by=dispatcher)
    shipment = shipping.pack(allocation, by=dispatcher)
    assert shipping.label_face(shipment, "").recipient.name == "Wenger"
    assert jobs.run(Job.objects.get(subject=job_subject(shipment)).pk)
    shipment.refresh_from_db()
    assert shipment.status == "labelled"
