import pytest

from devices.models import Device
from requests.models import Allocation
from shipping import actions
from shipping.models import Shipment
from web.templatetags.components import unbroken

pytestmark = pytest.mark.django_db
URL = "/rounds/station/"


@pytest.fixture
def volunteer_client(client, volunteer):
    client.force_login(volunteer)
    return client


def scan(client, code, label="", **fields):
    return client.post(URL, {"code": code, "label": label, "mode": "close"} | fields)


def text(answer):
    return answer.content.decode()


def closed(shipment):
    return Shipment.objects.get(pk=shipment.pk).closed_by


def test_two_scans_close_a_parcel(volunteer_client, volunteer, make_labelled):
    shipment, following = make_labelled("B-07"), make_labelled("B-09")
    first = scan(volunteer_client, shipment.ident_code)
    for words in ("Scan the laptop.", shipment.device.number, "It lies on shelf B-07.", "0 of 2 closed"):
        assert words in text(first)
    assert f'name="label" value="{shipment.ident_code}"' in text(first)
    assert closed(shipment) is None
    second = scan(volunteer_client, shipment.device.number.lower(), shipment.ident_code)
    for words in ("Match.<br>Close it.", 'data-state="ok"', "Shelf B-09", "1 of 2 closed"):
        assert words in text(second)
    assert (second.status_code, closed(shipment), closed(following)) == (200, volunteer, None)


def test_the_tag_of_the_laptop_and_the_typed_number_of_the_label_do_as_well(volunteer_client, make_labelled):
    shipment = make_labelled()
    assert "Scan the laptop." in text(scan(volunteer_client, shipment.printed_code))
    scan(volunteer_client, shipment.device.asset_tag, shipment.ident_code)
    assert closed(shipment)


def test_the_wrong_laptop_stops_the_line_and_changes_nothing(volunteer_client, make_labelled):
    shipment, other = make_labelled("B-07"), make_labelled()
    answer = scan(volunteer_client, other.device.number, shipment.ident_code)
    for words in ("Stop.<br>Wrong laptop.", 'data-state="stop"', other.device.number, shipment.device.number, "B-07"):
        assert words in text(answer)
    assert (answer.status_code, closed(shipment), closed(other)) == (409, None, None)
    assert Shipment.objects.filter(steps__verb="close_parcel").count() == 0
    scan(volunteer_client, shipment.device.number, shipment.ident_code)
    assert closed(shipment)


def test_a_laptop_without_a_shelf_or_a_maker_is_said_to_have_none(volunteer_client, make_labelled):
    shipment, other = make_labelled(), make_labelled()
    wanted = text(scan(volunteer_client, shipment.ident_code))
    assert ("Only this one may go inside." in wanted, "Looks like" in wanted) == (True, False)
    Device.objects.filter(pk=shipment.device_id).update(maker="HP")
    assert "Looks like" in text(scan(volunteer_client, shipment.ident_code))
    assert "It lies on" not in text(scan(volunteer_client, other.device.number, shipment.ident_code))


def test_what_is_withdrawn_between_the_two_scans_is_not_called_the_wrong_laptop(
    volunteer_client, make_labelled, withdraw, monkeypatch
):
    shipment = make_labelled()
    close_parcel = actions.close_parcel

    def close_too_late(parcel, **answers):
        withdraw(parcel)
        close_parcel(parcel, **answers)

    monkeypatch.setattr(actions, "close_parcel", close_too_late)
    answer = text(scan(volunteer_client, shipment.device.number, shipment.ident_code))
    assert ("was withdrawn: take it out." in answer, "Wrong laptop" in answer) == (True, False)
    assert closed(shipment) is None


