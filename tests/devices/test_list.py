import pytest
from django.db import connection

from devices.models import Device

pytestmark = pytest.mark.django_db


def test_the_list_costs_the_same_for_25_and_100_rows(
    client, volunteer, make_device, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(volunteer)
    for index in range(26):
        make_device(f"A-{index}")
    with django_assert_max_num_queries(8) as few:
        assert client.get("/devices/").content.decode().count("<tr>") == 1 + 25
    for index in range(75):
        make_device(f"B-{index}")
    with django_assert_num_queries(len(few)):
        assert client.get("/devices/?rows=100").content.decode().count("<tr>") == 1 + 100


def test_older_and_newer_lead_there_and_back(client, volunteer, make_device):
    rows = [make_device(f"A-{index}") for index in range(30)]
    client.force_login(volunteer)
    first = client.get("/devices/").context["page"]
    second = client.get(f"/devices/{first.older_url}").context["page"]
    assert [row.pk for page in (first, second) for row in page.rows] == [row.pk for row in rows[::-1]]
    back = client.get(f"/devices/{second.newer_url}").context["page"]
    assert ([row.pk for row in back.rows], back.newer_url) == ([row.pk for row in first.rows], "")


def test_filters_by_status_and_by_words_of_number_tag_maker_and_model(client, volunteer, make_device, make_erased):
    received = make_device("5CG1", maker="Lenovo", model="ThinkPad «Müller’s» T480")
    erased = make_erased("PF-77")
    client.force_login(volunteer)
    for query, expected in (
        ("status=erased", [erased]),
        ("status=nonsense", [erased, received]),
        ("q=cg1", [received]),
        (f"q={erased.number.lower()}", [erased]),
        ("q=t480 lenovo", [received]),
        ("q=müller’s", [received]),
        ("q=t480&status=erased", []),
        ("q=100%", []),
        ("q=pf", [erased]),
        ("q=le t4", [received]),
        ("q=77", []),  # so short a word begins a word
    ):
        assert client.get(f"/devices/?{query}").context["page"].rows == expected, query


@pytest.mark.parametrize(("words", "index"), [("x1", "words"), ("t480 hp", "words"), ("d-000001", "number")])
def test_words_and_numbers_are_found_by_an_index(make_device, words, index):
    make_device()
    with connection.cursor() as cursor:
        for other in ("enable_seqscan", "enable_indexscan"):  # so few rows are read faster one by one
            cursor.execute(f"SET LOCAL {other} = off")
    plan = Device.objects.matching_words(words).order_by().explain()
    assert {"words": "devices_by_words", "number": "devices_device_number"}[index] in plan


def test_what_is_filtered_by_can_be_taken_away_and_how_many_rows_stays(client, volunteer):
    client.force_login(volunteer)
    page = client.get("/devices/?q=t480&status=ready&rows=100")
    assert [(str(chip["label"]), chip["url"]) for chip in page.context["chips"]] == [
        ("t480", "?status=ready&rows=100"),
        ("Ready", "?q=t480&rows=100"),
    ]
    assert '<input type="hidden" name="rows" value="100">' in page.content.decode()
    for query, current in (("", "Everything"), ("status=ready", "Ready"), ("status=ready&q=t480", None)):
        tabs = client.get(f"/devices/?{query}").context["views"]
        assert [str(tab["label"]) for tab in tabs if tab["current"]] == [current] * bool(current), query


def test_each_row_leads_to_its_next_step(client, volunteer, make_device, make_erased, make_ready):
    received, erased, ready = make_device("A"), make_erased("B"), make_ready("C")
    client.force_login(volunteer)
    page = client.get("/devices/").content.decode()
    assert f'href="/devices/{received.number}/record-erasure/"' in page
    assert f'href="/devices/{erased.number}/mark-ready/"' in page
    assert f'href="/devices/{ready.number}/mark-ready/"' not in page


def test_an_empty_workshop_says_what_to_do(client, volunteer):
    client.force_login(volunteer)
    assert "Scan the first one" in client.get("/devices/").content.decode()
    assert "No laptop fits" in client.get(f"/devices/?q={'x' * 200}&status=ready").content.decode()


def test_home_names_what_waits_in_one_query(client, volunteer, social_worker, make_device, make_erased):
    make_device("A")
    make_device("B")
    make_erased("C")
    client.force_login(volunteer)
    page = client.get("/home/").content.decode()
    for words in ("Laptops to erase", "Laptop to check", "/devices/?status=received", "/devices/?status=erased"):
        assert words in page
    client.force_login(social_worker)
    assert "Laptop" not in client.get("/home/").content.decode()


def test_it_is_for_the_workshop_only(client, social_worker, make_device):
    make_device()
    client.force_login(social_worker)
    assert client.get("/devices/").status_code == 403
