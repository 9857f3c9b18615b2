"""Where work raises a question, the page links to its answer; no page asks the database more for it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from devices.models import Device
from partners.models import Membership
from tests import factories

pytestmark = pytest.mark.django_db


def links_to(page, slug):
    return f'href="/help/{slug}/"' in page.content.decode().partition("<main")[2].partition("<footer")[0]


@pytest.mark.parametrize(
    ("status", "has_link"), [("received", True), ("approved", True), ("allocated", False), ("withdrawn", False)]
)
def test_who_waits_for_a_laptop_reads_what_comes(client, social_worker, partner, status, has_link):
    request = factories.request_of(partner.bill_tos.get(), status=status, recipient=factories.PERSON)
    client.force_login(social_worker)
    assert links_to(client.get(f"/requests/{request.number}/"), "queue") is has_link


def test_who_writes_a_request_reads_how(client, social_worker):
    client.force_login(social_worker)
    assert links_to(client.get("/requests/new/", follow=True), "requesting")


def test_who_erases_drives_reads_how(client, volunteer):
    device = Device.objects.create(asset_tag="5CG1")
    client.force_login(volunteer)
    assert links_to(client.get(f"/devices/{device.number}/record-erasure/"), "erasure")


def test_an_organisation_reads_about_its_invoices_and_the_treasurer_does_not(client, make_user, partner):
    manager = make_user("manager@example.org")
    Membership.objects.create(user=manager, partner=partner, role="manager")
    client.force_login(manager)
    assert links_to(client.get("/invoices/"), "invoices")
    client.force_login(make_user("treasurer@example.org", "treasurer"))
    assert not links_to(client.get("/invoices/"), "invoices")


def test_none_of_them_asks_about_articles(client, social_worker, partner):
    request = factories.request_of(partner.bill_tos.get(), recipient=factories.PERSON)
    client.force_login(social_worker)
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/requests/{request.number}/")
        client.get("/requests/new/", follow=True)
        client.get("/requests/nowhere/")
    assert not [query for query in captured.captured_queries if "help_" in query["sql"]]
