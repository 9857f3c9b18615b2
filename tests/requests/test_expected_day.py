"""When a laptop is at the door: from the calendar, the queue, what is ready, and how many get ready."""

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from people.models import AuditEntry
from records import clock
from requests import actions
from requests.calendar import work_out_expected_days
from requests.expected_day import HORIZON, Calendar, Expected, Place, at_the_door, expect
from requests.models import Policy, RoundDate
from shipping.models import Round

TODAY = date(2026, 12, 1)  # a Tuesday
EVERY_TUESDAY = Calendar(date(2026, 1, 6), 7, 2, {})
TUESDAYS = [date(2026, 12, 8) + timedelta(weeks=n) for n in range(30)]
SOON = at_the_door(TUESDAYS[0])


def days(calendar, count):
    return [day for day, _room in zip(calendar.after(TODAY), range(count), strict=False)]


def test_days_follow_the_rule_from_the_first_one_on_but_for_those_that_are_set():
    assert days(EVERY_TUESDAY, 2) == [(TUESDAYS[0], 2), (TUESDAYS[1], 2)]
    assert days(Calendar(date(2027, 1, 4), 14, 5, {}), 2) == [(date(2027, 1, 4), 5), (date(2027, 1, 18), 5)]
    kept = {TUESDAYS[0]: 0, TUESDAYS[1]: 9, date(2026, 12, 3): 4}
    assert days(Calendar(date(2026, 1, 6), 7, 2, kept), 3) == [
        (date(2026, 12, 3), 4),
        (TUESDAYS[1], 9),
        (TUESDAYS[2], 2),
    ]


@pytest.mark.parametrize(("handed_over", "arrives"), [("2026-12-08", "2026-12-10"), ("2026-12-10", "2026-12-14")])
def test_the_post_needs_two_working_days(handed_over, arrives):
    assert at_the_door(date.fromisoformat(handed_over)) == date.fromisoformat(arrives)


def test_a_round_holds_so_many_and_who_has_a_laptop_goes_first():
    places = [Place(1, False), Place(2, True), Place(3, True), Place(4, True)]
    found = expect(places, EVERY_TUESDAY, today=TODAY, supply=10)
    assert [(key, each.on) for key, each in found.items()] == [
        (2, SOON),
        (3, SOON),
        (4, at_the_door(TUESDAYS[1])),
        (1, at_the_door(TUESDAYS[1])),
    ]
    assert {key: each.basis for key, each in found.items()} == {1: "supply", 2: "laptop", 3: "laptop", 4: "laptop"}


def test_who_has_none_waits_until_its_turn_gets_ready():
    found = expect([Place(n, False) for n in range(3)], EVERY_TUESDAY, today=TODAY, supply=1 / 10)
    # Ready on 11, 21 and 31 December.
    assert [each.on for each in found.values()] == [at_the_door(TUESDAYS[n]) for n in (1, 2, 4)]


@pytest.mark.parametrize("supply", [0, 1 / 400])
def test_of_what_nobody_can_foresee_no_day_is_said(supply):
    assert expect([Place(1, False)], EVERY_TUESDAY, today=TODAY, supply=supply) == {1: Expected(None, "nothing")}


def test_whatever_the_queue_no_round_is_overfull_no_turn_is_lost_and_more_laptops_make_nobody_wait_longer():
    chance = random.Random(7)
    for _time in range(200):
        queue = [Place(key, chance.random() < 0.5) for key in range(chance.randrange(40))]
        kept = {TODAY + timedelta(days=chance.randrange(1, 60)): chance.randrange(4) for _n in range(3)}
        calendar = Calendar(date(2026, 1, 6), chance.randrange(1, 15), chance.randrange(1, 6), kept)
        supply = chance.choice([0, 0.1, 1, 5])
        found = expect(queue, calendar, today=TODAY, supply=supply)
        assert set(found) == {place.key for place in queue}
        assert found == expect(queue, calendar, today=TODAY, supply=supply)
        rooms = {}
        for day, room in calendar.after(TODAY):
            if day > TODAY + HORIZON:
                break
            rooms[at_the_door(day)] = rooms.get(at_the_door(day), 0) + room
        told = [each.on for each in found.values() if each.on]
        assert all(told.count(day) <= rooms[day] for day in told)
        for kind in (True, False):
            turns = [found[place.key].on or date.max for place in queue if place.has_laptop == kind]
            assert turns == sorted(turns)
        sooner = expect(queue, calendar, today=TODAY, supply=supply * 2)
        assert all((sooner[key].on or date.max) <= (each.on or date.max) for key, each in found.items())


