import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from documents import mail
from jobs import actions, registry
from jobs.models import ATTEMPTS, Job, LostClaim, job_subject
from jobs.registry import DOORS
from records.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(monkeypatch):
    calls = []

    def use(work):
        monkeypatch.setitem(DOORS, "tests.action", lambda key, claim: (calls.append(key), work(key, claim)))
        return calls

    return use


@pytest.fixture
def job(volunteer):
    Job.objects.plan("tests.action", volunteer)
    return Job.objects.get()


@pytest.mark.parametrize(("register", "doors"), [(registry.job, DOORS), (mail.mail, mail.DOORS)])
def test_a_kind_of_job_or_of_mail_has_one_door(register, doors, monkeypatch):
    monkeypatch.setitem(doors, "tests.action", print)
    words = ["words"] if register is registry.job else []
    with pytest.raises(ValueError, match=r"two doors for tests\.action"):
        register("tests.action", *words)(len)


def test_a_job_is_done_once(job, door, volunteer):
    calls = door(lambda key, claim: None)
    assert actions.run(job.pk) is True
    assert actions.run(job.pk) is False
    assert (calls, Job.objects.get().state) == ([str(volunteer.pk)], "done")


def test_a_job_is_not_done_before_it_is_due(job, door):
    calls = door(lambda key, claim: None)
    Job.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert (actions.run(job.pk), calls) == (False, [])


def test_a_waiting_job_is_there_once_and_a_running_one_does_not_block_a_new_one(job, volunteer):
    Job.objects.plan("tests.action", volunteer)
    assert Job.objects.count() == 1
    job.claim()
    Job.objects.plan("tests.action", volunteer)
    assert Job.objects.filter(subject=job_subject(volunteer)).count() == 2


def test_a_failed_job_waits_longer_each_time_and_is_given_up_with_its_reason(job, door):
    door(lambda key, claim: 1 / 0)
    for attempt in range(1, ATTEMPTS + 1):
        before = timezone.now()
        with pytest.raises(ZeroDivisionError):
            actions.run(job.pk)
        job.refresh_from_db()
        if attempt < ATTEMPTS:
            assert job.state == "waiting"
            assert job.due_at - before >= timedelta(seconds=5 * 2 ** (attempt - 1))
            Job.objects.update(due_at=timezone.now())
    assert (job.state, job.error, job.refusal) == ("dead", "ZeroDivisionError: division by zero", "")


def test_no_reason_shows_the_row_that_the_database_refused(job, door):
    def stumble(key, claim):
        raise IntegrityError("null value in column\nDETAIL:  Failing row contains (7, Samira, …).")

    door(stumble)
    with pytest.raises(IntegrityError):
        actions.run(job.pk)
    assert Job.objects.get().error == "IntegrityError: null value in column"


def test_a_failed_job_makes_room_for_a_newer_one_that_waits(job, door, volunteer):
    door(lambda key, claim: (Job.objects.plan("tests.action", volunteer), 1 / 0))
    with pytest.raises(ZeroDivisionError):
        actions.run(job.pk)
    assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == ["done", "waiting"]


def test_a_job_that_takes_every_worker_along_is_given_up(job, door):
    calls = door(lambda key, claim: None)
    Job.objects.update(attempts=ATTEMPTS)
    assert actions.run(job.pk) is False
    assert (calls, Job.objects.get().state) == ([], "dead")


def test_a_refusal_ends_a_job_at_once(job, door):
    def refuse(key, claim):
        raise Refused("No address.")

    door(refuse)
    actions.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.refusal) == ("dead", "No address.", "No address.")
    actions.try_again(job)
    assert Job.objects.get().refusal == ""
    door(lambda key, claim: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.run(job.pk)
    assert Job.objects.get().is_refused is False


def test_a_job_whose_worker_died_is_taken_again_after_its_lease(job, door):
    calls = door(lambda key, claim: None)
    job.claim()
    assert actions.run(job.pk) is False
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert actions.run(job.pk) is True
    assert len(calls) == 1


def test_a_worker_that_lost_its_lease_writes_nothing(job, volunteer):
    late = job.claim()
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert Job.objects.get().claim()
    begun = []
    with pytest.raises(LostClaim), late.held():
        begun.append(volunteer)
    assert begun == []
    for end in (late.finish, lambda: late.fail("x"), lambda: late.give_up("x")):
        with pytest.raises(LostClaim):
            end()
    assert Job.objects.get().state == "running"


def test_a_worker_that_loses_its_lease_meanwhile_leaves_nothing_behind(job, volunteer):
    late = job.claim()
    with pytest.raises(LostClaim), late.held():
        volunteer.name = "overwritten"
        volunteer.save()
        Job.objects.update(token=uuid.uuid4())
    volunteer.refresh_from_db()
    assert volunteer.name == "Volunteer"


def test_a_dead_job_waits_again_when_somebody_says_so(job, door):
    door(lambda key, claim: None)
    Job.objects.update(state="dead", attempts=ATTEMPTS, ended_at=timezone.now())
    actions.try_again(job)
    assert actions.run(job.pk) is True
    with pytest.raises(Refused):
        actions.try_again(job)
