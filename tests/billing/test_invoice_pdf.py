"""The printed invoice, read back: pixels by zxing-cpp, words by PDFium; places in mm from the page's top left."""

import ctypes
import re
from datetime import date
from decimal import Decimal
from functools import cached_property

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from django.utils.translation import gettext, override
from PIL import ImageOps
from pypdfium2 import raw

from billing.invoice_pdf import bill_from_snapshot, render_invoice
from billing.periods import words_for
from billing.qr_bill import LABELS, NotPrintable, payload, spaced
from billing.references import qr_reference

DPI = 300
MM = 25.4 / DPI  # a pixel
SLIP_TOP = 297 - 105
CODE = (67, SLIP_TOP + 17, 67 + 46, SLIP_TOP + 17 + 46)


def snapshot(lines=3, *, amount="150.00", bill_to=(), **changes):
    address = {
        "name": "Sozialdienst Lindental",
        "department": "Rechnungswesen",
        "street": "Dorfplatz",
        "house_number": "3",
        "postcode": "3432",
        "town": "Lindental",
        "country": "CH",
        "cost_centre": "Kst. 5720",
        "order_number": "",
        "supplier_number": "",
    }
    return {
        "number": "2026-0463",
        "language": "en",
        "window": "right",
        "issued_on": "2026-12-01",
        "due_on": "2026-12-31",
        "period": "2026-11-01",
        "period_kind": "month",
        "contact": "Reto Camenzind",
        "creditor": {**settings.ASSOCIATION, "iban": "CH4431999123000889012"},
        "bill_to": address | dict(bill_to),
        "reference": qr_reference("210000", 2026, 463),
        "total": f"{Decimal(amount) * lines:.2f}",
        "vat": None,
        "lines": [
            {
                "sent_on": f"2026-11-{n % 28 + 1:02}",
                "case_reference": f"LT-2026-{n:04}",
                "kind": "laptop",
                "request": f"R-2026-{n:06}",
                "device": f"D-{n:06}",
                "amount": amount,
            }
            for n in range(lines)
        ],
        "received": lines,
    } | changes


class Paper:
    """A rendered PDF: its pages' words, its last page's picture."""

    def __init__(self, content):
        self.document = pypdfium2.PdfDocument(content)

    @cached_property
    def pages(self):
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in self.document]

    @cached_property
    def text(self):
        return "\n".join(self.pages)

    def picture(self, page=-1):
        return self.document[len(self.document) - 1 if page < 0 else page].render(scale=DPI / 72).to_pil().convert("L")

    def code(self):
        (found,) = zxingcpp.read_barcodes(self.picture(), formats=zxingcpp.BarcodeFormat.QRCode)
        return found

    def words_in(self, left, top, right, bottom, page=-1):
        page = self.document[len(self.document) - 1 if page < 0 else page]
        points = 72 / 25.4
        return page.get_textpage().get_text_bounded(
            left=left * points, right=right * points, top=(297 - top) * points, bottom=(297 - bottom) * points
        )


def printed(*args, **changes):
    return Paper(render_invoice(snapshot(*args, **changes)))


def sentence_under_the_heading(**changes):
    """What stands between the heading and the table."""
    text = " ".join(printed(**changes).text.split())
    return re.split(r"(?:Contribution to costs|Unkostenbeitrag|Contribution aux frais), \w[\w ]* 2026 ", text)[1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lines": 7}, "In November seven people received a laptop through you. Sent on"),
        ({"lines": 11}, "In November 11 people received a laptop through you. Sent on"),
        ({"received": 1}, "In November one person received a laptop through you. Sent on"),
        ({"received": 0}, "Sent on"),
        ({"lines": 7, "language": "de"}, "Im November haben 7 Personen durch Sie einen Laptop erhalten. Verschickt am"),
        ({"lines": 2, "language": "fr"}, "En novembre, 2 personnes ont reçu un ordinateur par votre intermédiaire."),
        ({"period": "2026-12-01"}, "Three people received a laptop through you. Sent on"),  # a late parcel comes along
        (
            {"period": "2026-10-01", "period_kind": "quarter"},
            "From October to December three people received a laptop through you. Sent on",
        ),
    ],
)
def test_the_letter_says_what_came_of_it_and_no_thanks_for_money_owed(changes, words):
    assert sentence_under_the_heading(**changes).startswith(words)


