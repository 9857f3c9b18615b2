"""An organisation announces itself, confirms by mail, completes its application, and is decided on."""

import re
from datetime import timedelta

import pytest

from documents.models import Mail
from partners import actions
from partners.models import Application, Commune, Membership, Partner
from records import clock
from records.refusals import Refused
from web.bots import ByAPersonForm

pytestmark = pytest.mark.django_db
WORDS = {
    "kind": "commune",
    "name": "Gemeinde Oberburg",
    "postcode": "3414",
    "town": "Oberburg",
    "contact_name": "Jana Côté-Müller",
    "email": "jana@oberburg.example.org",
    "language": "de",
    "message": "Wir möchten mitmachen.",
}
OFFICE = {"street": "Emmentalstrasse", "house_number": "11", "postcode": "3414", "town": "Oberburg"}
PAYS = {f"pays-{name}": "" for name in ("name", "street", "house_number", "postcode", "town")} | {
    "pays-email": "kasse@oberburg.example.org",
    "pays-language": "de",
    "pays-cadence": "month",
}


@pytest.fixture
def oberburg(db):
    return Commune.objects.create(bfs_no=418, name="Oberburg", canton="BE", language="de")


def stamp(seconds=10):
    with clock.set_to(clock.now() - timedelta(seconds=seconds)):
        return ByAPersonForm.stamp()


@pytest.fixture
def announced(client, oberburg):
    client.post("/join/", WORDS | {"communes": [418], "shown": stamp()})
    return Application.objects.get()


@pytest.fixture
def applied(client, announced):
    client.post(f"{announced.get_absolute_url()}confirm/")
    announced.refresh_from_db()
    return announced


@pytest.fixture
def completed(client, applied):
    client.post(f"{applied.get_absolute_url()}complete/", OFFICE | {"delivery": "office"} | PAYS)
    applied.refresh_from_db()
    return applied


def test_what_was_announced_is_kept_and_a_mail_leads_to_it(client, oberburg):
    page = client.post("/join/", WORDS | {"communes": [418], "shown": stamp()}).content.decode()
    application = Application.objects.get()
    assert "jana@oberburg.example.org" in page
    assert (application.name, list(application.communes.all())) == ("Gemeinde Oberburg", [oberburg])
    assert Mail.objects.get().kind == "partners.announced"
    assert Partner.objects.count() == 0


