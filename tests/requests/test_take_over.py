"""One organisation takes over from another: communes, people and open requests go along, nothing is lost or doubled."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from documents.models import Mail
from partners import actions as partners
from partners.models import Membership, Succession
from records.refusals import Refused
from requests import actions
from requests.models import DeviceRequest
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def successor():
    return factories.active_partner("Regionaler Dienst Wangental", postcode="3366", town="Bettenhausen")


@pytest.fixture
def manager(make_user, partner):
    user = make_user("nina@muster.example.org")
    user.memberships.create(partner=partner, role="manager")
    return user


def take_over(partner, successor, admin, **other):
    given = {"people_move": True, "requests": "move", "payer": successor.bill_tos.get()} | other
    return actions.take_over(partner, successor, by=admin, **given)


def test_the_page_says_it_in_numbers_and_does_it(client, admin, partner, successor, social_worker, commune, manager):
    partner.coverage.create(commune=commune)
    approved, _received = (factories.receive(partner, by=social_worker) for _time in range(2))
    actions.approve(approved, by=social_worker)
    client.force_login(admin)
    url = f"/requests/take-over/{partner.pk}/"
    assert f'href="{url}"' in client.get(partner.get_absolute_url()).content.decode()
    assert "No active organisation fits." in client.get(url, {"q": "xyzzy"}).content.decode()
    assert client.get(url, {"q": "\0", "successor": "\0"}).status_code == 200
    assert f'href="?successor={successor.pk}"' in client.get(url, {"q": "wangental"}).content.decode()
    assert partner.name not in client.get(url, {"q": partner.name}).content.decode().partition("</form>")[2]
    page = client.get(url, {"successor": successor.pk}).content.decode()
    for words in ("1 commune goes over:", "2 people work for it.", "2 requests have no laptop yet.", "0 requests have"):
        assert words in page
    given = {"people": "move", "requests": "move", "payer": successor.bill_tos.get().pk}
    page = client.post(f"{url}?successor={successor.pk}", given, follow=True).content.decode()
    assert f"{successor} has taken over from {partner}." in page
    assert successor.name in client.get(partner.get_absolute_url()).content.decode()
    assert successor.name in client.get("/partners/", {"q": partner.name}).content.decode()
    assert partner.name in client.get(f"/partners/{successor.pk}/history/").content.decode()


def test_nobody_waits_anew(admin, partner, successor, social_worker, dispatcher):
    asked = factories.receive(partner, by=social_worker)
    actions.approve(asked, by=social_worker)
    asked.refresh_from_db()
    take_over(partner, successor, admin)
    before, after = DeviceRequest.objects.order_by("pk")
    assert (before.status, after.status, after.partner, after.bill_to) == (
        "withdrawn",
        "approved",
        successor,
        successor.bill_tos.get(),
    )
    for name in ("approved_at", "received_at", "price", "case_reference", "purpose", "system", "commune", "owner"):
        assert getattr(after, name) == getattr(asked, name), name
    assert after.recipient.name == before.recipient.name == "Samira Wenger"
    assert before.steps.get(verb="withdraw").numbers == {"request": after.number}
    assert after.steps.get(verb="take_over").numbers == {"request": before.number}
    assert list(DeviceRequest.objects.queued()) == [after]


def test_a_proof_and_what_a_person_asked_by_the_link_go_along(admin, partner, successor, social_worker):
    proof = actions.keep_proof(b"%PDF-1.7 proof")
    factories.receive(partner, by=social_worker, system="windows", purpose="training", proof=proof)
    factories.asked_by_link(partner, by=admin)
    take_over(partner, successor, admin)
    windows, other = DeviceRequest.objects.filter(partner=successor).order_by("pk")
    assert windows.proof.read() == b"%PDF-1.7 proof" and windows.proof != proof
    assert (other.commune, other.case_reference, other.intake_link.partner) == (None, "", successor)
    assert other.intake_link.takes_requests is False


def test_people_get_the_same_role_once_and_communes_are_nobodys_twice(
    admin, partner, successor, manager, social_worker, commune
):
    partner.coverage.create(commune=commune, for_whom="Asyl")
    successor.coverage.create(commune=commune)
    successor.memberships.create(user=manager, role="manager")
    take_over(partner, successor, admin)
    live = Membership.objects.live().filter(partner=successor)
    assert {(row.user, row.role) for row in live} == {(manager, "manager"), (social_worker, "social_worker")}
    assert live.count() == 2
    assert [row.for_whom for row in successor.coverage.live()] == [""]
    assert not partner.coverage.live().exists()
    assert [step.by for step in successor.steps.filter(verb="succeed")] == [admin]
    assert Mail.objects.filter(kind="partners.succeeded").count() == 1


def test_people_may_stay_and_requests_be_withdrawn(admin, partner, successor, social_worker):
    asked = factories.receive(partner, by=social_worker)
    take_over(partner, successor, admin, people_move=False, requests="withdraw", payer=None)
    assert not Membership.objects.filter(partner=successor).exists()
    actions.withdraw_of_ended()
    asked.refresh_from_db()
    assert (asked.status, DeviceRequest.objects.count()) == ("withdrawn", 1)


def test_what_has_a_laptop_stays_and_is_billed_where_it_was(admin, partner, successor):
    kept = factories.allocation_of(factories.request_of(partner.bill_tos.get())).request
    DeviceRequest.objects.filter(pk=kept.pk).update(status="allocated")
    take_over(partner, successor, admin)
    kept.refresh_from_db()
    assert (kept.partner, kept.status, DeviceRequest.objects.count()) == (partner, "allocated", 1)


def test_only_an_active_one_takes_over_with_a_payer_of_its_own_and_nothing_is_done_by_halves(
    admin, partner, successor, social_worker
):
    factories.receive(partner, by=social_worker)
    with pytest.raises(Refused, match="Choose who pays"):
        take_over(partner, successor, admin, payer=partner.bill_tos.get())
    partners.suspend(successor, by=admin)
    with pytest.raises(Refused, match="Only an active organisation"):
        take_over(partner, successor, admin)
    assert (DeviceRequest.objects.count(), Succession.objects.count()) == (1, 0)
    partner.refresh_from_db()
    assert partner.status == "active"


def test_no_ring_of_successors(admin, partner, successor):
    take_over(partner, successor, admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Succession.objects.create(predecessor=successor, successor=partner, by=admin)


@pytest.mark.django_db(transaction=True)
def test_two_who_do_it_at_once_do_it_once(admin, partner, successor, social_worker):
    factories.receive(partner, by=social_worker)
    outcomes, start = [], threading.Barrier(2)

    def press():
        try:
            start.wait(10)
            outcomes.append(take_over(partner, successor, admin) is not None)
        except Refused:
            outcomes.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _time in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == [False, True]
    assert sorted(DeviceRequest.objects.values_list("status", flat=True)) == ["received", "withdrawn"]
