"""The association's page of an organisation has tabs, and notes that only the association reads."""

import pytest
from django.db import connection

from partners import actions
from partners.models import Locality, Partner, PartnerNote
from tests import factories

pytestmark = pytest.mark.django_db
TABS = ("people", "agreements", "coverage", "tariff", "notes", "history")


@pytest.fixture
def manager(make_user, partner):
    user = make_user("nina@muster.example.org")
    user.memberships.create(partner=partner, role="manager")
    return user


def test_each_tab_says_where_one_is_and_leads_to_the_others(client, partner, commune, manager, admin):
    partner.coverage.create(commune=commune, valid_from="2024-03-01", for_whom="Asyl")
    client.force_login(admin)
    pages = {tab: client.get(f"/partners/{partner.pk}/{tab}/").content.decode() for tab in TABS}
    for tab, page in pages.items():
        assert f'<a href="/partners/{partner.pk}/{tab}/" aria-current="page">' in page
        for name in ("requests", "invoices"):
            assert f'href="/{name}/?view=all&amp;partner={partner.pk}"' in page
    assert manager.email in pages["people"]
    assert partner.agreements.get().version in pages["agreements"]
    assert "01.03.2024" in pages["coverage"] and "Asyl" in pages["coverage"]
    assert "150.00" in pages["tariff"]
    assert "wg-time" in pages["history"]
    overview = client.get(partner.get_absolute_url()).content.decode()
    assert "wg-time" not in overview and manager.email not in overview


def test_an_organisation_has_no_tabs_and_reads_no_notes(client, partner, manager, admin):
    actions.add_note(partner, text="Ruft lieber an.", by=admin)
    client.force_login(manager)
    page = client.get(partner.get_absolute_url()).content.decode()
    assert "Ruft lieber an." not in page and f"/partners/{partner.pk}/notes/" not in page
    assert {client.get(f"/partners/{partner.pk}/{tab}/").status_code for tab in TABS} == {403}
    assert not PartnerNote.objects.visible_to(manager).exists()


def test_a_note_is_kept_once_struck_out_and_counts_again(client, partner, admin):
    client.force_login(admin)
    url = f"/partners/{partner.pk}/add-note/"
    assert "Still missing" in client.post(url, {"text": " "}).content.decode()
    for _time in range(2):
        client.post(url, {"text": "Ruft lieber an."})
    note = PartnerNote.objects.get()
    assert (note.text, note.by) == ("Ruft lieber an.", admin)
    strike = f"/partners/notes/{note.pk}/strike/"
    for data, is_struck in (({}, True), ({}, True), ({"restore": "1"}, False)):
        client.post(strike, data)
        note.refresh_from_db()
        assert (note.struck_at is not None) == is_struck
    assert "Strike out" in client.get(f"/partners/{partner.pk}/notes/").content.decode()


def test_an_auditor_reads_notes_and_writes_none(client, make_user, partner, admin):
    actions.add_note(partner, text="Ruft lieber an.", by=admin)
    client.force_login(make_user("audit@example.org", "auditor"))
    page = client.get(f"/partners/{partner.pk}/notes/").content.decode()
    assert "Ruft lieber an." in page and "<textarea" not in page
    assert client.post(f"/partners/{partner.pk}/add-note/", {"text": "x"}).status_code == 403


def test_the_list_is_searched_by_commune_number_and_postcode_and_filtered(client, partner, commune, admin):
    other = factories.active_partner("Dienst Wangental", postcode="3366", town="Bettenhausen", kind="regional")
    other.coverage.create(commune=commune)
    Locality.objects.create(postcode="3414", name="Oberburg", commune=commune, share=98, language="de")
    client.force_login(admin)

    def found(**wanted):
        page = client.get("/partners/", wanted).content.decode()
        return {each for each in (partner, other) if each.get_absolute_url() in page}

    assert found(q=commune.name) >= {other}
    assert found(q=str(commune.pk)) == found(q="3414") == {other}
    assert found(q="3366") == {other}
    assert found(kind="regional") == found(canton=commune.canton) == {other}
    assert found(kind="regional", canton="GE") == found(q="99999999999999999999") == set()
    assert found(kind="nonsense", canton="XX") == {partner, other}


@pytest.mark.parametrize(
    "typed", ["Évole", "evole", "l'evole", "l’évole", "l´Evole", "neuchatel", "Saint Biaise", "2000"]
)
def test_an_organisation_is_found_whatever_its_accents_apostrophes_and_hyphens(client, partner, admin, typed):
    found = factories.active_partner("Service de l’Évole Saint-Biaise", postcode="2000", town="Neuchâtel")
    client.force_login(admin)
    assert client.get("/partners/", {"q": typed}).context["page"].rows == [found]


def test_an_organisation_is_found_by_an_index(partner):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows are read faster one by one
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert "partners_by_words" in Partner.objects.found_by("linden").order_by().explain()


def test_the_views_of_the_invoices_keep_to_the_organisation(client, partner, admin):
    client.force_login(admin)
    page = client.get(f"/invoices/?partner={partner.pk}").content.decode()
    assert f'href="?view=unpaid&amp;partner={partner.pk}"' in page


def test_an_admin_mends_the_address_of_an_organisation_that_has_ended_and_its_manager_not(
    client, partner, admin, manager
):
    actions.end(partner, by=admin, reason="merged")
    url = f"/partners/{partner.pk}/edit/"
    form = {field: getattr(partner, field) for field in ("name", "postcode", "town", "language", "delivery", "kind")}
    form |= {"street": "Neue Gasse", "tier": partner.tier}
    client.force_login(manager)
    assert f'href="{url}"' not in client.get(partner.get_absolute_url()).content.decode()
    assert "takes part no longer" in client.post(url, form).content.decode()
    client.force_login(admin)
    assert f'href="{url}"' in client.get(partner.get_absolute_url()).content.decode()
    assert client.post(url, form).status_code == 302
    partner.refresh_from_db()
    assert partner.street == "Neue Gasse"


@pytest.mark.parametrize("page", ["suspend", "end", "give-notice"])
def test_before_a_pause_or_an_end_the_page_says_what_it_meets(client, admin, partner, social_worker, page):
    factories.receive(partner, by=social_worker)
    for _time in range(2):
        factories.request_of(partner.bill_tos.get(), status="allocated")
    client.force_login(admin)
    shown = " ".join(client.get(f"/partners/{partner.pk}/{page}/").content.decode().split())
    for words, count in {
        "Requests without a laptop": 1,
        "Laptops kept or on their way": 2,
        "Invoices to be paid": 0,
    }.items():
        assert f"<dt>{words}</dt> <dd> {count} </dd>" in shown
