import pytest

from billing.models import Invoice
from jobs.models import Batch, Job
from jobs.registry import DOORS, TITLES
from partners.models import BillTo

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead(volunteer):
    Job.objects.plan("tests.action", volunteer)
    Job.objects.update(state="dead", attempts=8, error="No paper left.", is_refused=True, ended_at="2026-11-23T08:00Z")
    return Job.objects.get()


def test_a_dead_job_is_shown_with_its_reason_and_can_be_tried_again(client, admin, dead):
    client.force_login(admin)
    assert "No paper left." in client.get("/jobs/").content.decode()
    client.post(f"/jobs/{dead.pk}/try-again/")
    dead.refresh_from_db()
    assert (dead.state, dead.attempts, dead.error, dead.is_refused) == ("waiting", 0, "", False)


def test_a_kind_is_said_in_words_and_its_record_is_a_link(client, admin, partner):
    unit = BillTo.objects.create(partner=partner, name="Kasse", postcode="3400", town="Burgdorf")
    invoice = Invoice.objects.create(bill_to=unit, partner=partner, period="2026-10-01")
    Job.objects.plan("billing.make_document", invoice)
    client.force_login(admin)
    page = client.get("/jobs/").content.decode()
    assert "Make an invoice’s document" in page
    assert f'href="{invoice.get_absolute_url()}"' in page
    assert "billing.make_document" not in page
    assert "billing.invoice:" not in page


def test_every_kind_has_a_title():
    assert set(TITLES) == {kind for kind in DOORS if not kind.startswith("tests.")}


def test_an_error_stands_behind_a_sentence_and_a_refusal_is_one(client, admin, dead):
    client.force_login(admin)
    assert "For who mends it" not in client.get("/jobs/").content.decode()
    Job.objects.update(error="OSError: [Errno 28] No space left on device", is_refused=False)
    page = client.get("/jobs/").content.decode()
    assert "Eight attempts failed." in page.partition("<details>")[0]
    assert "[Errno 28]" in page.partition("<details>")[2].partition("</details>")[0]


def test_what_is_done_comes_25_a_page(client, admin):
    Job.objects.bulk_create(Job(kind="tests.action", subject=f"people.user:{n}", state="done") for n in range(30))
    client.force_login(admin)
    first = client.get("/jobs/").context["page"]
    second = client.get(f"/jobs/{first.older_url}").context["page"]
    assert (len(first.rows), len(second.rows), second.older_url) == (25, 5, "")


def test_home_says_to_admins_that_a_job_was_given_up(client, admin, dispatcher, dead):
    for user, is_told in ((admin, True), (dispatcher, False)):
        client.force_login(user)
        assert ("Job was given up" in client.get("/home/").content.decode()) is is_told


def test_a_record_without_a_page_is_no_link_and_nobodys_name(client, admin, volunteer, dead):
    client.force_login(admin)
    answer = client.get("/jobs/")
    assert [job.record for job in answer.context["dead"]] == [None]
    assert 'href=""' not in answer.content.decode()


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
    Job.objects.plan("tests.action", volunteer)
    client.force_login(admin)
    answer = client.post(f"/jobs/{dead.pk}/try-again/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (409, {"detail": "The same job waits already."})
    dead.refresh_from_db()
    assert dead.state == "dead"


def test_progress_is_seen_by_its_owner_and_admins_and_nobody_else(client, volunteer, dispatcher, admin):
    batch = Batch.objects.create(title="Labels", owner=volunteer)
    Job.objects.plan("tests.action", volunteer, batch=batch)
    client.force_login(dispatcher)
    assert client.get(batch.get_absolute_url()).status_code == 404
    for user in (volunteer, admin):
        client.force_login(user)
        assert "0 of 1" in client.get(batch.get_absolute_url()).content.decode()


def test_the_batches_at_work_are_listed_with_their_progress(client, volunteer, dispatcher, admin):
    batch, over = (Batch.objects.create(title=title, owner=volunteer) for title in ("Labels", "Invoices"))
    Job.objects.plan_many("tests.action", [volunteer, dispatcher, admin], batch=batch)
    Job.objects.filter(subject=f"people.user:{admin.pk}").update(state="done")
    Job.objects.create(kind="tests.action", subject="people.user:1", state="done", batch=over)
    client.force_login(admin)
    page = client.get("/jobs/").content.decode()
    assert page.count(f'href="{batch.get_absolute_url()}"') == 1
    assert "1 of 3" in page
    assert over.get_absolute_url() not in page
