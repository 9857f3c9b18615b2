"""The whole chain in a real browser, with a real worker: from an organisation's first day to a paid invoice."""

import os
import re
import time
from datetime import date, timedelta
from email import message_from_bytes, policy
from types import SimpleNamespace

import pypdfium2
import pytest
import zxingcpp
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from billing.models import Invoice
from devices.models import Device
from partners.models import Partner
from requests.models import DeviceRequest
from shipping.models import Shipment
from tests import factories

from .checks import check_page
from .signing_in import PASSWORD, make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
PLACES = {
    "de": SimpleNamespace(
        name="Gemeinde Burgdorf",
        street="Kirchbühl",
        postcode="3400",
        town="Burgdorf",
        commune="Burgdorf (BE)",
        receipt="Empfangsschein",
    ),
    "fr": SimpleNamespace(
        name="Service social d’Échallens",
        street="Place du Château",
        postcode="1040",
        town="Echallens",
        commune="Echallens (VD)",
        receipt="Récépissé",
    ),
}
KEYBOARDS = {"de": "ch-de", "fr": "ch-fr"}
PATIENCE = 120  # seconds
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
  <GrpHdr><MsgId>MSG-1</MsgId><CreDtTm>{today}T06:00:00+02:00</CreDtTm></GrpHdr>
  <Ntfctn><Id>N-1</Id><CreDtTm>{today}T06:00:00+02:00</CreDtTm>
    <Acct><Id><IBAN>CH5800791123000889012</IBAN></Id><Ccy>CHF</Ccy></Acct>
    <Ntry><NtryRef>CH4431999123000889012</NtryRef><Amt Ccy="CHF">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
      <Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{today}</Dt></BookgDt><ValDt><Dt>{today}</Dt></ValDt>
      <AcctSvcrRef>BANK-1</AcctSvcrRef>
      <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>VCOM</SubFmlyCd></Fmly></Domn></BkTxCd>
      <NtryDtls><TxDtls>
        <Refs><AcctSvcrRef>BANK-1-1</AcctSvcrRef></Refs>
        <Amt Ccy="CHF">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
        <RltdPties><Dbtr><Pty><Nm>Finanzverwaltung</Nm></Pty></Dbtr></RltdPties>
        <RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Prtry>QRR</Prtry></CdOrPrtry></Tp><Ref>{reference}</Ref></CdtrRefInf>
        </Strd></RmtInf>
      </TxDtls></NtryDtls>
    </Ntry>
  </Ntfctn>
</BkToCstmrDbtCdtNtfctn></Document>
"""
HTML_LANGUAGE = "document.documentElement.lang"


@pytest.fixture
def association(transactional_db):
    """The register, the bank account, and one person per role of the association."""
    call_command("load_communes", verbosity=0)
    factories.creditor_account()


@pytest.fixture
def enter(visit, association, known_passwords):
    """A browser of its own for somebody of the association, signed in through the page with both factors."""

    def enter(role, language):
        page = visit(language)
        sign_in(page, *make_person(role, language, role))
        page.wait_for_url("**/home/")
        assert page.evaluate(HTML_LANGUAGE) == language
        return page

    return enter


def press(page, form="main form"):
    """Press a form's main button and wait for the next page."""
    with page.expect_navigation():
        page.click(f"{form} .btn-primary")


def choose(page, name, value):
    """Tick a row: its label covers the button, as for a finger."""
    page.check(f"[name={name}][value={value}]", force=True)


