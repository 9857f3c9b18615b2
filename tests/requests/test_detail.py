import pytest

from requests import actions

pytestmark = pytest.mark.django_db


def test_it_says_what_comes_next_and_tells_the_way_so_far(client, social_worker, dispatcher, make_approved, make_ready):
    device_request, device = make_approved(), make_ready()
    actions.allocate(device_request, device, by=dispatcher)
    client.force_login(social_worker)
    page = client.get(device_request.get_absolute_url()).content.decode()
    for words in ("Next: Is packed and sent.", "By Worker.", "By the association.", device.number, "CHF 150.00"):
        assert words in page
    assert "By Dispatch" not in page


def test_it_costs_nine_queries_however_long_the_way(
    client, social_worker, make_received, django_assert_max_num_queries
):
    device_request = make_received()
    for _time in range(20):
        device_request.note("billed", number="2026-0001")
    client.force_login(social_worker)
    with django_assert_max_num_queries(9):
        client.get(device_request.get_absolute_url())


def test_a_stranger_gets_the_page_of_a_missing_one(client, stranger, make_received):
    device_request = make_received()
    client.force_login(stranger)
    foreign, missing = client.get(device_request.get_absolute_url()), client.get("/requests/R-2026-999999/")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert client.get(f"{device_request.get_absolute_url()}proof/").status_code == 404


def test_a_volunteer_never_sees_a_person(client, volunteer, make_received):
    client.force_login(volunteer)
    assert client.get(make_received().get_absolute_url()).status_code == 403