@pytest.mark.parametrize(
    "by_a_program", [{"website": "http://example.org"}, {"shown": ""}, {"shown": "made up"}, {"shown": None}]
)
def test_to_a_program_it_reads_the_same_and_nothing_is_kept(client, oberburg, by_a_program):
    if by_a_program.get("shown", "") is None:
        by_a_program = {"shown": stamp(0)}  # at once
    page = client.post("/join/", WORDS | {"communes": [418], "shown": stamp()} | by_a_program).content.decode()
    assert "Look into your mail" in page
    assert (Application.objects.count(), Mail.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": "mandated"}, "Name the commune, canton or authority."),
        ({"kind": "canton"}, "Choose the canton."),
        ({"communes": []}, "Find and tick the communes that it speaks for."),
        ({"communes": [], "area": "Nirgendwo"}, "No commune fits “Nirgendwo”."),
        ({"postcode": "34"}, "Four digits, like 3400"),
        ({"email": "jana"}, "id_email_error"),
        ({"name": "http://example.org"}, "no web address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, oberburg, commune, wrong, sentence):
    factories_place(oberburg)
    page = client.post("/join/", WORDS | {"communes": [418], "shown": stamp()} | wrong).content.decode()
    assert sentence in page
    assert "Jana Côté-Müller" in page
    assert Application.objects.count() == 0


def factories_place(commune):
    commune.localities.create(postcode="3414", name="Oberburg", share=100, language="de")


def test_a_canton_speaks_for_all_of_its_communes(client, oberburg, commune):
    client.post("/join/", WORDS | {"kind": "canton", "canton": "BE", "shown": stamp()})
    assert set(Application.objects.get().communes.all()) == {oberburg, commune}


def test_a_mandated_organisation_names_who_gave_the_mandate(client, oberburg):
    words = WORDS | {"kind": "mandated", "mandated_by": "Gemeinde Oberburg", "communes": [418], "shown": stamp()}
    client.post("/join/", words)
    assert Application.objects.get().mandated_by == "Gemeinde Oberburg"


def test_looking_at_the_link_changes_nothing_and_confirming_twice_is_as_once(client, announced):
    url = announced.get_absolute_url()
    assert "You: confirm that this application is yours." in client.get(url).content.decode()
    assert Partner.objects.count() == 0
    for _time in range(2):
        assert client.post(f"{url}confirm/").url == url
    partner = Partner.objects.get()
    assert (partner.status, partner.name, partner.town) == ("applied", "Gemeinde Oberburg", "Oberburg")
    assert [step.verb for step in partner.steps.all()] == ["confirm"]
    assert [message.text for message in partner.messages.all()] == ["Wir möchten mitmachen."]
    assert client.get(f"{url}confirm/").status_code == 405


def test_another_link_leads_nowhere(client, announced):
    other = announced.get_absolute_url().replace(str(announced.token)[:4], "0000")
    for page in ("", "complete/"):
        assert client.get(other + page).status_code == 404
    for action in ("confirm/", "ask/", "apply-again/"):
        assert client.post(other + action).status_code == 404


def test_what_is_missing_is_asked_for_and_kept(client, applied):
    url = applied.get_absolute_url()
    assert "the office’s address; who pays, with an e-mail address for invoices" in client.get(url).content.decode()
    page = client.post(f"{url}complete/", OFFICE | {"delivery": "office"} | PAYS | {"pays-email": ""})
    assert page.status_code == 200
    assert applied.partner.bill_tos.count() == 0
    for _time in range(2):  # back button
        client.post(f"{url}complete/", OFFICE | {"delivery": "office"} | PAYS)
    applied.partner.refresh_from_db()
    bill_to = applied.partner.bill_tos.get()
    assert (applied.partner.street, applied.partner.delivery) == ("Emmentalstrasse", "office")
    assert (bill_to.name, bill_to.town, bill_to.email) == (
        "Gemeinde Oberburg",
        "Oberburg",
        "kasse@oberburg.example.org",
    )
    assert "Next: the association examines your application." in client.get(url).content.decode()


def test_nothing_is_changed_by_the_link_once_it_is_decided(client, admin, completed):
    actions.admit(completed.partner, by=admin)
    url = completed.get_absolute_url()
    answer = client.post(f"{url}complete/", OFFICE | {"street": "Anderswo", "delivery": "person"} | PAYS)
    assert answer.url == url
    completed.partner.refresh_from_db()
    assert completed.partner.street == "Emmentalstrasse"
    bill_to = completed.partner.bill_tos.get()
    with pytest.raises(Refused, match="decided"):
        actions.complete(completed.partner, bill_to, by=None)


def test_admitting_asks_for_all_that_sending_and_billing_need(client, admin, applied):
    client.force_login(admin)
    page = client.post(f"/partners/{applied.partner_id}/admit/", follow=True).content.decode()
    assert "Before it can be admitted, this is missing: the office’s address; who pays" in page
    applied.partner.refresh_from_db()
    assert applied.partner.status == "applied"


def test_who_is_admitted_is_invited_as_manager_and_covers_its_communes(client, admin, completed, oberburg):
    client.force_login(admin)
    client.post(f"/partners/{completed.partner_id}/admit/")
    partner = Partner.objects.get()
    membership = Membership.objects.get()
    assert partner.status == "admitted"
    assert (membership.role, membership.user.email) == ("manager", "jana@oberburg.example.org")
    assert [row.commune for row in partner.coverage.live()] == [oberburg]


def test_questions_go_back_and_forth_on_the_application(client, admin, stranger, completed):
    url, partner = completed.get_absolute_url(), completed.partner
    client.force_login(admin)
    client.post(f"/partners/{partner.pk}/write/", {"text": "Wer prüft die Anträge?"})
    assert Mail.objects.filter(kind="partners.answered").count() == 1
    client.logout()
    page = client.get(url).content.decode()
    assert "Wer prüft die Anträge?" in page
    assert str(admin) not in page  # the applicant reads the association, not who
    client.post(f"{url}ask/", {"text": "Unser Sozialdienst."})
    assert "Unser Sozialdienst." in client.get(url).content.decode()
    client.force_login(admin)
    assert "Unser Sozialdienst." in client.get(partner.get_absolute_url()).content.decode()
    client.force_login(stranger)
    assert client.post(f"/partners/{partner.pk}/write/", {"text": "x"}).status_code == 404


def test_who_decides_reads_for_which_communes_it_would_speak(client, admin, completed):
    client.force_login(admin)
    page = client.get(completed.partner.get_absolute_url()).content.decode()
    assert "Oberburg (BE)" in page


def test_declined_with_a_reason_it_can_apply_again(client, admin, completed):
    url, partner = completed.get_absolute_url(), completed.partner
    client.force_login(admin)
    client.post(f"/partners/{partner.pk}/decline/", {"reason": "covered", "text": "Fragen Sie den Regionaldienst."})
    client.logout()
    page = client.get(url).content.decode()
    assert "Another organisation speaks for these communes already" in page
    assert "Fragen Sie den Regionaldienst." in page
    assert Mail.objects.filter(kind="partners.declined").count() == 1
    client.post(f"{url}apply-again/")
    partner.refresh_from_db()
    assert partner.status == "applied"


def test_an_organisation_that_is_there_is_not_there_twice(client, completed, oberburg):
    again = Application.objects.create(**{name: WORDS[name] for name in WORDS} | {"name": "GEMEINDE OBERBURG"})
    page = client.post(f"{again.get_absolute_url()}confirm/", follow=True).content.decode()
    assert "has applied already, or takes part" in page
    assert Partner.objects.count() == 1


def test_what_stands_out_is_shown_to_the_admin(client, admin, completed, oberburg, partner):
    partner.coverage.create(commune=oberburg)
    Partner.objects.filter(pk=partner.pk).update(email="office@oberburg.example.org")
    client.force_login(admin)
    page = re.sub(r"\s+", " ", client.get(completed.partner.get_absolute_url()).content.decode())
    assert "Speaks for Oberburg (BE) already: Sozialdienst Lindental." in page
    assert "Writes from the same domain (oberburg.example.org): Sozialdienst Lindental." in page


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_an_application_that_nobody_confirms_goes_after_thirty_days(announced, days, left):
    with clock.set_to(clock.now() + timedelta(days=days)):
        actions.delete_unconfirmed()
    assert Application.objects.count() == left


def test_a_confirmed_one_stays(applied):
    with clock.set_to(clock.now() + timedelta(days=400)):
        actions.delete_unconfirmed()
    assert Application.objects.get() == applied
