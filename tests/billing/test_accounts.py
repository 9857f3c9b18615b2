"""The association's account and VAT status: proposed by one, confirmed by another, told to all."""

from datetime import timedelta

import pytest

from billing.models import CreditorAccount, VatStatus
from jobs.actions import run
from jobs.models import Job
from people.models import AuditEntry
from records import clock
from tests import factories

pytestmark = pytest.mark.django_db
IBANS = {"iban": "CH93 0076 2011 6238 5295 7", "qr_iban": "CH44 3199 9123 0008 8901 2", "reference_prefix": ""}
PROPOSE = "/settings/accounts/propose/"


@pytest.fixture
def treasurer(make_user):
    return make_user("treasurer@example.org", "treasurer")


def tomorrow():
    return clock.today() + timedelta(days=1)


@pytest.fixture
def proposed(client, treasurer):
    factories.creditor_account()
    client.force_login(treasurer)
    client.post(PROPOSE, IBANS | {"valid_from": str(tomorrow())})
    return CreditorAccount.objects.proposed().get()


def test_what_one_proposes_holds_once_another_has_confirmed_it(client, treasurer, admin, proposed, mailoutbox):
    assert (proposed.iban, proposed.proposed_by) == ("CH9300762011623852957", treasurer)
    assert CreditorAccount.objects.on(tomorrow()) != proposed
    assert proposed.iban not in CreditorAccount.objects.our_ibans()
    client.force_login(admin)
    assert "Change of account or VAT waits for you" in client.get("/home/").content.decode()
    path = f"/settings/accounts/{proposed.pk}/confirm/"
    assert "CH93 0076 2011 6238 5295 7" in client.get(path).content.decode()
    for _time in range(2):
        client.post(path, {"sure": "on"})
    assert CreditorAccount.objects.on(tomorrow()) == proposed
    assert CreditorAccount.objects.on() != proposed
    noted = AuditEntry.objects.filter(subject=f"billing.creditoraccount:{proposed.pk}").order_by("pk")
    assert [(entry.action, entry.by) for entry in noted] == [
        ("account_proposed", treasurer),
        ("account_confirmed", admin),
    ]
    for job in Job.objects.filter(kind="documents.send_mail"):
        run(job.pk)
    told = sorted((mail.to[0], mail.subject) for mail in mailoutbox)
    assert told == [
        ("admin@example.org", "A change of account or VAT is confirmed"),
        ("admin@example.org", "A change of account or VAT is proposed"),
        ("treasurer@example.org", "A change of account or VAT is confirmed"),
        ("treasurer@example.org", "A change of account or VAT is proposed"),
    ]
    assert all("2957" in mail.body for mail in mailoutbox)
    assert not any("CH93" in mail.body for mail in mailoutbox)


def test_nobody_confirms_their_own_proposal(client, proposed):
    page = client.post(f"/settings/accounts/{proposed.pk}/confirm/", {"sure": "on"}, follow=True).content.decode()
    assert "A second person confirms it" in page
    proposed.refresh_from_db()
    assert proposed.confirmed_at is None
    page = client.get("/home/").content.decode()
    assert "waits for you" not in page


def test_who_is_alone_sees_what_waits_for_a_second_person(client, proposed):
    page = client.get("/settings/accounts/").content.decode()
    assert "Nobody else is treasurer or admin" in page
    assert "waits for a second person" in page


def test_after_its_day_a_proposal_can_only_be_turned_down(client, proposed, admin):
    client.force_login(admin)
    with clock.set_to(clock.now() + timedelta(days=1)):
        page = client.post(f"/settings/accounts/{proposed.pk}/confirm/", {"sure": "on"}, follow=True).content.decode()
        assert "From tomorrow on at the earliest" in page
        client.post(f"/settings/accounts/{proposed.pk}/turn-down/")
    assert not CreditorAccount.objects.proposed().exists()


def test_what_is_confirmed_is_not_turned_down(client, proposed, admin):
    client.force_login(admin)
    client.post(f"/settings/accounts/{proposed.pk}/confirm/", {"sure": "on"})
    page = client.post(f"/settings/accounts/{proposed.pk}/turn-down/", follow=True).content.decode()
    assert "Somebody has confirmed it already" in page
    assert CreditorAccount.objects.filter(pk=proposed.pk).exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"iban": "CH9300762011623852958"}, "This is no IBAN"),
        ({"iban": IBANS["qr_iban"]}, "This is no IBAN"),
        ({"iban": "DE89370400440532013000"}, "This is no IBAN"),
        ({"qr_iban": IBANS["iban"]}, "This is no QR-IBAN"),
        ({"reference_prefix": "12A"}, "digits only"),
        ({"valid_from": str(clock.today())}, "From tomorrow on at the earliest"),
        ({"valid_from": ""}, "Still missing"),
    ],
)
def test_what_can_t_be_an_account_is_said_and_stays_typed(client, treasurer, changes, sentence):
    client.force_login(treasurer)
    page = client.post(PROPOSE, IBANS | {"valid_from": str(tomorrow())} | changes).content.decode()
    assert sentence in page
    assert not CreditorAccount.objects.exists()


@pytest.mark.parametrize(
    ("number", "rate", "kept"),
    [
        ("CHE-123.456.788 MWST", "8.1", "CHE-123.456.788 MWST"),
        ("", "", ""),
        ("CHE-123.456.789 MWST", "8.1", None),
        ("CHE-123.456.788 MWST", "", None),
    ],
)
def test_a_vat_status_is_a_number_with_a_rate_or_neither(client, treasurer, number, rate, kept):
    client.force_login(treasurer)
    client.post("/settings/vat/propose/", {"number": number, "rate": rate, "valid_from": str(tomorrow())})
    assert [row.number for row in VatStatus.objects.proposed()] == ([] if kept is None else [kept])
