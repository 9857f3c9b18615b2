"""What djlint does not say of a template."""

from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
LONGEST = 160  # the formatter breaks lines at 120, but none that holds a sentence


def test_no_line_is_longer_than_a_screen_is_wide():
    too_long = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in sorted(TEMPLATES.rglob("*.*"))
        if "locale" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST
    ]
    assert too_long == []
