import pytest

from devices.models import Device

pytestmark = pytest.mark.django_db


def scan(client, code, **options):
    return client.post("/devices/scan/", {"code": code}, **options)


def test_a_known_laptop_leads_to_its_next_step(client, volunteer, make_device, make_erased):
    received, erased = make_device("5CG1"), make_erased("5CG2")
    client.force_login(volunteer)
    assert scan(client, " 5cg1 ").url == f"/devices/{received.number}/record-erasure/"
    assert scan(client, received.number.lower()).url == f"/devices/{received.number}/record-erasure/"
    assert scan(client, "5CG2").url == f"/devices/{erased.number}/mark-ready/"


def test_a_laptop_in_repair_is_checked_again_or_erased_when_a_drive_was_added(client, volunteer, make_erased):
    device = make_erased()
    Device.objects.update(status="repair")
    client.force_login(volunteer)
    assert scan(client, "5CG1").url == f"/devices/{device.number}/mark-ready/"
    device.drives.create(serial="S2")
    assert scan(client, "5CG1").url == f"/devices/{device.number}/record-erasure/"


def test_an_unknown_tag_leads_to_taking_in_with_the_tag_filled_in(client, volunteer):
    client.force_login(volunteer)
    answer = scan(client, "müller & co’s 7")
    assert answer.url == "/devices/receive/?tag=M%C3%9CLLER+%26+CO%E2%80%99S+7"
    assert 'value="MÜLLER &amp; CO’S 7"' in client.get(answer.url).content.decode()


@pytest.mark.parametrize("code", ["990000000000000417", "99.00.000000.00000417", "99 00 000000 00000417"])
def test_a_shipping_label_is_no_laptop(client, volunteer, make_device, code):
    client.force_login(volunteer)
    page = scan(client, code).content.decode()
    assert ("Stop.<br>This is a shipping label." in page, 'data-state="stop"' in page) == (True, True)
    device = make_device("990000000000000417")  # a laptop that has such a tag all the same is found by it
    if code.isdigit():
        assert scan(client, code).url == f"/devices/{device.number}/record-erasure/"


def test_a_drive_leads_to_the_laptop_it_is_in(client, volunteer, make_device, make_erased):
    device = make_device("5CG1", ["S1", "S4EV"])
    gone = make_erased("5CG2", ["S9"])
    Device.objects.filter(pk=gone.pk).update(status="scrapped")
    client.force_login(volunteer)
    assert scan(client, "s4ev").url == f"/devices/{device.number}/record-erasure/"
    assert scan(client, "S9").url == "/devices/receive/?tag=S9"


def test_a_number_of_ours_stays_on_one_line(client, volunteer, make_ready):
    device = make_ready()
    client.force_login(volunteer)
    assert f'<dd class="wg-id">{device.number}</dd>' in scan(client, device.number).content.decode()
    assert "the number D\u2011999999." in scan(client, "D-999999").content.decode()


def test_the_volunteers_home_offers_the_scan(client, volunteer, make_user):
    link = 'href="/devices/scan/"'
    client.force_login(volunteer)
    main = client.get("/home/").content.decode().partition("<main")[2]
    assert link in main
    client.force_login(make_user("money@example.org", "treasurer"))
    assert link not in client.get("/home/").content.decode()


def test_scanning_twice_is_harmless(client, volunteer, make_device):
    make_device()
    client.force_login(volunteer)
    assert scan(client, "5CG1").url == scan(client, "5CG1").url
    assert [step.verb for step in Device.objects.get().steps.all()] == ["receive"]


@pytest.mark.parametrize(
    ("status", "state"), [("ready", "ok"), ("reserved", "idle"), ("missing", "stop"), ("shipped", "idle")]
)
def test_a_laptop_that_needs_nothing_here_is_answered_on_the_spot(client, volunteer, make_ready, status, state):
    device = make_ready(shelf="B-07")
    Device.objects.update(status=status)
    client.force_login(volunteer)
    page = scan(client, "5CG1").content.decode()
    for words in (f'data-state="{state}"', f"{status.title()}.", f"Open {device.number}"):
        assert words in page
    assert ("B-07" in page) == (status != "shipped")  # it lies there no longer
    assert client.post("/devices/scan/", {"code": "", "open": device.number}).url == device.get_absolute_url()
    assert client.post("/devices/scan/", {"code": "NEW", "open": device.number}).url == "/devices/receive/?tag=NEW"


def test_a_ready_laptop_without_a_shelf_is_put_on_none(client, volunteer, make_ready):
    make_ready()
    client.force_login(volunteer)
    page = scan(client, "5CG1").content.decode()
    assert ("It goes to the next request" in page, "shelf " in page, "<dt>Shelf</dt>" in page) == (True, False, False)


def test_only_a_laptop_that_is_still_ready_is_said_to_be(client, volunteer, make_ready):
    device = make_ready(shelf="B-07")
    client.force_login(volunteer)
    assert "Put it on shelf B-07." in client.get(f"/devices/scan/?done={device.number}").content.decode()
    Device.objects.update(status="missing")
    page = client.get(f"/devices/scan/?done={device.number}").content.decode()
    assert ("Scan the laptop." in page, f"Open {device.number}" in page) == (True, False)


def test_the_tag_of_a_scrapped_laptop_is_free_for_another(client, volunteer, make_device):
    device = make_device()
    Device.objects.update(status="scrapped")
    client.force_login(volunteer)
    assert scan(client, "5CG1").url == "/devices/receive/?tag=5CG1"
    assert "Nothing is left to do" in scan(client, device.number).content.decode()


def test_what_is_no_tag_stops_with_a_sentence(client, volunteer):
    client.force_login(volunteer)
    for code, words in (
        ("X" * 200, "it has 200 characters"),
        ("D-999999", "No laptop has"),
        ("a\x00b", "Type it anew"),
    ):
        page = scan(client, code).content.decode()
        assert ('data-state="stop"' in page, words in page) == (True, True), code
    assert 'data-state="idle"' in scan(client, "  ").content.decode()
    for number in ("a/b", "a\0b"):
        assert client.post("/devices/scan/", {"open": number}).status_code == 404
    assert 'data-state="idle"' in client.get("/devices/scan/?done=D-999999").content.decode()


def test_with_script_the_station_alone_is_swapped_and_a_page_is_led_to(client, volunteer, make_device, make_ready):
    device = make_device("5CG1")
    make_ready("5CG2")
    client.force_login(volunteer)
    htmx = {"hx-request": "true"}
    answer = scan(client, "5CG1", headers=htmx)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, f"/devices/{device.number}/record-erasure/")
    page = scan(client, "5CG2", headers=htmx).content.decode()
    assert ('id="scan"' in page, "<html" in page) == (True, False)


def test_the_page_says_what_waits_in_few_queries(
    client, volunteer, make_device, make_erased, django_assert_num_queries
):
    make_device("5CG1")
    make_erased("5CG2")
    client.force_login(volunteer)
    with django_assert_num_queries(2):
        assert "1 to erase, 1 to check" in client.get("/devices/scan/").content.decode()


def test_it_is_for_the_workshop_only(client, social_worker, make_device):
    make_device()
    client.force_login(social_worker)
    assert (client.get("/devices/scan/").status_code, scan(client, "5CG1").status_code) == (403, 403)