def test_what_was_issued_before_people_were_counted_is_printed_as_before():
    old = snapshot()
    del old["received"]
    assert "Through you 3 people received a laptop." in " ".join(Paper(render_invoice(old)).text.split())


def alternatives(document):
    """What is read out for each figure."""
    return [words for page in document for words in _alternatives(page)]


def _alternatives(page):
    tree = raw.FPDF_StructTree_GetForPage(page)
    parts = [raw.FPDF_StructTree_GetChildAtIndex(tree, n) for n in range(raw.FPDF_StructTree_CountChildren(tree))]
    while parts:
        part = parts.pop(0)
        if read(raw.FPDF_StructElement_GetType, part) == "Figure":
            yield read(raw.FPDF_StructElement_GetAltText, part)
        children = range(raw.FPDF_StructElement_CountChildren(part))
        parts += filter(None, (raw.FPDF_StructElement_GetChildAtIndex(part, n) for n in children))
    raw.FPDF_StructTree_Close(tree)


def read(text_of, part):
    """A text of PDFium, which wants a place to write it to."""
    place = ctypes.create_string_buffer(text_of(part, None, 0))
    text_of(part, place, len(place))
    return place.raw.decode("utf-16-le").rstrip("\0")


def dark_box(picture, left, top, right, bottom):
    """The box around all that is dark in a region; None if it is blank."""
    region = picture.crop(tuple(round(side / MM) for side in (left, top, right, bottom)))
    box = ImageOps.invert(region).point(lambda value: 255 * (value > 128)).getbbox()
    return box and (left + box[0] * MM, top + box[1] * MM, left + box[2] * MM, top + box[3] * MM)


class TestTheCode:
    @pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
    def test_reads_back_as_the_payload(self, language):
        paper = printed(language=language)
        found = paper.code()
        assert (found.text, found.ec_level) == (payload(bill_from_snapshot(snapshot())), "M")

    @pytest.mark.parametrize("amount", ["0.01", "999999999.99"])
    def test_reads_back_with_the_smallest_and_the_largest_amount(self, amount):
        paper = printed(1, amount=amount)
        assert paper.code().text.split("\n")[18] == amount
        assert f"{Decimal(amount):,.2f}".replace(",", "’") in paper.pages[-1]
        assert f"{Decimal(amount):,.2f}".replace(",", " ") in paper.words_in(60, SLIP_TOP, 116, 297)

    @pytest.mark.parametrize(
        "name",
        [
            "Sozialdienst Zürich-Höngg",
            "Service social d'Yverdon & Cie",
            "Commune de Bourg-en-Lavaux, façade",
            "Große Öffentliche Straße",
            "Œuvre «Ţării» €, Łódź ſĀ",
            "N" * 70,
            "Ä" * 70,
        ],
    )
    def test_reads_back_with_every_name(self, name):
        paper = printed(bill_to={"name": name, "department": name, "street": name})
        assert paper.code().text.split("\n")[21] == name
        assert paper.text.replace("\n", "").replace(" ", "").count(name.replace(" ", "")) >= 4  # letter, slip

    def test_reads_back_with_a_name_typed_in_two_characters_for_one_letter(self):
        assert printed(bill_to={"town": "Zu\u0308rich"}).code().text.split("\n")[25] == "Zürich"

    @pytest.mark.parametrize("lines", [1, 30])
    def test_stands_where_the_guidelines_want_it(self, lines):
        paper = printed(lines)
        edges = dark_box(paper.picture(), 63, SLIP_TOP + 11, 117, SLIP_TOP + 67)  # this far nothing else is printed
        assert edges == pytest.approx(CODE, abs=0.2)
        corners = paper.code().position
        assert [corners.top_left.x * MM, corners.top_left.y * MM] == pytest.approx(CODE[:2], abs=0.5)
        assert [corners.bottom_right.x * MM, corners.bottom_right.y * MM] == pytest.approx(CODE[2:], abs=0.5)

    def test_has_the_swiss_cross_in_its_middle(self):
        picture = printed().picture()
        x, y = 67 + 23, SLIP_TOP + 17 + 23
        square = (x - 3, y - 3, x + 3, y + 3)
        assert dark_box(picture, x - 3.5, y - 3.5, x + 3.5, y + 3.5) == pytest.approx(square, abs=0.1)
        assert dark_box(picture, x - 1.8, y - 0.5, x + 1.8, y + 0.5) is None  # the cross is white
        assert dark_box(picture, x - 0.5, y - 1.8, x + 0.5, y + 1.8) is None


