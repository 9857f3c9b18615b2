"""What needs a person today: an app's `todo.py` has `counts_for(user)`, what to count, and `todo_for(user, counts)`.

What is to be counted depends on who asks and on the day, and on nothing else: the statement is kept for as long.
"""

from dataclasses import dataclass

from .counts import in_words


@dataclass(frozen=True)
class Todo:
    """One row of the home page: how many (counted up to `MANY`), what, why now, and the one action."""

    count: int
    title: str
    sentence: str
    url: str
    action: str
    urgency: int = 0  # higher comes first
    tone: str = ""

    @property
    def count_in_words(self) -> str:
        return in_words(self.count)
