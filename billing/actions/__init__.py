from .accounts import confirm, propose, turn_down
from .bank_import import import_bank_file
from .closing import close_bill_to, close_month, dry_run, refuse_unfinished
from .issuing import discard, issue, issue_ordered, make_document, order_issue, was_discarded

__all__ = [
    "close_bill_to",
    "close_month",
    "confirm",
    "discard",
    "dry_run",
    "import_bank_file",
    "issue",
    "issue_ordered",
    "make_document",
    "order_issue",
    "propose",
    "refuse_unfinished",
    "turn_down",
    "was_discarded",
]
