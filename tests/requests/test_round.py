"""A whole round in one press: all or some of what was proposed, another laptop by hand, and what no longer fits."""

import pytest

from devices.models import Device
from partners import actions as partner_actions
from records.lifecycle import move_many
from requests import actions
from requests.calendar import set_round_date
from requests.models import Allocation, DeviceRequest, Policy, RequestStep

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(make_approved, make_ready):
    """Three requests, and a laptop for each of the first two."""
    return [make_approved(f"LT-{n}") for n in (1, 2, 3)], [make_ready("X1"), make_ready("X2")]


def pairs(page):
    return [f"{line['request'].number}_{line['device'].number}" for line in page.context["lines"]]


def told(answer):
    return [str(message) for message in answer.context["messages"]]


def test_one_press_keeps_every_laptop_that_was_proposed_and_twice_is_as_once(client, dispatcher, waiting):
    requests, laptops = waiting
    client.force_login(dispatcher)
    page = client.get("/requests/round/")
    assert pairs(page) == [f"{row.number}_{laptop.number}" for row, laptop in zip(requests, laptops, strict=False)]
    words = page.content.decode()
    assert "holds 50 parcels; 0 are kept already" in words and "1 more request waits" in words
    assert "Linux as asked for, 8\u00a0GB, 4\u00a0GB needed, keyboard Swiss German, grade A, approved on" in words
    for _press in range(2):
        answer = client.post("/requests/round/", {"pair": pairs(page)}, follow=True)
        assert told(answer) == ["2 laptops are kept for their requests."]
    assert [row.device for row in Allocation.objects.live().order_by("request")] == laptops
    assert list(DeviceRequest.objects.order_by("pk").values_list("status", flat=True)) == ["allocated"] * 2 + [
        "approved"
    ]
    assert {laptop.status for laptop in Device.objects.all()} == {"reserved"}
    step = requests[0].steps.last()
    assert (step.verb, step.from_status, step.to_status, step.by) == ("allocate", "approved", "allocated", dispatcher)
    assert step.numbers == {"request": requests[0].number, "device": laptops[0].number}
    assert laptops[0].steps.last().numbers == {"request": requests[0].number}
    assert RequestStep.objects.filter(verb="allocate").count() == 2


def test_only_what_stays_ticked_is_kept(client, dispatcher, waiting):
    (_first, second, _third), (_x1, x2) = waiting
    client.force_login(dispatcher)
    client.post("/requests/round/", {"pair": f"{second.number}_{x2.number}"}, follow=True)
    assert [row.request for row in Allocation.objects.live()] == [second]
    answer = client.post("/requests/round/", {"pair": []}, follow=True)
    assert told(answer) == ["Nothing was ticked, so nothing was kept."]


def test_what_no_longer_fits_is_left_out_with_its_reason_and_the_others_are_kept(
    client, dispatcher, social_worker, waiting, make_ready
):
    (first, second, third), (x1, x2) = waiting
    wrong = make_ready("X3", keyboard="ch-fr")
    actions.withdraw(first, by=social_worker)
    client.force_login(dispatcher)
    sent = [
        *(f"{first.number}_{x1.number}", f"{second.number}_{x2.number}", f"{third.number}_{x2.number}"),
        *(f"{third.number}_{wrong.number}", "R-2026-999999_D-000001", "nonsense"),
    ]
    answer = client.post("/requests/round/", {"pair": sent}, follow=True)
    kept, left_out = told(answer)
    assert kept == "1 laptop is kept for its request."
    assert left_out == (
        f"2 were left out: {first.number} is “Withdrawn” meanwhile. {wrong.number} does not suit any more."
    )
    assert [row.request for row in Allocation.objects.live()] == [second]


def test_of_an_organisation_that_was_suspended_nothing_is_kept(client, dispatcher, admin, partner, waiting):
    (first, *_others), (x1, _x2) = waiting
    partner_actions.suspend(partner, by=admin)
    client.force_login(dispatcher)
    answer = client.post("/requests/round/", {"pair": f"{first.number}_{x1.number}"}, follow=True)
    assert told(answer) == ["1 was left out: The organisation is suspended: its requests pause."]
    assert not Allocation.objects.exists()


def test_no_more_are_proposed_than_the_round_holds(client, dispatcher, waiting):
    (first, _second, _third), (x1, _x2) = waiting
    Policy.objects.create(round_capacity=1)
    client.force_login(dispatcher)
    page = client.get("/requests/round/")
    day = page.context["day"]
    assert len(pairs(page)) == 1
    actions.allocate(first, x1, by=dispatcher)
    page = client.get("/requests/round/")
    assert page.context["day"] > day and (page.context["room"], page.context["taken"]) == (1, 0)
    set_round_date(day, capacity=9, by=dispatcher)
    page = client.get("/requests/round/")
    assert (page.context["day"], page.context["room"], page.context["taken"]) == (day, 9, 1)


def test_another_laptop_is_chosen_by_hand_among_those_that_suit(client, dispatcher, waiting, make_ready):
    (first, _second, _third), (_x1, x2) = waiting
    others = [make_ready("W1", keyboard="ch-fr"), make_ready("W2", memory_gb=2), make_ready("W3")]
    Device.objects.filter(pk=others[2].pk).update(grade="C")
    client.force_login(dispatcher)
    page = client.get(f"{first.get_absolute_url()}laptops/").content.decode()
    assert x2.number in page and not any(other.number in page for other in others)
    assert "Wenger" not in page
    client.post(f"{first.get_absolute_url()}allocate/", {"device": x2.number})
    assert Allocation.objects.get().device == x2
    assert "does not wait for a laptop" in client.get(f"{first.get_absolute_url()}laptops/").content.decode()


def test_a_round_costs_the_same_however_many_it_holds(
    client, dispatcher, make_approved, make_ready, django_assert_num_queries
):
    client.force_login(dispatcher)
    for count in (1, 5):
        for n in range(count):
            make_approved(f"LT-{count}-{n}")
            make_ready(f"X{count}{n}")
        with django_assert_num_queries(8):
            page = client.get("/requests/round/")
        with django_assert_num_queries(12):
            client.post("/requests/round/", {"pair": pairs(page)})
    assert Allocation.objects.live().count() == 6


def test_many_are_moved_only_from_where_their_verb_leads_on(dispatcher, make_received, make_approved):
    with pytest.raises(ValueError, match="does not lead on"):
        move_many([make_approved("LT-1"), make_received("LT-2")], "allocate", by=dispatcher)
    assert set(DeviceRequest.objects.values_list("status", flat=True)) == {"approved", "received"}
    move_many([], "allocate", by=dispatcher)
