import pytest

from jobs.models import Batch
from shipping import actions
from shipping.todo import todo_for

from .conftest import run_label_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def fill(make_allocation, make_labelled, make_closed, make_withdrawn, make_taken_out, dispatcher):
    """One parcel of each kind, as the page names them."""

    def fill():
        return {
            "to_pack": [make_allocation()],
            "withdrawn": [make_withdrawn()],
            "cancelled": [make_taken_out()],
            "packing": [actions.pack(make_allocation(), by=dispatcher)],
            "labelled": [make_labelled()],
            "closed": [make_closed()],
        }

    return fill


def paginate(client, query=""):
    return client.get(f"/rounds/{query}")


def test_each_parcel_stands_where_its_next_step_is(client, dispatcher, fill):
    steps = fill()
    client.force_login(dispatcher)
    page = paginate(client)
    assert page.context["steps"] == steps
    words = page.content.decode()
    for word in ("Pack 1", "Close 1 parcel", "Hand over 1 parcel", "Withdrawn: take it out.", "It is taken out"):
        assert word in words
    assert steps["labelled"][0].printed_code in words
    assert words.count("btn-primary") == 1


@pytest.mark.parametrize(("kind", "button"), [("labelled", "Close 1 parcel"), ("closed", "Hand over 1 parcel")])
def test_the_first_step_there_is_has_the_primary_button(client, dispatcher, make_labelled, make_closed, kind, button):
    {"labelled": make_labelled, "closed": make_closed}[kind]()
    client.force_login(dispatcher)
    words = paginate(client).content.decode()
    assert button in words.partition("btn-primary")[2].partition("btn ")[0]


def test_home_names_nothing_that_does_not_wait(client, dispatcher):
    client.force_login(dispatcher)
    page = client.get("/home/").content.decode()
    for words in ("to pack", "to close", "to hand over", "to take out"):
        assert words not in page


def test_parcels_are_listed_in_the_order_of_the_shelves(client, dispatcher, make_labelled):
    there, here = make_labelled("B-02"), make_labelled("B-01")
    client.force_login(dispatcher)
    assert paginate(client).context["steps"]["labelled"] == [here, there]


def test_an_empty_house_says_what_to_do(client, dispatcher):
    client.force_login(dispatcher)
    assert "No parcel in the house" in paginate(client).content.decode()
    assert "No parcel has left the house" in paginate(client, "?view=handed-over").content.decode()


def test_the_house_costs_the_same_for_one_parcel_of_each_kind_and_for_three(
    client, dispatcher, fill, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(dispatcher)
    fill()
    with django_assert_max_num_queries(8) as few:
        paginate(client)
    fill()
    fill()
    with django_assert_num_queries(len(few)):
        assert {len(rows) for rows in paginate(client).context["steps"].values()} == {3}


def test_what_has_left_the_house_costs_the_same_for_25_and_100_rows(
    client, dispatcher, make_handed_over, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(dispatcher)
    make_handed_over(26)
    with django_assert_max_num_queries(8) as few:
        assert paginate(client, "?view=handed-over").content.decode().count("<tr>") == 1 + 25
    make_handed_over(75)
    with django_assert_num_queries(len(few)):
        assert paginate(client, "?view=handed-over&rows=100").content.decode().count("<tr>") == 1 + 100


def test_older_and_newer_lead_there_and_back(client, dispatcher, make_handed_over):
    rows = make_handed_over(30)[::-1]
    client.force_login(dispatcher)
    first = paginate(client, "?view=handed-over").context["page"]
    second = paginate(client, first.older_url).context["page"]
    assert [row.pk for page in (first, second) for row in page.rows] == [row.pk for row in rows]
    assert paginate(client, second.newer_url).context["page"].rows == first.rows


def test_the_progress_of_the_labels_asks_again_until_it_is_over(client, dispatcher, make_allocation):
    make_allocation()
    make_allocation()
    client.force_login(dispatcher)
    client.post("/rounds/pack/")
    page = paginate(client)
    url = page.context["progress"]["url"]
    assert "0 of 2" in page.content.decode()
    fragment = client.get(url, headers={"hx-request": "true"})
    assert ("0 of 2" in fragment.content.decode(), "<html" in fragment.content.decode()) == (True, False)
    run_label_jobs()
    assert client.get(url, headers={"hx-request": "true"}).headers["HX-Refresh"] == "true"
    assert paginate(client).context["progress"] is None


def test_progress_is_asked_for_labels_only(client, dispatcher):
    client.force_login(dispatcher)
    other = Batch.objects.create(title="Invoices", owner=dispatcher)
    for token in (other.token, "nonsense"):
        assert client.get(f"/rounds/?batch={token}", headers={"hx-request": "true"}).status_code == 404


def test_only_dispatch_opens_the_list(client, volunteer, social_worker, stranger):
    for user in (volunteer, social_worker, stranger):
        client.force_login(user)
        assert paginate(client).status_code == 403
        assert paginate(client, "?view=handed-over").status_code == 403


def test_home_names_what_waits(client, dispatcher, volunteer, fill):
    fill()
    client.force_login(dispatcher)
    page = client.get("/home/").content.decode()
    for words in (
        "Laptop to pack",
        "Parcel to close",
        "1 of 2 are closed",
        "Parcel to hand over",
        "Parcels to take out",
    ):
        assert words in page
    client.force_login(volunteer)
    page = client.get("/home/").content.decode()
    assert "Parcel to close" in page
    for words in ("Parcel to hand over", "Laptop to pack", "Parcels to take out"):
        assert words not in page


def test_a_house_too_full_for_one_page_is_counted_whole_with_the_withdrawn_ones_first(
    client, dispatcher, make_allocation, make_labelled, make_withdrawn, monkeypatch
):
    for _time in range(3):
        make_allocation()
        make_labelled()
    withdrawn = make_withdrawn()
    monkeypatch.setattr("shipping.views.rounds.IN_HOUSE", 2)
    client.force_login(dispatcher)
    page = paginate(client)
    steps, counts = page.context["steps"], page.context["counts"]
    assert {step: len(rows) for step, rows in steps.items() if rows} == {"to_pack": 2, "withdrawn": 1, "labelled": 1}
    assert steps["withdrawn"] == [withdrawn]
    assert counts == {"to_pack": 3, "withdrawn": 1, "cancelled": 0, "packing": 0, "labelled": 3, "closed": 0}
    for words in ("Pack all 3", "and 1 more", "Close 3 parcels", "and 2 more"):
        assert words in page.content.decode()


def test_all_that_is_closed_is_handed_over(client, dispatcher, make_closed, monkeypatch):
    parcels = [make_closed() for _time in range(3)]
    monkeypatch.setattr("shipping.views.rounds.IN_HOUSE", 2)
    client.force_login(dispatcher)
    assert "Hand over all 3 parcels" in paginate(client).content.decode()
    client.post("/rounds/hand-over/")
    assert {parcel.lock().status for parcel in parcels} == {"handed_over"}


def test_home_counts_in_three_queries(dispatcher, fill, django_assert_num_queries):
    fill()
    assert dispatcher.association_roles  # asked once for the whole page
    with django_assert_num_queries(3):
        todo_for(dispatcher)
