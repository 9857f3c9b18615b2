import pytest

from devices.checklist import POINTS
from devices.models import Device, Erasure

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


def test_a_laptop_has_one_to_eight_drives_and_at_most_a_terabyte_of_memory(workshop, assert_problem):
    drives = [{"serial": f"S{index}", "kind": "ssd", "size_gb": 256} for index in range(9)]

    def drive(size):
        return {"drives": [drives[0] | {"size_gb": size}]}

    for wrong in ({"drives": drives}, {"memory_gb": 1025}, {"memory_gb": 0}, drive(0), drive(100_001)):
        assert_problem(workshop.post("devices/", LAPTOP | wrong), 400)
    assert workshop.post("devices/", LAPTOP | {"drives": drives[:8], "memory_gb": 1024}).status_code == 201


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
    other = LAPTOP | {"asset_tag": "5CG2", "drives": [{"serial": "S9", "kind": "ssd", "size_gb": 256}]}
    workshop.post("devices/", other)
    assert_problem(workshop.post(f"devices/{device.number}/erasure/", {"drive": "S9", "result": "success"}), 404)
    assert_problem(workshop.post("devices/D-999999/erasure/", {"drive": "S1", "result": "success"}), 404)
    assert not Erasure.objects.exists()


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


def test_of_an_erased_laptop_only_what_was_said_already_is_taken_and_of_a_ready_one_nothing(
    workshop, device, assert_problem
):
    url = f"devices/{device.number}/erasure/"
    failed, success = ({"drive": "S1", "result": result} for result in ("failed", "success"))
    for _time in range(2):
        assert workshop.post(url, success).status_code == 201
    assert "its drives are not erased now" in assert_problem(workshop.post(url, failed), 409)["detail"]
    workshop.post(f"devices/{device.number}/inspect/", DONE)
    for sent in (failed, success):
        assert "its drives are not erased now" in assert_problem(workshop.post(url, sent), 409)["detail"]
    assert [row.result for row in device.drives.get().erasures.all()] == ["success"]


def test_serial_numbers_are_found_and_kept_in_capitals(workshop, assert_problem):
    number = workshop.post("devices/", LAPTOP | {"drives": [{"serial": "s1"}]}).json()["number"]
    assert workshop.get(f"devices/{number}/").json()["drives"][0]["serial"] == "S1"
    answer = workshop.post(f"devices/{number}/erasure/", {"drive": "s1", "result": "success"})
    assert (answer.status_code, answer.json()["status"]) == (201, "erased")
    two = LAPTOP | {"asset_tag": "5CG2", "drives": [{"serial": "s2"}, {"serial": "S2"}]}
    assert assert_problem(workshop.post("devices/", two), 409)["detail"] == "This drive is listed already."


@pytest.mark.parametrize("sent", [{"asset_tag": "ß" * 60}, {"drives": [{"serial": "ß" * 60}]}])
def test_what_is_too_long_in_capitals_is_not_well_formed(workshop, assert_problem, sent):
    assert_problem(workshop.post("devices/", LAPTOP | sent), 400)
    assert Device.objects.count() == 0


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
