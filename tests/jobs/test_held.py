"""A worker whose connection breaks while it holds a job lets go of it, and does the next one."""

import pytest
from django.db import OperationalError, connection

from jobs import actions
from jobs.models import Job
from jobs.registry import DOORS

pytestmark = pytest.mark.django_db(transaction=True)


def hang_up():
    """End our own connection from the server's side, as a restart of PostgreSQL does."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    other.close()


def at_the_end(claim):
    with claim.held():
        hang_up()


def before_the_first_query(claim):
    connection.ensure_connection()
    hang_up()
    with claim.held():
        pass


@pytest.mark.parametrize("work", [at_the_end, before_the_first_query])
def test_a_connection_that_breaks_puts_the_job_back_and_the_worker_goes_on(work, volunteer, dispatcher, monkeypatch):
    monkeypatch.setitem(DOORS, "tests.action", lambda key, claim: work(claim) if key == str(volunteer.pk) else None)
    Job.objects.plan_many("tests.action", [volunteer, dispatcher])
    broken, whole = Job.objects.order_by("pk")
    with pytest.raises(OperationalError):
        actions.run(broken.pk)
    assert not connection.in_atomic_block
    assert actions.run(whole.pk) is True
    assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == ["waiting", "done"]