@pytest.fixture
def tuesday():
    with clock.set_to(datetime(2026, 12, 1, 10, tzinfo=ZoneInfo("Europe/Zurich"))):
        yield


def expected(device_request):
    device_request.refresh_from_db()
    return device_request.expected_on, device_request.expected_by


@pytest.mark.django_db
def test_the_clock_writes_down_what_has_changed_and_pages_say_it(
    client, tuesday, social_worker, dispatcher, make_approved, make_ready
):
    Policy.objects.create(round_days=7, round_capacity=1)
    first, second, third = (make_approved(reference) for reference in ("LT-1", "LT-2", "LT-3"))
    make_ready()
    assert work_out_expected_days() == 3
    assert expected(first) == (SOON, "laptop")
    # One laptop got ready within 91 days, so the next is due after as many.
    assert expected(second) == (at_the_door(TODAY + timedelta(days=91)), "supply")
    assert expected(third) == (at_the_door(TODAY + timedelta(days=182)), "supply")
    assert work_out_expected_days() == 0
    client.force_login(social_worker)
    page = client.get(first.get_absolute_url()).content.decode()
    assert "Expected at the door: Thursday, 10 December." in page and "A laptop is here for it." in page
    assert "about 10.12.2026" in client.get("/requests/").content.decode()
    assert "An estimate" in client.get(second.get_absolute_url()).content.decode()
    actions.withdraw(first, by=social_worker)
    assert "Expected at the door" not in client.get(first.get_absolute_url()).content.decode()
    client.force_login(dispatcher)
    work_out_expected_days()
    assert "10.12.2026" in client.get("/requests/?view=all").content.decode()  # the laptop goes to the second now
    with clock.set_to(clock.now() + timedelta(days=92)):  # nothing got ready for so long
        work_out_expected_days()
    assert expected(third) == (None, "nothing")
    assert "No day can be said yet" in client.get(third.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_what_is_sent_is_expected_two_working_days_later(tuesday, dispatcher, make_approved, make_ready):
    device_request = make_approved()
    actions.allocate(device_request, make_ready(), by=dispatcher)
    actions.ship(device_request, parcel="990000000000000001", by=dispatcher)
    assert expected(device_request) == (date(2026, 12, 3), "post")
    with clock.set_to(clock.now() + timedelta(days=3)):  # it is late, so that day is said no more
        assert device_request.expectation is None


@pytest.mark.django_db
def test_a_day_is_closed_opened_again_and_given_another_room(client, tuesday, dispatcher):
    client.force_login(dispatcher)

    def shown():
        return [(day["on"], day["room"]) for day in client.get("/requests/calendar/").context["days"][:2]]

    regular = [(date(2026, 12, 8), 50), (date(2026, 12, 22), 50)]
    assert shown() == regular
    client.post("/requests/calendar/", {"on": "2026-12-08", "capacity": "0"})
    page = client.get("/requests/calendar/")
    assert [day.on for day in page.context["closed"]] == [regular[0][0]] and "Open again" in page.content.decode()
    assert shown()[0] == regular[1]
    client.post("/requests/calendar/", {"on": "2026-12-08", "capacity": ""})
    client.post("/requests/calendar/", {"on": "2026-12-15", "capacity": "200"})
    assert shown() == [regular[0], (date(2026, 12, 15), 200)]
    assert {entry.subject[-10:] for entry in AuditEntry.objects.filter(action="set_round_date")} == {
        "2026-12-08",
        "2026-12-15",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"on": "2026-12-01", "capacity": "5"}, "Choose a day to come."),
        ({"on": "", "capacity": "5"}, "Still missing."),
        ({"on": "2026-12-08", "capacity": "1001"}, "1000"),
    ],
)
def test_a_day_that_cannot_be_set_says_why_and_keeps_what_was_typed(client, tuesday, dispatcher, typed, sentence):
    client.force_login(dispatcher)
    page = client.post("/requests/calendar/", typed).content.decode()
    assert sentence in page and f'value="{typed["capacity"]}"' in page
    assert not RoundDate.objects.exists()


@pytest.mark.django_db
def test_a_day_for_which_a_round_is_kept_is_not_forgotten(client, tuesday, dispatcher):
    Round.objects.create(date=RoundDate.objects.create(on="2026-12-09"))
    client.force_login(dispatcher)
    page = client.post("/requests/calendar/", {"on": "2026-12-09", "capacity": ""}).content.decode()
    assert "A round is kept for this day." in page and RoundDate.objects.exists()
