import pytest
from django.db import connection
from django.utils import timezone

from shipping import actions
from shipping.models import Shipment

pytestmark = pytest.mark.django_db
ALL = "/rounds/hand-over/"


def told(client):
    return [str(message) for message in client.get("/rounds/").context["messages"]]


def statuses():
    return list(Shipment.objects.order_by("pk").values_list("status", flat=True))


def test_one_parcel_is_handed_over_once(client, dispatcher, make_closed):
    shipment = make_closed()
    client.force_login(dispatcher)
    url = f"/shipments/{shipment.pk}/hand-over/"
    assert [client.post(url).url for _time in range(2)] == [shipment.get_absolute_url()] * 2
    shipment.refresh_from_db()
    assert (shipment.status, shipment.price, shipment.request.status) == ("handed_over", 150, "shipped")
    assert shipment.steps.filter(verb="hand_over").count() == 1


def test_an_open_parcel_stays_and_the_page_says_why(client, dispatcher, make_labelled):
    shipment = make_labelled()
    client.force_login(dispatcher)
    page = f"http://testserver{shipment.get_absolute_url()}"
    answer = client.post(f"/shipments/{shipment.pk}/hand-over/", headers={"referer": page})
    assert (answer.status_code, answer.url) == (303, shipment.get_absolute_url())
    assert told(client) == ["Close the parcel first: scan its label and the laptop."]
    assert statuses() == ["labelled"]


def test_all_closed_parcels_go_and_what_is_refused_is_told(client, dispatcher, make_closed, make_labelled, withdraw):
    parcels = [make_closed(), make_closed(), make_closed(), make_labelled()]
    withdraw(parcels[1])
    client.force_login(dispatcher)
    assert client.post(ALL).url == "/rounds/"
    assert statuses() == ["handed_over", "labelled", "handed_over", "labelled"]
    assert told(client) == ["2 parcels are handed over.", f"{parcels[1].request} was withdrawn: take it out."]


def test_a_second_press_hands_nothing_over(client, dispatcher, make_closed):
    shipment = make_closed()
    client.force_login(dispatcher)
    client.post(ALL)
    told(client)
    noted_at = Shipment.objects.get().handed_over_noted_at
    client.post(ALL)
    assert told(client) == ["No closed parcel is in the house."]
    assert Shipment.objects.get().handed_over_noted_at == noted_at
    assert shipment.request.steps.filter(verb="ship").count() == 1


def test_what_was_closed_after_the_page_was_shown_stays(client, dispatcher, make_closed):
    make_closed()
    shown_at = timezone.now().isoformat()
    make_closed()
    client.force_login(dispatcher)
    client.post(ALL, {"closed_until": shown_at})
    assert statuses() == ["handed_over", "labelled"]


def test_the_page_names_the_time_it_was_shown(client, dispatcher, make_closed):
    make_closed()
    client.force_login(dispatcher)
    page = client.get("/rounds/")
    assert f'name="closed_until" value="{page.context["shown_at"]}"' in page.content.decode()
    client.post(ALL, {"closed_until": page.context["shown_at"]})
    assert statuses() == ["handed_over"]


def test_what_is_closed_while_the_page_is_made_stays(client, dispatcher, volunteer, make_closed, make_labelled):
    shown, unseen = make_closed(), make_labelled()

    def close_after_reading(execute, sql, *rest):
        found = execute(sql, *rest)
        if sql.startswith('SELECT "shipping_shipment"."id"') and not closed:
            closed.append(unseen)
            actions.close_parcel(unseen, device_code=unseen.device.number, by=volunteer)
        return found

    closed = []
    client.force_login(dispatcher)
    with connection.execute_wrapper(close_after_reading):
        page = client.get("/rounds/")
    assert (page.context["steps"]["closed"], closed) == ([shown], [unseen])
    client.post(ALL, {"closed_until": page.context["shown_at"]})
    assert statuses() == ["handed_over", "labelled"]


def test_a_garbled_time_hands_nothing_over(client, dispatcher, make_closed):
    make_closed()
    client.force_login(dispatcher)
    client.post(ALL, {"closed_until": "yesterday or so"})
    assert (statuses(), len(told(client))) == (["labelled"], 1)


def test_a_missing_parcel_is_404(client, dispatcher):
    client.force_login(dispatcher)
    for key in ("1", "9" * 30):
        assert client.post(f"/shipments/{key}/hand-over/").status_code == 404


def test_nobody_else_hands_over_from_the_list(client, volunteer, social_worker, make_closed):
    shipment = make_closed()
    for user in (volunteer, social_worker):
        client.force_login(user)
        assert client.post(ALL).status_code == 403
        assert client.post(f"/shipments/{shipment.pk}/hand-over/").status_code == 403
    assert statuses() == ["labelled"]
