import logging

QUOTES = ("DETAIL:", "CONTEXT:")


class DiscreetFormatter(logging.Formatter):
    """Tracebacks without what Postgres quotes of a row: it may be somebody's name and street."""

    def formatException(self, ei):  # noqa: N802 - logging's own name
        lines = super().formatException(ei).splitlines()
        return "\n".join(line for line in lines if not line.startswith(QUOTES))
