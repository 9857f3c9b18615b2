"""Looking at a page as a test can: nothing cut off at two widths, and nothing that axe objects to."""

import os
from pathlib import Path

AXE = (Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js").read_text()
WIDTHS = (1280, 390)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def check_page(page, name):
    """Check the page at both widths; with SCREENSHOTS set to a folder its pictures are left there for people."""
    folder = os.environ.get("SCREENSHOTS")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if folder:
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        assert wide <= width, f"{name} is {wide} px wide on a screen of {width}"
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == [], name
