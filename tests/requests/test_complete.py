"""What a person who asked by a link doesn't know is added before anybody approves."""

import pytest
from django.db import IntegrityError, transaction

from partners import actions as partners
from partners.models import Commune, Locality, Membership
from people.models import AuditEntry
from records.refusals import Refused
from requests import actions
from requests.models import DeviceRequest
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(partner, admin):
    return factories.asked_by_link(partner, by=admin)


@pytest.fixture
def known(partner, commune):
    return {"commune": commune, "bill_to": partner.bill_tos.get(), "case_reference": "LT-2026-0401"}


def test_completed_and_approved_in_one_press_and_pressed_twice_once(client, asked, social_worker, commune, partner):
    client.force_login(social_worker)
    page = f"/requests/{asked.number}/complete/"
    assert "CHF 150.00" in client.get(page).content.decode().replace("\u00a0", " ")
    typed = {"commune": commune.pk, "bill_to": partner.bill_tos.get().pk, "case_reference": "LT-2026-0401"}
    assert client.post(page, typed | {"verb": "approve"}).url == f"/requests/{asked.number}/"
    client.post(page, typed | {"verb": "approve"})
    asked.refresh_from_db()
    assert (asked.status, asked.commune, asked.owner, asked.price) == ("approved", commune, social_worker, 150)
    assert [step.verb for step in asked.steps.order_by("pk")] == ["receive", "complete", "approve"]
    assert "LT-2026-0401" in client.get("/requests/").content.decode()
    assert AuditEntry.objects.filter(action="read_recipient", subject=asked.number).exists()


def test_kept_without_approving_it_can_still_be_changed(asked, social_worker, known):
    actions.complete(asked, approving=False, by=social_worker, **known)
    actions.complete(asked, approving=False, by=social_worker, **known | {"case_reference": "LT-2"})
    actions.complete(asked, approving=False, by=social_worker, **known | {"case_reference": "LT-2"})
    asked.refresh_from_db()
    assert (asked.status, asked.case_reference) == ("received", "LT-2")
    assert asked.steps.filter(verb="complete").count() == 2
    actions.approve(asked, by=social_worker)
    with pytest.raises(Refused, match="can be added to a received request"):
        actions.complete(asked, approving=False, by=social_worker, **known)


def test_nobody_approves_it_incomplete(client, asked, social_worker):
    with pytest.raises(Refused, match="Add the commune, who pays and your case reference first"):
        actions.approve(asked, by=social_worker)
    client.force_login(social_worker)
    client.post(f"/requests/{asked.number}/approve/")
    asked.refresh_from_db()
    assert asked.status == "received"


@pytest.mark.parametrize("missing", ["commune", "bill_to", "case_reference"])
def test_the_database_lets_none_be_approved_that_lacks_something(asked, known, missing):
    columns = known | {missing: "" if missing == "case_reference" else None}
    columns |= {"status": "approved", "price": 150, "approved_at": "2026-10-01T08:00Z"}
    with pytest.raises(IntegrityError, match="only_what_was_asked_by_a_link"), transaction.atomic():
        DeviceRequest.objects.filter(pk=asked.pk).update(**columns)
    DeviceRequest.objects.filter(pk=asked.pk).update(**columns | known)


def test_it_can_be_declined_and_withdrawn_as_it_is(asked, social_worker):
    actions.decline(asked, reason="not_entitled", by=social_worker)
    assert asked.status == "declined"
    assert asked.is_free


@pytest.mark.parametrize(
    ("reference", "sentence"), [("wenger-1", "name out of it"), ("756.1234.5678.97", "social security number")]
)
def test_a_reference_that_tells_who_it_is_is_refused_by_page_and_action(
    client, asked, social_worker, known, reference, sentence
):
    with pytest.raises(Refused, match=sentence):
        actions.complete(asked, approving=False, by=social_worker, **known | {"case_reference": reference})
    client.force_login(social_worker)
    page = client.post(f"/requests/{asked.number}/complete/", {"case_reference": reference, "verb": "keep"})
    assert sentence in page.content.decode() and f'value="{reference}"' in page.content.decode()


def test_where_two_approve_whoever_completed_it_is_not_the_second(asked, social_worker, known, make_user, partner):
    partner.approves_by_two = True
    partner.save()
    with pytest.raises(Refused, match="a second person approves"):
        actions.complete(asked, approving=True, by=social_worker, **known)
    actions.complete(asked, approving=False, by=social_worker, **known)
    stale = DeviceRequest.objects.get(pk=asked.pk)
    with pytest.raises(Refused, match="a second person approves"):
        actions.approve(stale, by=social_worker)
    colleague = make_user("colleague@example.org")
    Membership.objects.create(user=colleague, partner=partner, role="social_worker")
    colleague.acting_for, colleague.membership_roles = partner, frozenset({"social_worker"})
    actions.approve(stale, by=colleague)
    assert stale.status == "approved"


def test_the_commune_is_preset_where_the_postcode_says_it(client, asked, social_worker, commune, partner):
    bern = Commune.objects.create(bfs_no=351, name="Bern", canton="BE", language="de")
    for each in (bern, commune):
        partner.coverage.create(commune=each)
    Locality.objects.create(postcode="3400", name="Burgdorf", commune=commune, share=98, language="de")
    client.force_login(social_worker)
    page = client.get(f"/requests/{asked.number}/complete/").content.decode()
    assert f'<option value="{commune.pk}" selected>' in page


def test_neither_a_foreign_commune_nor_a_payer_who_stopped_is_taken(asked, social_worker, known, partner, stranger):
    theirs = stranger.memberships.first().partner.bill_tos.get()
    with pytest.raises(Refused, match="no longer pays"):
        actions.complete(asked, approving=False, by=social_worker, **known | {"bill_to": theirs})
    bern = Commune.objects.create(bfs_no=351, name="Bern", canton="BE", language="de")
    partner.coverage.create(commune=bern)
    with pytest.raises(Refused, match="does not speak for this commune"):
        actions.complete(asked, approving=False, by=social_worker, **known)


def test_one_that_the_organisation_has_entered_is_not_completed(client, make_received, social_worker, known):
    entered = make_received()
    with pytest.raises(Refused, match="asked by your link"):
        actions.complete(entered, approving=False, by=social_worker, **known)
    client.force_login(social_worker)
    assert client.get(f"/requests/{entered.number}/complete/").url == f"/requests/{entered.number}/"


def test_another_organisation_finds_none(client, asked, stranger):
    client.force_login(stranger)
    assert client.get(f"/requests/{asked.number}/complete/").status_code == 404


def test_a_suspended_organisation_completes_and_does_not_approve(asked, social_worker, known, partner, admin):
    partners.suspend(partner, by=admin)
    with pytest.raises(Refused, match="no running agreement"):
        actions.complete(asked, approving=True, by=social_worker, **known)
    asked.refresh_from_db()
    assert asked.case_reference == ""
    actions.complete(asked, approving=False, by=social_worker, **known)
