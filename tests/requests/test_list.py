import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

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


def test_a_filter_that_is_not_asked_for_costs_no_query(client, dispatcher, django_assert_num_queries):
    client.force_login(dispatcher)
    with django_assert_num_queries(2):  # the session with its person, the requests
        client.get("/requests/")
    with django_assert_num_queries(2):
        client.get("/requests/?partner=none")


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


@pytest.mark.parametrize(
    ("reference", "typed"),
    [
        ("LT-2026-0388", ["lt-2026-0388", "LT-20", "lt", "2026-0388", "2026", "0388", "388", "38"]),
        ("KESB 4711/26", ["kesb", "kesb 47", "4711", "4711/26", "26"]),
        ("4711.ä", ["4711", "4711.Ä", "Ä"]),
        ("100%", ["100", "100%"]),
    ],
)
def test_a_case_reference_is_found_from_the_beginning_of_each_of_its_parts_on(make_received, reference, typed):
    received = make_received(reference)
    make_received("ZH-1999-777")
    for words in typed:
        assert list(DeviceRequest.objects.matching_words(words)) == [received], words
    for words in ("88", "T-20", "26-0", "711", "00%", "%", "_", "-", "0", "9"):
        assert list(DeviceRequest.objects.matching_words(words)) == [], words


@pytest.mark.parametrize("words", ["ZH-1", "1999", "777", "1999-777", "R-2026-000001"])
def test_a_case_reference_and_a_number_are_found_by_their_indexes(make_received, words):
    make_received("ZH-1999-777")
    with connection.cursor() as cursor:
        for other in ("enable_seqscan", "enable_indexscan"):  # so few rows are read faster one by one
            cursor.execute(f"SET LOCAL {other} = off")
    plan = DeviceRequest.objects.matching_words(words).explain()
    used = ["requests_by_case", "requests_by_third_part", "requests_devicerequest_number"]
    if "-" not in words:  # else the third part, which fits as well, leads there
        used.append("requests_by_second_part")
    assert [index for index in used if index not in plan] == []


@pytest.mark.parametrize(("words", "title"), [("R-2026-999999", "No request fits"), ("Suharto", "Nobody of this name")])
def test_what_is_not_found_is_called_what_was_looked_for(client, social_worker, words, title):
    client.force_login(social_worker)
    page = client.post("/requests/search/", {"name": words}, follow=True).content.decode()
    assert [each for each in ("No request fits", "Nobody of this name") if each in page] == [title]


@pytest.mark.parametrize("words", ["Wenger", "Wen", "LT", "756.9217.0769.85", "079 123 45 67"])
def test_a_person_never_gets_into_an_address(client, social_worker, make_received, words):
    for reference in ("LT-1", "LT-2"):
        make_received(reference)
    client.force_login(social_worker)
    answer = client.post("/requests/search/", {"name": words})
    assert re.fullmatch("/requests/found/[0-9a-f]{16}/", answer.url)


def test_switching_the_language_where_a_search_led_goes_back_to_the_list(client, social_worker):
    client.force_login(social_worker)
    switched = client.post("/language/", {"language": "fr", "next": "/requests/search/"})
    assert client.get(switched.url).url == "/requests/"


def test_it_says_whose_turn_it_is(client, social_worker, dispatcher, make_received):
    make_received()
    client.force_login(social_worker)
    assert "<b>You:</b> Examine and decide" in client.get("/requests/").content.decode()
    client.force_login(dispatcher)
    page = client.get("/requests/").content.decode()
    assert "The organisation decides" in page
    assert "You:" not in page


def test_of_a_suspended_organisation_it_is_nobodys_turn(
    client, social_worker, dispatcher, partner, make_received, make_approved
):
    rows = [make_received("LT-1"), make_approved("LT-2")]
    Partner.objects.filter(pk=partner.pk).update(status="suspended")
    for user in (social_worker, dispatcher):
        client.force_login(user)
        shown = client.get("/requests/")
        assert [row.next_step.action for row in shown.context["page"].rows] == ["Paused", "Paused"]
        assert shown.content.decode().count('<td class="d-none d-md-table-cell">Paused</td>') == 2
        assert client.get("/requests/?view=needs-us").context["page"].rows == []
        for row in rows:
            page = client.get(row.get_absolute_url()).content.decode()
            assert "<b>Paused.</b>" in page
            assert "You:" not in page
            assert "/approve/" not in page
    client.force_login(social_worker)
    assert "for your decision" not in client.get("/home/").content.decode()


