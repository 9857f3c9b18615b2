import pytest

from devices import actions
from devices.models import Device, Erasure
from records.refusals import Refused

pytestmark = pytest.mark.django_db


def answer(client, device, serial, result="success", tries=0, **more):
    drive = device.drives.get(serial=serial)
    sent = {"drive": drive.pk, "method": "purge", "result": result, "tries": tries} | more
    return client.post(f"/devices/{device.number}/record-erasure/", sent)


def status():
    return Device.objects.get().status


def test_the_last_drive_leads_to_the_checklist(client, volunteer, make_device):
    device = make_device(serials=["S1", "S2"])
    client.force_login(volunteer)
    url = f"/devices/{device.number}/record-erasure/"
    assert (answer(client, device, "S1").url, status()) == (url, "received")
    page = client.get(url).content.decode()
    for words in ("S1 is erased. One drive is left.", "<h2>S1</h2>", "<b>Erased</b>", "<h2>S2</h2>", "Erased: S2"):
        assert words in page
    assert "Erased: S1" not in page
    assert (answer(client, device, "S2").url, status()) == (f"/devices/{device.number}/mark-ready/", "erased")
    assert list(Erasure.objects.values_list("drive__serial", "result", "method", "by")) == [
        ("S1", "success", "purge", volunteer.pk),
        ("S2", "success", "purge", volunteer.pk),
    ]


def test_a_failed_one_stays_open_and_says_so(client, volunteer, make_device):
    device = make_device()
    client.force_login(volunteer)
    url = answer(client, device, "S1", "failed").url
    page = client.get(url).content.decode()
    for words in ("Noted: erasing S1 failed.", "by Volunteer.", "The drive stays open", "<h2>S1</h2>"):
        assert words in page
    assert status() == "received"
    answer(client, device, "S1", tries=1, method="clear")
    assert status() == "erased"
    assert list(Erasure.objects.values_list("result", "method")) == [("failed", "purge"), ("success", "clear")]


@pytest.mark.parametrize("result", ["success", "failed"])
def test_a_second_tap_at_the_same_place_answers_for_no_other_drive(client, volunteer, make_device, result):
    device = make_device(serials=["S1", "S2"])
    client.force_login(volunteer)
    url = f"/devices/{device.number}/record-erasure/"
    folded, unfolded = '<details class="wg-faq" >', '<details class="wg-faq" open>'
    page = client.get(url).content.decode()
    assert (page.index(unfolded) < page.index("Erased: S1"), page.count(folded)) == (True, 1)
    page = client.get(answer(client, device, "S1", result).url).content.decode()
    assert (unfolded in page, page.count(folded)) == (False, 2 if result == "failed" else 1)
    page = answer(client, device, "S2", method="").content.decode()
    assert page.index(unfolded) < page.index("Erased: S2")  # an answer that was refused stays in sight


@pytest.mark.parametrize("result", ["success", "failed"])
def test_twice_is_as_once(client, volunteer, make_device, result):
    device = make_device(serials=["S1", "S2"])
    client.force_login(volunteer)
    assert answer(client, device, "S1", result).url == answer(client, device, "S1", result).url
    assert Erasure.objects.count() == 1


def test_the_last_drive_sent_twice_leads_on_both_times(client, volunteer, make_device):
    device = make_device()
    client.force_login(volunteer)
    for _time in range(2):
        assert answer(client, device, "S1").url == f"/devices/{device.number}/mark-ready/"
    assert [step.verb for step in device.steps.all()] == ["receive", "record_erasure"]


@pytest.mark.parametrize("result", ["success", "failed"])
def test_an_old_page_does_not_write_over_what_somebody_else_found(client, volunteer, dispatcher, make_device, result):
    device = make_device(serials=["S1", "S2"])
    client.force_login(volunteer)
    answer(client, device, "S1", "failed")
    client.force_login(dispatcher)
    page = answer(client, device, "S1", result).content.decode()
    assert "Somebody wrote down an erasure of S1 meanwhile" in page
    assert [(erasure.result, erasure.by) for erasure in Erasure.objects.all()] == [("failed", volunteer)]


