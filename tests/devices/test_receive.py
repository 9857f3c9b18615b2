import re

import pytest

from devices import actions
from devices.models import Device, Drive

pytestmark = pytest.mark.django_db
URL = "/devices/receive/"
NO_DRIVES = {
    f"drive-{index}-{name}": value
    for index in range(3)
    for name, value in (("serial", ""), ("kind", "ssd"), ("size_gb", "256"))
}
ANSWERS = NO_DRIVES | {
    "asset_tag": "5cg1",
    "maker": "Hewlett-Packard «Zürich»",
    "model": "L’Élite 840",
    "memory_gb": "16",
    "system": "windows",
    "keyboard": "ch-fr",
    "shelf": "B-07",
    "drive-0-serial": "S3X",
    "drive-0-kind": "nvme",
    "drive-0-size_gb": "512",
}


def test_a_laptop_is_taken_in_with_its_drive_and_leads_to_the_erasure(client, volunteer):
    client.force_login(volunteer)
    answer = client.post(URL, ANSWERS)
    device = Device.objects.get()
    assert answer.url == f"/devices/{device.number}/record-erasure/"
    assert (device.asset_tag, device.name, device.memory_gb, device.shelf) == (
        "5CG1",
        "Hewlett-Packard «Zürich» L’Élite 840",
        16,
        "B-07",
    )
    assert (device.system, device.keyboard, device.status) == ("windows", "ch-fr", "received")
    assert list(Drive.objects.values_list("serial", "kind", "size_gb")) == [("S3X", "nvme", 512)]
    assert [(step.verb, step.by) for step in device.steps.all()] == [("receive", volunteer)]
    assert f"Taken in as {device.number}" in client.get(answer.url).content.decode()


def test_an_empty_form_presets_what_is_usual_and_shows_one_drive(client, volunteer):
    client.force_login(volunteer)
    page = client.get(URL)
    form = page.context["form"]
    assert (form["memory_gb"].value(), form["system"].value(), form["keyboard"].value()) == (8, "linux", None)
    assert '<details class="wg-faq mt-4" open>' not in page.content.decode()
    assert '<details class="wg-faq mt-4"' in page.content.decode()


@pytest.mark.parametrize(("tag", "name"), [("", "asset_tag"), ("5CG1", "maker")])
def test_the_first_empty_field_has_the_focus(client, volunteer, tag, name):
    client.force_login(volunteer)
    page = client.get(URL, {"tag": tag}).content.decode()
    assert (page.count(" autofocus"), re.search(r'<input[^>]* name="(\w+)"[^>]* autofocus', page)[1]) == (1, name)


def test_a_tag_scanned_in_small_letters_is_the_same_laptop(volunteer, make_device):
    device = make_device("5CG1")
    again, is_new = actions.receive(asset_tag=" 5cg1 ", by=volunteer, drives=[])
    assert (again, is_new, Device.objects.count()) == (device, False, 1)


def test_a_drive_typed_in_small_letters_is_kept_in_capitals_and_is_the_same_drive(client, volunteer, make_device):
    device = make_device()
    client.force_login(volunteer)
    again = {"serial": "s1", "kind": "ssd", "size_gb": "256"}
    assert "listed already" in client.post(f"/devices/{device.number}/add-drive/", again).content.decode()
    client.post(URL, ANSWERS | {"asset_tag": "5CG2", "drive-0-serial": "s3x"})
    assert list(Drive.objects.values_list("serial", flat=True)) == ["S1", "S3X"]


@pytest.mark.parametrize("name", ["asset_tag", "drive-0-serial"])
def test_what_is_too_long_in_capitals_is_named(client, volunteer, name):
    client.force_login(volunteer)
    page = client.post(URL, ANSWERS | {name: "ß" * 60})
    assert "At most 60 characters; there are 120." in page.content.decode()
    assert Device.objects.count() == 0


def test_several_drives_are_listed(client, volunteer):
    client.force_login(volunteer)
    client.post(URL, ANSWERS | {"drive-1-serial": "S4", "drive-2-serial": "S5", "drive-2-kind": "hdd"})
    assert list(Drive.objects.values_list("serial", "kind")) == [("S3X", "nvme"), ("S4", "ssd"), ("S5", "hdd")]


def test_sending_twice_gives_the_same_laptop(client, volunteer):
    client.force_login(volunteer)
    first, again = client.post(URL, ANSWERS), client.post(URL, ANSWERS)
    assert first.url == again.url
    assert (Device.objects.count(), Drive.objects.count()) == (1, 1)


def test_a_tag_that_is_there_already_leads_to_its_laptop_with_a_sentence(client, volunteer, make_erased):
    device = make_erased("5CG1")
    client.force_login(volunteer)
    answer = client.post(URL, {"asset_tag": "5cg1 "} | NO_DRIVES)
    assert answer.url == f"/devices/{device.number}/mark-ready/"
    assert f"here already, as {device.number}" in client.get(answer.url).content.decode()
    assert Device.objects.count() == 1


def test_the_tag_of_a_scrapped_laptop_may_come_back_with_another(client, volunteer, make_device):
    gone = make_device("5CG1")
    Device.objects.update(status="scrapped")
    client.force_login(volunteer)
    client.post(URL, ANSWERS)
    assert Device.objects.exclude(pk=gone.pk).get().status == "received"


def test_what_was_typed_stays_when_something_is_missing(client, volunteer):
    client.force_login(volunteer)
    page = client.post(URL, ANSWERS | {"memory_gb": "0", "drive-0-serial": "", "drive-1-serial": "S4"})
    content = page.content.decode()
    assert "Two things to mend" in content
    assert 'href="#id_drive-0-serial"' in content
    for kept in ('value="5cg1"', "«Zürich»", 'value="S4"', '<details class="wg-faq mt-4" open>'):
        assert kept in content
    assert Device.objects.count() == 0


def test_the_same_drive_twice_is_refused_with_everything_kept(client, volunteer):
    client.force_login(volunteer)
    content = client.post(URL, ANSWERS | {"drive-1-serial": "s3x"}).content.decode()
    assert 'href="#id_drive-1-serial">Serial number of the drive: This drive is listed already.' in content
    assert (content.count('value="S3X"'), content.count('value="s3x"')) == (1, 1)
    assert Device.objects.count() == 0


@pytest.mark.parametrize("tag", ["X" * 200, "ß" * 31, "a\x00b", ""])
def test_what_is_no_tag_is_refused(client, volunteer, tag):
    client.force_login(volunteer)
    assert client.post(URL, ANSWERS | {"asset_tag": tag}).status_code == 200
    assert client.get(URL, {"tag": tag}).status_code == 200
    assert Device.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "number"),
    [("memory_gb", "0"), ("memory_gb", "1025"), ("drive-0-size_gb", "0"), ("drive-0-size_gb", "100001")],
)
def test_a_size_that_no_laptop_has_is_named(client, volunteer, name, number):
    client.force_login(volunteer)
    page = client.post(URL, ANSWERS | {name: number}).content.decode()
    assert (f'href="#id_{name}"' in page, Device.objects.exists()) == (True, False)


def test_it_is_for_the_workshop_only(client, social_worker, dispatcher):
    client.force_login(social_worker)
    assert (client.get(URL).status_code, client.post(URL, ANSWERS).status_code) == (403, 403)
    assert Device.objects.count() == 0
    client.force_login(dispatcher)
    assert client.get(URL).status_code == 200
