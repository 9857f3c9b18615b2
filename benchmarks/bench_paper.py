"""What an invoice of ten lines with its QR-bill and a label cost: processor time, and its ratio to a bare page.

Run it with `.venv/bin/python benchmarks/bench_paper.py [--times 40]`. The bare page is a table of the same lines by
WeasyPrint, without letter and slip. All are drawn in turn, as on a worker that is warm; medians count.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
LINES = 10
BARE_STYLE = """
@page { size: A4; margin: 20mm }
body { font: 10pt "Liberation Sans" }
table { width: 100%; border-collapse: collapse; table-layout: fixed }
"""


def main():
    parser = argparse.ArgumentParser(description="Measure an invoice and a label against a bare page.")
    parser.add_argument("--times", type=int, default=40)
    times = parser.parse_args().times
    os.environ.update(DEMO="1", SECRET_KEY="k" * 60, DJANGO_SETTINGS_MODULE="config.settings")
    import django

    django.setup()
    from billing.invoice_pdf import render_invoice
    from documents.pdf import render
    from shipping.carriers.own_label import render_label

    snapshot, face, page = _snapshot(), _face(), _bare()
    papers = {
        "bare page": lambda: render(page, BARE_STYLE),
        "invoice": lambda: render_invoice(snapshot),
        "label": lambda: render_label(face),
    }
    costs = {name: [] for name in papers}
    sizes = {name: len(draw()) for name, draw in papers.items()}  # warm
    for _ in range(times):
        for name, draw in papers.items():
            began = time.process_time()
            draw()
            costs[name].append(time.process_time() - began)
    medians = {name: statistics.median(seconds) for name, seconds in costs.items()}
    for name, seconds in medians.items():
        ratio = seconds / medians["bare page"]
        print(f"{name:10} {seconds * 1000:6.1f} ms  {ratio:5.2f} × the bare page  {sizes[name] / 1000:5.1f} kB")


def _bare():
    cells = "".join(
        f"<tr><td>{line['sent_on']}<td>{line['case_reference']}<td>{line['request']}<td>{line['device']}"
        f"<td>{line['amount']}</tr>"
        for line in _snapshot()["lines"]
    )
    return f"<html lang=en><title>Bare</title><h1>Bare</h1><table>{cells}</table>"


def _snapshot():
    from django.conf import settings

    from billing.references import qr_reference

    return {
        "number": "2026-0463",
        "language": "de",
        "window": "right",
        "issued_on": "2026-12-01",
        "due_on": "2026-12-31",
        "period": "2026-11-01",
        "period_kind": "month",
        "contact": "Reto Camenzind",
        "creditor": {**settings.ASSOCIATION, "iban": settings.CREDITOR_QR_IBAN},
        "bill_to": {
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
        },
        "reference": qr_reference("210000", 2026, 463),
        "total": f"{150 * LINES}.00",
        "vat": None,
        "lines": [
            {
                "sent_on": f"2026-11-{n + 1:02}",
                "case_reference": f"LT-2026-{n:04}",
                "kind": "laptop",
                "request": f"R-2026-{n:06}",
                "device": f"D-{n:06}",
                "amount": "150.00",
            }
            for n in range(LINES)
        ],
        "received": LINES,
    }


def _face():
    from shipping.carriers import Address, LabelFace

    return LabelFace(
        ident_code="990000000000000417",
        recipient=Address("Zoë d’Amico-Müller", "Rue de l’Église 4b", "1700", "Freiburg"),
        sender=Address("Verein Weitergabe", "Werkgasse 8", "3018", "Bern"),
    )


if __name__ == "__main__":
    main()
