"""The home page: what needs whom today, counted in one statement."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from config import home
from devices.models import Device
from jobs.models import Job
from partners.models import Membership, Partner
from people.models import AssociationRole
from records import clock
from requests.models import RequestDraft
from shipping.todo import todo_for
from tests import factories

pytestmark = pytest.mark.django_db
ZURICH = ZoneInfo("Europe/Zurich")
ASSOCIATION = ("admin", "treasurer", "dispatcher", "volunteer", "auditor")


@pytest.fixture
def person(make_user, partner):
    """Somebody with one role, of the association or in an organisation."""

    def person(role):
        if role in ASSOCIATION:
            return make_user("somebody@example.org", role)
        user = make_user("somebody@example.org")
        Membership.objects.create(user=user, partner=partner, role=role)
        return user

    return person


@pytest.fixture
def fill(partner):
    """Rows that some home counts, more than anybody counts to."""

    def fill(count):
        bill_to = partner.bill_tos.get()
        Device.objects.bulk_create(Device(asset_tag=f"T{n}") for n in range(count))
        Job.objects.bulk_create(
            Job(kind="tests.action", subject=f"people.user:{n}", state="dead", ended_at="2026-10-01T08:00Z")
            for n in range(count)
        )
        for n in range(3):
            factories.parcel_of(factories.allocation_of(factories.request_of(bill_to)), status="labelled")
            factories.request_of(bill_to, status="received", price=None, approved_at=None)
            Partner.objects.create(name=f"Applicant {n}", postcode="3400", town="Burgdorf")

    return fill


def statements(client, path):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("role", [*ASSOCIATION, "social_worker", "manager", "accounting", "nobody"])
def test_a_home_asks_one_question_more_than_any_page_whatever_there_is(client, make_user, person, fill, role):
    client.force_login(make_user("somebody@example.org") if role == "nobody" else person(role))
    asked = len(statements(client, "/appearance/")) + (role != "auditor")  # for whom nothing is counted
    assert len(statements(client, "/home/")) == asked
    fill(110)
    assert len(statements(client, "/home/")) == asked


@pytest.mark.parametrize("role", [*ASSOCIATION, "social_worker", "manager", "accounting"])
def test_how_it_is_counted_depends_on_nothing_but_who_asks_and_the_day(client, person, fill, role):
    """Or yesterday's statement would count for today: it is kept."""
    client.force_login(person(role))
    user = client.get("/home/").wsgi_request.user

    def statement():
        wanted = (rows for app in home.TODOS for rows in app.counts_for(user).values())
        return [rows.query.sql_with_params() for rows in wanted if not rows.query.is_empty()]

    with clock.set_to(datetime(2026, 11, 30, 0, 0, 1, tzinfo=ZURICH)):
        before = statement()
    fill(3)
    with clock.set_to(datetime(2026, 11, 30, 23, 59, 59, tzinfo=ZURICH)):
        assert statement() == before


def test_a_new_role_and_a_new_day_are_counted_for_anew(client, make_user, partner):
    bill_to = partner.bill_tos.get()
    allocation = factories.allocation_of(factories.request_of(bill_to))
    factories.parcel_of(allocation, **factories.handed_over(bill_to, "2026-11-10T08:00Z"))
    user = make_user("somebody@example.org", "volunteer")
    client.force_login(user)

    def is_to_be_charged(*day):
        with clock.set_to(datetime(*day, 12, tzinfo=ZURICH)):
            return b"Parcel to charge for" in client.get("/home/").content

    assert not is_to_be_charged(2026, 12, 1)
    AssociationRole.objects.create(user=user, role="treasurer")
    assert not is_to_be_charged(2026, 11, 30)
    assert is_to_be_charged(2026, 12, 1)


def test_several_roles_ask_no_more_than_one(client, make_user, fill):
    fill(3)
    client.force_login(make_user("somebody@example.org", *ASSOCIATION[:-1]))
    assert len(statements(client, "/home/")) == len(statements(client, "/appearance/")) + 1


def test_the_database_stops_counting_at_a_hundred(client, make_user):
    client.force_login(make_user("somebody@example.org", *ASSOCIATION[:-1]))
    (counting,) = (sql for sql in statements(client, "/home/") if "count(*)" in sql)
    assert counting.count("LIMIT 100)") == counting.count("count(*)") > 10


