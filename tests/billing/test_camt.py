"""What a bank file says, read exactly; what is no bank file is refused quickly, with its reason."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from billing import camt
from billing.camt import Transaction, Unreadable, read

DATA = Path(__file__).parent / "data"
OURS, QR_IBAN = "CH5800791123000889012", "CH4431999123000889012"
FIRST, SECOND = "000000000000002026000000012", "000000000000002026000000028"
MB = 1024 * 1024


def sample(name):
    return read((DATA / name).read_bytes())


def refused(content):
    with pytest.raises(Unreadable) as caught:
        read(content)
    return caught.value.code


class TestSamples:
    def test_a_collective_booking_is_read_part_by_part_with_exact_values(self):
        message = sample("own-camt054.v8.xml")
        assert (message.kind, message.message_id, message.accounts) == ("camt.054", "20261112375204000123456", (OURS,))
        first, second, third, back = message.transactions
        assert first == Transaction(
            account=OURS,
            qr_iban=QR_IBAN,
            identity=f"transaction:261112CH0000001|900.00|CHF|{FIRST}",
            amount=Decimal("900.00"),
            currency="CHF",
            is_reversal=False,
            booked_on=date(2026, 11, 12),
            reference=FIRST,
            debtor_name="Gemeinde Köniz-Süd",
            reason="",
        )
        assert (second.amount, second.reference, second.reason) == (150, SECOND, "")  # blanks and lost zeros are mended
        assert (third.amount, third.reference, third.reason) == (100, "", "missing")  # a SCOR reference is none of ours
        assert (back.amount, back.is_reversal, back.reason) == (-150, True, "taken_back")

    def test_a_reversal_under_the_same_name_is_another_transaction(self):
        _first, payment, _third, back = sample("own-camt054.v8.xml").transactions
        assert payment.identity.split("|")[0] == back.identity.split("|")[0] == "transaction:261112CH0000002"
        assert payment.identity != back.identity

    def test_what_is_only_announced_is_left_out(self):
        assert 75 not in {entry.amount for entry in sample("own-camt054.v8.xml").transactions}

    def test_version_04_reads_like_version_08(self):
        old, new = sample("genkgo-camt054.v4.xml"), sample("genkgo-camt054.v8.xml")
        assert old == new
        (entry,) = new.transactions
        assert entry == Transaction(
            account="CH2801234000123456789",
            qr_iban="",
            identity="entry:ACSR160617103200001#0|-200000.00|SEK|",
            amount=Decimal("-200000.00"),
            currency="SEK",
            is_reversal=False,
            booked_on=date(2007, 10, 18),
            reference="",
            debtor_name="",
            reason="taken_back",
        )

    @pytest.mark.parametrize("version", ["v4", "v8"])
    def test_a_statement_is_read_too(self, version):
        message = sample(f"genkgo-camt053.{version}.xml")
        assert (message.kind, message.accounts) == ("camt.053", ("NL26VAYB8060476890",))
        (entry,) = message.transactions
        assert (entry.amount, entry.currency, entry.booked_on) == (Decimal("8.85"), "EUR", date(2014, 12, 31))
        assert (entry.debtor_name, entry.reason) == ("NAME NAME", "uneven")

    @pytest.mark.parametrize(
        ("name", "identity"),
        [
            ("v8-with-UETR", "uetr:255ae394-9965-4438-ac86-f406feada396|-200000.00|SEK|"),
            ("v8-with-financial-institution", "entry:ACSR160617103200001#0|-200000.00|SEK|"),
            ("v2", "entry:AAAASESS-FP-ACCR001#0|-200000.00|SEK|"),
        ],
    )
    def test_what_a_bank_leaves_out_is_taken_from_what_stands_around(self, name, identity):
        (entry,) = sample(f"genkgo-camt054.{name}.xml").transactions
        assert (entry.identity, entry.amount, entry.booked_on) == (identity, -200000, date(2007, 10, 18))


class TestReferences:
    @pytest.mark.parametrize(
        ("reference", "found", "reason"),
        [
            (FIRST, FIRST, ""),
            ("00 00000 00000 00202 60000 00012", FIRST, ""),
            ("2026000000012", FIRST, ""),
            ("210000000003139471430009017", "210000000003139471430009017", ""),
            ("210000000003139471430009016", "210000000003139471430009016", "invalid"),
            ("0", "0" * 27, "invalid"),
            ("2026-0001", "2026-0001", "invalid"),
            ("٢٠٢٦000000012", "٢٠٢٦000000012", "invalid"),
            (f"{FIRST}0", FIRST, "invalid"),
            ([FIRST, FIRST], FIRST, ""),
            ([FIRST, SECOND], "", "several"),
            ([], "", "missing"),
        ],
    )
    def test_one_whole_reference_counts(self, bank_file, reference, found, reason):
        (entry,) = read(bank_file({"amount": "150.00", "reference": reference})).transactions
        assert (entry.reference, entry.reason) == (found, reason)

    def test_a_reference_of_another_kind_is_none(self, bank_file):
        (entry,) = read(bank_file({"amount": "1", "reference": FIRST, "kind": "<Cd>SCOR</Cd>"})).transactions
        assert (entry.reference, entry.reason) == ("", "missing")

    def test_a_comment_inside_does_not_cut_it(self, bank_file):
        (entry,) = read(bank_file({"amount": "1", "reference": f"{FIRST[:9]}<!-- . -->{FIRST[9:]}"})).transactions
        assert entry.reference == FIRST


class TestWhoMustLook:
    @pytest.mark.parametrize(
        ("options", "part", "reason"),
        [
            ({"direction": "DBIT"}, {}, "taken_back"),
            ({"reversal": "true"}, {}, "taken_back"),
            ({"reversal": "1"}, {}, "taken_back"),
            ({}, {"extra": "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"}, "taken_back"),
            ({"currency": "EUR"}, {}, "currency"),
            ({}, {"direction": "DBIT"}, "uneven"),
            ({"amount": "149.99"}, {}, "uneven"),
            ({}, {"currency": "EUR"}, "uneven"),
        ],
    )
    def test_only_a_plain_payment_in_francs_goes_by_itself(self, bank_file, options, part, reason):
        (entry,) = read(bank_file({"amount": "150.00", "reference": FIRST} | part, **options)).transactions
        assert entry.reason == reason

    def test_parts_that_do_not_add_up_stay_one_booking_of_what_was_booked(self, bank_file):
        parts = [{"amount": "150.00", "reference": FIRST}, {"amount": "150.00", "reference": SECOND}]
        (entry,) = read(bank_file(*parts, amount="299.00")).transactions
        assert (entry.amount, entry.reference, entry.reason) == (Decimal("299.00"), "", "uneven")

    def test_a_booking_without_parts_is_its_own(self, bank_file):
        (entry,) = read(bank_file(amount="42.50")).transactions
        assert (entry.amount, entry.reason, entry.identity) == (Decimal("42.50"), "missing", "entry:E1#0|42.50|CHF|")


class TestIdentity:
    def test_parts_that_share_one_name_are_told_apart_by_their_place(self, bank_file):
        parts = [{"amount": "50", "reference": [], "name": "E1"}] * 2
        first, second = read(bank_file(*parts)).transactions
        assert [first.identity, second.identity] == ["entry:E1#0|50.00|CHF|", "entry:E1#1|50.00|CHF|"]

    def test_without_any_name_equals_are_counted(self, bank_file):
        parts = [{"amount": "50"}, {"amount": "50"}, {"amount": "50", "debtor": "Somebody else"}]
        content = bank_file(*parts, name="")
        first, second, third = [entry.identity for entry in read(content).transactions]
        assert first.split("|")[0].removesuffix("#1") == second.split("|")[0].removesuffix("#2")
        assert len({first, second, third}) == 3
        assert [entry.identity for entry in read(content).transactions] == [first, second, third]

    @pytest.mark.parametrize("name", ["NOTPROVIDED", "NotProvided", "NONREF", "UNKNOWN", "0", "000"])
    def test_a_name_that_says_there_is_none_is_none(self, bank_file, name):
        part = {"amount": "150", "reference": FIRST}
        unnamed = read(bank_file(part | {"name": ""}, name="")).transactions
        assert read(bank_file(part | {"name": name}, name=name)).transactions == unnamed

    def test_what_bears_one_identity_twice_is_told_apart_and_fits_the_column(self):
        identities = {camt.numbered("x" * camt.LONGEST_IDENTITY, time) for time in range(1, 4)}
        assert (len(identities), max(map(len, identities))) == (3, camt.LONGEST_IDENTITY)

    def test_a_name_that_begins_anew_each_year_names_other_money(self, bank_file):
        (old,) = read(bank_file({"amount": "150", "name": "100", "reference": FIRST})).transactions
        (new,) = read(bank_file({"amount": "150", "name": "100", "reference": SECOND})).transactions
        assert old.identity != new.identity

    def test_an_endless_name_still_fits_the_column(self, bank_file):
        (entry,) = read(bank_file({"amount": "150", "name": "x" * 5000})).transactions
        assert len(entry.identity) <= camt.LONGEST_IDENTITY


class TestDays:
    @pytest.mark.parametrize(
        ("written", "day"),
        [
            ("<Dt>2026-11-30</Dt>", date(2026, 11, 30)),
            ("<Dt>2026-11-30+01:00</Dt>", date(2026, 11, 30)),
            ("<DtTm>2026-11-30T23:59:59</DtTm>", date(2026, 11, 30)),
            ("<DtTm>2026-11-30T22:59:59Z</DtTm>", date(2026, 11, 30)),
            ("<DtTm>2026-11-30T23:00:00Z</DtTm>", date(2026, 12, 1)),  # midnight in Zurich
            ("<DtTm>2026-07-31T22:30:00+00:00</DtTm>", date(2026, 8, 1)),  # summer time
        ],
    )
    def test_a_moment_is_a_day_in_zurich(self, bank_file, written, day):
        (entry,) = read(bank_file({"amount": "1"}, booked_on=written)).transactions
        assert entry.booked_on == day


class TestLetters:
    @pytest.mark.parametrize(
        ("encoding", "mark"), [("UTF-8", b""), ("UTF-8", b"\xef\xbb\xbf"), ("ISO-8859-1", b""), ("UTF-16", b"")]
    )
    def test_umlauts_survive_every_encoding_that_the_file_names(self, bank_file, encoding, mark):
        text = bank_file({"amount": "1", "debtor": "Zürcher Öuvre"}).decode()
        content = mark + text.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)
        (entry,) = read(content).transactions
        assert entry.debtor_name == "Zürcher Öuvre"

    def test_letters_of_another_encoding_are_no_guess(self, bank_file):
        content = bank_file({"amount": "1", "debtor": "Zürcher"}).decode().encode("ISO-8859-1")
        assert refused(content) == "encoding"

    def test_an_encoding_nobody_knows_is_refused(self, bank_file):
        assert refused(bank_file({"amount": "1"}).replace(b"UTF-8", b"KLINGON")) == "encoding"


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (b"\xef\xbb\xbf \r\n", "empty"),
            (b"%PDF-1.7\n", "pdf"),
            (b"PK\x03\x04file.xml", "packed"),
            (b"\x1f\x8b\x08", "packed"),
            (b"Datum;Betrag\n12.11.2026;150.00\n", "not_xml"),
            (b"<!doctype html><title>Your session has ended<br>", "other"),
            (b"<html><body/></html>", "other"),
            (b"<!DOCTYPE html><html><body/></html>", "other"),
            (b'<Document xmlns="pain.002"><CstmrPmtStsRpt/></Document>', "other"),
            (b'<Document xmlns="x"><BkToCstmrAcctRpt><Rpt/></BkToCstmrAcctRpt></Document>', "intraday"),
            (b"<Document><BkToCstmrStmt></Stmt></BkToCstmrStmt></Document>", "broken"),
        ],
    )
    def test_what_is_no_bank_file(self, content, code):
        assert refused(content) == code

    def test_half_a_file_at_whatever_place_it_ends(self, bank_file):
        content = bank_file({"amount": "150.00", "reference": FIRST})
        for length in range(150, len(content) - len("Document>"), 7):
            assert refused(content[:length]) == "truncated"

    def test_the_largest_file_and_one_byte_more(self, bank_file, settings):
        content = bank_file({"amount": "150.00"})
        assert camt.LARGEST < settings.LARGEST_BODY - MB  # or a form would never come to say it
        assert len(read(content + b" " * (camt.LARGEST - len(content))).transactions) == 1
        assert refused(content + b" " * (camt.LARGEST - len(content) + 1)) == "too_large"

    def test_another_root_and_a_file_without_an_account(self, bank_file):
        content = bank_file({"amount": "150.00"})
        assert refused(content.replace(b"Document", b"Envelope")) == "other"
        assert refused(b"<x><BkToCstmrDbtCdtNtfctn/></x>") == "other"
        assert refused(b"<Document><BkToCstmrDbtCdtNtfctn/></Document>") == "no_account"

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            (b">150.00<", b">-150.00<", "amount"),
            (b">150.00<", b">NaN<", "amount"),
            (b">150.00<", b">1e3<", "amount"),
            (b">150.00<", b">150.005<", "amount"),
            (b">150.00<", b">99999999999.00<", "amount"),
            (b">CRDT<", b">BOTH<", "direction"),
            (b"<Dt>2026-11-12</Dt>", b"<Dt>12.11.2026</Dt>", "day"),
            (b"<Dt>2026-11-12</Dt>", b"", "day"),
            (b"<Dt>2026-11-12</Dt>", b"<DtTm>0001-01-01T00:00:00+14:00</DtTm>", "day"),
            (b"<IBAN>CH5800791123000889012</IBAN>", b"", "account"),
            (b"<Acct><Id><IBAN>CH5800791123000889012</IBAN></Id></Acct>", b"", "account"),
        ],
    )
    def test_a_booking_that_makes_no_sense_names_its_line(self, bank_file, old, new, code):
        content = bank_file({"amount": "150.00"}).replace(old, new)
        with pytest.raises(Unreadable) as caught:
            read(content)
        assert (caught.value.code, caught.value.line > 1) == (code, True)
        assert f"Line {caught.value.line}" in str(caught.value)

    def test_more_decimals_than_needed_are_no_matter(self, bank_file):
        (entry,) = read(bank_file({"amount": "150.00000"}, amount="150")).transactions
        assert entry.amount == 150


# `VmHWM` is this program's own: what `resource` says begins with that of who started it.
READING = """
import re, sys
from billing import camt
def most():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
content = open(sys.argv[1], "rb").read()
before = most()
try:
    entries = camt.read(content).transactions
