import pytest

from partners.models import Agreement, BillTo, Partner

pytestmark = pytest.mark.django_db
SIGNED = {"version": "2026-1", "signed_on": "2026-01-15", "signed_by": "Nina Aebi", "function": "Head"}


@pytest.fixture
def admitted(db):
    where = {"street": "Hauptstrasse", "house_number": "1", "postcode": "3400", "town": "Burgdorf"}
    partner = Partner.objects.create(name="Sozialdienst Lindental", status="admitted", **where)
    BillTo.objects.create(partner=partner, name=partner.name, email="kasse@example.org", **where)
    return partner


def test_recording_the_agreement_lets_its_approvals_through_and_twice_is_as_once(client, admin, admitted):
    client.force_login(admin)
    url = f"/partners/{admitted.pk}/record-agreement/"
    assert "approvals now reach the queue" in client.post(url, SIGNED, follow=True).content.decode()
    page = client.post(url, SIGNED).content.decode()
    assert "This version is signed already." in page
    assert 'value="Nina Aebi"' in page
    admitted.refresh_from_db()
    assert (admitted.status, admitted.agreements.count()) == ("active", 1)


def test_who_must_act_is_told_so_and_others_read_who_does(client, admin, dispatcher, admitted):
    for reader, before, after in (
        (admin, "or you record the signed agreement.", "You: invite the first person."),
        (dispatcher, "Next: the association records the signed agreement.", "Next: invite the first person."),
    ):
        client.force_login(reader)
        for status, words in (("admitted", before), ("active", after)):
            if status == "active" and not admitted.agreements.exists():
                Agreement.objects.create(partner=admitted, **SIGNED, countersigned_at="2026-01-16T08:00Z")
            Partner.objects.filter(pk=admitted.pk).update(status=status)
            assert words in client.get(admitted.get_absolute_url()).content.decode()


def test_a_suspended_organisation_signs_and_stays_suspended(client, admin, admitted):
    Partner.objects.update(status="suspended")
    client.force_login(admin)
    page = client.post(f"/partners/{admitted.pk}/record-agreement/", SIGNED, follow=True).content.decode()
    assert "The organisation stays suspended: its requests pause." in page
    assert "reach the queue" not in page
    admitted.refresh_from_db()
    assert (admitted.status, admitted.agreements.count()) == ("suspended", 1)


def test_a_day_to_come_and_an_organisation_without_a_payer_are_refused(client, admin, admitted):
    client.force_login(admin)
    url = f"/partners/{admitted.pk}/record-agreement/"
    assert "not come yet" in client.post(url, SIGNED | {"signed_on": "2099-01-01"}).content.decode()
    admitted.bill_tos.update(is_active=False)
    assert "who pays" in client.post(url, SIGNED).content.decode()
    assert admitted.agreements.count() == 0


@pytest.mark.parametrize("status", ["applied", "declined", "ended"])
def test_an_organisation_that_does_not_take_part_signs_nothing(client, admin, admitted, status):
    Partner.objects.filter(pk=admitted.pk).update(status=status)
    client.force_login(admin)
    page = client.post(f"/partners/{admitted.pk}/record-agreement/", SIGNED).content.decode()
    assert "this step can’t follow" in page
    admitted.refresh_from_db()
    assert (admitted.status, admitted.agreements.count()) == (status, 0)


def test_only_admins_record_it(client, stranger, dispatcher, admitted):
    for user in (stranger, dispatcher):
        client.force_login(user)
        assert client.post(f"/partners/{admitted.pk}/record-agreement/", SIGNED).status_code == 403
    assert admitted.agreements.count() == 0
