"""An admin acts on behalf of an organisation: sees what its manager sees, recorded, and never decides or signs."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from jobs.actions import run
from jobs.models import Job
from partners import actions
from partners.models import AgreementVersion, OnBehalf
from people.models import User
from records import clock
from records.refusals import Refused
from requests.models import DeviceRequest
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(make_user, partner):
    user = make_user("nina@muster.example.org")
    user.memberships.create(partner=partner, role="manager")
    return user


@pytest.fixture
def behalf(admin, partner):
    """The browser of an admin who has begun."""
    browser = Client()
    browser.force_login(admin)
    assert browser.post(f"/partners/{partner.pk}/act-on-behalf/", {"reason": "asked"}).url == "/home/"
    return browser


def test_it_is_begun_with_a_reason_recorded_and_the_managers_are_told(client, partner, manager, admin):
    client.force_login(admin)
    url = f"/partners/{partner.pk}/act-on-behalf/"
    assert f'href="{url}"' in client.get(partner.get_absolute_url()).content.decode()
    assert 'class="wg-error"' in client.post(url).content.decode()
    for _time in range(2):
        client.post(url, {"reason": "asked"})
    begun = OnBehalf.objects.get()
    assert (begun.partner, begun.by, begun.reason, begun.ended_at) == (partner, admin, "asked", None)
    for job in Job.objects.filter(kind="documents.send_mail"):
        run(job.pk)
    assert [message.to for message in mail.outbox] == [[manager.email]]
    assert "We were asked to" in mail.outbox[0].body
    assert str(admin) not in mail.outbox[0].body


def test_one_sees_what_the_manager_sees_and_nothing_else(behalf, partner, admin):
    other = factories.active_partner("Dienst Wangental", postcode="3366")
    page = behalf.get("/home/").content.decode()
    assert f"You act on behalf of {partner}." in page and "/settings/" not in page
    assert behalf.get(partner.get_absolute_url()).status_code == 200
    assert behalf.get(other.get_absolute_url()).status_code == 404
    for path in ("/settings/", "/devices/", f"/partners/{partner.pk}/notes/", f"/partners/{partner.pk}/suspend/"):
        assert behalf.get(path).status_code == 403, path
    assert behalf.post("/partners/end-on-behalf/", follow=True).status_code == 200
    assert OnBehalf.objects.get().ended_at
    assert behalf.get("/settings/").status_code == 200
    assert "You act on behalf" not in behalf.get("/home/").content.decode()


def test_what_is_done_stands_in_the_history_and_the_organisation_reads_by_whom_but_no_name(
    behalf, client, partner, manager, admin
):
    form = {field: getattr(partner, field) for field in ("name", "street", "postcode", "town", "language", "delivery")}
    behalf.post(f"/partners/{partner.pk}/edit/", form | {"phone": "031 555 01 41", "kind": partner.kind})
    partner.refresh_from_db()
    assert partner.phone
    step = partner.steps.get(verb="edit")
    assert (step.by, step.on_behalf_of) == (admin, partner.pk)
    client.force_login(manager)
    page = client.get(partner.get_absolute_url()).content.decode()
    assert "The association acts on its behalf" in page and "by the association" in page
    assert str(admin) not in page
    behalf.post("/partners/end-on-behalf/")
    assert f"{admin}, on behalf of the organisation" in behalf.get(f"/partners/{partner.pk}/history/").content.decode()


def test_neither_decided_nor_signed(behalf, client, partner, manager, admin, social_worker):
    asked = factories.receive(partner, by=social_worker)
    actions.publish_first_version()
    version = AgreementVersion.objects.get()
    page = behalf.get(asked.get_absolute_url()).content.decode()
    assert f"/requests/{asked.number}/approve/" not in page
    sentence = "neither decides nor signs"
    paths = {
        f"/requests/{asked.number}/approve/": {},
        f"/requests/{asked.number}/decline/": {"reason": "has_one"},
        f"/partners/{partner.pk}/take-back-notice/": {},
        f"/partners/{partner.pk}/write/": {"text": "x"},
    }
    for path, data in paths.items():
        assert sentence in behalf.post(path, data, follow=True).content.decode(), path
    asked.refresh_from_db()
    assert asked.status == "received"
    by = User.objects.get(pk=admin.pk)
    by.acting_for, by.acts_on_behalf = partner, True
    facts = {"signed_by": "x", "function": "x", "signed_on": clock.today()}
    for sign in (
        lambda: actions.sign(partner, version, read="", name="x", function="x", address=None, by=by),
        lambda: actions.upload_agreement(partner, version, content=b"%PDF", by=by, **facts),
        lambda: actions.give_notice(partner, ends_on=clock.today() + timedelta(200), requests="leave", by=by),
    ):
        with pytest.raises(Refused, match=sentence):
            sign()
    assert not partner.agreements.filter(version=version.number).exists()


def test_nobody_comes_to_a_role_of_their_own_by_it(behalf, partner, admin):
    invited = partner.memberships.create(user=admin, role="manager", accepted_at=None, invited_as="x")
    assert "invitation" not in behalf.get("/home/").content.decode().partition("<main")[2].lower()
    behalf.post(f"/partners/memberships/{invited.pk}/accept-invitation/")
    invited.refresh_from_db()
    assert invited.is_pending


def test_a_request_can_be_entered_and_waits_for_the_organisation(behalf, client, partner, admin, manager, commune):
    by = User.objects.get(pk=admin.pk)
    by.acting_for, by.acts_on_behalf = partner, True
    entered = factories.receive(partner, by=by)
    assert (entered.owner, entered.status) == (admin, "received")
    client.force_login(manager)
    page = client.get(entered.get_absolute_url()).content.decode()
    assert "By the association." in page and str(admin) not in page
    client.post(f"/requests/{entered.number}/approve/")
    assert DeviceRequest.objects.get().status == "approved"


def test_it_is_over_after_an_hour_without_the_role_or_in_another_session(behalf, client, admin, partner):
    client.force_login(admin)
    assert "You act on behalf" not in client.get("/home/").content.decode()  # another browser
    OnBehalf.objects.filter(by=admin).update(ended_at=clock.now())
    assert behalf.get("/settings/").status_code == 200
    behalf.post(f"/partners/{partner.pk}/act-on-behalf/", {"reason": "help"})
    assert behalf.get("/settings/").status_code == 403
    User.objects.create_user("second@example.org").roles.create(role="admin")
    admin.roles.all().delete()
    assert behalf.get(partner.get_absolute_url()).status_code == 403


def test_an_hour_is_the_most(admin, partner):
    with clock.set_to(clock.now() - timedelta(hours=1, seconds=1)):
        begun = actions.act_on_behalf(partner, reason="asked", by=admin)
        assert OnBehalf.objects.live_for(admin, begun.pk) == begun
    assert OnBehalf.objects.live_for(admin, begun.pk) is None


def test_beginning_elsewhere_ends_what_was_begun(behalf, admin, partner):
    other = factories.active_partner("Dienst Wangental", postcode="3366")
    actions.act_on_behalf(other, reason="data", by=admin)
    assert [bool(row.ended_at) for row in OnBehalf.objects.order_by("pk")] == [True, False]
    assert behalf.get(partner.get_absolute_url()).status_code == 200  # as the admin again
    assert "You act on behalf" not in behalf.get("/home/").content.decode()


def test_whoever_has_no_second_factor_sets_one_up_first(behalf, admin, partner):
    admin.authenticator_set.all().delete()
    assert behalf.get(partner.get_absolute_url()).url == "/accounts/2fa/"
