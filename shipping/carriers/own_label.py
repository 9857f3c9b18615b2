"""Our own A6 address label, for an association without a carrier's licence."""

from django.template.loader import render_to_string

from documents.barcodes import code_128
from documents.drawing import Drawing
from documents.pdf import render

from . import LabelFace

STYLE = """
@page { size: 105mm 148mm; margin: 0 }
body { margin: 0; font-family: "Liberation Sans"; color: #000 }
.sender { position: absolute; left: 8mm; top: 8mm; font-size: 8pt; line-height: 1.35 }
.rule { position: absolute; left: 8mm; right: 8mm; top: 28mm; border-top: .3mm solid #000 }
.recipient { position: absolute; left: 8mm; right: 8mm; top: 42mm; font-size: 15pt; line-height: 1.3 }
.recipient b { font-size: 17pt }
.code { position: absolute; left: 8mm; top: 100mm; width: 89mm; text-align: center; font-size: 11pt }
.code img { display: block; margin: 0 auto 2mm }
"""


def render_label(face: LabelFace) -> bytes:
    """The label as a PDF of one A6 page, 105 × 148 mm."""
    bars = Drawing(77, 26, [], code_128(face.ident_code, width=77, height=26))
    return render(render_to_string("shipping/label_pdf.html", {"face": face}), STYLE, {"bars": bars})