def test_a_name_is_searched_by_post_only(client, social_worker, make_received):
    received = make_received("LT-1")
    make_received("LT-2")
    Recipient.objects.filter(request=received).update(last_name="Oberson")
    client.force_login(social_worker)
    assert client.get("/requests/?q=Oberson").context["page"].rows == []
    found = client.post("/requests/search/", {"name": "samira ober"}, follow=True)
    assert found.context["rows"] == [received]


def test_what_a_name_found_has_an_address_to_come_back_to_that_is_ones_own(
    client, social_worker, dispatcher, stranger, make_received
):
    received = make_received("LT-1")
    client.force_login(social_worker)
    url = client.post("/requests/search/", {"name": "wenger"}).url
    for _back in range(2):
        page = client.get(url)
        assert page.context["rows"] == [received] and "wenger" not in page.content.decode()
    for _more in range(5):
        client.post("/requests/search/", {"name": "nobody"})
    assert client.get(url).url == "/requests/"  # only the last few are kept
    mine = client.post("/requests/search/", {"name": "wenger"}).url
    for user in (dispatcher, stranger):
        client.force_login(user)
        assert client.get(mine).url == "/requests/"


def test_what_was_found_is_shown_as_far_as_one_may_see_it_now(client, social_worker, make_received):
    make_received("LT-1")
    client.force_login(social_worker)
    url = client.post("/requests/search/", {"name": "wenger"}).url
    social_worker.memberships.update(ended_at=timezone.now())
    assert client.get(url).status_code in (302, 403)


@pytest.mark.parametrize(
    ("first", "last", "typed"),
    [
        ("Anna", "Von Känel", ["von känel", "kanel", "A. Von Känel", "känel a", "KA\u0308NEL"]),
        ("Linh", "Nguyễn", ["Nguyen", "nguyễn"]),
        ("Rui", "Simões-Łukasz", ["Simoes", "lukasz", "simões-łu"]),
        ("Олена", "D’Angelo", ["олен", "angelo", "D'Angelo"]),
        *(("Мар'яна".replace("'", sign), "Ковач", [f"Мар{typed}яна" for typed in "'’ʼ‘´"]) for sign in "'’ʼ‘´"),
        *(("Anna-Maria".replace("-", sign), "Hug", [f"anna{typed}maria" for typed in "-‐‑– "]) for sign in "-‐‑–"),
    ],
)
def test_a_name_is_found_as_the_list_shows_it_and_without_its_accents(
    client, social_worker, make_received, first, last, typed
):
    received = make_received("LT-1")
    make_received("LT-2")
    Recipient.objects.filter(request=received).update(first_name=first, last_name=last)
    client.force_login(social_worker)
    for words in typed:
        found = client.post("/requests/search/", {"name": words}, follow=True).context["rows"]
        assert found == [received], words
    for words in ("anel", "guyen", "%", "_", "."):  # only from the beginning of a word on, and signs are signs
        assert client.post("/requests/search/", {"name": words}, follow=True).context["rows"] == [], words


@pytest.mark.parametrize("words", ["ŉ", "a\\b", "＼", "' | '", "&", "💻"])
def test_what_no_name_holds_is_searched_for_and_not_found(client, social_worker, make_received, words):
    make_received()
    client.force_login(social_worker)
    assert client.post("/requests/search/", {"name": words}, follow=True).context["rows"] == []


def test_an_erased_person_is_found_by_no_name(make_received):
    received = make_received()
    assert list(DeviceRequest.objects.of_person("wenger")) == [received]
    blank = dict.fromkeys(("first_name", "last_name", "street", "postcode", "town"), "")
    Recipient.objects.update(erased_at=timezone.now(), **blank)
    assert list(DeviceRequest.objects.of_person("wenger")) == list(DeviceRequest.objects.of_person(" ")) == []


def test_a_name_is_found_by_an_index(make_received):
    make_received()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows are read faster one by one
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert "people_by_name_words" in DeviceRequest.objects.of_person("samira wen").explain()


