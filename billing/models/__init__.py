from .account import CreditorAccount, VatStatus
from .charge import ChargeLine, Close, NoCharge
from .credit import CreditLine, CreditNote
from .invoice import Invoice, InvoiceDocument, InvoiceStep, Series
from .payment import BankFile, BankTransaction, Payment

__all__ = [
    "BankFile",
    "BankTransaction",
    "ChargeLine",
    "Close",
    "CreditLine",
    "CreditNote",
    "CreditorAccount",
    "Invoice",
    "InvoiceDocument",
    "InvoiceStep",
    "NoCharge",
    "Payment",
    "Series",
    "VatStatus",
]
