"""Planning what waits already while a worker reaches for it: what is being written is never left without a job."""

import threading

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from jobs import actions
from jobs.models import Job
from records.refusals import Refused
from tests import contention

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job(volunteer):
    Job.objects.plan("tests.action", volunteer)
    return Job.objects.get()


def is_held():
    """Whether another worker that reached for the job now would have to wait."""
    found = []

    def reach():
        try:
            with transaction.atomic():
                found.extend(Job.objects.select_for_update(nowait=True))
        except OperationalError:
            found.append("held")
        finally:
            connections.close_all()

    worker = threading.Thread(target=reach)
    worker.start()
    worker.join()
    return found == ["held"]


def test_a_worker_passes_by_whoever_plans_the_same_again_and_is_rung_for_afterwards(job, volunteer, monkeypatch):
    rung = []
    monkeypatch.setattr("jobs.models.ring", rung.append)
    with transaction.atomic():
        Job.objects.plan("tests.action", volunteer)
        assert is_held()
        assert rung == []
    assert rung == [job.pk]


def test_planning_one_kind_rings_for_no_waiting_job_of_another(job, volunteer, monkeypatch):
    rung = []
    monkeypatch.setattr("jobs.models.ring", rung.append)
    Job.objects.plan("tests.other", volunteer)
    assert rung == [Job.objects.get(kind="tests.other").pk]


def test_nobody_takes_a_job_while_its_worker_writes(job):
    with job.claim().held():
        assert is_held()


def test_of_two_who_have_a_job_tried_again_at_once_the_second_is_told(job, monkeypatch):
    rung = []
    monkeypatch.setattr("jobs.models.ring", rung.append)
    Job.objects.update(state="dead", ended_at=timezone.now())
    with contention.behind(lambda: actions.try_again(job)), pytest.raises(Refused, match="no longer given up"):
        actions.try_again(job)
    assert rung == [job.pk]


def test_what_a_worker_takes_between_looking_and_locking_is_planned_anew(job, volunteer):
    taken = []

    def take():
        taken.append(job.claim())
        connections.close_all()

    def take_after_the_insert(execute, sql, *arguments):
        answer = execute(sql, *arguments)
        if sql.startswith("INSERT") and not taken:
            worker = threading.Thread(target=take)
            worker.start()
            worker.join()
        return answer

    with connection.execute_wrapper(take_after_the_insert):
        Job.objects.plan("tests.action", volunteer)
    assert all(taken)
    assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == ["running", "waiting"]