def test_only_the_very_same_answer_to_the_very_same_page_is_taken_for_a_second_tap(client, volunteer, make_device):
    device = make_device(serials=["S1", "S2"])
    client.force_login(volunteer)
    answer(client, device, "S1", "failed")
    assert "look again" in answer(client, device, "S1", "failed", method="clear").content.decode()
    answer(client, device, "S1", "failed", tries=1)
    assert "look again" in answer(client, device, "S1", "failed").content.decode()
    assert list(Erasure.objects.values_list("result", "method")) == [("failed", "purge")] * 2


def test_a_laptop_that_came_back_is_erased_as_if_nothing_had_been_written(client, volunteer, make_erased):
    device = make_erased()
    Device.objects.update(status="received", life=1)
    client.force_login(volunteer)
    assert answer(client, device, "S1").url == f"/devices/{device.number}/mark-ready/"
    assert (status(), list(Erasure.objects.values_list("life", flat=True))) == ("erased", [0, 1])


def test_a_laptop_past_its_erasure_takes_none(client, volunteer, make_ready):
    device = make_ready()
    client.force_login(volunteer)
    assert (
        "No drive is open. Next: Waits on its shelf."
        in client.get(f"/devices/{device.number}/record-erasure/").content.decode()
    )
    assert "are not erased now" in answer(client, device, "S1", tries=1).content.decode()
    with pytest.raises(Refused):
        actions.record_erasure(device.drives.get(), result="failed", method="purge", by=volunteer)
    assert Erasure.objects.count() == 1


def test_an_erased_laptop_takes_the_same_success_again_and_no_failure(volunteer, make_erased):
    device = make_erased()
    drive = device.drives.get()
    assert actions.record_erasure(drive, result="success", method="purge", by=volunteer) == device
    with pytest.raises(Refused, match="are not erased now"):
        actions.record_erasure(drive, result="failed", method="purge", by=volunteer)
    assert list(Erasure.objects.values_list("result", flat=True)) == ["success"]


def test_a_drive_of_another_laptop_is_no_choice(client, volunteer, make_device):
    device, other = make_device("5CG1"), make_device("5CG2", ["S9"])
    client.force_login(volunteer)
    page = answer(client, device, "S1", drive=other.drives.get().pk)
    assert (page.status_code, Erasure.objects.count()) == (200, 0)
    assert "One thing to mend" in page.content.decode()


@pytest.mark.parametrize("wrong", [{"result": "maybe"}, {"method": ""}, {"tries": "-1"}, {"drive": "x"}])
def test_half_an_answer_is_refused(client, volunteer, make_device, wrong):
    device = make_device()
    client.force_login(volunteer)
    assert "One thing to mend" in answer(client, device, "S1", **wrong).content.decode()
    assert Erasure.objects.count() == 0


def test_clearing_is_preset_for_a_hard_disk(client, volunteer, make_device):
    device = make_device()
    device.drives.update(kind="hdd")
    client.force_login(volunteer)
    line = client.get(f"/devices/{device.number}/record-erasure/").context["lines"][0]
    assert line["form"]["method"].value() == "clear"


def test_a_drive_found_later_is_listed_and_erased_too(client, volunteer, make_device):
    device = make_device()
    client.force_login(volunteer)
    url = f"/devices/{device.number}/add-drive/"
    assert client.get(url).status_code == 200
    sent = {"serial": "S2", "kind": "hdd", "size_gb": "500"}
    assert client.post(url, sent).url == f"/devices/{device.number}/record-erasure/"
    again = client.post(url, sent).content.decode()
    assert '<a href="#id_serial">Serial number of the drive: This drive is listed already.</a>' in again
    answer(client, device, "S1")
    assert (status(), device.drives.open().get().serial) == ("received", "S2")


