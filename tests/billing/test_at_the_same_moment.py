"""Two verbs on the same rows: the second one waits for the first, and then does what is right."""

from datetime import date

import pytest

from billing import actions
from billing.models import ChargeLine, Invoice, NoCharge, Series
from people.models import AuditEntry
from shipping.models import Shipment

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def draft(bill_to, make_draft, account):
    return make_draft(bill_to)


@pytest.mark.parametrize("verb", ["issue", "discard"])
def test_a_close_meets_a_draft_that_is_ending_and_begins_another(
    meanwhile, bill_to, draft, make_parcel, treasurer, verb
):
    late = make_parcel(bill_to)
    verbs = {
        "issue": lambda: actions.issue(Invoice.objects.get(), by=treasurer),
        "discard": lambda: actions.discard(Invoice.objects.get(), by=treasurer),
    }
    another = meanwhile(verbs[verb], lambda: actions.close_bill_to(bill_to, OCTOBER, by=treasurer))
    assert another.pk != draft.pk
    assert another.lines.filter(shipment=late).exists()
    assert (another.status, ChargeLine.objects.count()) == ("draft", 2)


def test_a_draft_that_is_discarded_meanwhile_is_not_issued(meanwhile, draft, treasurer):
    seen = Invoice.objects.get()

    def discard():
        return actions.discard(draft, by=treasurer)

    assert meanwhile(discard, lambda: actions.issue(seen, by=treasurer)) == "It was discarded meanwhile."
    assert AuditEntry.objects.count() == 1


def test_two_who_discard_a_draft_at_the_same_moment_discard_it_once(meanwhile, draft, treasurer):
    seen = Invoice.objects.get()
    first, second = (lambda row=row: actions.discard(row, by=treasurer) for row in (draft, seen))
    assert meanwhile(first, second) is False
    assert AuditEntry.objects.count() == 1


def test_what_a_close_adds_while_an_issue_waits_is_billed_as_well(meanwhile, bill_to, draft, make_parcel, treasurer):
    late = make_parcel(bill_to)

    def close():
        return actions.close_bill_to(bill_to, OCTOBER, by=treasurer)

    assert meanwhile(close, lambda: actions.issue(Invoice.objects.get(), by=treasurer)) is True
    assert draft.lines.count() == 2
    assert [step.verb for step in late.request.steps.all()] == ["billed"]


def test_issuing_holds_neither_invoice_nor_series_while_it_waits_for_a_request(meanwhile, draft, treasurer):
    def look():
        Invoice.objects.select_for_update(nowait=True).get()
        assert not Series.objects.exists()

    request = draft.lines.get().shipment.request
    assert meanwhile(request.lock, lambda: actions.issue(Invoice.objects.get(), by=treasurer), then=look) is True


def test_what_is_made_free_is_not_charged_meanwhile(meanwhile, bill_to, draft, make_parcel):
    parcel = make_parcel(bill_to)
    line = {"invoice": draft, "partner": bill_to.partner, "shipment": parcel, "amount": 150}
    free = {"shipment": parcel, "kind": "goodwill"}
    outcome = meanwhile(lambda: NoCharge.objects.create(**free), lambda: ChargeLine.objects.create(**line))
    assert (outcome, ChargeLine.objects.filter(shipment=parcel).count()) == ("free_or_charged", 0)


def test_what_is_charged_is_not_made_free_meanwhile(meanwhile, bill_to, draft, make_parcel):
    parcel = make_parcel(bill_to)
    line = {"invoice": draft, "partner": bill_to.partner, "shipment": parcel, "amount": 150}
    free = {"shipment": parcel, "kind": "goodwill"}
    outcome = meanwhile(lambda: ChargeLine.objects.create(**line), lambda: NoCharge.objects.create(**free))
    assert (outcome, NoCharge.objects.count()) == ("free_or_charged", 0)


def test_who_pays_does_not_change_while_the_parcel_is_being_charged(meanwhile, bill_to, other_unit, draft, make_parcel):
    parcel = make_parcel(bill_to)
    line = {"invoice": draft, "partner": bill_to.partner, "shipment": parcel, "amount": 150}
    outcome = meanwhile(
        lambda: ChargeLine.objects.create(**line),
        lambda: Shipment.objects.filter(pk=parcel.pk).update(bill_to=other_unit),
    )
    assert (outcome, Shipment.objects.get(pk=parcel.pk).bill_to) == ("debtor_stays", bill_to)


def test_a_parcel_is_not_charged_to_the_unit_that_paid_before(meanwhile, bill_to, other_unit, draft, make_parcel):
    parcel = make_parcel(bill_to)
    line = {"invoice": draft, "partner": bill_to.partner, "shipment": parcel, "amount": 150}
    outcome = meanwhile(
        lambda: Shipment.objects.filter(pk=parcel.pk).update(bill_to=other_unit),
        lambda: ChargeLine.objects.create(**line),
    )
    assert (outcome, ChargeLine.objects.filter(shipment=parcel).count()) == ("line_of_its_debtor", 0)
