"""An organisation's own data, its people, and how it pauses and ends."""

from datetime import timedelta

import pytest
from django.test import Client

from documents.models import Mail
from partners import actions
from partners.models import Commune, Membership, Partner, Tariff
from people.models import Session
from records import clock
from records.refusals import Refused
from requests import actions as requests_actions
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(make_user, partner):
    user = make_user("manager@example.org")
    user.memberships.create(partner=partner, role="manager")
    return user


OFFICE = {
    "street": "Kirchbühl",
    "house_number": "19",
    "postcode": "3400",
    "town": "Burgdorf",
    "phone": "034 555 01 02",
    "email": "sozialdienst@example.org",
    "delivery": "office",
    "language": "fr",
}


def test_a_manager_edits_the_data_and_the_history_names_the_fields_not_the_words(client, manager, partner):
    client.force_login(manager)
    client.post(f"/partners/{partner.pk}/edit/", OFFICE | {"name": "Anders", "tier": "free"})
    partner.refresh_from_db()
    assert (partner.street, partner.delivery, partner.language) == ("Kirchbühl", "office", "fr")
    assert (partner.name, partner.tier) == ("Sozialdienst Lindental", "standard")  # the agreement’s, not theirs
    step = partner.steps.get()
    assert (step.verb, step.by) == ("edit", manager)
    assert step.numbers == {"fields": "delivery email house_number language phone street"}
    page = client.get(partner.get_absolute_url()).content.decode()
    assert "Data changed" in page


def test_an_admin_edits_all_of_it(client, admin, partner):
    client.force_login(admin)
    Tariff.objects.create(tier="full", delivery="person", valid_from="2023-01-01", amount=265)
    words = OFFICE | {"name": "Regionaler Sozialdienst", "kind": "regional", "tier": "full"}
    client.post(f"/partners/{partner.pk}/edit/", words)
    partner.refresh_from_db()
    assert (partner.name, partner.kind, partner.tier) == ("Regionaler Sozialdienst", "regional", "full")


def test_nothing_changed_leaves_no_step(client, manager, partner):
    client.force_login(manager)
    for _time in range(2):
        client.post(f"/partners/{partner.pk}/edit/", OFFICE)
    assert partner.steps.count() == 1


def test_an_address_is_asked_for_where_it_is_missing(client, manager, partner):
    client.force_login(manager)
    page = client.post(f"/partners/{partner.pk}/edit/", OFFICE | {"street": ""}).content.decode()
    assert 'id="id_street_error"' in page
    partner.refresh_from_db()
    assert partner.street == "Hauptstrasse"


@pytest.mark.parametrize("length", [50, 70])
def test_a_long_unbroken_name_is_kept_whole(client, admin, partner, length):
    client.force_login(admin)
    words = OFFICE | {"name": "Ä" * length, "kind": "commune", "tier": "standard"}
    client.post(f"/partners/{partner.pk}/edit/", words)
    partner.refresh_from_db()
    assert partner.name == "Ä" * length


PAYS = {
    "name": "Schulamt",
    "postcode": "3400",
    "town": "Burgdorf",
    "email": "schule@example.org",
    "language": "de",
    "cadence": "quarter",
}


def test_one_more_unit_pays_and_the_last_one_can_not_go(client, manager, partner):
    client.force_login(manager)
    first = partner.bill_tos.get()
    url = f"/partners/bill-tos/{first.pk}/edit/"
    kept = PAYS | {"name": first.name, "email": first.email, "cadence": first.cadence}
    page = client.post(url, kept | {"stop": "1"}).content.decode()
    assert "An active organisation can’t be without who pays" in page
    client.post(f"/partners/{partner.pk}/new-bill-to/", PAYS)
    client.post(url, kept | {"stop": "1"})
    assert [(row.name, row.is_active) for row in partner.bill_tos.all()] == [
        ("Sozialdienst Lindental", False),
        ("Schulamt", True),
    ]
    client.post(url, kept | {"start": "1"})
    first.refresh_from_db()
    assert first.is_active
    assert {step.verb for step in partner.steps.all()} == {"edit_bill_to"}


def test_a_unit_without_an_address_for_invoices_is_refused(client, manager, partner):
    client.force_login(manager)
    client.post(f"/partners/{partner.pk}/new-bill-to/", PAYS | {"email": ""})
    assert partner.bill_tos.count() == 1


def test_what_it_covers_changes_from_today_on_and_the_past_stays(client, admin, partner, commune):
    oberburg = Commune.objects.create(bfs_no=418, name="Oberburg", canton="BE", language="de")
    begin = clock.today() - timedelta(days=400)
    partner.coverage.create(commune=commune, valid_from=begin)
    client.force_login(admin)
    client.post(f"/partners/{partner.pk}/edit-coverage/", {"communes": [oberburg.pk]})
    rows = partner.coverage.order_by("pk").values_list("commune", "valid_from", "valid_to")
    assert list(rows) == [(404, begin, clock.today()), (418, clock.today(), None)]
    client.post(f"/partners/{partner.pk}/edit-coverage/", {"communes": [commune.pk, oberburg.pk]})
    assert {row.commune_id for row in partner.coverage.live()} == {404, 418}
    assert [step.verb for step in partner.steps.all()] == ["edit_coverage", "edit_coverage"]


