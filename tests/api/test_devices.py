import pytest

from devices.checklist import POINTS
from devices.models import Device

from .conftest import LAPTOP

pytestmark = pytest.mark.django_db
DONE = {"points": list(POINTS), "grade": "A"}


@pytest.fixture
def device(workshop):
    return Device.objects.get(number=workshop.post("devices/", LAPTOP).json()["number"])


def test_a_laptop_comes_in_with_its_drives(workshop):
    answer = workshop.post("devices/", LAPTOP)
    assert (answer.status_code, answer.json()["has_open_drives"]) == (201, True)
    device = Device.objects.get()
    assert (device.number, device.status, device.asset_tag) == (answer.json()["number"], "received", "5CG1")
    assert answer.json()["drives"] == LAPTOP["drives"]


def test_a_tag_that_is_here_already_is_200_and_changes_nothing(workshop, device):
    answer = workshop.post("devices/", LAPTOP | {"asset_tag": " 5cg1 ", "maker": "Other"})
    assert (answer.status_code, answer.json()["number"], answer.json()["maker"]) == (200, device.number, "Hewlett")
    assert Device.objects.count() == 1


def test_the_same_drive_twice_is_refused_and_nothing_is_kept(workshop, assert_problem):
    body = assert_problem(workshop.post("devices/", LAPTOP | {"drives": LAPTOP["drives"] * 2}), 409)
    assert body["detail"] == "This drive is listed already."
    assert Device.objects.count() == 0


def test_a_drive_that_is_not_well_formed_is_named(workshop, assert_problem):
    assert_problem(workshop.post("devices/", LAPTOP | {"drives": []}), 400)  # it could never become ready
    body = assert_problem(workshop.post("devices/", LAPTOP | {"drives": [{"serial": "", "kind": "tape"}]}), 400)
    assert {error["field"] for error in body["errors"]} == {"drives.0.serial", "drives.0.kind"}


def test_an_erasure_of_the_last_drive_moves_the_laptop_on(workshop, device):
    answer = workshop.post(f"devices/{device.number}/erasure/", {"drive": "S1", "result": "success"})
    assert (answer.status_code, answer.json()["status"], answer.json()["has_open_drives"]) == (201, "erased", False)


def test_a_failed_erasure_is_written_down_and_does_not_count(workshop, device):
    answer = workshop.post(f"devices/{device.number}/erasure/", {"drive": "S1", "result": "failed"})
    assert (answer.status_code, answer.json()["status"]) == (201, "received")
    assert device.drives.get().erasures.get().result == "failed"


def test_an_erasure_asked_for_twice_with_one_key_is_written_once(workshop, device):
    for _time in range(2):
        workshop.post(f"devices/{device.number}/erasure/", {"drive": "S1", "result": "failed"}, key="one-erasure")
    assert device.drives.get().erasures.count() == 1


def test_a_drive_of_another_laptop_is_404(workshop, device, assert_problem):
    assert_problem(workshop.post(f"devices/{device.number}/erasure/", {"drive": "S9", "result": "success"}), 404)
    assert_problem(workshop.post("devices/D-999999/erasure/", {"drive": "S1", "result": "success"}), 404)


def test_a_laptop_is_ready_after_every_point_and_every_drive(workshop, device, assert_problem):
    body = assert_problem(workshop.post(f"devices/{device.number}/inspect/", DONE), 409)
    assert body["detail"] == "A drive of this laptop has no successful erasure yet."
    workshop.post(f"devices/{device.number}/erasure/", {"drive": "S1", "result": "success"})
    assert_problem(workshop.post(f"devices/{device.number}/inspect/", DONE | {"points": ["shell"]}), 409)
    assert_problem(workshop.post(f"devices/{device.number}/inspect/", DONE | {"points": ["nose"]}), 400)
    for _time in range(2):
        answer = workshop.post(f"devices/{device.number}/inspect/", DONE)
        assert (answer.status_code, answer.json()["status"], answer.json()["grade"]) == (200, "ready", "A")
    assert device.inspections.count() == 1


def test_an_erased_drive_is_not_erased_in_a_ready_laptop(workshop, make_ready, assert_problem):
    device = make_ready()
    Device.objects.filter(pk=device.pk)
    body = assert_problem(workshop.post(f"devices/{device.number}/inspect/", DONE | {"points": []}), 409)
    assert body["detail"] == "Tick every point of the checklist first."


def test_organisations_and_treasurers_see_no_laptops(worker, money, device, assert_problem):
    for program in (worker, money):
        for path in ("devices/", f"devices/{device.number}/"):
            assert_problem(program.get(path), 403)
        assert_problem(program.post("devices/", LAPTOP), 403)


def test_laptops_are_found_by_status(workshop, device, make_ready):
    ready = make_ready("READY-1")
    assert [row["number"] for row in workshop.get("devices/?status=ready").json()["results"]] == [ready.number]
    assert workshop.get(f"devices/{device.number}/").json()["drives"] == LAPTOP["drives"]


def test_the_list_costs_the_same_for_25_and_100_rows(
    workshop, django_assert_num_queries, django_assert_max_num_queries
):
    Device.objects.bulk_create(Device(asset_tag=f"T{index}", number=f"D-9{index:05}") for index in range(101))
    with django_assert_max_num_queries(8) as few:
        assert len(workshop.get("devices/").json()["results"]) == 25
    with django_assert_num_queries(len(few)):
        assert len(workshop.get("devices/?rows=100").json()["results"]) == 100
