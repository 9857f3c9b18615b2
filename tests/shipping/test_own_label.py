import pypdfium2
import zxingcpp

from shipping.carriers import Address, LabelFace
from shipping.carriers.own_label import render_label

FACE = LabelFace(
    ident_code="990000000000000417",
    recipient=Address("Zoë d’Amico-Müller", "Rue de l’Église 4b", "1700", "Freiburg"),
    sender=Address("Verein Weitergabe", "Werkgasse 8", "3018", "Bern"),
)


def test_a_label_is_one_a6_page_whose_code_reads_back():
    document = pypdfium2.PdfDocument(render_label(FACE))
    page = document[0]
    assert len(document) == 1
    assert [round(side * 25.4 / 72) for side in page.get_size()] == [105, 148]
    (found,) = zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil().convert("L"))
    assert (found.text, found.format) == (FACE.ident_code, zxingcpp.BarcodeFormat.Code128)


def test_a_label_carries_the_address_and_nothing_about_assistance():
    text = pypdfium2.PdfDocument(render_label(FACE))[0].get_textpage().get_text_range()
    for line in ("Zoë d’Amico-Müller", "1700 Freiburg", "Verein Weitergabe", "99.00.000000.00000417"):
        assert line in text
    assert "sozial" not in text.lower()


def test_what_somebody_typed_loads_no_file(tmp_path):
    canary = tmp_path / "canary.svg"
    canary.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    face = LabelFace(FACE.ident_code, Address(f'<img src="file://{canary}">', "x", "3400", "Burgdorf"), FACE.sender)
    text = pypdfium2.PdfDocument(render_label(face))[0].get_textpage().get_text_range()
    assert "img" in text  # printed as it was typed