@pytest.mark.parametrize("was", ["erased", "ready"])
def test_a_drive_found_at_the_checklist_takes_the_laptop_back_to_its_erasure(
    client, volunteer, make_erased, make_ready, was
):
    device = make_erased() if was == "erased" else make_ready()
    client.force_login(volunteer)
    url = f"/devices/{device.number}/add-drive/"
    for page in ("", "mark-ready/", "record-erasure/"):
        assert url in client.get(f"/devices/{device.number}/{page}").content.decode()
    assert "goes back to erasing" in client.get(url).content.decode()
    sent = {"serial": "S2", "kind": "ssd", "size_gb": "256"}
    assert client.post(url, sent).url == f"/devices/{device.number}/record-erasure/"
    assert (status(), device.drives.open().get().serial) == ("received", "S2")
    assert "listed already" in client.post(url, sent).content.decode()
    assert device.steps.filter(verb="add_drive").count() == 1
    assert "Another drive found" in client.get(device.get_absolute_url()).content.decode()
    answer(client, device, "S2")
    assert status() == "erased"


@pytest.mark.parametrize("was", ["received", "repair", "erased", "ready"])
def test_a_laptop_in_the_workshop_can_be_given_another_drive_from_each_of_its_pages(client, volunteer, make_ready, was):
    device = make_ready()
    Device.objects.update(status=was)
    client.force_login(volunteer)
    for page in ("", "record-erasure/", "mark-ready/"):
        words = client.get(f"{device.get_absolute_url()}{page}").content.decode()
        assert f'href="/devices/{device.number}/add-drive/"' in words


def test_a_destroyed_drive_is_said_to_be_and_asked_about_no_more(client, volunteer, make_device):
    device = make_device(serials=["S1", "S2"])
    device.drives.filter(serial="S1").update(destroyed_at="2026-11-01T08:00Z")
    client.force_login(volunteer)
    for page, asked in (("", "Still to be erased."), ("record-erasure/", "Erased: S")):
        words = client.get(f"{device.get_absolute_url()}{page}").content.decode()
        assert ("Destroyed, " in words, words.count(asked)) == (True, 1)
    assert "Erased: S1" not in words


def test_a_laptop_that_is_not_here_is_asked_about_no_drive(client, volunteer, make_device):
    device = make_device()
    Device.objects.update(status="missing")
    client.force_login(volunteer)
    page = client.get(f"/devices/{device.number}/record-erasure/").content.decode()
    assert ("No drive is open." in page, "Erased: S1" in page) == (True, False)


def test_the_method_that_was_chosen_stays_when_an_answer_is_refused(client, volunteer, make_device):
    device = make_device()
    client.force_login(volunteer)
    line = answer(client, device, "S1", "maybe", method="clear").context["lines"][0]
    assert line["form"]["method"].value() == "clear"


@pytest.mark.parametrize("was", ["reserved", "missing"])
def test_no_drive_joins_a_laptop_that_is_not_in_the_workshop(client, volunteer, make_ready, was):
    device = make_ready()
    Device.objects.update(status=was)
    client.force_login(volunteer)
    url = f"/devices/{device.number}/add-drive/"
    for page in ("", "record-erasure/", "mark-ready/"):
        assert url not in client.get(f"{device.get_absolute_url()}{page}").content.decode()
    page = client.post(url, {"serial": "S2", "kind": "ssd", "size_gb": "256"})
    assert "only be added" in page.content.decode()
    assert (status(), device.drives.count()) == (was, 1)


def test_it_is_for_the_workshop_only_and_a_missing_one_is_404(client, volunteer, social_worker, make_device):
    device = make_device()
    client.force_login(social_worker)
    for verb in ("record-erasure", "add-drive"):
        assert client.get(f"/devices/{device.number}/{verb}/").status_code == 403
        assert client.post("/devices/D-999999/record-erasure/").status_code == 403
    assert answer(client, device, "S1").status_code == 403
    client.force_login(volunteer)
    for verb in ("record-erasure", "add-drive"):
        assert client.post(f"/devices/D-999999/{verb}/").status_code == 404
    assert Erasure.objects.count() == 0
