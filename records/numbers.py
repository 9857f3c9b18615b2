"""Numbers that people see, drawn from a database sequence and never reused."""

from typing import Any

from django.db.models import Func, TextField

# Six digits, and from a million on as many as it takes: lpad would cut them off.
FORMAT = "FM999999999999000000"


def next_of(sequence: str) -> str:
    """The SQL of a sequence's next number, as people read it."""
    return f"to_char(nextval('{sequence}'), '{FORMAT}')"


class NextNumber(Func):
    """The next public number as a column default: `R-2026-000123` with a year, `D-000123` without.

    A sequence may leave gaps, which is right for these and wrong for invoices (see billing's series).
    """

    arity = 0
    output_field = TextField()

    def __init__(self, prefix: str, sequence: str, *, with_year: bool) -> None:
        super().__init__()
        self.prefix, self.sequence, self.with_year = prefix, sequence, with_year

    def as_sql(self, *args: Any, **extra: Any) -> tuple[str, tuple[str | int, ...]]:
        year = "to_char(clock_now() AT TIME ZONE 'Europe/Zurich', 'YYYY-') || " if self.with_year else ""
        return f"('{self.prefix}-' || {year}{next_of(self.sequence)})", ()
