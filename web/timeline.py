"""The timeline of a record: what happened, what is now, what comes when all goes well."""

from collections.abc import Callable, Iterable
from typing import Any

from records.lifecycle import Lifecycle, Step


def rows_for(record: Lifecycle, steps: Iterable[Step], about: Callable[[Step], dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that `components/timeline.html` shows; `about(step)` adds a step's text and url."""
    rows = [{"title": step.title, "at": step.at, "state": "past", **about(step)} for step in steps]
    if rows:
        rows[-1]["state"] = "now"
    return rows + [{"title": stage.label, "state": "next"} for stage in record.still_to_come]
