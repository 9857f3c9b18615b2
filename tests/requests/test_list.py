import pytest
from django.db import connection

from partners.models import Partner
from requests.models import DeviceRequest, Recipient

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("reader", ["social_worker", "dispatcher"])
def test_the_list_costs_the_same_for_25_and_100_rows(
    client, request, reader, make_received, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(request.getfixturevalue(reader))
    for index in range(26):
        make_received(f"A-{index}")
    with django_assert_max_num_queries(8) as few:
        assert client.get("/requests/").content.decode().count("<tr>") == 1 + 25
    for index in range(75):
        make_received(f"B-{index}")
    with django_assert_num_queries(len(few)):
        assert client.get("/requests/?rows=100").content.decode().count("<tr>") == 1 + 100


def test_older_and_newer_lead_there_and_back(client, social_worker, make_received):
    rows = [make_received(f"A-{index}") for index in range(60)]
    client.force_login(social_worker)
    first = client.get("/requests/").context["page"]
    second = client.get(f"/requests/{first.older_url}").context["page"]
    third = client.get(f"/requests/{second.older_url}").context["page"]
    assert [row.pk for page in (first, second, third) for row in page.rows] == [row.pk for row in rows[::-1]]
    assert (first.newer_url, third.older_url) == ("", "")
    back = client.get(f"/requests/{second.newer_url}").context["page"]
    assert ([row.pk for row in back.rows], back.newer_url) == ([row.pk for row in first.rows], "")


def test_filters_by_status_and_by_case_reference_or_number(client, social_worker, make_received, make_approved):
    received, approved = make_received("LT-1"), make_approved("LT-2")
    client.force_login(social_worker)
    for query, expected in (
        ("status=approved", [approved]),
        ("q=lt-1", [received]),
        (f"q={approved.number}", [approved]),
        ("view=needs-us", [received]),
        ("view=on-the-way", [approved]),
    ):
        assert client.get(f"/requests/?{query}").context["page"].rows == expected, query


def test_a_status_that_is_unknown_leaves_the_words_to_filter_by(client, social_worker, make_received):
    received = make_received("LT-1")
    make_received("LT-2")
    client.force_login(social_worker)
    assert client.get("/requests/?q=lt-1&status=nonsense").context["page"].rows == [received]


def test_a_part_of_a_case_reference_leads_to_a_list_with_an_address(client, social_worker, make_received):
    rows = [make_received(reference) for reference in ("LT-71", "LT-72", "LT-8")][:2]
    client.force_login(social_worker)
    found = client.post("/requests/search/", {"name": "lt-7"})
    assert found.url == "/requests/?q=lt-7"
    assert client.get(found.url).context["page"].rows == rows[::-1]


@pytest.mark.parametrize("words", ["Wenger", "Wen", "LT", "756.9217.0769.85", "079 123 45 67"])
def test_a_person_never_gets_into_an_address(client, social_worker, make_received, words):
    for reference in ("LT-1", "LT-2"):
        make_received(reference)
    client.force_login(social_worker)
    assert client.post("/requests/search/", {"name": words}).status_code == 200


def test_switching_the_language_where_a_search_led_goes_back_to_the_list(client, social_worker):
    client.force_login(social_worker)
    switched = client.post("/language/", {"language": "fr", "next": "/requests/search/"})
    assert client.get(switched.url).url == "/requests/"


def test_it_says_whose_turn_it_is(client, social_worker, dispatcher, make_received):
    make_received()
    client.force_login(social_worker)
    assert "You: Examine and decide" in client.get("/requests/").content.decode()
    client.force_login(dispatcher)
    assert "You: Examine" not in client.get("/requests/").content.decode()


def test_of_a_suspended_organisation_it_is_nobodys_turn(
    client, social_worker, dispatcher, partner, make_received, make_approved
):
    rows = [make_received("LT-1"), make_approved("LT-2")]
    Partner.objects.filter(pk=partner.pk).update(status="suspended")
    for user in (social_worker, dispatcher):
        client.force_login(user)
        assert [line["next"] for line in client.get("/requests/").context["lines"]] == ["Paused", "Paused"]
        for row in rows:
            page = client.get(row.get_absolute_url()).content.decode()
            assert "Next: Paused." in page
            assert "You:" not in page


def test_a_name_is_searched_by_post_only(client, social_worker, make_received):
    received = make_received("LT-1")
    make_received("LT-2")
    Recipient.objects.filter(request=received).update(last_name="Oberson")
    client.force_login(social_worker)
    assert client.get("/requests/?q=Oberson").context["page"].rows == []
    found = client.post("/requests/search/", {"name": "samira ober"})
    assert [line["request"] for line in found.context["lines"]] == [received]


def test_a_name_is_found_by_an_index(make_received):
    make_received()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows are read faster one by one
        cursor.execute("SET LOCAL enable_indexscan = off")
    plan = DeviceRequest.objects.of_person("samira wen").explain()
    for index in ("people_by_first_name", "people_by_last_name"):
        assert index in plan


def test_a_number_or_case_reference_leads_straight_to_its_request(client, social_worker, make_received):
    received = make_received("LT-1")
    client.force_login(social_worker)
    for words in ("lt-1", received.number.lower()):
        assert client.post("/requests/search/", {"name": words}).url == f"/requests/{received.number}/"


def test_a_stranger_sees_none_and_a_volunteer_is_refused(client, stranger, volunteer, make_received):
    make_received()
    client.force_login(stranger)
    assert client.get("/requests/?view=all").context["page"].rows == []
    assert client.post("/requests/search/", {"name": "Wenger"}).context["lines"] == []
    client.force_login(volunteer)
    assert client.get("/requests/").status_code == 403
