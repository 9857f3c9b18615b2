import json
import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing import actions as billing_actions
from billing.models import Invoice
from partners.models import SCOPES, ApiToken, Membership
from requests import actions as request_actions
from tests import factories

PERSON = {
    "first_name": "Samira",
    "last_name": "Wenger",
    "birth_year": 1994,
    "street": "Mühlegasse",
    "house_number": "11b",
    "postcode": "3400",
    "town": "Burgdorf",
    "language": "de",
}
LAPTOP = {
    "asset_tag": "5CG1",
    "maker": "Hewlett",
    "model": "Book 14",
    "memory_gb": 8,
    "keyboard": "ch-de",
    "drives": [{"serial": "S1", "kind": "nvme", "size_gb": 256}],
}


class Program:
    """What calls the API: a token, JSON, and a new Idempotency-Key for each action unless one is given."""

    def __init__(self, secret):
        self.client = Client(headers={"Authorization": f"Bearer {secret}"} if secret else {})

    def get(self, path, **headers):
        return self.client.get(f"/api/v1/{path}", headers=headers)

    def post(self, path, data=None, *, key=None, form=False, **headers):
        headers["Idempotency-Key"] = key or str(uuid.uuid4())
        if form:
            return self.client.post(f"/api/v1/{path}", data, headers=headers)
        return self.client.post(
            f"/api/v1/{path}", json.dumps(data or {}), content_type="application/json", headers=headers
        )

    def __call__(self, method, path, data=None):
        return self.get(path) if method == "get" else self.post(path, data)


@pytest.fixture
def program_of(db):
    """Make a program with a token of this person, for the person's organisation if there is one."""

    def make(user, *, scopes=SCOPES):
        membership = Membership.objects.filter(user=user).first()
        partner = membership.partner if membership else None
        _token, secret = ApiToken.objects.issue(owner=user, acting_for=partner, name="test", scopes=scopes)
        return Program(secret)

    return make


@pytest.fixture
def nobody(db):
    return Program(None)


@pytest.fixture
def worker(program_of, social_worker):
    return program_of(social_worker)


@pytest.fixture
def foreign(program_of, stranger):
    return program_of(stranger)


@pytest.fixture
def dispatch(program_of, dispatcher):
    return program_of(dispatcher)


@pytest.fixture
def workshop(program_of, volunteer):
    return program_of(volunteer)


@pytest.fixture
def treasurer(make_user):
    return make_user("treasurer@example.org", "treasurer")


@pytest.fixture
def money(program_of, treasurer):
    return program_of(treasurer)


@pytest.fixture
def wish(partner, commune):
    """What a program sends for a new request."""
    return {
        "recipient": PERSON,
        "case_reference": "LT-2026-0388",
        "bill_to": partner.bill_tos.get().pk,
        "commune": commune.pk,
        "delivery": "person",
        "purpose": "school",
        "keyboard": "ch-de",
    }


@pytest.fixture
def make_received(partner, social_worker):
    def make(reference="LT-2026-0388", **columns):
        return factories.receive(partner, by=social_worker, recipient=PERSON, case_reference=reference, **columns)

    return make


@pytest.fixture
def make_approved(make_received, social_worker):
    def make(reference="LT-2026-0388", **columns):
        found = make_received(reference, **columns)
        request_actions.approve(found, by=social_worker)
        return found

    return make


@pytest.fixture
def make_ready(volunteer):
    def make(tag="X1", **columns):
        return factories.ready_laptop(tag, by=volunteer, **columns)

    return make


@pytest.fixture
def make_allocation(make_approved, make_ready, dispatcher):
    def make(reference="LT-2026-0388", tag="X1"):
        return request_actions.allocate(make_approved(reference), make_ready(tag), by=dispatcher)

    return make


@pytest.fixture
def assert_problem():
    """The answer is problem details with this status; gives back its body."""

    def check(answer, status):
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), (
            answer.content[:500]
        )
        body = answer.json()
        assert body["status"] == status
        assert {"type", "title", "detail"} <= set(body)
        return body

    return check


@pytest.fixture
def account(db):
    return factories.creditor_account()


@pytest.fixture
def make_parcel(make_allocation):
    """A parcel that was handed over in October 2026."""

    def make(reference="LT-1", tag="T1"):
        allocation = make_allocation(reference, tag)
        return factories.parcel_of(allocation, **factories.handed_over(allocation.request.bill_to))

    return make


@pytest.fixture
def draft(make_parcel, account, treasurer):
    make_parcel()
    (draft,) = billing_actions.close_month(date(2026, 10, 1), by=treasurer)
    return draft


@pytest.fixture
def invoice(draft, treasurer):
    billing_actions.issue(draft, by=treasurer)
    return Invoice.objects.get()


def bank_file(amount, reference):
    """A credit notification of one payment, as a bank writes it."""
    content = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>M1</MsgId></GrpHdr>
<Ntfctn><Acct><Id><IBAN>CH5800791123000889012</IBAN></Id></Acct><Ntry><NtryRef>CH4431999123000889012</NtryRef>
<Amt Ccy="CHF">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>false</RvslInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-12</Dt></BookgDt><AcctSvcrRef>E1</AcctSvcrRef><NtryDtls><TxDtls>
<Refs><AcctSvcrRef>T1</AcctSvcrRef></Refs><Amt Ccy="CHF">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<RltdPties><Dbtr><Pty><Nm>Gemeinde Lindental</Nm></Pty></Dbtr></RltdPties>
<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Prtry>QRR</Prtry></CdOrPrtry></Tp><Ref>{reference}</Ref></CdtrRefInf></Strd>
</RmtInf></TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"""
    return SimpleUploadedFile("november.xml", content.encode(), "application/xml")