def test_another_label_stops_too_and_the_parcel_stays_in_hand(volunteer_client, make_labelled):
    shipment, other = make_labelled(), make_labelled()
    answer = scan(volunteer_client, other.ident_code, shipment.ident_code)
    for words in ("Stop.<br>Another label.", "Put this label aside", shipment.ident_code[-4:], shipment.device.number):
        assert words in text(answer)
    assert "fetch the right one" not in text(answer)
    assert f'name="label" value="{shipment.ident_code}"' in text(answer)


def test_a_parcel_is_put_aside(volunteer_client, make_labelled):
    shipment = make_labelled()
    answer = scan(volunteer_client, "", shipment.ident_code, aside="yes")
    assert "Scan the label." in text(answer)
    assert shipment.ident_code not in text(answer)


def test_scanning_twice_is_harmless(volunteer_client, make_labelled):
    shipment = make_labelled()
    for _time in range(2):
        assert "Scan the laptop." in text(scan(volunteer_client, shipment.ident_code, shipment.ident_code))
    for _time in range(2):
        assert "Match." in text(scan(volunteer_client, shipment.device.number, shipment.ident_code))
    assert "Closed already." in text(scan(volunteer_client, shipment.ident_code))
    for code in (shipment.device.number.lower(), shipment.device.asset_tag):  # nothing is in hand after a match
        again = scan(volunteer_client, code)
        assert (again.status_code, "Closed already." in text(again)) == (200, True)
    assert shipment.steps.filter(verb="close_parcel").count() == 1


@pytest.mark.parametrize("mode", ["close", "hand-over"])
@pytest.mark.parametrize("code", ["nonsense", "D-999999", "...", "9" * 400])
def test_what_is_no_label_stops_the_line(volunteer_client, dispatcher, make_allocation, mode, code):
    actions.pack(make_allocation(), by=dispatcher)  # a parcel without a label is not found by an empty one
    answer = scan(volunteer_client, code, mode=mode)
    assert ("Stop.<br>Unknown." in text(answer), "No parcel has this label." in text(answer)) == (True, True)
    assert (answer.status_code, Shipment.objects.get().closed_at) == (409, None)
    assert "9" * 31 not in text(answer)  # the station shows the beginning


@pytest.mark.parametrize("mode", ["close", "hand-over"])
def test_a_laptop_before_its_label_is_told_from_an_unknown_label(volunteer_client, make_labelled, mode):
    shipment = make_labelled()
    answer = scan(volunteer_client, shipment.device.number, mode=mode)
    for words in ("Stop.<br>This is a laptop.", "Scan the label first."):
        assert words in text(answer)
    assert (answer.status_code, closed(shipment)) == (409, None)


def test_the_laptop_of_a_closed_parcel_that_was_withdrawn_stops_the_line(volunteer_client, make_closed, withdraw):
    shipment = make_closed()
    withdraw(shipment)
    answer = scan(volunteer_client, shipment.device.number)
    assert (answer.status_code, "Stop.<br>Take it out." in text(answer)) == (409, True)


@pytest.mark.parametrize("mode", ["close", "hand-over"])
def test_an_empty_scan_begins_again(volunteer_client, mode):
    assert "Scan the label." in text(scan(volunteer_client, "", mode=mode))


def test_the_label_of_a_parcel_that_was_taken_out_says_so(volunteer_client, dispatcher, make_withdrawn):
    shipment = make_withdrawn()
    actions.take_out(shipment, by=dispatcher)
    Allocation.objects.update(released_at=None)  # however it came there, the label is an old one
    answer = scan(volunteer_client, shipment.ident_code)
    for words in ("Stop.<br>Taken out.", "Its label must not be used."):
        assert words in text(answer)


