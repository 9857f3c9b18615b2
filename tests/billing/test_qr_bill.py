"""The QR-bill against the guidelines, their own examples, and a library that was written by somebody else."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import segno
from chqr import Creditor, QRBill, UltimateDebtor
from django.conf import settings
from fontTools.ttLib import TTFont

from billing.ibans import in_fours
from billing.qr_bill import (
    LABELS,
    LONGEST_PAYLOAD,
    Bill,
    NotPrintable,
    Party,
    billing_information,
    payload,
    slip,
    spaced,
    width,
    wrapped,
)
from billing.references import LARGEST_NUMBER, in_fives, qr_reference
from documents.fonts import face

CREDITOR = Party("Robert Schneider AG", "Rue du Lac", "1268", "2501", "Biel")
DEBTOR = Party("Pia Rutschmann", "Marktgasse", "28", "9400", "Rorschach")
BILL = Bill("CH4431999123000889012", CREDITOR, Decimal("1949.75"), "210000000003139471430009017", DEBTOR)
LONG = Party(
    "Gemeinnützige Genossenschaft für sozialen Wohnungsbau Zürich-Oerlikon!",
    "Obere-Untere-Mittlere-Langenthalerstrassenverbindungsgasse am Südhang!",
    "1234567890abcdef",
    "3400",
    "Sankt Niklausen bei Obersiggenthal!",
)
KNOWN = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), 0x20AC]  # the signs of a QR-bill


class TestThePayload:
    def test_has_the_31_lines_of_the_guidelines(self):
        assert payload(BILL).split("\n") == [
            "SPC",
            "0200",
            "1",
            "CH4431999123000889012",
            "S",
            "Robert Schneider AG",
            "Rue du Lac",
            "1268",
            "2501",
            "Biel",
            "CH",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "1949.75",
            "CHF",
            "S",
            "Pia Rutschmann",
            "Marktgasse",
            "28",
            "9400",
            "Rorschach",
            "CH",
            "QRR",
            "210000000003139471430009017",
            "",
            "EPD",
        ]

    def test_has_a_line_more_for_billing_information_and_no_line_feed_at_the_end(self):
        bill = replace(BILL, message="Invoice 7", billing_information="//S1/10/7/40/0:30")
        assert payload(bill).split("\n")[29:] == ["Invoice 7", "EPD", "//S1/10/7/40/0:30"]

    @pytest.mark.parametrize(
        "bill",
        [
            BILL,
            replace(BILL, amount=Decimal("0.01"), debtor=LONG),
            replace(BILL, amount=Decimal("999999999.99"), message="Für Zoë d'Amico, Haus ß, façade, œuvre"),
            replace(BILL, billing_information="//S1/10/2026-0463/11/261201/20/Kst. 5720/40/0:30"),
            replace(BILL, debtor=Party("Sozialamt", "", "", "9490", "Vaduz", "LI")),
            replace(BILL, debtor=Party("Sozialamt", "Rathausplatz", "2-4", "79098", "Freiburg", "DE")),
        ],
    )
    def test_is_what_an_independent_library_writes(self, bill):
        def address(party):
            return {
                "name": party.name,
                "street": party.street or None,
                "building_number": party.house_number or None,
                "postal_code": party.postcode,
                "city": party.town,
                "country": party.country,
            }

        theirs = QRBill(
            account=bill.iban,
            creditor=Creditor(**address(bill.creditor)),
            currency="CHF",
            amount=bill.amount,
            reference_type="QRR",
            reference=bill.reference,
            debtor=UltimateDebtor(**address(bill.debtor)),
            additional_information=bill.message or None,
            billing_information=bill.billing_information or None,
        )
        assert payload(bill) == theirs.build_data_string().rstrip("\n")  # theirs ends with its unused lines

    @pytest.mark.parametrize("length", [LONGEST_PAYLOAD, LONGEST_PAYLOAD + 1])
    def test_is_refused_exactly_when_the_code_would_be_larger_than_version_25(self, length):
        short = replace(BILL, creditor=replace(CREDITOR, name="ä" * 70, street="ä" * 70, town="ä" * 35))
        short = replace(short, debtor=replace(DEBTOR, name="ä" * 70, street="ä" * 70, town="ä" * 35))
        room = length - len(payload(short).encode())
        bill = replace(short, message="ä" * (room - 140) + "a" * (280 - room))  # 140 characters, `room` bytes
        text = payload(short).replace("\n\nEPD", f"\n{bill.message}\nEPD")
        assert (len(bill.message), len(text.encode())) == (140, length)
        code = segno.make(text, error="m", micro=False, boost_error=False, encoding="utf-8")
        if length > LONGEST_PAYLOAD:
            assert code.version == 26
            with pytest.raises(NotPrintable):
                payload(bill)
        else:
            assert code.version == 25
            assert payload(bill) == text


def refused_field(bill):
    with pytest.raises(NotPrintable) as refusal:
        payload(bill)
    return refusal.value.field


class TestIsRefused:
    @pytest.mark.parametrize(
        ("field", "most", "needed"),
        [
            ("name", 70, True),
            ("street", 70, False),
            ("house_number", 16, False),
            ("postcode", 16, True),
            ("town", 35, True),
        ],
    )
    @pytest.mark.parametrize("who", ["creditor", "debtor"])
    def test_an_address_with_a_field_too_long_or_missing(self, who, field, most, needed):
        def with_text(text):
            return replace(BILL, **{who: replace(getattr(BILL, who), **{field: text})})

        assert payload(with_text("x" * most))
        assert refused_field(with_text("x" * (most + 1))) == f"{who}.{field}"
        if needed:
            assert refused_field(with_text(" ")) == f"{who}.{field}"
        else:
            assert payload(with_text(""))

    @pytest.mark.parametrize("character", ["\n", "\r", "\t", "\x00", "\x7f", "\x9f", "ƀ", "ȗ", "ȝ", "’", "漢", "🙂"])
    def test_a_character_outside_the_guidelines(self, character):
        assert refused_field(replace(BILL, debtor=replace(DEBTOR, town=f"Bi{character}el"))) == "debtor.town"
        assert refused_field(replace(BILL, creditor=replace(CREDITOR, name=f"A{character}"))) == "creditor.name"
        assert refused_field(replace(BILL, message=f"a{character}b")) == "message"
        assert refused_field(replace(BILL, billing_information=f"//S1/20/{character}")) == "billing_information"

    @pytest.mark.parametrize("character", [*" ~\u00a0'ßçÄöœĀſȘȚț€\\/&<>"])
    def test_no_character_of_the_guidelines(self, character):
        assert payload(replace(BILL, debtor=replace(DEBTOR, name=f"A{character}B"))).count("\n") == 30

    def test_in_words_that_name_the_field_and_say_what_to_write(self):
        with pytest.raises(NotPrintable) as refusal:
            payload(replace(BILL, debtor=replace(DEBTOR, name="Service social d’Yverdon")))
        assert str(refusal.value) == "Name on the invoice: a QR-bill does not know ’ (U+2019). Write '."

    @pytest.mark.parametrize("country", ["", "ch", "CHE", "C1", "C\n"])
    def test_a_country_that_is_no_code(self, country):
        assert refused_field(replace(BILL, debtor=replace(DEBTOR, country=country))) == "debtor.country"

    @pytest.mark.parametrize("amount", ["0", "0.00", "-1", "0.001", "1.005", "1000000000.00"])
    def test_an_amount_that_cannot_be_paid(self, amount):
        assert refused_field(replace(BILL, amount=Decimal(amount))) == "amount"

    @pytest.mark.parametrize(
        "iban",
        [
            "",
            "CH4431999123000889013",
            "ch4431999123000889012",
            "CH44 3199 9123 0008 8901 2",
            "CH443199912300088901",
            "DE89370400440532013000",
            "CH5800791123000889012",
        ],
    )
    def test_an_account_that_is_no_qr_iban(self, iban):
        assert refused_field(replace(BILL, iban=iban)) == "iban"

    @pytest.mark.parametrize(
        "reference",
        [
            "",
            "0" * 27,
            "210000000003139471430009016",
            "21000000000313947143000901",
            "RF18539007547034",
            "٢١٠٠٠٠٠٠٠٠٠٣١٣٩٤٧١٤٣٠٠٠٩٠١٧",
        ],
    )
    def test_a_reference_that_is_no_qr_reference(self, reference):
        assert refused_field(replace(BILL, reference=reference)) == "reference"

    def test_more_than_140_characters_of_message_and_billing_information(self):
        assert payload(replace(BILL, message="m" * 40, billing_information="//" + "b" * 98))
        assert refused_field(replace(BILL, message="m" * 41, billing_information="//" + "b" * 98))
        assert refused_field(replace(BILL, message="m" * 141)) == "message"


class TestAReference:
    def test_of_the_guidelines_is_accepted(self):
        assert payload(replace(BILL, reference="000008207791225857421286694"))

    @pytest.mark.parametrize("prefix", ["", "210000", "9999999999"])
    @pytest.mark.parametrize("number", [1, 463, LARGEST_NUMBER])
    def test_of_ours_is_accepted(self, prefix, number):
        reference = qr_reference(prefix, 2026, number)
        assert payload(replace(BILL, reference=reference))
        assert reference.startswith(prefix)


class TestBillingInformation:
    def test_names_invoice_day_their_reference_and_term(self):
        text = billing_information(
            number="2026-0463", issued_on=date(2026, 12, 1), customer_reference="Kst. 5720", days=30
        )
        assert text == "//S1/10/2026-0463/11/261201/20/Kst. 5720/40/0:30"

    def test_marks_what_would_end_a_field(self):
        text = billing_information(number="7", issued_on=date(2026, 1, 2), customer_reference="a/b\\c", days=30)
        assert text == r"//S1/10/7/11/260102/20/a\/b\\c/40/0:30"

    def test_leaves_out_what_there_is_not(self):
        text = billing_information(number="7", issued_on=date(2026, 1, 2), customer_reference="", days=10)
        assert text == "//S1/10/7/11/260102/40/0:10"

    @pytest.mark.parametrize(
        ("served", "span"),
        [((date(2026, 11, 2), date(2026, 11, 20)), "261102261120"), ((date(2026, 11, 2), date(2026, 11, 2)), "261102")],
    )
    def test_names_uid_days_and_rate_once_we_are_registered_for_vat(self, served, span):
        text = billing_information(
            number="7",
            issued_on=date(2026, 12, 1),
            customer_reference="K",
            days=30,
            uid="CHE-123.456.788 MWST",
            served=served,
            vat_rate="8.1",
        )
        assert text == f"//S1/10/7/11/261201/20/K/30/123456788/31/{span}/32/8.1/40/0:30"


class TestPrint:
    def test_is_grouped_as_prescribed(self):
        assert in_fours(BILL.iban) == "CH44 3199 9123 0008 8901 2"
        assert in_fives(BILL.reference) == "21 00000 00003 13947 14300 09017"
        assert [spaced(Decimal(text)) for text in ("0.01", "1590", "999999999.99")] == [
            "0.01",
            "1 590.00",
            "999 999 999.99",
        ]

    def test_names_the_country_only_abroad(self):
        assert Party("A", "", "", "9490", "Vaduz", "LI").printed() == ["A", "9490 Vaduz"]
        assert Party("A", "Gasse", "1", "79098", "Freiburg", "DE").printed() == ["A", "Gasse 1", "DE-79098 Freiburg"]

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (
                "de",
                "Empfangsschein|Zahlteil|Konto / Zahlbar an|Referenz|Zusätzliche Informationen|Währung|Betrag"
                "|Annahmestelle|Zahlbar durch|Vor der Einzahlung abzutrennen",
            ),
            (
                "fr",
                "Récépissé|Section paiement|Compte / Payable à|Référence|Informations supplémentaires|Monnaie"
                "|Montant|Point de dépôt|Payable par|A détacher avant le versement",
            ),
            (
                "it",
                "Ricevuta|Sezione pagamento|Conto / Pagabile a|Riferimento|Informazioni supplementari|Valuta"
                "|Importo|Punto di accettazione|Pagabile da|Da staccare prima del versamento",
            ),
            (
                "rm",
                "Quittanza|Part da pajament|Conto / Da pajar a|Referenza|Infurmaziuns supplementaras|Valuta|Import"
                "|Post da recepziun|Da pajar da|Da distatgar avant che pajar",
            ),
            (
                "en",
                "Receipt|Payment part|Account / Payable to|Reference|Additional information|Currency|Amount"
                "|Acceptance point|Payable by|Separate before paying in",
            ),
        ],
    )
    def test_carries_the_prescribed_words(self, language, words):
        assert set(LABELS[language].values()) == set(words.split("|"))
        printed = {words for _x, _y, _size, words in texts(replace(BILL, message="x"), language)}
        assert set(words.split("|")) - printed == {LABELS[language]["detach"]}  # it stands above the slip

    def test_has_the_prescribed_sizes(self):
        sizes = {(x, words): points for x, _y, points, words in texts(BILL)}
        assert [sizes[place] for place in ((5, "Receipt"), (67, "Payment part"))] == [11, 11]
        assert [sizes[5, "Reference"], sizes[5, "Pia Rutschmann"]] == [6, 8]
        assert [sizes[118, "Reference"], sizes[118, "Pia Rutschmann"]] == [8, 10]

    def test_prints_no_heading_without_a_value(self):
        assert "Additional information" not in {words for *_place, words in texts(BILL)}

    @pytest.mark.parametrize("wide", [False, True])
    def test_keeps_the_longest_addresses_in_their_columns(self, wide):
        party = Party("W" * 70, "W" * 70, "W" * 16, "W" * 16, "W" * 35, "DE") if wide else LONG
        bill = replace(BILL, creditor=LONG, debtor=party, billing_information="//S1/20/" + "x" * 132)
        font = TTFont(settings.BASE_DIR / "static/vendor/liberation/LiberationSans-Regular.ttf")
        for x, y, points, words in texts(bill):
            if x == 5 and 12 < y < 66:  # the receipt's addresses; the amount begins at 68
                assert y + points * 0.25 <= 68
                assert x + real_width(font, words, points) <= 57
            if x == 118:
                assert y <= 90
                assert x + real_width(font, words, points) <= 205
        printed = [words for x, _y, _size, words in texts(bill) if x == 118]
        assert party.name.replace(" ", "") in "".join(printed).replace(" ", "")

    def test_leaves_the_street_from_a_receipt_that_is_full(self):
        bill = replace(BILL, creditor=LONG, debtor=LONG)
        receipt = " ".join(words for x, _y, _size, words in texts(bill) if x == 5)
        assert "Südhang" not in receipt
        assert "3400 Sankt Niklausen" in receipt

    def test_has_a_letter_for_every_sign_that_the_guidelines_know(self):
        assert {chr(code) for code in KNOWN} <= set(face(400).glyphs)
        assert {letter for say in LABELS.values() for words in say.values() for letter in words} <= set(
            face(700).glyphs
        )

    def test_takes_no_text_for_narrower_than_it_is(self):
        fonts = TTFont(settings.BASE_DIR / "static/vendor/liberation/LiberationSans-Regular.ttf")
        too_narrow = [chr(code) for code in KNOWN if width(chr(code), 10) < real_width(fonts, chr(code), 10) - 0.001]
        assert too_narrow == []

    def test_breaks_between_words_and_a_long_word_anywhere(self):
        assert wrapped("Amt für Soziales", 10, 20) == ["Amt für", "Soziales"]
        assert wrapped("x" * 25, 10, 20) == ["x" * 10, "x" * 10, "x" * 5]


def texts(bill, language="en"):
    """What stands on the slip: x and y in mm, size in points, words."""
    return [(words.x, words.y, words.points, words.text) for words in slip(bill, language).words]


def real_width(font, words, points):
    glyphs, advances = font.getBestCmap(), font["hmtx"]
    units = sum(advances[glyphs.get(ord(character), ".notdef")][0] for character in words)
    return units / font["head"].unitsPerEm * points * 25.4 / 72