@pytest.mark.parametrize(("there", "shown"), [(99, "99"), (100, "99+"), (110, "99+")])
def test_what_nobody_counts_any_more_is_99_and_more(client, make_user, there, shown):
    Device.objects.bulk_create(Device(asset_tag=f"T{n}") for n in range(there))
    client.force_login(make_user("somebody@example.org", "volunteer"))
    page = client.get("/home/")
    assert [(todo.count_in_words, todo.title) for todo in page.context["todos"]] == [(shown, "Laptops to erase")]
    assert f'<span class="wg-task-n">{shown}</span>' in page.content.decode()


@pytest.mark.parametrize(
    ("there", "language", "words"),
    [
        (0, "en", "Nothing needs you today."),
        (1, "en", "One thing needs you today."),
        (4, "en", "Four things need you today."),
        (11, "en", "11 things need you today."),
        (110, "en", "99+ things need you today."),
        (1, "de", "Heute wartet 1 Aufgabe auf Sie."),
        (6, "de", "Heute warten 6 Aufgaben auf Sie."),
        (6, "fr", "6 tâches vous attendent aujourd’hui."),
        (6, "it", "Oggi ci sono 6 cose da fare."),
    ],
)
def test_it_counts_things_and_not_kinds(client, make_user, there, language, words):
    Device.objects.bulk_create(Device(asset_tag=f"T{n}") for n in range(there))
    client.force_login(make_user("somebody@example.org", "volunteer", language=language))
    page = client.get("/home/")
    assert len(page.context["todos"]) <= 1
    assert re.search(
        rf"\. {re.escape(words)}</h1>", re.sub(r"\s+", " ", page.content.decode()).replace(" </h1>", "</h1>")
    )


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_the_words_after_99_and_more_are_the_plural_and_none_claims_a_hundred(client, make_user, fill, language):
    fill(110)
    client.force_login(make_user("somebody@example.org", "admin", language=language))
    page = client.get("/home/")
    with override(language):
        titles = {todo.count_in_words: todo.title for todo in page.context["todos"]}
        one = "Laptop to erase"
    assert titles["99+"] != one
    assert not re.search(r"\b1[01]0\b", page.content.decode().partition("<main")[2])


@pytest.mark.parametrize(
    ("to_close", "closed", "sentence"),
    [
        (2, 3, "Two scans each: the label, then the laptop. 3 of 5 are closed."),
        (100, 7, "Two scans each: the label, then the laptop. 7 of 99+ are closed."),
        (60, 60, "Two scans each: the label, then the laptop. 60 of 99+ are closed."),
        (7, 100, "Two scans each: the label, then the laptop."),
    ],
)
def test_how_many_parcels_are_closed_is_told_as_far_as_it_was_counted(volunteer, to_close, closed, sentence):
    (todo,) = todo_for(volunteer, {"to_close": to_close, "to_hand_over": closed})
    assert todo.sentence == sentence


def test_who_is_invited_and_works_for_two_reads_both(client, make_user, partner):
    user = make_user("somebody@example.org")
    second, third = (factories.active_partner(name) for name in ("B", "C"))
    for place, role, columns in (
        (partner, "manager", {}),
        (partner, "social_worker", {}),
        (second, "social_worker", {}),
        (second, "manager", {}),
        (third, "social_worker", {"accepted_at": None}),
    ):
        Membership.objects.create(user=user, partner=place, role=role, **columns)
    client.force_login(user)
    context = client.get("/home/").context
    assert [row.partner for row in context["invitations"]] == [third]
    assert (context["place"], context["others"], context["needed"]) == (partner, [second], 1)


def test_drafts_of_requests_are_ones_own(client, person, make_user, partner):
    user, other = person("social_worker"), make_user("other@example.org")
    for owner in (user, user, other):
        RequestDraft.objects.create(owner=owner, partner=partner)
    client.force_login(user)
    assert [(todo.count, todo.title) for todo in client.get("/home/").context["todos"]] == [
        (2, "Drafts are not sent yet")
    ]
