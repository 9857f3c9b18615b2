from contextlib import nullcontext

import pytest
from django.db import OperationalError, connection, transaction

from config.celery import app
from jobs.models import Batch, Job
from records.refusals import Refused
from requests import actions as request_actions
from requests.models import DeviceRequest
from shipping import actions
from shipping.models import Label, Shipment
from shipping.tasks import take_out_withdrawn

from .conftest import run_label_jobs

pytestmark = pytest.mark.django_db


def pack_url(allocation):
    return f"/requests/{DeviceRequest.objects.get(pk=allocation.request_id).number}/pack/"


def test_packing_begins_a_parcel_whose_label_a_job_makes(client, dispatcher, make_allocation):
    allocation = make_allocation()
    client.force_login(dispatcher)
    answer = client.post(pack_url(allocation))
    shipment = Shipment.objects.get(allocation=allocation)
    assert (answer.status_code, answer.url) == (302, f"/shipments/{shipment.pk}/")
    assert "The label is being made" in client.get(answer.url).content.decode()
    run_label_jobs()
    shipment.refresh_from_db()
    assert (shipment.status, shipment.ident_code) == ("labelled", Label.objects.get().ident_code)
    assert shipment.printed_code in client.get(answer.url).content.decode()


def test_packing_twice_is_as_packing_once(client, dispatcher, make_allocation):
    allocation = make_allocation()
    client.force_login(dispatcher)
    assert client.post(pack_url(allocation)).url == client.post(pack_url(allocation)).url
    assert (Shipment.objects.count(), Job.objects.count()) == (1, 1)
    assert Shipment.objects.get().steps.count() == 1


def test_packing_all_begins_each_parcel_once_with_one_batch_of_labels(client, dispatcher, make_allocation):
    allocations = [make_allocation(), make_allocation(), make_allocation()]
    actions.pack(allocations[0], by=dispatcher)
    client.force_login(dispatcher)
    for _time in range(2):
        assert client.post("/rounds/pack/").url == "/rounds/"
    assert [shipment.allocation for shipment in Shipment.objects.order_by("pk")] == allocations
    assert Batch.objects.last().progress() == {"done": 0, "dead": 0, "total": 2, "over": False}
    assert [shipment.steps.get().verb for shipment in Shipment.objects.all()] == ["pack"] * 3
    assert "Each laptop has its parcel already." in client.get("/rounds/").content.decode()


def test_packing_all_costs_the_same_for_two_and_for_six(
    dispatcher, make_allocation, django_assert_num_queries, django_assert_max_num_queries
):
    for _time in range(2):
        make_allocation()
    with django_assert_max_num_queries(12) as few:
        actions.pack_all(by=dispatcher)
    for _time in range(6):
        make_allocation()
    with django_assert_num_queries(len(few)):
        assert actions.pack_all(by=dispatcher) == 6


