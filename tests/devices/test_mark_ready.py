import pytest

from devices import actions
from devices.checklist import POINTS
from devices.models import Device, Inspection
from records.refusals import Refused

pytestmark = pytest.mark.django_db
ANSWERS = {"points": list(POINTS), "grade": "B", "keyboard": "ch-fr", "shelf": "B-07"}


def send(client, device, **answers):
    return client.post(f"/devices/{device.number}/mark-ready/", ANSWERS | answers)


def found():
    device = Device.objects.get()
    return device.status, device.grade, device.keyboard, device.shelf


def test_a_checked_laptop_is_ready_and_leads_to_the_next_scan(client, volunteer, make_erased):
    device = make_erased()
    client.force_login(volunteer)
    answer = send(client, device)
    assert (answer.url, found()) == (f"/devices/scan/?done={device.number}", ("ready", "B", "ch-fr", "B-07"))
    page = client.get(answer.url).content.decode()
    for words in ('data-state="ok"', "Ready.", "Put it on shelf B-07.", device.number, "Scan the next laptop"):
        assert words in page
    inspection = Inspection.objects.get()
    assert (inspection.points, inspection.grade, inspection.by) == (list(POINTS), "B", volunteer)


def test_a_missing_point_is_refused_and_everything_typed_stays(client, volunteer, make_erased):
    device = make_erased()
    client.force_login(volunteer)
    page = send(client, device, points=list(POINTS)[:5], grade="").content.decode()
    assert "Two things to mend" in page
    assert "Tick every point of the checklist first." in page
    assert 'href="#id_points_0"' in page
    assert page.count(" checked") == 5 + 1
    assert 'value="B-07"' in page
    assert found() == ("erased", "", "ch-de", "")


def test_whatever_the_road_every_point_counts(volunteer, make_erased):
    device = make_erased()
    with pytest.raises(Refused, match="Tick every point"):
        actions.mark_ready(device, points=["shell"], grade="A", by=volunteer)
    assert (found()[0], Inspection.objects.count()) == ("erased", 0)


@pytest.mark.parametrize("wrong", [{"grade": ""}, {"grade": "Z"}, {"shelf": "X" * 200}, {"points": ["soul"]}])
def test_half_an_answer_is_refused(client, volunteer, make_erased, wrong):
    device = make_erased()
    client.force_login(volunteer)
    assert "One thing to mend" in send(client, device, **wrong).content.decode()
    assert (found()[0], Inspection.objects.count()) == ("erased", 0)


def test_twice_is_as_once(client, volunteer, make_erased):
    device = make_erased()
    client.force_login(volunteer)
    assert send(client, device).url == send(client, device).url
    assert Inspection.objects.count() == 1
    assert [step.verb for step in device.steps.all()] == ["receive", "record_erasure", "mark_ready"]


def test_a_laptop_with_an_open_drive_is_refused_and_led_to_the_erasure(client, volunteer, make_device):
    device = make_device()
    client.force_login(volunteer)
    page = client.get(f"/devices/{device.number}/mark-ready/").content.decode()
    assert ("Erase its drives" in page, "<fieldset" in page) == (True, False)
    assert "no successful erasure yet" in send(client, device).content.decode()
    assert found()[0] == "received"


def test_somebody_elses_ready_laptop_is_not_made_ready_again(client, dispatcher, make_ready):
    device = make_ready()
    client.force_login(dispatcher)
    assert "already: Volunteer" in send(client, device).content.decode()
    assert found()[1] == "A"


@pytest.mark.parametrize("status", ["reserved", "missing"])
def test_an_old_page_does_not_free_a_kept_laptop_nor_find_a_missing_one(client, volunteer, make_ready, status):
    device = make_ready()
    Device.objects.update(status=status)
    client.force_login(volunteer)
    assert "this step can’t follow" in send(client, device).content.decode()
    assert (found()[:2], Inspection.objects.count()) == ((status, "A"), 1)


def test_a_repaired_laptop_is_checked_again(client, volunteer, make_ready):
    device = make_ready()
    Device.objects.update(status="repair")
    client.force_login(volunteer)
    assert send(client, device).url == f"/devices/scan/?done={device.number}"
    assert (found()[:2], Inspection.objects.count()) == (("ready", "B"), 2)


def test_it_is_for_the_workshop_only_and_a_missing_one_is_404(client, volunteer, social_worker, make_erased):
    device = make_erased()
    client.force_login(social_worker)
    assert client.get(f"/devices/{device.number}/mark-ready/").status_code == 403
    assert client.post("/devices/D-999999/mark-ready/").status_code == 403
    assert send(client, device).status_code == 403
    client.force_login(volunteer)
    assert client.post("/devices/D-999999/mark-ready/").status_code == 404
    assert found()[0] == "erased"
