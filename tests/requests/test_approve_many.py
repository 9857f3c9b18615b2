"""Several requests approved in one press, after number and cost were read."""

import pytest

from requests import actions
from requests.models import DeviceRequest

pytestmark = pytest.mark.django_db
URL = "/requests/approve-many/"


def numbers(rows):
    return [row.number for row in rows]


def statuses():
    return dict(DeviceRequest.objects.values_list("case_reference", "status"))


def test_five_are_approved_after_number_and_cost_were_read_and_twice_is_as_once(client, social_worker, make_received):
    rows = [make_received(f"LT-{n}") for n in range(6)]
    client.force_login(social_worker)
    assert f'href="{URL}"' in client.get("/requests/?view=needs-us").content.decode()
    assert client.get(URL).context["rows"] == rows
    page = client.post(URL, {"number": numbers(rows[:5])}).content.decode()
    assert "Approve 5 requests?" in page and "CHF 750.00" in page.replace("\u00a0", " ")
    assert set(statuses().values()) == {"received"}  # nothing is approved by reading
    for _press in range(2):
        answer = client.post(URL, {"number": numbers(rows[:5]), "sure": "1"}, follow=True)
        assert [str(message) for message in answer.context["messages"]] == ["5 requests are approved."]
    assert statuses() == {f"LT-{n}": "approved" for n in range(5)} | {"LT-5": "received"}
    assert rows[0].steps.filter(verb="approve").count() == 1


def test_what_cannot_be_approved_is_said_before_and_stands_in_nobodys_way(
    client, social_worker, partner, make_received
):
    partner.yearly_limit = 2
    partner.save()
    rows = [make_received(f"LT-{n}") for n in range(3)]
    client.force_login(social_worker)
    page = client.post(URL, {"number": numbers(rows)}).content.decode()
    assert "Approve 2 requests?" in page and "LT-2</a>: Your organisation approves 2 a year." in page
    answer = client.post(URL, {"number": numbers(rows), "sure": "1"}, follow=True)
    told = [str(message) for message in answer.context["messages"]]
    assert told[0] == "2 requests are approved." and told[1].startswith("LT-2: Your organisation approves 2 a year.")
    assert statuses() == {"LT-0": "approved", "LT-1": "approved", "LT-2": "received"}


def test_where_two_approve_ones_own_stay(client, social_worker, partner, make_received):
    partner.approves_by_two = True
    partner.save()
    row = make_received("LT-1")
    client.force_login(social_worker)
    page = client.post(URL, {"number": row.number}).content.decode()
    assert "Approve 0 requests?" in page and "a second person approves" in page


def test_another_organisations_are_none_and_nothing_ticked_is_said(client, stranger, make_received):
    row = make_received("LT-1")
    client.force_login(stranger)
    assert client.get(URL).context["rows"] == []
    for sent in ({"number": row.number, "sure": "1"}, {}):
        answer = client.post(URL, sent, follow=True)
        assert [str(message) for message in answer.context["messages"]] == ["Nothing was ticked."]
    assert statuses() == {"LT-1": "received"}


def test_one_that_was_decided_meanwhile_is_left_out(client, social_worker, make_received):
    first, second = make_received("LT-1"), make_received("LT-2")
    client.force_login(social_worker)
    client.post(URL, {"number": numbers([first, second])})
    actions.decline(first, reason="has_one", by=social_worker)
    answer = client.post(URL, {"number": numbers([first, second]), "sure": "1"}, follow=True)
    told = [str(message) for message in answer.context["messages"]]
    assert told[0] == "1 request is approved." and told[1].startswith("LT-1: ")
    assert statuses() == {"LT-1": "declined", "LT-2": "approved"}