except camt.Unreadable as refusal:
    print(refusal.code, most() - before)
else:
    grown = most() - before
    print(len({entry.identity for entry in entries}), sum(entry.amount for entry in entries), grown)
"""


def apart(content, folder):
    """What came of reading, and kilobytes, in a process of its own: here the memory may have been as much before."""
    (folder / "large.xml").write_bytes(content)
    said = subprocess.run(
        [sys.executable, "-c", READING, folder / "large.xml"], capture_output=True, text=True, check=True
    )
    *outcome, kilobytes = said.stdout.split()
    return outcome, int(kilobytes)


def read_apart(content, folder):
    """Payments, francs and kilobytes."""
    (payments, francs), kilobytes = apart(content, folder)
    return int(payments), francs, kilobytes


def refused_apart(content, folder):
    """The refusal's code and kilobytes."""
    (code,), kilobytes = apart(content, folder)
    return code, kilobytes


class TestBombs:
    LAUGHS = (
        '<!DOCTYPE Document [<!ENTITY a0 "ha">'
        + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
        + "]>"
    )

    def test_a_billion_laughs_take_no_memory(self, bank_file, tmp_path):
        content = bank_file({"amount": "1", "debtor": "&a9;"}, before=self.LAUGHS)
        code, kilobytes = refused_apart(content, tmp_path)
        assert code == "doctype"
        assert kilobytes < 10 * 1024

    def test_a_file_of_this_machine_is_never_read(self, bank_file, tmp_path):
        secret = tmp_path / "secret.txt"
        secret.write_text("secret")
        bomb = f'<!DOCTYPE Document [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        with pytest.raises(Unreadable) as caught:
            read(bank_file({"amount": "1", "debtor": "&e;"}, before=bomb))
        assert caught.value.code == "doctype"

    def test_no_address_is_asked(self, bank_file):
        bomb = '<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/bank.dtd">'
        assert refused(bank_file({"amount": "1"}, before=bomb)) == "doctype"

    @pytest.mark.parametrize(
        ("place", "bomb", "times"),
        [
            ("</NtryDtls>", "<TxDtls/>", camt.MOST_PARTS),
            ("</Ntfctn>", "<Ntry><Sts>PDNG</Sts></Ntry>", camt.MOST_PARTS),
            ("</Ntfctn>", "<Bal><a>a</a>a</Bal>", 400_000),
            ("</TxDtls>", "<a>a</a>a", 800_000),
            ("</TxDtls>", '<a b=""/>', camt.MOST_ATTRIBUTES),
        ],
    )
    def test_ever_so_many_parts_are_refused_and_take_no_memory(self, bank_file, tmp_path, place, bomb, times):
        content = bank_file({"amount": "1"}).replace(place.encode(), (bomb * times + place).encode(), 1)
        code, kilobytes = refused_apart(content, tmp_path)
        assert code == "many"
        assert kilobytes < 30 * 1024

    def test_one_element_of_ever_so_many_attributes_is_refused_and_takes_no_memory(self, bank_file, tmp_path):
        bomb = "".join(f' a{number}=""' for number in range(camt.MOST_ATTRIBUTES))
        content = bank_file({"amount": "1"}).replace(b"</TxDtls>", f"<a{bomb}/></TxDtls>".encode())
        code, kilobytes = refused_apart(content, tmp_path)
        assert code == "many"
        assert kilobytes < 30 * 1024

    def test_a_booking_is_not_searched_for_among_those_before_it(self):
        tree = etree.fromstring("<Stmt><Bal/><Acct/><CreDtTm/><Acct/><Ntry/><Ntry/><Ntry/></Stmt>")
        camt._drop_before(tree[-1])
        assert [child.tag for child in tree] == ["Acct", "CreDtTm", "Ntry"]