def test_a_withdrawn_request_is_not_packed(client, dispatcher, social_worker, make_allocation):
    allocation = make_allocation()
    request = DeviceRequest.objects.get(pk=allocation.request_id)
    request_actions.withdraw(request, by=social_worker)
    client.force_login(dispatcher)
    answer = client.post(pack_url(allocation), headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (409, {"detail": f"{request} was withdrawn."})
    assert client.post("/rounds/pack/").status_code == 302
    assert Shipment.objects.count() == 0


def test_a_laptop_taken_back_is_said_so(dispatcher, make_allocation):
    allocation = make_allocation()
    request_actions.release(DeviceRequest.objects.get(pk=allocation.request_id), by=dispatcher)
    with pytest.raises(Refused, match=r"no longer has this laptop\.$"):  # nothing was packed: nothing is to take out
        actions.pack(allocation, by=dispatcher)


def test_only_dispatch_packs(client, volunteer, social_worker, make_allocation):
    allocation = make_allocation()
    for user in (volunteer, social_worker):
        client.force_login(user)
        assert client.post(pack_url(allocation)).status_code == 403
        assert client.post("/rounds/pack/").status_code == 403
    assert Shipment.objects.count() == 0


def test_packing_needs_a_post_and_a_request_with_a_laptop(client, dispatcher, make_allocation):
    client.force_login(dispatcher)
    assert client.get(pack_url(make_allocation())).status_code == 405
    assert client.post("/requests/R-2026-999999/pack/").status_code == 404
    assert client.post("/requests/%00/pack/").status_code == 404
    waiting = DeviceRequest.objects.get()
    waiting.pk, waiting.number, waiting.status, waiting.form_token = None, "R-2026-900001", "approved", None
    waiting.save()
    assert client.post(f"/requests/{waiting}/pack/").status_code == 404
    assert not Shipment.objects.exists()


def test_a_label_that_was_given_up_is_told_and_tried_again(
    client, dispatcher, volunteer, social_worker, make_allocation
):
    shipment = actions.pack(make_allocation(), by=dispatcher)
    Job.objects.update(state="dead", attempts=8, error="No paper left.", ended_at="2026-11-23T08:00Z")
    url = f"/shipments/{shipment.pk}/order-label/"
    client.force_login(social_worker)
    page = client.get(shipment.get_absolute_url()).content.decode()
    assert ("The label was not made." in page, url in page) == (False, False)
    client.force_login(dispatcher)
    for page in ("/rounds/", shipment.get_absolute_url()):
        words = client.get(page).content.decode()
        assert ("The label was not made." in words, f'action="{url}"' in words) == (True, True)
    assert [client.post(url).url for _time in range(2)] == [shipment.get_absolute_url()] * 2
    assert "The label was not made." not in client.get("/rounds/").content.decode()
    run_label_jobs()
    shipment.refresh_from_db()
    assert (shipment.status, Label.objects.count()) == ("labelled", 1)
    client.force_login(volunteer)
    assert client.post(url).status_code == 403


def test_taking_out_cancels_the_parcel_of_a_withdrawn_request_and_its_label(
    client, dispatcher, make_labelled, withdraw
):
    shipment = make_labelled()
    url = f"/shipments/{shipment.pk}/take-out/"
    client.force_login(dispatcher)
    refused = client.post(url, headers={"accept": "application/json"})
    assert (refused.status_code, "its parcel stays" in refused.json()["detail"]) == (409, True)
    withdraw(shipment)
    assert "Take the laptop out of the box" in client.get("/rounds/").content.decode()
    assert [client.post(url).url for _time in range(2)] == ["/rounds/"] * 2
    shipment.refresh_from_db()
    assert (shipment.status, shipment.labels.get().state) == ("cancelled", "to_void")
    assert shipment.steps.filter(verb="take_out").count() == 1
    assert client.get(f"/shipments/{shipment.pk}/label/").status_code == 404


def test_only_dispatch_takes_out(client, volunteer, social_worker, make_labelled, withdraw):
    shipment = make_labelled()
    withdraw(shipment)
    for user in (volunteer, social_worker):
        client.force_login(user)
        assert client.post(f"/shipments/{shipment.pk}/take-out/").status_code == 403
    shipment.refresh_from_db()
    assert shipment.status == "labelled"


def test_the_clock_takes_out_what_was_withdrawn_and_nothing_else(make_labelled, make_closed, make_withdrawn):
    stays, closed, packing = make_labelled(), make_closed(), make_withdrawn()
    take_out_withdrawn()
    take_out_withdrawn()
    assert dict(Shipment.objects.values_list("pk", "status")) == {
        stays.pk: "labelled",
        closed.pk: "labelled",
        packing.pk: "cancelled",
    }
    assert [(step.by, step.verb) for step in packing.steps.filter(verb="take_out")] == [(None, "take_out")]
    assert [label.shipment for label in Label.objects.to_void()] == [packing]


@pytest.mark.parametrize(("code", "goes_on"), [("55P03", True), ("40P01", True), ("57014", False)])
def test_what_somebody_holds_is_taken_out_next_time(make_withdrawn, monkeypatch, code, goes_on):
    held, free = make_withdrawn(), make_withdrawn()
    take_out = actions.take_out

    def take_out_unless_held(shipment, *, by):
        if shipment == held:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'held' USING ERRCODE = '{code}'; END $$")
        take_out(shipment, by=by)

    monkeypatch.setattr(actions, "take_out", take_out_unless_held)
    with nullcontext() if goes_on else pytest.raises(OperationalError):
        take_out_withdrawn()
    assert dict(Shipment.objects.values_list("pk", "status")) == {
        held.pk: "labelled",
        free.pk: "cancelled" if goes_on else "labelled",
    }


def test_a_dispatcher_who_presses_after_the_clock_is_told_nothing_wrong(client, dispatcher, make_withdrawn):
    shipment = make_withdrawn()
    actions.take_out_withdrawn()
    actions.take_out(shipment, by=dispatcher)
    shipment.refresh_from_db()
    assert (shipment.status, shipment.steps.filter(verb="take_out").count()) == ("cancelled", 1)


def test_the_clock_knows_of_it():
    assert "shipping.take_out_withdrawn" in {entry["task"] for entry in app.conf.beat_schedule.values()}


def test_labels_to_throw_away_are_listed_until_somebody_did(client, dispatcher, volunteer, make_withdrawn):
    shipment = make_withdrawn()
    take_out_withdrawn()
    url = f"/shipments/{shipment.pk}/void-labels/"
    client.force_login(volunteer)
    assert client.post(url).status_code == 403
    client.force_login(dispatcher)
    page = client.get("/rounds/").content.decode()
    assert ("To take out" in page, shipment.printed_code in page, "Wenger" in page) == (
        True,
        True,
        False,
    )
    assert f'action="{url}"' in page
    assert "Parcel to take out" in client.get("/home/").content.decode()
    assert [client.post(url).url for _time in range(2)] == ["/rounds/"] * 2
    assert (shipment.labels.get().state, shipment.steps.filter(verb="void_labels").get().by) == ("void", dispatcher)
    assert "To take out" not in client.get("/rounds/").content.decode()
    assert "Parcel to take out" not in client.get("/home/").content.decode()


def test_a_label_in_use_is_not_thrown_away(client, dispatcher, make_labelled):
    shipment = make_labelled()
    client.force_login(dispatcher)
    client.post(f"/shipments/{shipment.pk}/void-labels/")
    assert shipment.labels.get().state == "made"
