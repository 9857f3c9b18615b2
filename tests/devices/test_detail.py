import pytest

from devices import actions
from devices.models import Device

pytestmark = pytest.mark.django_db


def test_it_shows_the_evidence_the_way_so_far_and_the_next_step(client, volunteer, make_device):
    device = make_device(serials=["S1", "S2"], model="ProBook d’été")
    for serial, result in (("S1", "success"), ("S2", "failed")):
        actions.record_erasure(device.drives.get(serial=serial), result=result, method="purge", by=volunteer)
    client.force_login(volunteer)
    page = client.get(device.get_absolute_url()).content.decode()
    for words in ("Next: Erase its drives.", "ProBook d’été", "By Volunteer.", "<b>Failed</b>", "Still to be erased."):
        assert words in page
    assert page.count("btn-primary") == 1


def test_what_is_not_known_of_a_laptop_is_not_shown_and_an_erased_drive_is_not_asked_for(
    client, volunteer, make_erased
):
    device = make_erased()
    client.force_login(volunteer)
    page = client.get(device.get_absolute_url())
    assert [str(term) for term, *_rest in page.context["facts"]] == ["Tag", "Model", "System", "Keyboard"]
    assert "Still to be erased." not in page.content.decode()


@pytest.mark.parametrize(("status", "ahead"), [("ready", ["Reserved", "Shipped"]), ("missing", []), ("scrapped", [])])
def test_what_is_still_to_come_is_told_of_the_plain_way_only(client, volunteer, make_ready, status, ahead):
    device = make_ready()
    Device.objects.update(status=status)
    client.force_login(volunteer)
    page = client.get(device.get_absolute_url())
    assert [row["title"] for row in page.context["timeline"] if row["state"] == "next"] == ahead
    assert ("Next: " in page.content.decode()) is (status != "scrapped")


@pytest.mark.parametrize("status", ["shipped", "lost", "passed_on", "scrapped"])
def test_a_laptop_that_has_left_the_house_lies_on_no_shelf(make_ready, status):
    device = make_ready(shelf="B-07")
    assert device.shelf_now == "B-07"
    device.status = status
    assert device.shelf_now == ""


def test_steps_that_lead_back_are_named_by_what_happened(client, volunteer, dispatcher, make_ready):
    device = make_ready()
    actions.reserve(device, number="R-2026-000123", by=dispatcher)
    actions.release(device, number="R-2026-000123", by=dispatcher)
    actions.add_drive(device, serial="S2", by=volunteer)
    client.force_login(volunteer)
    timeline = client.get(device.get_absolute_url()).context["timeline"]
    assert [str(row["title"]) for row in timeline if row["state"] != "next"][-2:] == [
        "Free again",
        "Another drive found",
    ]


def test_the_request_is_named_to_who_may_open_it_only(client, volunteer, dispatcher, make_ready):
    device = make_ready()
    actions.reserve(device, number="R-2026-000123", by=dispatcher)
    client.force_login(volunteer)
    assert "R-2026-000123" not in client.get(device.get_absolute_url()).content.decode()
    client.force_login(dispatcher)
    page = client.get(device.get_absolute_url()).content.decode()
    assert '<a href="/requests/R-2026-000123/">' in page


def test_a_returned_laptops_earlier_erasures_count_no_longer(client, volunteer, make_erased):
    device = make_erased()
    Device.objects.update(status="received", life=1)
    client.force_login(volunteer)
    page = client.get(device.get_absolute_url()).content.decode()
    assert ("counts no longer" in page, "Still to be erased." in page) == (True, True)


def test_it_costs_eight_queries_however_long_the_way(client, volunteer, make_device, django_assert_max_num_queries):
    device = make_device(serials=["S1", "S2", "S3"])
    for tries in range(10):
        for drive in device.drives.all():
            actions.record_erasure(drive, result="failed", method="purge", by=volunteer, tries=tries)
    client.force_login(volunteer)
    with django_assert_max_num_queries(8):
        client.get(device.get_absolute_url())


@pytest.mark.parametrize("status", Device.Status.values)
def test_every_status_has_a_page(client, volunteer, make_ready, status):
    device = make_ready()
    Device.objects.update(status=status)
    client.force_login(volunteer)
    for page in ("", "record-erasure/", "mark-ready/"):
        assert client.get(f"{device.get_absolute_url()}{page}").status_code == 200


def test_it_is_for_the_workshop_only_and_a_missing_one_is_404(client, volunteer, social_worker, make_device):
    device = make_device()
    client.force_login(social_worker)
    assert client.get(device.get_absolute_url()).status_code == 403
    client.force_login(volunteer)
    assert client.get("/devices/D-999999/").status_code == 404
