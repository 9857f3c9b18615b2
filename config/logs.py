import copy
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
AWAY = 503


class DiscreetFormatter(logging.Formatter):
    """Lines without what Postgres quotes of a row or of a statement, in the message and in the traceback.

    What was refused, and a database that is away, is a single line: a traceback is for a fault of ours.
    """

    def format(self, record):
        status = getattr(record, "status_code", None)  # of an answer
        if record.exc_info and status and (status < 500 or status == AWAY):
            record = _without_traceback(record)
        return QUOTED.sub("…", super().format(record))


def _without_traceback(record):
    line, error = copy.copy(record), record.exc_info[1]
    if record.status_code == AWAY:
        reason = str(error).partition("\n")[0]
        line.msg, line.args = f"{record.getMessage()} ({type(error).__name__}: {reason})", ()
    line.exc_info = line.exc_text = None
    return line


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
