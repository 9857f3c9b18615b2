"""Words as long as they may be, without a gap: on paper, too, nothing reaches over the edge."""

from datetime import date

import pypdfium2
import pytest

from billing import actions as billing
from billing.invoice_pdf import render_invoice
from partners.actions import open_intake_link, publish_first_version
from partners.actions.agreements import _words_of
from partners.agreement_pdf import render_agreement
from partners.models import AgreementVersion, BillTo, Partner
from partners.poster import render_poster, words_for
from tests import factories

pytestmark = pytest.mark.django_db
EDGE = 14  # points: 5 mm, which no printer draws on
LONG = {name: "W" * length for name, length in {"name": 70, "street": 70, "house_number": 16, "town": 35}.items()}


def over_the_edge(content):
    """The letters of a PDF that are drawn outside the part of the page that printers reach."""
    found = []
    for number, page in enumerate(pypdfium2.PdfDocument(content), 1):
        width, height = page.get_size()
        text = page.get_textpage()
        for index in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(index)
            letter = text.get_text_range(index, 1)
            if letter.strip() and not (EDGE <= left < right <= width - EDGE and EDGE <= bottom < top <= height - EDGE):
                found.append((number, letter, round(left), round(bottom), round(right), round(top)))
    return found


@pytest.fixture
def lindental(partner):
    Partner.objects.filter(pk=partner.pk).update(**LONG)
    BillTo.objects.filter(partner=partner).update(**LONG, department="W" * 70, cost_centre="W" * 40)
    partner.refresh_from_db()
    return partner


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_the_poster(lindental, make_user, language):
    manager = make_user("nina@muster.example.org")
    manager.memberships.create(partner=lindental, role="manager")
    link = open_intake_link(lindental, by=manager)
    content = render_poster(link, words_for(link, language))
    assert over_the_edge(content) == []
    assert len(pypdfium2.PdfDocument(content)) == 1


def test_the_agreement(lindental):
    publish_first_version()
    signs = {"signed_by": "W" * 100, "function": "W" * 100, "signed_on": "2026-10-01"}
    agreement = lindental.agreements.create(version="2026.1", **signs)
    agreement.refresh_from_db()
    words = _words_of(lindental, agreement, AgreementVersion.objects.get())
    assert over_the_edge(render_agreement(words)) == []


@pytest.mark.parametrize("language", ["de", "fr"])
def test_the_invoice_and_its_slip(lindental, make_user, language):
    treasurer = make_user("treasurer@example.org", "treasurer", name="W" * 100)
    factories.creditor_account()
    BillTo.objects.update(language=language, order_number="W" * 40, supplier_number="W" * 40)
    bill_to = lindental.bill_tos.get()
    for n in range(3):
        request = factories.request_of(bill_to, case_reference=f"{n}" + "W" * 39)
        parcel = factories.allocation_of(request)
        factories.parcel_of(parcel, **factories.handed_over(bill_to, "2026-10-20T08:00Z"))
    (invoice,) = billing.close_month(date(2026, 10, 1), by=treasurer)
    billing.issue(invoice, by=treasurer)
    invoice.refresh_from_db()
    assert over_the_edge(render_invoice(invoice.snapshot)) == []
