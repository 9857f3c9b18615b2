"""Accepting, declining and ending a role in an organisation: nobody works for one without having said so."""

import pytest

from partners.models import ApiToken, Membership, PartnerStep
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def evil():
    return factories.active_partner("Sozialdienst Lindenthal", postcode="3401")


@pytest.fixture
def neue(make_user):
    return make_user("neue@example.org")


@pytest.fixture
def invite(neue):
    def invite(partner, role="social_worker", **columns):
        return Membership.objects.create(user=neue, partner=partner, role=role, accepted_at=None, **columns)

    return invite


@pytest.fixture
def manager(make_user, partner):
    user = make_user("manager@example.org")
    Membership.objects.create(user=user, partner=partner, role="manager")
    return user


def verbs():
    return list(PartnerStep.objects.values_list("verb", flat=True))


def test_an_invitation_gives_no_right_before_it_is_accepted(client, neue, invite, evil, partner):
    invite(evil)
    own = invite(partner)
    client.force_login(neue)
    page = client.get("/home/")
    assert page.context["place"] is None
    text = page.content.decode()
    assert "Sozialdienst Lindental invites you" in text
    assert "Two things need you today." in text
    assert client.get("/requests/").status_code == 403
    client.post("/partners/act-for/", {"partner": evil.pk})
    assert client.get("/home/").context["place"] is None
    for _tab in range(2):
        assert client.post(f"/partners/memberships/{own.pk}/accept-invitation/").url == "/home/"
    assert client.get("/home/").context["place"] == partner
    assert (client.get("/requests/").status_code, verbs()) == (200, ["accept_invitation"])


def test_accepting_makes_the_session_work_for_that_organisation(client, neue, invite, evil, partner):
    Membership.objects.create(user=neue, partner=evil, role="social_worker")
    client.force_login(neue)
    assert client.get("/home/").context["place"] == evil
    client.post(f"/partners/memberships/{invite(partner).pk}/accept-invitation/")
    assert client.get("/home/").context["place"] == partner


def test_what_was_declined_is_over_in_both_tabs(client, neue, invite, partner):
    own = invite(partner)
    client.force_login(neue)
    for _tab in range(2):
        client.post(f"/partners/memberships/{own.pk}/decline-invitation/")
    assert (
        "has ended" in client.post(f"/partners/memberships/{own.pk}/accept-invitation/", follow=True).content.decode()
    )
    assert (Membership.objects.live().count(), verbs()) == (0, ["decline_invitation"])


def test_what_was_accepted_is_not_declined(client, neue, invite, partner):
    own = invite(partner)
    client.force_login(neue)
    client.post(f"/partners/memberships/{own.pk}/accept-invitation/")
    page = client.post(f"/partners/memberships/{own.pk}/decline-invitation/", follow=True).content.decode()
    assert "accepted this invitation already" in page
    assert Membership.objects.live().get() == own


@pytest.mark.parametrize("verb", ["accept-invitation", "decline-invitation"])
def test_somebody_elses_invitation_is_not_there(client, stranger, invite, partner, verb):
    own = invite(partner)
    client.force_login(stranger)
    assert client.post(f"/partners/memberships/{own.pk}/{verb}/").status_code == 404
    own.refresh_from_db()
    assert (own.accepted_at, own.ended_at) == (None, None)


def test_the_list_of_people_says_who_has_not_accepted(client, manager, invite, partner):
    invite(partner, invited_as="Nina Aebi")
    client.force_login(manager)
    page = client.get(f"/partners/{partner.pk}/").content.decode()
    assert "Nina Aebi" in page
    assert "Invited, has not accepted yet" in page
    assert "Take back" in page


def test_a_manager_ends_a_colleagues_access_and_tokens_at_once(client, manager, neue, invite, partner):
    own = invite(partner)
    client.force_login(neue)
    client.post(f"/partners/memberships/{own.pk}/accept-invitation/")
    _token, secret = ApiToken.objects.issue(owner=neue, acting_for=partner, name="case software")
    client.force_login(manager)
    for _time in range(2):
        client.post(f"/partners/memberships/{own.pk}/end-access/")
    assert verbs() == ["accept_invitation", "end_access"]
    assert ApiToken.objects.get().revoked_at
    assert client.get("/api/v1/requests/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    client.force_login(neue)
    assert client.get("/requests/").status_code == 403


def test_a_token_lives_on_with_another_role_there_and_in_another_organisation(client, manager, neue, partner, evil):
    for where, role in ((partner, "social_worker"), (partner, "accounting"), (evil, "social_worker")):
        Membership.objects.create(user=neue, partner=where, role=role)
    here, there = (ApiToken.objects.issue(owner=neue, acting_for=where, name="x")[0] for where in (partner, evil))
    client.force_login(manager)
    for role, live in (("social_worker", {here, there}), ("accounting", {there})):
        client.post(f"/partners/memberships/{Membership.objects.get(partner=partner, role=role).pk}/end-access/")
        assert set(ApiToken.objects.filter(revoked_at=None)) == live


def test_only_who_works_there_and_what_holds_now_is_shown(client, manager, neue, partner, commune):
    Membership.objects.create(user=neue, partner=partner, role="accounting", ended_at="2026-01-01T00:00Z")
    partner.bill_tos.create(name="Alte Kasse", postcode="3400", town="Burgdorf", is_active=False)
    partner.coverage.create(commune=commune, valid_from="2020-01-01", valid_to="2021-01-01")
    client.force_login(manager)
    page = client.get(f"/partners/{partner.pk}/").content.decode()
    for words in (neue.email, "Burgdorf (BE)", "/end-access/"):  # nobody ends their own access
        assert words not in page
    assert page.count("Pays no longer") == 1  # who may let it pay again sees it
    assert ("No commune in particular." in page, manager.email in page) == (True, True)


def test_what_was_ended_and_what_was_accepted_is_said(client, manager, neue, invite, partner):
    client.force_login(manager)
    taken_back = invite(partner)
    page = client.post(f"/partners/memberships/{taken_back.pk}/end-access/", follow=True).content.decode()
    assert "is taken back: Social worker." in page
    accepted = invite(partner)
    client.force_login(neue)
    page = client.post(f"/partners/memberships/{accepted.pk}/accept-invitation/", follow=True).content.decode()
    assert "You now work for Sozialdienst Lindental: Social worker." in page
    client.force_login(manager)
    page = client.post(f"/partners/memberships/{accepted.pk}/end-access/", follow=True).content.decode()
    assert "has no access as Social worker any more." in page


def test_nobody_ends_their_own_access(client, manager):
    client.force_login(manager)
    own = manager.memberships.get()
    page = client.post(f"/partners/memberships/{own.pk}/end-access/", follow=True).content.decode()
    assert "Nobody ends their own access" in page
    assert Membership.objects.live().get() == own


def test_a_stranger_gets_404_and_a_social_worker_403(client, social_worker, stranger, manager):
    own = manager.memberships.get()
    for user, status in ((stranger, 404), (social_worker, 403)):
        client.force_login(user)
        assert client.post(f"/partners/memberships/{own.pk}/end-access/").status_code == status
    assert Membership.objects.live().filter(pk=own.pk).exists()


def test_an_invitation_that_was_accepted_is_none_any_more(client, social_worker):
    client.force_login(social_worker)
    assert list(client.get("/home/").context["invitations"]) == []
    social_worker.memberships.update(accepted_at=None)
    client.force_login(type(social_worker).objects.get())
    assert len(client.get("/home/").context["invitations"]) == 1