def mail_to(folder, address, holding=""):
    """The words of the mail to this address that holds something, once the worker has sent it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for file in (folder / "mail").glob("*"):
            message = message_from_bytes(file.read_bytes(), policy=policy.default)
            words = message.get_body(preferencelist=("plain",)).get_content()
            if message["To"] == address and holding in words:
                return words
        time.sleep(0.1)
    raise AssertionError(f"no mail to {address}")


@pytest.mark.parametrize("language", ["de", "fr"])
def test_from_an_organisations_first_day_to_a_paid_invoice(language, enter, visit, site, tmp_path):
    place = PLACES[language]
    partner = take_on_an_organisation(enter("admin", language), place, language)
    worker = first_sign_in(visit(language), tmp_path, language)
    request = write_and_approve(worker, place, language)
    device = make_a_laptop_ready(enter("volunteer", language), language)
    shipment = match_pack_close_and_hand_over(enter("dispatcher", language), request, device, language)
    assert shipment.partner == partner
    let_the_month_end(shipment)
    treasurer = enter("treasurer", language)
    invoice = close_and_issue(treasurer, language)
    document = download(treasurer, invoice, place)
    assert not any(name in document for name in ("D’Amico", "Mühlegasse"))
    import_the_bank_file(treasurer, invoice, tmp_path, language)

    worker.goto(f"/requests/{request.number}/")
    check_page(worker, f"{language}-request-paid")
    verbs = ["receive", "approve", "allocate", "ship", "billed", "paid"]
    assert list(request.steps.values_list("verb", flat=True)) == verbs
    assert worker.locator(".wg-time li:not(.is-next)").count() == len(verbs)
    worker.goto("/requests/")
    check_page(worker, f"{language}-requests")


def take_on_an_organisation(page, place, language):
    """The admin: an organisation from the register with who pays, its signed agreement, its first person."""
    check_page(page, f"{language}-home-admin")
    page.goto("/partners/new/")
    page.fill("[name=name]", place.name)
    page.select_option("[name=language]", language)
    page.fill("[name=street]", place.street)
    page.fill("[name=house_number]", "1")
    page.fill("[name=postcode]", place.postcode)
    page.fill("[name=town]", place.town)
    choose(page, "delivery", "person")
    page.fill("[name=area]", place.postcode)
    page.press("[name=area]", "Tab")
    commune = page.get_by_label(place.commune)
    expect(commune).to_be_checked()
    page.fill("[name=pays-email]", "kasse@partner.example.org")
    page.select_option("[name=pays-language]", language)
    page.select_option("[name=pays-cadence]", "month")
    check_page(page, f"{language}-partner-new")
    press(page)
    partner = Partner.objects.get()
    expect(page.locator("h1")).to_have_text(place.name)
    check_page(page, f"{language}-partner-admitted")

    page.click("a[href$='/record-agreement/']")
    page.fill("[name=version]", "2026-1")
    page.fill("[name=signed_on]", "2026-01-15")
    page.fill("[name=signed_by]", "Nina Aebi")
    check_page(page, f"{language}-record-agreement")
    press(page)
    page.click("a[href$='/invite/']")
    page.fill("[name=name]", "Jana Côté-Müller")
    page.fill("[name=email]", "jana@partner.example.org")
    choose(page, "role", "social_worker")
    check_page(page, f"{language}-invite")
    press(page)
    check_page(page, f"{language}-partner-active")
    partner.refresh_from_db()
    assert partner.status == "active"
    return partner


def first_sign_in(page, tmp_path, language):
    """The invited person: the mail's link, a password, the invitation accepted, the empty list."""
    words = mail_to(tmp_path, "jana@partner.example.org")
    page.goto(re.search(r"http\S+/password/\S+", words)[0])
    check_page(page, f"{language}-choose-password")
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    press(page)
    page.wait_for_url("**/home/")
    assert page.evaluate(HTML_LANGUAGE) == language
    check_page(page, f"{language}-home-invited")
    press(page)
    check_page(page, f"{language}-home-social-worker")
    page.goto("/requests/")
    check_page(page, f"{language}-requests-empty")
    return page


def write_and_approve(page, place, language):
    """The social worker: a request on one page, its answers checked, approved."""
    page.goto("/requests/new/")
    page.fill("[name=first_name]", "Zoë")
    page.fill("[name=last_name]", "D’Amico-Zürcher")
    page.fill("[name=birth_year]", "1989")
    page.fill("[name=case_reference]", "LT-2026-0388")
    choose(page, "delivery", "person")
    page.fill("[name=street]", "Mühlegasse")
    page.fill("[name=house_number]", "11b")
    page.fill("[name=postcode]", place.postcode)
    page.press("[name=postcode]", "Tab")
    expect(page.locator("#towns option").first).to_have_attribute("value", re.compile(place.town[1:]))
    page.fill("[name=town]", place.town)
    choose(page, "purpose", "school")
    choose(page, "keyboard", KEYBOARDS[language])
    check_page(page, f"{language}-request-new")
    press(page)
    check_page(page, f"{language}-request-check")
    press(page)
    request = DeviceRequest.objects.get()
    assert request.status == "approved"
    check_page(page, f"{language}-request-approved")
    return request