@pytest.mark.parametrize("step", ["label", "laptop", "hand-over"])
def test_a_withdrawn_request_stops_the_line_at_every_scan(volunteer_client, make_closed, make_labelled, withdraw, step):
    shipment = make_closed() if step == "hand-over" else make_labelled()
    withdraw(shipment)
    answer = {
        "label": lambda: scan(volunteer_client, shipment.ident_code),
        "laptop": lambda: scan(volunteer_client, shipment.device.number, shipment.ident_code),
        "hand-over": lambda: scan(volunteer_client, shipment.ident_code, mode="hand-over"),
    }[step]()
    assert "Stop.<br>Take it out." in text(answer)
    assert f"{unbroken(shipment.request)} was withdrawn: take it out." in text(answer)
    shipment.refresh_from_db()
    assert (answer.status_code, shipment.status, bool(shipment.closed_at)) == (409, "labelled", step == "hand-over")


def test_a_scan_hands_a_closed_parcel_over_once(volunteer_client, dispatcher, make_closed):
    shipment = make_closed()
    assert "1 parcel to go" in text(volunteer_client.get(f"{URL}?mode=hand-over"))
    assert "Handed over." in text(scan(volunteer_client, shipment.ident_code, mode="hand-over"))
    shipment.refresh_from_db()
    assert (shipment.status, shipment.request.status) == ("handed_over", "shipped")
    volunteer_client.force_login(dispatcher)
    assert "Handed over already." in text(scan(volunteer_client, shipment.ident_code, mode="hand-over"))
    late = text(scan(volunteer_client, shipment.ident_code))
    assert ("Stop.<br>Left already." in late, "This parcel has left the house." in late) == (True, True)
    assert shipment.steps.filter(verb="hand_over").count() == 1


def test_an_open_parcel_is_not_handed_over(volunteer_client, make_labelled):
    shipment = make_labelled()
    answer = scan(volunteer_client, shipment.ident_code, mode="hand-over")
    for words in ("Stop.<br>Close it first.", "Close the parcel first: scan its label and the laptop."):
        assert words in text(answer)
    shipment.refresh_from_db()
    assert (answer.status_code, shipment.status) == (409, "labelled")


def test_a_scan_by_htmx_gets_the_station_alone(volunteer_client, make_labelled):
    shipment = make_labelled()
    answer = volunteer_client.post(
        URL, {"code": "nonsense", "label": shipment.ident_code}, headers={"hx-request": "true"}
    )
    assert (answer.status_code, text(answer).lstrip()[:8], "<html" in text(answer)) == (409, "<section", False)


def test_what_was_scanned_is_shown_and_never_run(volunteer_client, make_labelled):
    answer = scan(volunteer_client, "<script>alert(1)</script>", make_labelled().ident_code)
    assert ("<script>alert" in text(answer), "&lt;script&gt;alert" in text(answer)) == (False, True)


def test_no_name_and_no_address_on_any_page_a_volunteer_opens(volunteer_client, make_closed, make_labelled, withdraw):
    shipment, other, withdrawn = make_closed(), make_labelled(), make_labelled()
    withdraw(withdrawn)
    pages = [volunteer_client.get(path) for path in ("/home/", URL, f"{URL}?mode=hand-over", "/devices/", "/rounds/")]
    pages += [volunteer_client.get(f"/shipments/{shipment.pk}/{page}") for page in ("", "label/")]
    pages += [volunteer_client.get(f"/requests/{shipment.request}/"), volunteer_client.get("/requests/")]
    for label in ("", shipment.ident_code, other.ident_code, withdrawn.ident_code):
        for code in (shipment.ident_code, other.ident_code, withdrawn.ident_code, other.device.number, "nonsense"):
            pages += [scan(volunteer_client, code, label), scan(volunteer_client, code, label, mode="hand-over")]
    for page in pages:
        for name in ("Samira", "Wenger", "Mühlegasse"):
            assert name not in text(page)


def test_only_the_workshop_scans(client, social_worker, stranger, make_user, make_labelled):
    shipment = make_labelled()
    for user in (social_worker, stranger, make_user("money@example.org", "treasurer")):
        client.force_login(user)
        assert client.get(URL).status_code == 403
        assert scan(client, shipment.device.number, shipment.ident_code).status_code == 403
    assert closed(shipment) is None