def test_a_number_or_case_reference_leads_straight_to_its_request(client, social_worker, make_received):
    received = make_received("LT-1")
    client.force_login(social_worker)
    year, count = received.number.split("-")[1:]
    for words in ("lt-1", received.number.lower(), f"r-{year}-{int(count)}", f"R{year}-{int(count)}"):
        assert client.post("/requests/search/", {"name": words}).url == f"/requests/{received.number}/"


def test_a_case_reference_that_two_requests_have_leads_to_both(client, social_worker, make_received):
    rows = [make_received("LT-1"), make_received("LT-1")]
    client.force_login(social_worker)
    answer = client.post("/requests/search/", {"name": "lt-1"})
    assert client.get(answer.url).context["page"].rows == rows[::-1]


def test_the_requests_of_one_organisation_say_so_and_stay_so(client, dispatcher, stranger, partner, make_received):
    received = make_received()
    client.force_login(dispatcher)
    page = client.get(f"/requests/?view=all&partner={partner.pk}")
    assert page.context["page"].rows == [received]
    assert [(chip["label"], chip["url"]) for chip in page.context["chips"]] == [(partner, "?view=all")]
    assert {tab["url"].partition("&")[2] for tab in page.context["views"]} == {f"partner={partner.pk}"}
    client.force_login(stranger)
    assert client.get(f"/requests/?view=all&partner={partner.pk}").context["chips"] == []


def test_at_first_it_shows_the_last_thirty_days_and_with_a_filter_everything(client, social_worker, make_received):
    old, young = make_received("LT-1"), make_received("LT-2")
    DeviceRequest.objects.filter(pk=old.pk).update(received_at=timezone.now() - timedelta(days=31))
    client.force_login(social_worker)
    for query, rows, current in (
        ("", [young], "Last 30 days"),
        ("view=nonsense", [young], "Last 30 days"),
        ("view=all", [young, old], "Everything"),
        ("status=received", [young, old], "Everything"),
        ("q=lt-1", [old], "Everything"),
    ):
        context = client.get(f"/requests/?{query}").context
        assert context["page"].rows == rows, query
        assert [tab["label"] for tab in context["views"] if tab["current"]] == [current], query


def test_each_side_finds_what_needs_it(client, social_worker, dispatcher, make_received, make_approved):
    received, approved = make_received("LT-1"), make_approved("LT-2")
    allocated, shipped = make_approved("LT-3"), make_approved("LT-4")
    for row, status in ((allocated, "allocated"), (shipped, "shipped")):
        DeviceRequest.objects.filter(pk=row.pk).update(status=status)
    for user, rows in ((social_worker, [received]), (dispatcher, [allocated, approved])):
        client.force_login(user)
        assert client.get("/requests/?view=needs-us").context["page"].rows == rows
        assert received not in client.get("/requests/?view=on-the-way").context["page"].rows


def test_a_filter_keeps_what_was_chosen_before(client, dispatcher, stranger):
    theirs = stranger.memberships.first().partner_id
    client.force_login(dispatcher)
    page = client.get(f"/requests/?view=all&partner={theirs}&rows=100").content.decode()
    for name, value in (("view", "all"), ("partner", theirs), ("rows", "100")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert "No request fits" in page


def test_an_erased_person_is_said_to_be(client, social_worker, make_received):
    received = make_received()
    blank = dict.fromkeys(("first_name", "last_name", "street", "postcode", "town"), "")
    Recipient.objects.update(erased_at=timezone.now(), **blank)
    client.force_login(social_worker)
    assert "Data erased" in client.get("/requests/").content.decode()
    assert "Data erased · School" in client.get(received.get_absolute_url()).content.decode()


def test_a_stranger_sees_none_and_a_volunteer_is_refused(client, stranger, volunteer, make_received):
    make_received()
    client.force_login(stranger)
    assert client.get("/requests/?view=all").context["page"].rows == []
    assert client.post("/requests/search/", {"name": "Wenger"}, follow=True).context["rows"] == []
    client.force_login(volunteer)
    assert client.get("/requests/").status_code == 403


def test_with_nothing_to_decide_the_list_says_so(client, social_worker, make_approved):
    make_approved("LT-1")
    client.force_login(social_worker)
    assert "Everything is in hand." in client.get("/requests/?view=needs-us").content.decode()


def test_on_a_phone_the_organisation_stands_under_the_case_reference(client, dispatcher, make_received):
    received = make_received("LT-1")
    client.force_login(dispatcher)
    assert client.get("/requests/").content.decode().count(str(received.partner)) == 2
