"""Draws the life cycles from the code into docs/concepts.md: `python -m config.concepts`."""

import os
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "concepts.md"
MARK = "<!-- drawn -->\n"


def drawn():
    """The page as it must be: its own words, then a diagram per life cycle."""
    from django.apps import apps

    from records.lifecycle import Lifecycle

    cycles = sorted(
        (model for model in apps.get_models() if issubclass(model, Lifecycle)), key=lambda model: model.__name__
    )
    words = PAGE.read_text().split(MARK)[0]
    return words + MARK + "".join(_diagram(model) for model in cycles)


def _diagram(model):
    place = list(model.Status).index
    arrows = sorted(model.arrows(), key=lambda arrow: (place(arrow.start), place(arrow.to), arrow.verb))
    lines = "".join(f"    {arrow.start} --> {arrow.to}: {arrow.verb}\n" for arrow in arrows)
    first = model._meta.get_field("status").default
    return f"\n### {model.__name__}\n\n```mermaid\nstateDiagram-v2\n    [*] --> {first}\n{lines}```\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    PAGE.write_text(drawn())