class TestTheSlip:
    @pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
    def test_is_labelled_in_the_payers_language(self, language):
        slip = printed(language=language).words_in(0, SLIP_TOP - 6, 210, 297)
        assert [words for words in LABELS[language].values() if words not in slip] == []

    def test_prints_iban_reference_and_amount_on_both_parts(self):
        paper = printed(7)
        for left, right in ((0, 62), (62, 210)):
            words = paper.words_in(left, SLIP_TOP, right, 297)
            for what in (
                "CH44 3199 9123 0008 8901 2",
                "21 00000 00000 00202 60000 04635",
                "1 050.00",
                "3432 Lindental",
            ):
                assert what in words

    def test_is_text_that_reads_each_value_after_its_heading(self):
        slip = printed(2, bill_to={"name": "<b>Söhne</b> & Co"}).pages[-1].partition("Separate before paying in\n")[2]
        account = ["CH44 3199 9123 0008 8901 2", "Verein Weitergabe", "Werkgasse 8", "3018 Bern"]
        reference = ["Reference", "21 00000 00000 00202 60000 04635"]
        amount = ["Currency", "CHF", "Amount", "300.00"]
        payer = ["Payable by", "<b>Söhne</b> & Co", "Dorfplatz 3", "3432 Lindental"]
        more = ["Additional information", "//S1/10/2026-0463/11/261201/20/Kst. 5720/40/0:30"]
        receipt = ["Receipt", "Account / Payable to", *account, *reference, *payer, *amount, "Acceptance point"]
        part = ["Payment part", *amount, "Account / Payable to", *account, *reference, *more, *payer]
        assert slip.split("\n") == [*receipt, *part, "1/1"]

    @pytest.mark.parametrize("lines", [1, 12])
    def test_is_one_figure_that_is_read_out_in_words(self, lines):
        paper = printed(lines)
        assert alternatives(paper.document) == [
            "Payment part. Account / Payable to: CH44 3199 9123 0008 8901 2, Verein Weitergabe, Werkgasse 8, 3018 Bern."
            f" Reference: 21 00000 00000 00202 60000 04635. Amount: CHF {spaced(Decimal(150 * lines))}."
            " Payable by: Sozialdienst Lindental, Dorfplatz 3, 3432 Lindental"
        ]

    def test_keeps_its_margins_free(self):
        picture = printed(bill_to={"name": "W" * 70, "street": "W" * 70}).picture()
        for left, right in ((0.5, 4.5), (57.5, 61.5), (62.5, 66.5), (205.5, 209.5)):
            assert dark_box(picture, left, SLIP_TOP + 1, right, 296.5) is None

    @pytest.mark.parametrize("lines", [1, 8, 9, 12, 13, 24, 25, 30, 57, 58])
    def test_is_there_once_on_the_last_page_below_all_else(self, lines):
        paper = printed(lines)
        assert [page.count("Payment part") for page in paper.pages] == [0] * (len(paper.pages) - 1) + [1]
        picture = paper.picture()
        assert dark_box(picture, 1, SLIP_TOP - 7, 209, SLIP_TOP - 4.5) is None  # room above it
        slip_words = paper.words_in(0, SLIP_TOP, 210, 297)
        assert paper.code().text.startswith("SPC")
        assert "R-2026" not in slip_words
        assert "Carried" not in slip_words

    def test_stands_alone_on_the_last_page_when_there_is_no_room(self):
        first, last = printed(12).pages
        assert "Total, payable by 31.12.2026" in first
        assert "R-2026" not in last
        assert "Payment part" in last
        assert "2/2" in last


