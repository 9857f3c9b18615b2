"""The demo as it stands after `manage.py load_demo`: 130 requests."""

from datetime import date, timedelta
from io import StringIO
from random import Random

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from billing import actions as billing_actions
from billing.invoice_pdf import bill_from_snapshot
from billing.models import BankTransaction, Invoice
from billing.periods import month_before
from billing.qr_bill import payload
from config.map import data as figures
from demo.accounts import Staff
from demo.calendar import Calendar
from demo.laptops import STOCK, Workshop
from demo.management.commands.load_demo import load
from demo.organisations import ORGANISATIONS
from demo.partners import Area, Client
from demo.plans import Planner
from devices.models import Device, Drive
from help.models import Feedback
from jobs.progress import Progress
from partners.models import BillTo, Commune, Locality, Partner
from people.models import User
from requests.models import DeviceRequest, Recipient, RequestDraft
from shipping.models import Shipment
from tests import factories
from tests.billing.test_unsettled import assert_as_the_books_say

from .conftest import REQUESTS

SIGN_INS = (
    "admin@demo.example",
    "treasurer@demo.example",
    "dispatch@demo.example",
    "volunteer@demo.example",
    "worker@muster.example",
    "manager@muster.example",
    "worker@autre.example",
)


def rows(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.mark.usefixtures("loaded")
class TestTheAssociation:
    @pytest.mark.parametrize("email", SIGN_INS)
    def test_every_printed_sign_in_works(self, rf, email):
        assert authenticate(rf.post("/"), email=email, password="weitergabe-demo").email == email
        assert EmailAddress.objects.filter(email=email, verified=True, primary=True).count() == 1

    def test_nobody_else_has_the_printed_password(self):
        others = User.objects.exclude(emailaddress__verified=True)
        assert others.exists()
        assert not any(user.has_usable_password() for user in others)

    def test_the_sign_ins_hold_the_roles_they_are_named_for(self):
        roles = {user.email: set(user.roles.live().values_list("role", flat=True)) for user in User.objects.all()}
        assert roles["admin@demo.example"] == {"admin"}
        assert roles["dispatch@demo.example"] == {"dispatcher"}
        members = rows("""SELECT u.email, p.name FROM partners_membership m JOIN people_user u ON u.id = m.user_id
                          JOIN partners_partner p ON p.id = m.partner_id WHERE u.email LIKE 'worker@%' ORDER BY 1""")
        assert members[-1] == ("worker@muster.example", "Sozialdienst Mustertal")
        assert ("worker@autre.example", "Service social de l’Autre-Rive") in members

    def test_the_organisations_are_of_every_kind_in_three_language_regions(self):
        kinds = set(Partner.Kind.values) - {"canton"}  # no canton takes part so far
        assert set(Partner.objects.values_list("kind", flat=True)) == kinds
        assert set(Partner.objects.values_list("language", flat=True)) == {"de", "fr", "it"}
        assert set(BillTo.objects.values_list("language", flat=True)) == {"de", "fr", "it", "en"}
        assert set(BillTo.objects.values_list("cadence", flat=True)) == {"month", "quarter"}
        assert {"active", "suspended", "admitted", "applied"} <= set(Partner.objects.values_list("status", flat=True))

    def test_the_map_gets_greener_each_year(self):
        data = figures.read()
        taking_part = [year.taking_part for year in data.all_years()]
        assert len(taking_part) >= 5
        assert taking_part == sorted(taking_part)
        assert 350 < taking_part[-1] < 500
        assert {data.year(data.today.year).level(number) for number in data.places} >= {0, 1, 2}

    def test_every_postcode_is_a_real_one(self):
        invented = """SELECT postcode, town FROM requests_recipient WHERE postcode <> ''
                      EXCEPT SELECT postcode, left(name, 35) FROM partners_locality"""
        assert rows(invented) == []


@pytest.mark.usefixtures("loaded")
class TestWhatHappened:
    def test_there_are_requests_in_every_state_and_exactly_as_many_as_wanted(self):
        assert DeviceRequest.objects.count() == REQUESTS
        assert set(DeviceRequest.objects.values_list("status", flat=True)) == set(DeviceRequest.Status.values)

    def test_the_first_organisation_has_every_state_too(self):
        own = DeviceRequest.objects.filter(partner__name="Sozialdienst Mustertal")
        assert set(own.values_list("status", flat=True)) == set(DeviceRequest.Status.values)

    def test_there_are_laptops_in_every_state(self):
        found = set(Device.objects.values_list("status", flat=True))
        assert {*STOCK, "reserved", "shipped", "returned", "lost"} <= found  # in the house and out of it
        assert len(found) == 11

    def test_there_are_parcels_in_every_state_of_the_plain_way(self):
        found = set(Shipment.objects.values_list("status", flat=True))
        assert found == set(Shipment.Status.values) - {"cancelled"}
        labelled = Shipment.objects.filter(status="labelled")
        assert {shipment.closed_at is None for shipment in labelled} == {True, False}

    def test_a_parcel_in_the_house_has_its_label_on_file(self):
        for shipment in Shipment.objects.filter(status="labelled"):
            assert shipment.labels.get(state="made").file.read().startswith(b"%PDF-")

    def test_the_queue_has_requests_that_something_suits_and_others(self, dispatcher_client):
        lines = dispatcher_client.get("/requests/queue/").context["lines"]
        assert {bool(line["device"]) for line in lines} == {True, False}

    def test_somebody_has_begun_a_form(self):
        assert RequestDraft.objects.filter(owner__email="worker@muster.example").count() == 2

    def test_readers_of_the_help_have_said_something(self):
        assert sorted(Feedback.objects.to_read().values_list("article__slug", flat=True)) == ["first-steps", "queue"]
        assert Feedback.objects.count() > 30

    def test_no_laptop_went_on_before_all_its_drives_were_erased(self):
        beyond = ["erased", "ready", "reserved", "shipped", "returned", "lost", "passed_on", "missing", "repair"]
        assert Drive.objects.filter(device__status__in=beyond).exists()
        assert not Drive.objects.filter(device__status__in=beyond).open().exists()

    def test_whoever_was_turned_away_long_ago_has_no_name_any_more(self):
        assert Recipient.objects.filter(erased_at__isnull=False).exists()
        due = timezone.now() - timedelta(days=91)
        kept = Recipient.objects.filter(request__status__in=["declined", "rejected", "withdrawn"], erased_at=None)
        assert not kept.filter(request__moved_at__lt=due).exists()


TRAILS = [
    ("requests_requeststep", "requests_devicerequest", "receive", DeviceRequest),
    ("devices_devicestep", "devices_device", "receive", Device),
    ("shipping_shipmentstep", "shipping_shipment", "pack", Shipment),
    ("billing_invoicestep", "billing_invoice", "issue", Invoice),
    ("partners_partnerstep", "partners_partner", "admit", Partner),
]
SOME_HAVE_NONE = {Invoice, Partner}  # a draft and an application have no step yet


@pytest.mark.usefixtures("loaded")
class TestTrails:
    @pytest.mark.parametrize(("steps", "records", "first", "model"), TRAILS, ids=str)
    def test_a_trail_leads_from_the_beginning_to_where_the_record_stands(self, steps, records, first, model):
        trails = rows(f"""SELECT (array_agg(s.verb ORDER BY s.id))[1], (array_agg(s.to_status ORDER BY s.id DESC))[1],
                                 r.status
                          FROM {steps} s JOIN {records} r ON r.id = s.record_id GROUP BY r.id, r.status""")
        assert trails
        assert {begins for begins, _ends, _status in trails} == {first}
        assert [(ends, status) for _begins, ends, status in trails if ends != status] == []
        if model not in SOME_HAVE_NONE:
            assert len(trails) == model.objects.count()

    @pytest.mark.parametrize(("steps", "records", "first", "model"), TRAILS, ids=str)
    def test_each_step_begins_where_the_last_one_ended_later_and_is_allowed(self, steps, records, first, model):
        pairs = rows(f"""SELECT before, to_before, from_status, to_status, at, verb FROM (
            SELECT lag(at) OVER w AS before, lag(to_status) OVER w AS to_before, from_status, to_status, at, verb
            FROM {steps} WINDOW w AS (PARTITION BY record_id ORDER BY id)) s""")
        assert [pair for pair in pairs if pair[1] not in (None, pair[2])] == []
        assert [pair for pair in pairs if pair[0] and pair[0] > pair[4]] == []
        moves = {(verb, before, after) for _at, _to, before, after, _when, verb in pairs if before != after}
        assert moves - set(model.arrows()) == set()
        assert {verb for _at, _to, before, after, _when, verb in pairs if before == after} <= set(model.NOTES)

    def test_everything_happened_in_the_past_and_on_working_days(self):
        for steps, *_more in TRAILS:
            by_people = rows(
                f"SELECT DISTINCT (at AT TIME ZONE 'Europe/Zurich')::date FROM {steps} WHERE by_id IS NOT NULL"
            )
            assert max(day for (day,) in by_people) < timezone.localdate()
            assert [day for (day,) in by_people if day.weekday() > 4] == []


@pytest.mark.usefixtures("loaded")
class TestTheBooks:
    def test_three_months_are_issued_and_the_last_one_waits_to_be_closed(self):
        last = month_before(timezone.localdate())
        assert billing_actions.dry_run(last)
        assert not Invoice.objects.filter(period=last).exists()
        before = month_before(last)
        months = [before, month_before(before), month_before(month_before(before))]
        assert {month for month in months if Invoice.objects.issued().filter(period=month).exists()} == set(months)

    def test_numbers_are_gapless_and_rise_with_the_day(self):
        for name, last in rows("SELECT name, last FROM billing_series"):
            found = rows(f"SELECT number, issued_on FROM billing_invoice WHERE series_id = '{name}' ORDER BY number")
            assert [number for number, _day in found] == list(range(1, last + 1))
            assert [day for _number, day in found] == sorted(day for _number, day in found)

    def test_each_total_is_the_sum_of_its_lines_in_the_books_and_on_paper(self):
        wrong = """SELECT i.id FROM billing_invoice i WHERE i.total IS DISTINCT FROM
                     (SELECT sum(amount) FROM billing_chargeline WHERE invoice_id = i.id)
                   OR i.status = 'issued' AND i.total <> (
                     SELECT sum((line->>'amount')::numeric) FROM jsonb_array_elements(i.snapshot->'lines') line)"""
        assert rows(wrong) == []

    def test_each_parcel_of_a_closed_period_is_charged_once_or_free(self):
        wrong = """SELECT s.id FROM shipping_shipment s
                   JOIN (SELECT bill_to_id, max(cut_off) AS cut_off FROM billing_close GROUP BY bill_to_id) k
                     USING (bill_to_id)
                   WHERE s.handed_over_at < k.cut_off AND 1 <>
                     (SELECT count(*) FROM billing_chargeline WHERE shipment_id = s.id)
                     + (SELECT count(*) FROM billing_nocharge WHERE shipment_id = s.id)"""
        assert rows(wrong) == []
        assert rows("SELECT count(*) FROM billing_nocharge")[0][0] > 0

    def test_what_is_still_to_be_charged_and_paid_is_what_the_books_say(self):
        assert_as_the_books_say()
        assert rows("SELECT count(*) FROM billing_unchargedparcel")[0][0] > 0

    def test_invoices_stand_in_every_state(self):
        states = {invoice.state for invoice in Invoice.objects.with_paid()}
        assert states == {"draft", "open", "partly_paid", "paid", "overdue"}

    def test_payments_are_what_the_bank_files_say(self):
        wrong = """SELECT f.id FROM billing_bankfile f WHERE f.booked <> (SELECT count(*) FROM billing_payment p
                     JOIN billing_banktransaction t ON t.id = p.transaction_id WHERE t.file_id = f.id)
                   OR f.for_a_person + f.booked <>
                     (SELECT count(*) FROM billing_banktransaction WHERE file_id = f.id)"""
        assert rows(wrong) == []
        assert not Invoice.objects.with_paid().filter(paid__gt=F("total")).exists()
        assert BankTransaction.objects.for_a_person().count() == 2

    def test_a_settled_request_says_so_and_no_other_does(self):
        said = set(rows("SELECT record_id FROM requests_requeststep WHERE verb = 'paid'"))
        settled = Invoice.objects.issued().with_paid().filter(paid__gte=F("total"))
        owed = DeviceRequest.objects.filter(shipments__charges__invoice__in=settled)
        assert said == {(key,) for key in owed.values_list("pk", flat=True)}

    def test_a_snapshot_has_the_shape_of_one_that_was_issued_by_hand(self):
        frozen = Invoice.objects.issued().last()
        issued = Invoice.objects.drafts().first()
        with transaction.atomic():
            billing_actions.issue(issued, by=User.objects.get(email="treasurer@demo.example"))
            issued.refresh_from_db()
            assert shape(frozen.snapshot) == shape(issued.snapshot)
            transaction.set_rollback(True)

    def test_every_invoice_can_be_printed(self):
        for invoice in Invoice.objects.issued():
            assert payload(bill_from_snapshot(invoice.snapshot)).startswith("SPC")

    def test_no_person_is_named_on_an_invoice(self):
        named = """SELECT i.id FROM billing_chargeline c JOIN billing_invoice i ON i.id = c.invoice_id
                   JOIN shipping_shipment s ON s.id = c.shipment_id
                   JOIN requests_recipient r ON r.request_id = s.request_id
                   WHERE i.snapshot::text LIKE '%' || r.first_name || ' ' || r.last_name || '%'
                      OR (i.snapshot->'lines')::text LIKE '%' || r.last_name || '%'"""
        assert rows(named) == []

    def test_the_documents_are_ordered(self):
        ordered = rows("SELECT count(*) FROM jobs_job WHERE kind = 'billing.make_document' AND state = 'waiting'")
        assert ordered[0][0] == Invoice.objects.issued().count()


def shape(value):
    """The keys and the kinds of values, with the first of each list."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) else type(value)


@pytest.fixture
def dispatcher_client(client):
    client.force_login(User.objects.get(email="dispatch@demo.example"))
    return client


@pytest.mark.usefixtures("loaded")
def test_a_second_time_it_says_so_and_changes_nothing():
    said, before = StringIO(), DeviceRequest.objects.count()
    call_command("load_demo", requests=REQUESTS, stdout=said)
    assert said.getvalue() == "There is data here already: nothing was changed. `bin/start --fresh` begins anew.\n"
    call_command("load_demo", requests=REQUESTS, verbosity=0, stdout=(quiet := StringIO()))
    assert quiet.getvalue() == ""
    assert DeviceRequest.objects.count() == before


@pytest.mark.django_db
def test_it_refuses_where_there_is_no_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="only for a demo"):
        call_command("load_demo")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_it_refuses_too_few_requests(settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="at least"):
        call_command("load_demo", requests=5)


@pytest.mark.django_db
def test_without_a_bank_account_it_says_what_to_do(settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="prepare first"):
        call_command("load_demo")
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(2026, 1, 2), date(2026, 3, 1)])
def test_at_the_turn_of_the_year_each_year_has_its_own_numbers(settings, tmp_path, day):
    settings.MEDIA_ROOT = tmp_path
    factories.creditor_account()
    call_command("load_communes", stdout=StringIO())
    load(REQUESTS, 2, day, Progress(StringIO(), total=100))
    numbers = rows("""SELECT series_id, extract(year FROM issued_on), min(number), max(number), count(*)
                      FROM billing_invoice WHERE status = 'issued' GROUP BY 1, 2 ORDER BY 1""")
    assert [(name, int(year)) for name, year, *_numbers in numbers] == {
        1: [("invoice-2025", 2025)],
        3: [("invoice-2025", 2025), ("invoice-2026", 2026)],
    }[day.month]
    assert [(first, last) for _name, _year, first, last, _count in numbers] == [(1, row[4]) for row in numbers]
    assert DeviceRequest.objects.filter(number__startswith="R-2025-").exists()


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 3, 2), date(2027, 2, 28), date(2026, 11, 24)])
def test_the_same_seed_and_day_make_the_same_plans_and_another_seed_makes_others(day):
    first, again, other = (plans(day, seed) for seed in (7, 7, 8))
    assert len(first) == REQUESTS
    assert first == again
    assert first != other


def plans(day, seed):
    rng, calendar = Random(seed), Calendar(day)
    staff = Staff(User(pk=1), User(pk=2), [User(pk=3)], [User(pk=4), User(pk=5)])
    area = Area(Commune(pk=404), [Locality(postcode="3400", name="Burgdorf")], [1.0])
    clients = [
        Client(organisation, Partner(pk=n), [area], [BillTo(pk=n)], None, [User(pk=n)])
        for n, organisation in enumerate(ORGANISATIONS, 1)
        if organisation.weight
    ]
    planner = Planner(rng, calendar, staff, Workshop(rng, calendar, staff))
    return list(planner.plan_many(REQUESTS, clients))


class Terminal(StringIO):
    def isatty(self):
        return True


def test_a_long_run_shows_a_bar_on_a_terminal_and_nowhere_else():
    for stream, is_shown in ((Terminal(), True), (StringIO(), False)):
        progress = Progress(stream, total=10)
        progress.began -= 5
        progress.advance(5, "parcels")
        assert (" 50% parcels" in stream.getvalue()) is is_shown