def test_ten_thousand_payments_as_banks_write_them_are_read_without_a_large_tree(bank_file, tmp_path):
    agent = "<DbtrAgt><FinInstnId><BICFI>POFICHBEXXX</BICFI><Nm>POSTFINANCE AG</Nm></FinInstnId></DbtrAgt>"
    part = {"amount": "150.00", "reference": FIRST, "extra": f"<RltdAgts>{agent * 30}</RltdAgts>"}
    content = bank_file(*(part | {"name": f"T{n}"} for n in range(10_000)))
    assert 3000 < len(content) / 10_000 < camt.LARGEST / 10_000
    payments, francs, kilobytes = read_apart(content, tmp_path)
    assert (payments, francs) == (10_000, "1500000.00")
    assert kilobytes < 40 * 1024  # the whole tree would take several times the file


def test_what_stands_between_bookings_goes_with_them(bank_file, tmp_path):
    content = bank_file({"amount": "150.00", "reference": FIRST})
    pending = b"<Bal/>" * 3000 + b"<Ntry><Sts>PDNG</Sts></Ntry>"
    payments, francs, kilobytes = read_apart(content.replace(b"<Ntry>", pending * 150 + b"<Ntry>"), tmp_path)
    assert (payments, francs) == (1, "150.00")
    assert kilobytes < 20 * 1024  # kept, they would take three times as much


def test_as_many_bookings_as_there_are_days_and_payers_are_read(bank_file):
    content = bank_file({"amount": "150.00", "reference": FIRST})
    booking = content[content.index(b"<Ntry>") : content.index(b"</Ntry>") + len(b"</Ntry>")]
    assert len(read(content.replace(booking, booking * 3000)).transactions) == 3000


def test_every_reason_is_a_finding_that_the_books_know():
    from billing.models import BankTransaction

    reasons = {"taken_back", "uneven", "currency", "missing", "invalid", "several"}
    assert reasons < set(BankTransaction.Finding.values)