class TestTheLetter:
    @pytest.mark.parametrize("lines", [1, 12, 13, 30, 300])
    def test_names_every_line_once_and_their_total(self, lines):
        paper = printed(lines)
        for n in range(lines):
            assert paper.text.count(f"R-2026-{n:06}") == 1
            assert paper.text.count(f"LT-2026-{n:04}") == 1
            assert paper.text.count(f"Laptop D-{n:06}") == 1
        assert f"{150 * lines:,.2f}".replace(",", "’") in paper.text
        for at, page in enumerate(paper.pages, 1):
            assert f"{at}/{len(paper.pages)}" in page

    def test_repeats_the_head_and_carries_the_sum_to_the_next_page(self):
        paper = printed(80)
        carried = 0
        for at, page in enumerate(paper.pages[:-1]):
            rows = page.count("R-2026-")
            assert page.count("Sent on") == (1 if rows else 0)
            if at:
                assert carried in paper.words_in(100, 15, 190, 27, page=at)
            so_far = sum(other.count("R-2026-") for other in paper.pages[: at + 1])
            carried = f"Carried forward CHF {so_far * 150:,.2f}".replace(",", "’")
            assert (carried in paper.words_in(100, 275, 190, 297, page=at)) == (so_far < 80)
        assert paper.text.count("Carried forward") == 4  # three pages of lines

    @pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
    def test_speaks_the_payers_language_whatever_is_active(self, language):
        with override("it" if language == "de" else "de"):
            text = printed(language=language).text.replace("\n", " ")
        with override(language):
            period = words_for(date(2026, 11, 1), "month")
            for words in (
                gettext("Contribution to costs, %(period)s") % {"period": period},
                gettext("Total, payable by %(day)s") % {"day": "31.12.2026"},
                gettext("Your reference"),
                gettext("Questions? Please quote the invoice number."),
            ):
                assert " ".join(words.split()) in text  # a French space before “?” is none of the font’s

    @pytest.mark.parametrize(("window", "left"), [("right", 118), ("left", 22)])
    def test_shows_the_address_in_the_window(self, window, left):
        paper = printed(window=window, bill_to={"name": "N" * 70, "department": "d" * 70, "street": "s" * 60})
        shown = paper.words_in(left - 0.5, 46, left + 79, 90, page=0)
        for words in ("Verein Weitergabe, Werkgasse 8, 3018 Bern", "NNNNN", "ddddd", "sssss", "3432 Lindental"):
            assert words in shown
        box = dark_box(paper.picture(0), left - 1.5, 46, left + 79, 89)
        assert box[:2] == pytest.approx((left, 48), abs=1)

    def test_names_what_communes_file_it_under(self):
        text = printed(bill_to={"order_number": "B-77", "supplier_number": "LF-5"}).text
        for words in ("Rechnungswesen", "Kst. 5720", "B-77", "LF-5", "2026-0463", "01.12.2026", "31.12.2026, 30 days"):
            assert words in text

    def test_of_a_quarter_names_the_quarter(self):
        assert "July to September 2026" in printed(period="2026-07-01", period_kind="quarter").text

    def test_never_hints_at_vat_while_we_are_not_registered(self):
        text = printed(creditor={**snapshot()["creditor"], "uid": "CHE-123.456.788"}).text
        assert "CHE-123.456.788" in text
        for hint in ("VAT", "MWST", "MwSt", "TVA", "IVA", "%", "incl"):
            assert hint not in text

    def test_names_rate_tax_and_number_once_we_are(self):
        paper = printed(vat={"number": "CHE-123.456.788 MWST", "rate": "8.1"})
        assert "8.1 % VAT included: CHF 33.72." in paper.text  # 450.00 × 8.1 / 108.1
        assert "CHE-123.456.788 MWST" in paper.text
        assert paper.code().text.endswith("/30/123456788/31/261101261103/32/8.1/40/0:30")

    def test_shows_typed_text_as_typed_and_loads_nothing(self, tmp_path):
        canary = tmp_path / "canary.svg"
        canary.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text>loaded</text></svg>")
        bill_to = {"name": "<script>alert(1)</script>", "department": f"<img src='file://{canary}'>\nAmt & Söhne"}
        changes = {"bill_to": bill_to, "contact": "{{ 7|add:7 }}"}
        paper = printed(1, **changes)
        text = paper.text.replace("\n", "")
        assert "<script>alert(1)</script>" in text
        assert "<img src" in text
        assert "loaded" not in text
        assert "{{ 7|add:7 }}" in text

    @pytest.mark.parametrize("field", ["name", "street", "town", "postcode", "house_number"])
    @pytest.mark.parametrize("character", ["\n", "漢", "’"])
    def test_is_not_printed_with_what_the_qr_bill_does_not_know(self, field, character):
        with pytest.raises(NotPrintable) as refusal:
            printed(bill_to={field: f"A{character}1"})
        assert refusal.value.field == f"debtor.{field}"