def test_once_a_year_a_manager_is_asked_whether_all_is_right(client, manager, partner):
    client.force_login(manager)
    assert "are these data still right?" not in client.get(partner.get_absolute_url()).content.decode()
    Partner.objects.update(made_at=clock.now() - timedelta(days=400))
    assert "are these data still right?" in client.get(partner.get_absolute_url()).content.decode()
    for _time in range(2):
        client.post(f"/partners/{partner.pk}/check-data/")
    assert "are these data still right?" not in client.get(partner.get_absolute_url()).content.decode()
    assert [step.verb for step in partner.steps.all()] == ["check_data"]


def test_the_last_manager_can_not_go_nor_become_something_else(client, admin, manager, partner):
    membership = manager.memberships.get()
    client.force_login(admin)
    page = client.post(f"/partners/memberships/{membership.pk}/end-access/", follow=True).content.decode()
    assert "Somebody has to be a manager" in page
    page = client.post(f"/partners/memberships/{membership.pk}/change-role/", {"role": "accounting"}).content.decode()
    assert "Somebody has to be a manager" in page
    assert Membership.objects.live().get().role == "manager"


def test_ending_access_is_asked_once_and_signs_out_at_once(client, manager, partner, social_worker):
    membership = social_worker.memberships.get()
    client.force_login(social_worker)
    client.force_login(manager)
    theirs = client_of(social_worker)
    assert theirs.get("/requests/").status_code == 200
    page = client.get(f"/partners/memberships/{membership.pk}/end-access/").content.decode()
    assert "It holds at once" in page
    assert Membership.objects.live().filter(pk=membership.pk).exists()
    client.post(f"/partners/memberships/{membership.pk}/end-access/")
    assert theirs.get("/requests/").url.startswith("/accounts/login/")
    assert not Session.objects.filter(user=social_worker).exists()


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_who_works_elsewhere_as_well_stays_signed_in_there(manager, social_worker, partner):
    other = factories.active_partner("Sozialdienst Oberes Tal", postcode="3454", town="Sumiswald")
    social_worker.memberships.create(partner=other, role="social_worker")
    theirs = client_of(social_worker)
    actions.end_access(Membership.objects.get(user=social_worker, partner=partner), by=manager)
    assert theirs.get("/home/").context["place"] == other


def test_a_role_is_changed(client, manager, social_worker, partner):
    membership = social_worker.memberships.get()
    client.force_login(manager)
    for _time in range(2):
        client.post(f"/partners/memberships/{membership.pk}/change-role/", {"role": "accounting"})
    assert [row.role for row in Membership.objects.live().filter(user=social_worker)] == ["accounting"]


def test_an_invitation_is_sent_again(client, manager, partner):
    actions.invite(partner, email="nina@example.org", name="Nina", role="accounting", by=manager)
    Mail.objects.update(outcome="sent")
    membership = Membership.objects.pending().get()
    client.force_login(manager)
    for _time in range(2):  # the second one finds the first on its way
        client.post(f"/partners/memberships/{membership.pk}/resend-invitation/")
    assert Mail.objects.filter(kind="partners.invited").count() == 2


def test_suspended_its_people_read_and_can_not_approve_and_resumed_they_can(client, admin, manager, partner, commune):
    client.force_login(admin)
    assert "Its approved requests rest" in client.get(f"/partners/{partner.pk}/suspend/").content.decode()
    for _time in range(2):
        client.post(f"/partners/{partner.pk}/suspend/")
    manager.acting_for = partner
    with pytest.raises(Refused):
        factories.receive(Partner.objects.get(pk=partner.pk), by=manager)
    theirs = client_of(manager)
    assert theirs.get("/invoices/").status_code == 200
    assert "Write to the association below" in theirs.get(partner.get_absolute_url()).content.decode()
    for _time in range(2):
        client.post(f"/partners/{partner.pk}/resume/")
    partner.refresh_from_db()
    found = factories.receive(partner, by=manager)
    requests_actions.approve(found, by=manager)
    assert [step.verb for step in partner.steps.all()] == ["suspend", "resume"]


def test_an_organisation_reads_the_names_of_its_own_people_only(client, admin, manager, partner):
    manager.acting_for = partner
    actions.edit(partner, ["phone"], by=manager)
    actions.edit(partner, ["phone"], by=admin)
    client.force_login(manager)
    page = client.get(partner.get_absolute_url()).content.decode()
    history = page.partition('class="wg-time"')[2]
    assert "by the association" in history
    assert str(admin) not in history
    assert str(manager) in history
    client.force_login(admin)
    assert str(admin) in client.get(f"/partners/{partner.pk}/history/").content.decode().partition('class="wg-time"')[2]


