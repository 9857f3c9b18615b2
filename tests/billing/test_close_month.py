import threading
from datetime import date, datetime

import pytest
from django.db import connections, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from billing import actions
from billing.models import ChargeLine, Close, Invoice, NoCharge
from billing.periods import completed_period, cut_off
from partners.models import BillTo
from records.refusals import Refused
from tests import contention, factories

OCTOBER = date(2026, 10, 1)


@pytest.mark.django_db
class TestClosing:
    def test_drafts_what_was_handed_over_before_midnight_in_zurich(self, bill_to, make_parcel, dispatcher):
        make_parcel(bill_to, "2026-10-31T22:59:59Z")  # 23:59:59 in Zurich
        make_parcel(bill_to, "2026-10-31T23:00:00Z")  # midnight: November
        (draft,) = actions.close_month(OCTOBER, by=dispatcher)
        assert (draft.lines.count(), draft.total, draft.period) == (1, 150, OCTOBER)

    def test_a_late_scan_comes_along_with_the_next_close(self, bill_to, make_parcel, dispatcher):
        make_parcel(bill_to, "2026-08-03T08:00Z")
        (draft,) = actions.close_month(OCTOBER, by=dispatcher)
        assert draft.lines.count() == 1

    def test_closing_again_changes_nothing(self, bill_to, make_parcel, dispatcher):
        make_parcel(bill_to)
        actions.close_month(OCTOBER, by=dispatcher)
        before = list(ChargeLine.objects.values())
        assert actions.close_month(OCTOBER, by=dispatcher) == []
        assert (list(ChargeLine.objects.values()), Close.objects.count()) == (before, 1)

    def test_a_free_parcel_is_left_out(self, bill_to, make_parcel, dispatcher):
        NoCharge.objects.create(shipment=make_parcel(bill_to), kind="replacement")
        assert actions.close_month(OCTOBER, by=dispatcher) == []

    def test_a_parcel_that_is_free_no_more_comes_along(self, bill_to, make_parcel, dispatcher):
        NoCharge.objects.create(shipment=make_parcel(bill_to), kind="replacement")
        NoCharge.objects.update(revoked_at=timezone.now())
        assert len(actions.close_month(OCTOBER, by=dispatcher)) == 1

    def test_an_unfinished_month_is_refused(self, dispatcher):
        with pytest.raises(Refused, match="not over yet"):
            actions.close_month(date(2099, 1, 1), by=dispatcher)

    def test_a_dry_run_says_what_closing_does_and_writes_nothing(self, bill_to, make_parcel, dispatcher):
        make_parcel(bill_to)
        make_parcel(bill_to, "2026-09-02T08:00Z")
        (due,) = actions.dry_run(OCTOBER)
        assert (due.bill_to, due.parcels, due.total, due.late) == (bill_to, 2, 300, 1)
        assert Invoice.objects.count() == 0

    def test_a_quarterly_unit_waits_for_the_end_of_its_quarter(self, bill_to, make_parcel, dispatcher):
        BillTo.objects.update(cadence="quarter")
        make_parcel(bill_to, "2026-08-20T08:00Z")
        assert actions.close_month(date(2026, 8, 1), by=dispatcher) == []
        (draft,) = actions.close_month(date(2026, 9, 1), by=dispatcher)
        assert draft.period == date(2026, 7, 1)

    @pytest.mark.parametrize(
        ("handed_over_at", "month"),
        [("2026-06-20T08:00Z", date(2026, 8, 1)), ("2025-12-31T22:59Z", date(2026, 1, 1))],
    )
    def test_a_quarter_that_was_not_closed_in_time_is_closed_in_any_month_after(
        self, bill_to, make_parcel, dispatcher, handed_over_at, month
    ):
        BillTo.objects.update(cadence="quarter")
        make_parcel(bill_to, handed_over_at)
        under_way = make_parcel(bill_to, f"{month}T08:00Z")
        (draft,) = actions.close_month(month, by=dispatcher)
        ends_at = Close.objects.get().cut_off
        assert (draft.lines.count(), draft.lines.filter(shipment=under_way).exists()) == (1, False)
        assert (draft.period, ends_at) == (completed_period(month, "quarter"), cut_off(month, "quarter"))
        assert Invoice.objects.of_month(month).get() == draft

    @pytest.mark.parametrize(
        ("month", "quarter", "ends_at"),
        [
            ((2026, 1), (2025, 10), "2025-12-31T23:00Z"),
            ((2026, 2), (2025, 10), "2025-12-31T23:00Z"),
            ((2026, 3), (2026, 1), "2026-03-31T22:00Z"),
            ((2026, 8), (2026, 4), "2026-06-30T22:00Z"),
            ((2026, 11), (2026, 7), "2026-09-30T22:00Z"),
            ((2026, 12), (2026, 10), "2026-12-31T23:00Z"),
        ],
    )
    def test_a_quarter_counts_once_it_is_over(self, month, quarter, ends_at):
        assert completed_period(date(*month, 1), "quarter") == date(*quarter, 1)
        assert cut_off(date(*month, 1), "quarter") == datetime.fromisoformat(ends_at)

    def test_a_unit_that_pays_per_parcel_is_not_forgotten(self, bill_to, make_parcel, dispatcher):
        BillTo.objects.update(cadence="order")
        make_parcel(bill_to)
        assert [due.parcels for due in actions.dry_run(OCTOBER)] == [1]
        (draft,) = actions.close_month(OCTOBER, by=dispatcher)
        assert (draft.period, draft.total) == (OCTOBER, 150)

    def test_a_unit_whose_cadence_has_changed_meanwhile_is_closed_by_the_new_one(
        self, bill_to, make_parcel, dispatcher
    ):
        make_parcel(bill_to)
        BillTo.objects.update(cadence="quarter")
        assert actions.close_bill_to(bill_to, OCTOBER, by=dispatcher) is None

    def test_closing_with_nothing_due_asks_once(self, bill_to, make_parcel, dispatcher, django_assert_num_queries):
        make_parcel(bill_to)
        actions.close_month(OCTOBER, by=dispatcher)
        with django_assert_num_queries(1):
            assert actions.close_month(OCTOBER, by=dispatcher) == []

    def test_takes_the_same_number_of_statements_for_one_parcel_and_for_many(
        self, bill_to, other_unit, make_parcel, dispatcher, django_assert_num_queries, django_assert_max_num_queries
    ):
        make_parcel(bill_to)
        with django_assert_max_num_queries(14) as one:
            actions.close_month(OCTOBER, by=dispatcher)
        for _parcel in range(30):
            make_parcel(other_unit)
        with django_assert_num_queries(len(one)):
            actions.close_month(OCTOBER, by=dispatcher)
        assert list(Invoice.objects.order_by("pk").values_list("total", flat=True)) == [150, 4500]


@pytest.mark.django_db(transaction=True)
def test_closes_that_overlap_charge_each_parcel_once(commune, make_user, make_parcel):
    user = make_user("treasurer@example.org", "treasurer")
    for n in range(5):
        bill_to = factories.active_partner(f"P{n}").bill_tos.get()
        for _parcel in range(20):
            make_parcel(bill_to)
    failures = []

    def close():
        try:
            actions.close_month(OCTOBER, by=user)
        except Exception as error:
            failures.append(error)
            raise
        finally:
            connections.close_all()

    threads = [threading.Thread(target=close) for _close in range(4)]
    with transaction.atomic():
        BillTo.objects.select_for_update(no_key=True).get(name="P0")
        for thread in threads:
            thread.start()
        # All have seen what is due, and none has begun.
        assert contention.wait_for(len(threads), unless=failures), failures
    for thread in threads:
        thread.join()
    assert failures == []
    assert Invoice.objects.count() == 5
    assert ChargeLine.objects.aggregate(n=Count("pk"), parcels=Count("shipment", distinct=True), chf=Sum("amount")) == {
        "n": 100,
        "parcels": 100,
        "chf": 15000,
    }
    assert set(Invoice.objects.values_list("total", flat=True)) == {3000}
