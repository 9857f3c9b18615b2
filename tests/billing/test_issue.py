from datetime import date

import pytest
from django.utils import timezone

from billing import actions
from billing.models import CreditorAccount, Invoice
from billing.references import qr_reference
from partners.models import BillTo
from people.models import AuditEntry
from records.refusals import Refused

pytestmark = pytest.mark.django_db


def test_issuing_draws_the_next_number_and_freezes_what_is_printed(bill_to, other_unit, make_draft, account, treasurer):
    first, second = make_draft(bill_to), make_draft(other_unit)
    actions.issue(first, by=treasurer)
    actions.issue(second, by=treasurer)
    year = first.issued_on.year
    assert [first.public_number, second.public_number] == [f"{year}-0001", f"{year}-0002"]
    assert (second.reference, second.total) == (qr_reference("", year, 2), 150)
    BillTo.objects.update(name="Somebody else")
    first.refresh_from_db()
    assert first.snapshot["bill_to"]["name"] == "Sozialdienst Lindental"
    assert first.snapshot["lines"][0]["case_reference"] == "LT-1"


def test_issuing_twice_is_as_issuing_once(bill_to, make_draft, account, treasurer):
    draft = make_draft(bill_to)
    assert actions.issue(draft, by=treasurer) is True
    assert actions.issue(Invoice.objects.get(), by=treasurer) is False
    assert Invoice.objects.get().number == 1


def test_the_request_tells_on_its_timeline_that_it_was_billed(bill_to, make_draft, account, treasurer):
    draft = make_draft(bill_to)
    actions.issue(draft, by=treasurer)
    step = draft.lines.get().shipment.request.steps.last()
    assert (step.verb, step.numbers) == ("billed", {"invoice": draft.public_number})


def test_no_account_no_invoice(bill_to, make_draft, treasurer):
    with pytest.raises(Refused, match="No bank account holds today"):
        actions.issue(make_draft(bill_to), by=treasurer)


def test_an_account_that_was_given_up_holds_no_more(account):
    today = timezone.localdate()
    CreditorAccount.objects.create(
        iban="CH9300762011623852957", qr_iban="CH6431961000004421557", valid_from="2026-01-01", valid_to=today
    )
    assert CreditorAccount.objects.on(today) == account
    CreditorAccount.objects.update(valid_to=today)
    assert CreditorAccount.objects.on() is None
    assert CreditorAccount.objects.on(today - timezone.timedelta(days=1)).iban == "CH9300762011623852957"


def test_a_second_press_is_answered_though_the_account_has_ended(bill_to, make_issued, account, treasurer):
    make_issued(bill_to)
    CreditorAccount.objects.all().delete()
    assert actions.issue(Invoice.objects.get(), by=treasurer) is False


def test_a_discarded_draft_leaves_its_parcels_to_the_next_close(bill_to, make_draft, treasurer):
    draft = make_draft(bill_to)
    slug = draft.slug
    assert actions.discard(draft, by=treasurer) is True
    assert Invoice.objects.count() == 0
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.subject) == (
        "discard_draft",
        treasurer,
        f"{slug} bill-to-{bill_to.pk} 2026-10",
    )
    assert len(actions.close_month(date(2026, 10, 1), by=treasurer)) == 1


def test_an_issued_invoice_cannot_be_discarded(bill_to, make_draft, account, treasurer):
    draft = make_draft(bill_to)
    actions.issue(draft, by=treasurer)
    with pytest.raises(Refused, match="stays as it is"):
        actions.discard(draft, by=treasurer)
