from .account import CreditorAccount, VatStatus
from .charge import ChargeLine, Close, NoCharge
from .credit import CreditLine, CreditNote
from .invoice import Invoice, InvoiceDocument, InvoiceStep
from .payment import BankFile, BankTransaction, Payment
from .series import Series
from .unsettled import OpenInvoice, UnchargedParcel

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
    "OpenInvoice",
    "Payment",
    "Series",
    "UnchargedParcel",
    "VatStatus",
]
