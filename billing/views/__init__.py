from .accounts import accounts, confirm, propose, turn_down
from .bank import bank_file, bank_files
from .invoice import detail, discard, download, index, issue
from .month import close_month, due, issue_all, month_end

__all__ = [
    "accounts",
    "bank_file",
    "bank_files",
    "close_month",
    "confirm",
    "detail",
    "discard",
    "download",
    "due",
    "index",
    "issue",
    "issue_all",
    "month_end",
    "propose",
    "turn_down",
]