@pytest.mark.parametrize(("choice", "statuses"), [("withdraw", {"withdrawn"}), ("leave", {"received", "approved"})])
def test_ending_asks_what_becomes_of_requests_without_a_laptop(client, admin, partner, social_worker, choice, statuses):
    received, approved = (factories.receive(partner, by=social_worker) for _time in range(2))
    requests_actions.approve(approved, by=social_worker)
    other = factories.active_partner("Dienst Wangental", postcode="3366")
    elsewhere = factories.request_of(other.bill_tos.get(), status="received")
    client.force_login(admin)
    page = client.post(f"/partners/{partner.pk}/end/", {"reason": "by_organisation"}).content.decode()
    assert "Still missing" in page
    client.post(f"/partners/{partner.pk}/end/", {"reason": "by_organisation", "requests": choice})
    for _time in range(2):
        requests_actions.withdraw_of_ended()
    assert {type(received).objects.get(pk=row.pk).status for row in (received, approved)} == statuses
    elsewhere.refresh_from_db()
    assert elsewhere.status == "received"
    if choice == "withdraw":
        page = client.get(approved.get_absolute_url()).content.decode()
        assert "The organisation’s agreement has ended." in page
        assert [step.by for step in approved.steps.filter(verb="withdraw")] == [None]


def test_what_was_left_over_is_a_task_with_its_deed(client, admin, partner, social_worker):
    received, approved = (factories.receive(partner, by=social_worker) for _time in range(2))
    requests_actions.approve(approved, by=social_worker)
    client.force_login(admin)
    assert "since" not in client.get("/home/").content.decode().partition("<main")[2]
    actions.end(partner, by=admin, reason="by_organisation", requests="leave")
    assert "Requests rest since their organisation ended" in client.get("/home/").content.decode()
    page = client.get("/requests/left-over/").content.decode()
    assert "Withdraw all 2" in page and received.number in page and approved.number in page
    for sentence in ("2 requests are withdrawn.", "0 requests are withdrawn."):
        page = client.post(f"/requests/left-over/{partner.pk}/withdraw/", follow=True).content.decode()
        assert sentence in page and "Nothing is left over" in page
    assert {type(received).objects.get(pk=row.pk).status for row in (received, approved)} == {"withdrawn"}
    assert [step.by for step in approved.steps.filter(verb="withdraw")] == [admin]


def test_nothing_is_left_over_at_an_organisation_that_goes_on(client, admin, partner, social_worker):
    kept = factories.receive(partner, by=social_worker)
    assert requests_actions.withdraw_left_over(partner, by=admin) == 0
    kept.refresh_from_db()
    assert kept.status == "received"


def test_what_has_a_laptop_still_goes_out_when_the_organisation_has_ended(admin, partner):
    kept = factories.allocation_of(factories.request_of(partner.bill_tos.get())).request
    type(kept).objects.filter(pk=kept.pk).update(status="allocated")
    actions.end(partner, by=admin, reason="by_organisation", requests="withdraw")
    requests_actions.withdraw_of_ended()
    kept.refresh_from_db()
    assert kept.status == "allocated"


def test_a_later_end_that_leaves_the_requests_is_not_overruled_by_an_earlier_one(admin):
    partner = factories.active_partner("Dienst Zweimal", postcode="3400")
    actions.end(partner, by=admin, reason="by_organisation", requests="withdraw")
    for verb in ("apply_again", "admit", "record_agreement"):
        partner.move(verb, by=admin)
    assert partner.status == "active"
    kept = factories.request_of(partner.bill_tos.get(), status="received")
    actions.end(partner, by=admin, reason="by_organisation", requests="leave")
    requests_actions.withdraw_of_ended()
    kept.refresh_from_db()
    assert kept.status == "received"


def test_ended_its_people_still_read_and_its_communes_are_free(client, admin, manager, partner, commune):
    partner.coverage.create(commune=commune, valid_from=clock.today() - timedelta(days=9))
    client.force_login(admin)
    for _time in range(2):
        client.post(f"/partners/{partner.pk}/end/", {"reason": "by_organisation", "requests": "leave"})
    partner.refresh_from_db()
    assert partner.status == "ended"
    assert not partner.coverage.live().exists()
    theirs = client_of(manager)
    assert theirs.get("/invoices/").status_code == 200
    page = theirs.get(partner.get_absolute_url()).content.decode()
    assert "The agreement has ended." in page
    assert theirs.get("/requests/new/").status_code in (200, 302)
    manager.acting_for = partner
    with pytest.raises(Refused):
        factories.receive(partner, by=manager)
    assert theirs.post(f"/partners/{partner.pk}/invite/", {"name": "x", "email": "x@example.org", "role": "manager"})
    assert not Membership.objects.pending().exists()


def test_a_unit_in_liechtenstein_has_its_country_by_the_postcode(client, manager, partner):
    client.force_login(manager)
    client.post(f"/partners/{partner.pk}/new-bill-to/", PAYS | {"postcode": "9490", "town": "Vaduz"})
    payer = partner.bill_tos.get(postcode="9490")
    assert payer.country == "LI"
    client.post(f"/partners/bill-tos/{payer.pk}/edit/", PAYS | {"postcode": "9470", "town": "Buchs"})
    payer.refresh_from_db()
    assert (payer.postcode, payer.country) == ("9470", "CH")
