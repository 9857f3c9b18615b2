import pytest
from django.utils import timezone

from jobs.models import Batch, Job
from requests.models import Allocation
from shipping import actions
from shipping.models import Label, Shipment
from tests import factories

from .conftest import run_label_jobs

pytestmark = pytest.mark.django_db
SMALL = 60_000  # bytes


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
    for word in ("Pack 1", "Close 1 parcel", "Hand over 1 parcel", "To take out", "It is taken out"):
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


STEPS = {
    "withdrawn": {"status": "labelled"},
    "cancelled": {"status": "cancelled"},
    "to_pack": None,
    "packing": {"status": "packing"},
    "labelled": {"status": "labelled"},
    "closed": {"status": "labelled", "closed_at": "2026-10-20T08:00Z"},
}


@pytest.fixture
def crowd(partner):
    """So many parcels of one step, written straight into the tables."""

    def crowd(step, count):
        rows = factories.kept_laptops([partner.bill_tos.get()] * count)
        if step in ("withdrawn", "cancelled"):
            Allocation.objects.filter(pk__in=[row.pk for row in rows]).update(released_at=timezone.now())
        if step != "to_pack":
            code = "" if step == "packing" else lambda allocation: f"99{allocation.pk:016}"
            rows = factories.parcels_of(rows, ident_code=code, **STEPS[step])
        if step == "cancelled":
            Label.objects.bulk_create(
                Label(shipment=row, item_number=row.pk, ident_code=row.ident_code, state="to_void") for row in rows
            )
        return rows

    return crowd


def test_a_house_too_full_for_one_page_shows_some_of_each_step_and_counts_the_whole(client, dispatcher, crowd):
    for step, count in (("withdrawn", 1), ("to_pack", 30), ("labelled", 40), ("closed", 3)):
        crowd(step, count)
    client.force_login(dispatcher)
    page = paginate(client)
    steps, counts = page.context["steps"], page.context["counts"]
    assert {step: len(rows) for step, rows in steps.items() if rows} == {
        "withdrawn": 1,
        "to_pack": 10,
        "labelled": 11,
        "closed": 3,
    }
    assert counts == {"to_pack": 30, "withdrawn": 1, "cancelled": 0, "packing": 0, "labelled": 40, "closed": 3}
    words = page.content.decode()
    for word in ("Pack all 30", "and 20 more", "?step=to_pack", "Close 40 parcels", "and 29 more", "Hand over all 3"):
        assert word in words
    assert "?step=closed" not in words


@pytest.mark.parametrize("step", STEPS)
def test_every_row_of_a_step_is_on_one_of_its_pages_along_the_shelves(client, dispatcher, crowd, step):
    made = crowd(step, 60)
    client.force_login(dispatcher)
    pages, url = [], f"?step={step}"
    while url:
        pages.append(paginate(client, url).context)
        url = pages[-1]["page"].next_url
    rows = [row for page in pages for row in page["steps"][step]]
    assert rows == sorted(made, key=lambda row: (row.device.shelf, row.pk))
    assert [len(page["steps"][step]) for page in pages] == [25, 25, 10]
    back = paginate(client, pages[2]["page"].previous_url).context
    assert back["steps"] == pages[1]["steps"]
    assert paginate(client, back["page"].previous_url).context["steps"] == pages[0]["steps"]
    assert {page["counts"][step] for page in pages} == {60}


def test_the_house_stays_small_and_costs_the_same_however_many_parcels_wait(
    client, dispatcher, crowd, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(dispatcher)
    for step in STEPS:
        crowd(step, 25)
    with django_assert_max_num_queries(6) as few:
        paginate(client)
    with django_assert_max_num_queries(5) as few_of_a_step:
        paginate(client, "?step=labelled")
    for step in STEPS:
        crowd(step, 275)
    with django_assert_num_queries(len(few)):
        assert len(paginate(client).content) <= SMALL
    with django_assert_num_queries(len(few_of_a_step)):
        assert len(paginate(client, "?step=labelled").content) <= SMALL


def test_from_a_thousand_on_a_step_is_not_counted_to_its_end(client, dispatcher, crowd, monkeypatch):
    monkeypatch.setattr("shipping.views.rounds.COUNTED", 30)
    crowd("closed", 31)
    client.force_login(dispatcher)
    words = paginate(client).content.decode()
    assert ("Hand over all 29+ parcels" in words, "and 4+ more" in words) == (True, True)


def test_a_page_on_which_nothing_is_left_leads_back_to_the_house(client, dispatcher, crowd):
    last = crowd("labelled", 1)[0]
    client.force_login(dispatcher)
    for query in ("?step=closed", f"?step=labelled&after={last.pk}"):
        assert paginate(client, query).url == "/rounds/"
    assert paginate(client, "?step=nonsense").status_code == 200


def test_all_that_is_closed_is_handed_over_from_any_page(client, dispatcher, make_closed, monkeypatch):
    parcels = [make_closed() for _time in range(3)]
    monkeypatch.setattr("web.pagination.ROWS", 2)
    client.force_login(dispatcher)
    page = paginate(client, f"?step=closed&after={parcels[1].pk}")
    assert page.context["steps"] == {"closed": parcels[2:]}
    assert "Hand over all 3 parcels" in page.content.decode()
    client.post("/rounds/hand-over/", {"closed_until": page.context["shown_at"]})
    assert {parcel.lock().status for parcel in parcels} == {"handed_over"}


def test_all_that_is_kept_is_packed_from_any_page(client, dispatcher, crowd):
    crowd("to_pack", 30)
    client.force_login(dispatcher)
    assert "Pack all 30" in paginate(client, "?step=to_pack").content.decode()
    client.post("/rounds/pack/")
    assert Shipment.objects.count() == 30


def test_labels_that_are_made_show_their_bar_though_no_row_shown_waits_for_one(client, dispatcher, crowd):
    for parcel in crowd("packing", 30):
        actions.order_labels([parcel], by=dispatcher)
    shown = [f"shipping.shipment:{row.pk}" for row in paginate_rows(client, dispatcher)]
    Job.objects.filter(subject__in=shown).update(state="dead", ended_at=timezone.now())
    assert paginate(client).context["progress"]["total"] == 1


def paginate_rows(client, user):
    client.force_login(user)
    return paginate(client).context["steps"]["packing"]
