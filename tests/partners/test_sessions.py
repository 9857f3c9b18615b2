"""Each page reads its session with whose it is, in one query: it must say what the models say."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import Membership
from partners.sessions import SessionStore
from people.models import AssociationRole, Session

pytestmark = pytest.mark.django_db
User = get_user_model()


@pytest.fixture
def read(client):
    """The person as the next page reads them, and the queries this took."""

    def read(user):
        client.force_login(user)
        store = SessionStore(client.session.session_key)
        with CaptureQueriesContext(connection) as captured:
            store.load()
            person = store.user
            _ = person.association_roles, person.has_second_factor, person.live_memberships
        assert len(captured) == 1
        return person

    return read


def as_the_models_say(user):
    user = User.objects.get(pk=user.pk)
    memberships = Membership.objects.live().filter(user=user).select_related("partner").order_by("pk")
    return user.association_roles, user.has_second_factor, list(memberships)


def check(person, user):
    assert {name: getattr(person, name) for name in COLUMNS} == {name: getattr(user, name) for name in COLUMNS}
    assert (person.association_roles, person.has_second_factor, person.live_memberships) == as_the_models_say(user)
    for membership in person.live_memberships:
        assert membership.partner.name == membership.partner.__class__.objects.get(pk=membership.partner_id).name


COLUMNS = [field.attname for field in User._meta.concrete_fields if field.attname != "last_login"]


def test_a_person_without_anything(read, make_user):
    user = make_user()
    check(read(user), user)


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_a_role_until_its_last_day(read, make_user, days):
    user = make_user("both@example.org", "treasurer", "auditor")
    ends_on = timezone.localdate() + timedelta(days=days)
    AssociationRole.objects.filter(role="auditor").update(ends_on=ends_on)
    person = read(user)
    check(person, user)
    assert person.has_role("auditor") == (days >= 0)


@pytest.mark.parametrize(("kind", "counts"), [("totp", True), ("webauthn", True), ("recovery_codes", False)])
def test_a_second_factor(read, make_user, kind, counts):
    user = make_user()
    Authenticator.objects.create(user=user, type=kind, data={})
    person = read(user)
    check(person, user)
    assert person.has_second_factor == counts


@pytest.mark.parametrize("status", ["applied", "admitted", "active", "declined", "suspended", "ended"])
def test_memberships_of_organisations_that_take_part(read, make_user, partner, status):
    user = make_user()
    for role in ("social_worker", "accounting"):
        Membership.objects.create(user=user, partner=partner, role=role)
    partner.__class__.objects.filter(pk=partner.pk).update(status=status)
    check(read(user), user)


@pytest.mark.parametrize("column", [{"accepted_at": None}, {"ended_at": timezone.now()}])
def test_a_membership_not_accepted_or_over(read, social_worker, column):
    Membership.objects.filter(user=social_worker).update(**column)
    person = read(social_worker)
    check(person, social_worker)
    assert person.live_memberships == []


class TestWhoIsSignedIn:
    def test_is_read_in_one_query(self, client, social_worker):
        client.force_login(social_worker)
        client.get("/appearance/")
        with CaptureQueriesContext(connection) as captured:
            page = client.get("/appearance/")
        assert (page.status_code, len(captured)) == (200, 1)
        assert page.context["user"].acting_for

    def test_an_inactive_person_is_nobody(self, client, social_worker):
        client.force_login(social_worker)
        User.objects.filter(pk=social_worker.pk).update(is_active=False)
        assert client.get("/appearance/").status_code == 302

    def test_another_password_ends_the_session(self, client, social_worker):
        client.force_login(social_worker)
        social_worker.set_password("another one altogether")
        social_worker.save()
        assert client.get("/appearance/").status_code == 302
        assert not Session.objects.exists()

    def test_a_session_over_is_no_session(self, client, social_worker):
        client.force_login(social_worker)
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        assert client.get("/appearance/").status_code == 302

    def test_the_row_alone_opens_nothing(self, client, social_worker, make_user):
        """What counts is what the signed session says; the column only saves a query."""
        client.force_login(social_worker)
        Session.objects.update(user=make_user("another@example.org"))
        assert client.get("/appearance/").context["user"] == social_worker

    def test_a_deleted_person_takes_the_sessions_along(self, client, make_user):
        user = make_user()
        client.force_login(user)
        user.emailaddress_set.all().delete()
        user.delete()
        assert not Session.objects.exists()


def test_a_visitor_has_a_session_of_nobody(client):
    client.get("/accounts/login/")
    client.post("/language/", {"language": "fr"})
    session = client.session
    session["x"] = 1
    session.save()
    assert list(Session.objects.values_list("user", flat=True)) == [None]
