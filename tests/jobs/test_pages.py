import pytest

from jobs.models import Batch, Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead(volunteer):
    Job.objects.plan("tests.deed", volunteer)
    Job.objects.update(state="dead", attempts=8, error="No paper left.", ended_at="2026-11-23T08:00Z")
    return Job.objects.get()


def test_a_dead_job_is_shown_with_its_reason_and_can_be_tried_again(client, admin, dead):
    client.force_login(admin)
    assert "No paper left." in client.get("/jobs/").content.decode()
    client.post(f"/jobs/{dead.pk}/try-again/")
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("waiting", 0)


def test_home_says_that_a_job_was_given_up(client, admin, dead):
    client.force_login(admin)
    assert "Job was given up" in client.get("/home/").content.decode()


def test_a_volunteer_may_not_see_the_jobs_and_nothing_changes(client, volunteer, dead):
    client.force_login(volunteer)
    assert client.get("/jobs/").status_code == 403
    assert client.post(f"/jobs/{dead.pk}/try-again/").status_code == 403
    dead.refresh_from_db()
    assert dead.state == "dead"


def test_trying_again_twice_is_said_on_the_page_and_answered_409_to_a_program(client, admin, dead):
    client.force_login(admin)
    client.post(f"/jobs/{dead.pk}/try-again/")
    page = client.post(f"/jobs/{dead.pk}/try-again/", headers={"referer": "http://testserver/jobs/"})
    assert (page.status_code, page.url) == (303, "/jobs/")
    answer = client.post(f"/jobs/{dead.pk}/try-again/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (409, {"detail": "This job is no longer given up."})


def test_a_job_is_not_tried_again_beside_the_same_one_that_waits(client, admin, volunteer, dead):
    Job.objects.plan("tests.deed", volunteer)
    client.force_login(admin)
    answer = client.post(f"/jobs/{dead.pk}/try-again/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (409, {"detail": "The same job waits already."})
    dead.refresh_from_db()
    assert dead.state == "dead"


def test_progress_is_seen_by_its_owner_and_admins_and_nobody_else(client, volunteer, dispatcher, admin):
    batch = Batch.objects.create(title="Labels", owner=volunteer)
    Job.objects.plan("tests.deed", volunteer, batch=batch)
    client.force_login(dispatcher)
    assert client.get(batch.get_absolute_url()).status_code == 404
    for user in (volunteer, admin):
        client.force_login(user)
        assert "0 of 1" in client.get(batch.get_absolute_url()).content.decode()
