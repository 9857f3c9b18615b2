import pytest

from jobs import actions as job_actions
from jobs.models import Job
from people.models import AuditEntry
from requests.models import DeviceRequest
from shipping.models import Shipment
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel(dispatch, make_allocation):
    allocation = make_allocation()
    dispatch.post("shipments/", {"allocation": allocation.pk})
    return Shipment.objects.get()


@pytest.fixture
def labelled(parcel, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    job_actions.run(Job.objects.get(kind="shipping.make_label").pk)
    parcel.refresh_from_db()
    return parcel


def test_a_parcel_begins_and_its_label_is_ordered(dispatch, make_allocation):
    allocation = make_allocation()
    answers = [dispatch.post("shipments/", {"allocation": allocation.pk}) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["status"] == "packing"
    assert Job.objects.filter(kind="shipping.make_label").count() == 1


def test_a_withdrawn_request_gets_no_parcel(dispatch, make_allocation, social_worker, assert_problem):
    from requests import actions

    allocation = make_allocation()
    actions.withdraw(allocation.request, by=social_worker)
    body = assert_problem(dispatch.post("shipments/", {"allocation": allocation.pk}), 409)
    assert "was withdrawn" in body["detail"]
    assert_problem(dispatch.post("shipments/", {"allocation": 99_999_999}), 404)


def test_the_label_is_awaited_and_then_a_pdf(dispatch, parcel, settings, tmp_path, assert_problem):
    settings.MEDIA_ROOT = tmp_path
    waiting = dispatch.get(f"shipments/{parcel.pk}/label/")
    assert assert_problem(waiting, 409)["type"].endswith("#not_made_yet")
    assert waiting.headers["Retry-After"] == "5"
    job_actions.run(Job.objects.get(kind="shipping.make_label").pk)
    answer = dispatch.get(f"shipments/{parcel.pk}/label/", Accept="application/pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert b"".join(answer).startswith(b"%PDF")
    assert AuditEntry.objects.get(action="read_recipient").subject == parcel.request.number


@pytest.mark.parametrize(
    ("job", "status", "sentence"),
    [
        ("dead", "packing", "The label was not made."),
        ("waiting", "cancelled", "The parcel was taken out. Its label must not be used."),
    ],
)
def test_a_label_that_will_not_come_is_not_waited_for(dispatch, parcel, assert_problem, job, status, sentence):
    Job.objects.update(state=job)
    Shipment.objects.update(status=status)
    answer = dispatch.get(f"shipments/{parcel.pk}/label/")
    body = assert_problem(answer, 409)
    assert (body["detail"], body["type"].endswith("#refused")) == (sentence, True)
    assert "Retry-After" not in answer.headers


def test_a_label_to_an_office_names_nobody_and_nobodys_reading_is_written_down(dispatch, labelled):
    DeviceRequest.objects.update(delivery="office")
    assert b"".join(dispatch.get(f"shipments/{labelled.pk}/label/")).startswith(b"%PDF")
    assert not AuditEntry.objects.filter(action="read_recipient").exists()


def test_only_dispatch_sees_the_label_with_the_name_on_it(workshop, worker, labelled, assert_problem):
    for program in (workshop, worker):
        assert_problem(program.get(f"shipments/{labelled.pk}/label/"), 403)


def test_a_volunteer_closes_the_parcel_with_the_right_laptop(workshop, labelled, assert_problem):
    body = assert_problem(workshop.post(f"shipments/{labelled.pk}/close/", {"device": "D-999999"}), 409)
    assert "Wrong laptop" in body["detail"]
    for _time in range(2):
        answer = workshop.post(f"shipments/{labelled.pk}/close/", {"device": labelled.device.number})
        assert answer.status_code == 200
    assert answer.json()["closed_at"]
    assert labelled.steps.filter(verb="close_parcel").count() == 1


def test_a_parcel_that_is_open_is_not_handed_over(workshop, labelled, assert_problem):
    assert (
        "Close the parcel first" in assert_problem(workshop.post(f"shipments/{labelled.pk}/hand-over/"), 409)["detail"]
    )


def test_a_parcel_is_handed_over_once(workshop, labelled):
    workshop.post(f"shipments/{labelled.pk}/close/", {"device": labelled.device.number})
    answers = [workshop.post(f"shipments/{labelled.pk}/hand-over/") for _time in range(2)]
    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [(200, "handed_over")] * 2
    labelled.refresh_from_db()
    assert (labelled.request.status, labelled.device.status, labelled.price) == ("shipped", "shipped", 150)
    assert labelled.steps.filter(verb="hand_over").count() == 1


def test_a_stranger_finds_no_parcel_and_a_treasurer_has_no_business_here(
    foreign, worker, money, labelled, assert_problem
):
    assert worker.get(f"shipments/{labelled.pk}/").json()["ident_code"] == labelled.ident_code
    assert_problem(foreign.get(f"shipments/{labelled.pk}/"), 404)
    assert foreign.get("shipments/").json()["results"] == []
    assert_problem(worker.post(f"shipments/{labelled.pk}/hand-over/"), 403)
    assert_problem(money.get("shipments/"), 403)


def test_no_parcel_names_a_person(workshop, labelled):
    for path in ("shipments/", f"shipments/{labelled.pk}/", "shipments/?status=labelled"):
        answer = workshop.get(path)
        assert labelled.ident_code in answer.content.decode()
        assert b"Wenger" not in answer.content


def test_the_list_costs_the_same_for_25_and_100_rows(
    dispatch, make_allocation, django_assert_num_queries, django_assert_max_num_queries
):
    for index in range(101):
        factories.parcel_of(make_allocation(f"LT-{index}", f"X{index}"))
    with django_assert_max_num_queries(8) as few:
        assert len(dispatch.get("shipments/").json()["results"]) == 25
    with django_assert_num_queries(len(few)):
        assert len(dispatch.get("shipments/?rows=100").json()["results"]) == 100
