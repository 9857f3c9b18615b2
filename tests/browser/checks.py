"""Looking at a page as a test can: nothing cut off at two widths, and nothing that axe objects to."""

import os
from pathlib import Path

AXE = (Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js").read_text()
WIDTHS = (1280, 390)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}

COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def check_page(page, name):
    """Check the page at both widths; with SCREENSHOTS set to a folder its pictures are left there for people."""
    folder = os.environ.get("SCREENSHOTS")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.locator("html").evaluate("page => page.scrollWidth")
        if folder:
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        assert wide <= width, f"{name} is {wide} px wide on a screen of {width}"
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.evaluate(AXE)
    assert _found(page, RULES) == [], name


def check_colours(page, name):
    """Check a page that was checked, once its theme has changed and no colour fades any more."""
    page.evaluate("Promise.allSettled(document.getAnimations().map(each => each.finished)).then(() => true)")
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert _found(page, COLOURS) == [], name


def _found(page, rules):
    found = page.evaluate("rules => axe.run(document, rules)", rules)["violations"]
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found]
