"""How the job about a record stands, as every page and the API ask for it."""

import pytest
from django.db import connection, connections
from django.utils import timezone

from jobs.models import Batch, Job, job_subject

pytestmark = pytest.mark.django_db
KIND = "tests.action"


def end(job, state, **columns):
    Job.objects.filter(pk=job.pk).update(state=state, ended_at=timezone.now(), **columns)


@pytest.fixture
def job(volunteer):
    Job.objects.plan(KIND, volunteer)
    return Job.objects.get()


def test_a_job_is_under_way_while_it_waits_and_runs_and_dead_once_it_is_given_up(job, volunteer):
    assert Job.objects.unfinished_for(KIND, volunteer).is_under_way
    claim = job.claim()
    assert Job.objects.unfinished_for(KIND, volunteer).is_under_way
    claim.give_up("No address.", is_refused=True)
    dead = Job.objects.unfinished_for(KIND, volunteer)
    assert (dead.is_under_way, dead.is_dead, dead.refusal) == (False, True, "No address.")


def test_what_is_done_or_was_never_planned_is_not_unfinished(job, volunteer, dispatcher):
    Job.objects.plan("tests.other", dispatcher)
    job.claim().finish()
    assert Job.objects.unfinished_for(KIND, volunteer) is None
    assert Job.objects.unfinished_for(KIND, dispatcher) is None


def test_of_several_jobs_about_a_record_the_one_under_way_counts(job, volunteer):
    end(job, "dead")
    Job.objects.plan(KIND, volunteer)
    newer = Job.objects.get(state="waiting")
    assert Job.objects.unfinished_for(KIND, volunteer) == newer
    end(newer, "dead")
    assert Job.objects.unfinished_for(KIND, volunteer) == newer
    Job.objects.filter(pk=job.pk).update(state="waiting", ended_at=None)  # somebody has the older one tried again
    assert Job.objects.unfinished_for(KIND, volunteer) == job
    end(job, "dead")
    assert Job.objects.unfinished_for(KIND, volunteer) == job


def test_many_records_cost_one_query_and_none_costs_none(job, volunteer, dispatcher, admin, django_assert_num_queries):
    batch = Batch.objects.create(title="Labels", owner=volunteer)
    Job.objects.plan_many(KIND, [dispatcher, admin], batch=batch)
    end(Job.objects.get(subject=job_subject(admin)), "done")
    with django_assert_num_queries(1):
        found = Job.objects.unfinished_for_many(KIND, [volunteer, dispatcher, admin])
        assert {key: job.batch for key, job in found.items()} == {volunteer.pk: None, dispatcher.pk: batch}
    with django_assert_num_queries(0):
        assert Job.objects.unfinished_for_many(KIND, []) == {}


@pytest.mark.django_db(transaction=True)
def test_done_jobs_are_not_read_however_many_there_are(job, volunteer):
    """The two indexes of what waits, runs and was given up are enough: there is none of what is done."""
    done = (Job(kind=KIND, subject=f"people.user:{key}", state="done") for key in range(3000))
    Job.objects.bulk_create(done)
    with connections["owner"].cursor() as cursor:  # what other tests have left would count, too
        cursor.execute("REINDEX TABLE jobs_job")
        cursor.execute("ANALYZE jobs_job")
    plans = []

    def explain(execute, sql, values, *rest):
        execute(f"EXPLAIN (FORMAT JSON) {sql}", values, *rest)
        plans.append(rest[1]["cursor"].fetchone()[0][0]["Plan"])
        return execute(sql, values, *rest)

    with connection.execute_wrapper(explain):
        assert Job.objects.unfinished_for(KIND, volunteer) == job
    used = {node["Index Name"] for node in flattened(plans[0]) if "Index Name" in node}
    assert used
    wanted = {"jobs_due", "jobs_dead", "one_waiting_job_per_subject"}  # none of which holds what is done
    assert used - {"jobs_batch_pkey"} <= wanted


def flattened(plan):
    """A plan's node and all below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from flattened(below)


def test_batches_are_asked_for_by_kind_and_while_they_are_under_way(volunteer, dispatcher):
    older, newer, over = (Batch.objects.create(title=title, owner=volunteer) for title in ("1", "2", "3"))
    Job.objects.plan_many(KIND, [volunteer, dispatcher], batch=older)
    Job.objects.plan("tests.other", volunteer, batch=newer)
    Job.objects.create(kind=KIND, subject="people.user:1", state="done", batch=over)
    assert set(Batch.objects.of_kind(KIND)) == {older, over}
    assert list(Batch.objects.under_way()) == [newer, older]
    assert list(Batch.objects.under_way(KIND)) == [older]
