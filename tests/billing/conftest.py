import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections, transaction

from billing import actions
from partners.models import BillTo, Membership
from records.refusals import Refused
from tests import contention, factories


@pytest.fixture
def make_parcel(commune):
    def make(bill_to, handed_over_at="2026-10-20T08:00Z"):
        allocation = factories.allocation_of(factories.request_of(bill_to))
        return factories.parcel_of(allocation, **factories.handed_over(bill_to, handed_over_at))

    return make


@pytest.fixture
def bill_to(partner):
    return partner.bill_tos.get()


@pytest.fixture
def other_unit(partner):
    return BillTo.objects.create(partner=partner, name="Schulamt", postcode="3400", town="Burgdorf")


@pytest.fixture
def account(db):
    return factories.creditor_account()


@pytest.fixture
def treasurer(make_user):
    return make_user("treasurer@example.org", "treasurer", name="Reto Camenzind")


@pytest.fixture
def auditor(make_user):
    return make_user("auditor@example.org", "auditor")


@pytest.fixture
def manager(make_user, partner):
    user = make_user("manager@example.org")
    Membership.objects.create(user=user, partner=partner, role="manager")
    return user


@pytest.fixture
def accounting(make_user, partner):
    user = make_user("accounting@example.org")
    Membership.objects.create(user=user, partner=partner, role="accounting")
    return user


@pytest.fixture
def make_draft(make_parcel, treasurer):
    """A draft for October 2026 with one parcel."""

    def make(bill_to):
        make_parcel(bill_to)
        return actions.close_bill_to(bill_to, date(2026, 10, 1), by=treasurer)

    return make


@pytest.fixture
def make_issued(make_draft, account, treasurer):
    def make(bill_to):
        draft = make_draft(bill_to)
        actions.issue(draft, by=treasurer)
        return draft

    return make


@pytest.fixture
def meanwhile():
    """Do the first call, start the second one, and commit the first only when the second waits for it.

    `then` is done while it waits. Gives back how the second one ended.
    """

    def meanwhile(first, second, then=lambda: None):
        outcome = []

        def run():
            try:
                with transaction.atomic():
                    outcome.append(second())
            except IntegrityError as error:
                outcome.append(error.__cause__.diag.constraint_name)
            except Refused as refusal:
                outcome.append(str(refusal))
            except Exception as error:
                outcome.append(error)
                raise
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        with transaction.atomic():
            first()
            thread.start()
            assert contention.wait_for(unless=outcome), outcome  # they overlap
            then()
        thread.join(30)
        return outcome[0]

    return meanwhile


@pytest.fixture(scope="session")
def bank_file():
    """A credit notification as a bank writes it: `bank_file({"amount": "150.00", "reference": …}, …)`."""
    return write_bank_file


def write_bank_file(
    *parts,
    account="CH5800791123000889012",
    amount=None,
    currency="CHF",
    direction="CRDT",
    reversal="false",
    name="E1",
    booked_on="<Dt>2026-11-12</Dt>",
    status="BOOK",
    message="BkToCstmrDbtCdtNtfctn",
    qr_iban="",
    before="",
):
    """One booking of these parts; a part has amount, reference, debtor, name (the bank's), direction, kind, extra."""
    amount = amount or f"{sum(Decimal(part['amount']) for part in parts):.2f}"
    inner = "Stmt" if message == "BkToCstmrStmt" else "Ntfctn"
    details = "".join(_details(part, currency) for part in parts)
    return f"""<?xml version="1.0" encoding="UTF-8"?>{before}
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><{message}>
<GrpHdr><MsgId>M1</MsgId></GrpHdr>
<{inner}><Acct><Id><IBAN>{account}</IBAN></Id></Acct><Ntry><NtryRef>{qr_iban}</NtryRef>
<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><RvslInd>{reversal}</RvslInd>
<Sts><Cd>{status}</Cd></Sts><BookgDt>{booked_on}</BookgDt><AcctSvcrRef>{name}</AcctSvcrRef>
<NtryDtls>{details}</NtryDtls></Ntry></{inner}></{message}></Document>""".encode()


def _details(part, currency):
    kind = part.get("kind", "<Prtry>QRR</Prtry>")
    references = part.get("reference", [])
    structured = "".join(
        f"<Strd><CdtrRefInf><Tp><CdOrPrtry>{kind}</CdOrPrtry></Tp><Ref>{reference}</Ref></CdtrRefInf></Strd>"
        for reference in ([references] if isinstance(references, str) else references)
    )
    direction = f"<CdtDbtInd>{part['direction']}</CdtDbtInd>" if "direction" in part else ""
    return f"""<TxDtls><Refs><AcctSvcrRef>{part.get("name", "")}</AcctSvcrRef></Refs>
<Amt Ccy="{part.get("currency", currency)}">{part["amount"]}</Amt>{direction}
<RltdPties><Dbtr><Pty><Nm>{part.get("debtor", "Gemeinde Lindental")}</Nm></Pty></Dbtr></RltdPties>
<RmtInf>{structured}</RmtInf>{part.get("extra", "")}</TxDtls>"""
