"""A statement that is put together once gives what its queryset gives, whoever asks and whenever."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.models import Partner
from people.models import AssociationRole, User
from records import clock
from tests import factories
from web.statements import statement

pytestmark = pytest.mark.django_db


@statement
def named(name, status):
    return Partner.objects.filter(name=name, status=status).order_by("pk")


@statement
def names(partner, *, order):
    return Partner.objects.filter(pk=partner).order_by(order).values_list("name", flat=True)


def test_it_gives_the_rows_of_each_value(partner):
    other = factories.active_partner("Anderswo")
    for _time in range(2):
        assert named(partner.name, "active") == [partner]
        assert named("Anderswo", "active") == [other]
        assert named("' OR true --", "active") == []
        assert named("Anderswo", "ended") == []
        assert names(other.pk, order="pk") == ["Anderswo"]


def test_it_is_put_together_once_for_each_thing_it_is_made_of(partner):
    made = []

    @statement
    def some(key, *, status):
        made.append(status)
        return Partner.objects.filter(pk=key, status=status)

    for status in ("active", "active", "ended", "active"):
        with CaptureQueriesContext(connection) as captured:
            assert some(partner.pk, status=status) == ([partner] if status == "active" else [])
        assert len(captured) == 1
    assert made == ["active", "ended"]


def test_related_rows_and_annotations_come_along(admin):
    @statement
    def roles(user):
        return AssociationRole.objects.filter(user=user).select_related("user")

    with CaptureQueriesContext(connection) as captured:
        assert [(row.role, row.user) for row in roles(admin.pk)] == [("admin", admin)]
    assert len(captured) == 1


def test_no_row_that_can_be_meant_is_no_statement():
    @statement
    def nobody(key):
        return User.objects.none().filter(pk=key)

    with CaptureQueriesContext(connection) as captured:
        assert nobody(1) == []
    assert len(captured) == 0


def test_a_new_day_is_asked_for_anew(social_worker, monkeypatch):
    @statement
    def live(user):
        return AssociationRole.objects.live().filter(user=user)

    today = clock.today()
    role = AssociationRole.objects.create(user=social_worker, role="auditor", ends_on=today)
    assert live(social_worker.pk) == [role]
    monkeypatch.setattr(clock, "today", lambda: today + timedelta(days=1))
    assert live(social_worker.pk) == []


def test_a_moment_is_refused_as_it_would_never_pass():
    @statement
    def joined(user):
        return User.objects.filter(pk=user, date_joined__lte=clock.now())

    with pytest.raises(TypeError, match="keeps a moment"):
        joined(1)


def test_another_thread_asks_by_a_connection_of_its_own():
    found = []

    def ask():
        found.append((names(0, order="name"), connection.connection))
        connection.close()

    assert names(0, order="name") == []
    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert [rows for rows, _connection in found] == [[]]
    assert found[0][1] is not connection.connection