def make_a_laptop_ready(page, language):
    """The volunteer: scan in, erase, check; on a page for phones."""
    check_page(page, f"{language}-home-volunteer")
    page.goto("/devices/scan/")
    check_page(page, f"{language}-scan")
    page.fill("[name=code]", "pf3xk9q2")
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/devices/receive/**")
    page.fill("[name=maker]", "Lenovo")
    page.fill("[name=model]", "ThinkPad T480 «Élan»")
    page.fill("[name=memory_gb]", "16")
    choose(page, "keyboard", KEYBOARDS[language])
    page.fill("[name=shelf]", "B2")
    page.fill("[name=drive-0-serial]", "S4EVNX0M")
    check_page(page, f"{language}-receive")
    press(page)
    check_page(page, f"{language}-erasure")
    with page.expect_navigation():
        page.click("[name=result][value=success]")
    for point in page.locator("[name=points]").all():
        point.check(force=True)
    choose(page, "grade", "A")
    check_page(page, f"{language}-ready")
    press(page)
    check_page(page, f"{language}-scan-after-ready")
    device = Device.objects.get()
    assert (device.status, device.asset_tag) == ("ready", "PF3XK9Q2")
    page.goto(f"/devices/{device.number}/")
    check_page(page, f"{language}-device")
    page.goto("/devices/")
    check_page(page, f"{language}-devices")
    return device


def match_pack_close_and_hand_over(page, request, device, language):
    """The dispatcher: the proposed match, the label made by the worker, two scans, and out of the house."""
    check_page(page, f"{language}-home-dispatcher")
    page.goto("/requests/queue/")
    check_page(page, f"{language}-queue")
    with page.expect_navigation():
        page.click("main td form button")
    page.goto("/rounds/")
    check_page(page, f"{language}-rounds-to-pack")
    press(page, "#to-pack")
    expect(page.locator("#to-close")).to_be_visible()  # the worker has made the label, the page has noticed
    check_page(page, f"{language}-rounds-to-close")
    shipment = Shipment.objects.get()
    page.goto(f"/shipments/{shipment.pk}/")
    check_page(page, f"{language}-shipment")
    label = page.request.get(f"/shipments/{shipment.pk}/label/")
    assert label.body().startswith(b"%PDF")

    page.goto("/rounds/station/")
    check_page(page, f"{language}-station")
    scan(page, shipment.ident_code)
    check_page(page, f"{language}-station-label-scanned")
    scan(page, "D-999999")
    expect(page.locator("#scan")).to_have_attribute("data-state", "stop")
    check_page(page, f"{language}-station-stop")
    scan(page, device.number)
    expect(page.locator("#scan")).to_have_attribute("data-state", "ok")
    check_page(page, f"{language}-station-match")
    page.goto("/rounds/")
    press(page, "#to-hand-over")
    check_page(page, f"{language}-rounds-handed-over")
    shipment.refresh_from_db()
    request.refresh_from_db()
    assert (shipment.status, request.status) == ("handed_over", "shipped")
    return shipment


def let_the_month_end(shipment):
    """The clock is stood in for: the parcel left the house last month."""
    month = timezone.localdate().replace(day=1) - timedelta(days=1)
    last_month = timezone.now().replace(year=month.year, month=month.month, day=15)
    Shipment.objects.filter(pk=shipment.pk).update(handed_over_at=last_month)


def close_and_issue(page, language):
    """The treasurer: the dry run, the close, the drafts looked over, issued."""
    check_page(page, f"{language}-home-treasurer")
    page.goto("/invoices/month-end/")
    expect(page.locator("#dry-run")).to_be_visible()
    check_page(page, f"{language}-month-end-dry-run")
    with page.expect_navigation():
        page.click("button[form=close]")
    check_page(page, f"{language}-month-end-drafts")
    with page.expect_navigation():
        page.click("#issue button[type=submit].btn-primary:not([form])")
    expect(page.locator("#outcome [data-tone=done]")).to_be_visible()  # the worker has issued it
    check_page(page, f"{language}-month-end-issued")
    invoice = Invoice.objects.get()
    assert (invoice.status, invoice.number, invoice.total) == ("issued", 1, 150)
    return invoice


def download(page, invoice, place):
    """The invoice's PDF as the treasurer gets it: its code read back, its text given."""
    page.goto(invoice.get_absolute_url())
    link = page.locator("main a[href$='/pdf/']").first
    expect(link).to_be_visible()  # the worker has rendered it
    check_page(page, f"{invoice.bill_to.language}-invoice")
    document = pypdfium2.PdfDocument(page.request.get(link.get_attribute("href")).body())
    picture = document[len(document) - 1].render(scale=300 / 72).to_pil()
    if folder := os.environ.get("SCREENSHOTS"):
        picture.save(f"{folder}/{invoice.bill_to.language}-invoice-pdf.png")
    codes = [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))]
    assert [code.splitlines()[28] for code in codes] == [invoice.reference]
    text = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    assert place.receipt in text
    return text


def import_the_bank_file(page, invoice, tmp_path, language):
    """The bank's file pays the invoice, and uploaded again it pays nothing more."""
    path = tmp_path / "camt.xml"
    path.write_text(CAMT.format(reference=invoice.reference, amount=invoice.total, today=date.today()))
    page.goto("/payments/")
    check_page(page, f"{language}-payments-empty")
    for _time in range(2):
        page.goto("/payments/")
        page.set_input_files("[name=file]", path)
        press(page)
    check_page(page, f"{language}-payments")
    assert [payment.amount for payment in invoice.payments.all()] == [150]
    page.goto("/invoices/")
    check_page(page, f"{language}-invoices")


def scan(page, code):
    """What a scanner does: type the code and press Enter."""
    with page.expect_response("**/rounds/station/"):
        page.fill("#scan-code", code)
        page.press("#scan-code", "Enter")
