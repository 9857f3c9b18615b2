import pytest

from requests.models import Allocation, DeviceRequest

pytestmark = pytest.mark.django_db


def test_a_ready_laptop_is_kept_for_an_approved_request(dispatch, make_approved, make_ready):
    device_request, device = make_approved(), make_ready()
    answer = dispatch.post("allocations/", {"request": device_request.number, "device": device.number})
    allocation = Allocation.objects.get()
    assert answer.status_code == 201
    assert (answer.json()["id"], answer.json()["request"], answer.json()["device"]) == (
        allocation.pk,
        device_request.number,
        device.number,
    )
    device_request.refresh_from_db()
    device.refresh_from_db()
    assert (device_request.status, device.status) == ("allocated", "reserved")


def test_who_comes_second_reads_why(dispatch, make_approved, make_ready, assert_problem):
    first, second, device = make_approved("LT-1"), make_approved("LT-2"), make_ready()
    dispatch.post("allocations/", {"request": first.number, "device": device.number})
    body = assert_problem(dispatch.post("allocations/", {"request": second.number, "device": device.number}), 409)
    assert body["detail"] == "Somebody was faster: this laptop is allocated to another request."
    assert DeviceRequest.objects.get(pk=second.pk).status == "approved"


def test_allocating_twice_is_as_allocating_once(dispatch, make_approved, make_ready):
    numbers = {"request": make_approved().number, "device": make_ready().number}
    answers = [dispatch.post("allocations/", numbers, key=key) for key in ("one-key-1", "one-key-1", "another-key")]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Allocation.objects.count() == 1


def test_what_is_missing_is_404(dispatch, make_approved, make_ready, assert_problem):
    device_request, device = make_approved(), make_ready()
    assert_problem(dispatch.post("allocations/", {"request": "R-2026-999999", "device": device.number}), 404)
    assert_problem(dispatch.post("allocations/", {"request": device_request.number, "device": "D-999999"}), 404)
    assert Allocation.objects.count() == 0


def test_only_dispatch_allocates(worker, workshop, money, make_approved, make_ready, assert_problem):
    numbers = {"request": make_approved().number, "device": make_ready().number}
    for program in (worker, workshop, money):
        assert_problem(program.post("allocations/", numbers), 403)
    assert Allocation.objects.count() == 0
