"""What needs a person today, as each app's `todo_for(user)` says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Todo:
    """One row of the home page: how many, what, why now, and the one action."""

    count: int
    title: str
    sentence: str
    url: str
    action: str
    urgency: int = 0  # higher comes first
    tone: str = ""
