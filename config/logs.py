import logging
import re

import structlog

# What Postgres quotes may be somebody's name and street, and may itself have several lines; a message that holds the
# error's repr writes those as `\n`. It ends where the next error of a chain begins.
QUOTED = re.compile(
    r"(?:DETAIL|CONTEXT|LINE \d+):.*?"
    r"(?=\n\n(?:The above exception was|During handling of the above)|\nTraceback \(most recent call last\)|\Z)",
    re.DOTALL,
)


class DiscreetFormatter(logging.Formatter):
    """Lines without what Postgres quotes of a row or of a statement, in the message and in the traceback."""

    def format(self, record):
        return QUOTED.sub("…", super().format(record))


def configure_structlog():
    """Send structlog's events the way of all others, as `event key=value`."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.KeyValueRenderer(key_order=["event"], drop_missing=True),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
