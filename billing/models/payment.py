from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from billing import camt
from billing.lifecycle import InvoiceStatus
from people.models import User
from records import clock
from records.triggers import RowsStay, Trigger

from .invoice import Invoice


class BankFileQuerySet(models.QuerySet["BankFile"]):
    def visible_to(self, user: User) -> Self:
        """The association's money people; partners never."""
        return self if user.has_role("treasurer", "admin", "auditor") else self.none()

    def notifications(self) -> Self:
        """Without statements, from which nothing is booked."""
        return self.filter(kind=camt.NOTIFICATION)


class BankFile(models.Model):
    """A bank file that was booked, one transaction of ours per file; only ever added to.

    `booked`, `known` and `for_a_person` count its transactions as they were found when it was imported.
    """

    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    message_id = models.CharField(max_length=60)
    booked = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    for_a_person = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = BankFileQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                name="a_bank_file_once",
                violation_error_message=_("This file was booked already."),
            ),
            RowsStay(name="billing_bankfile_stays"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("billing:bank_file", args=[self.pk])

    @property
    def is_statement(self) -> bool:
        """Whether nothing is booked from it: payments come with the credit notification of the same money."""
        return self.kind == camt.STATEMENT

    @property
    def outcome(self) -> str:
        """In words: "12 payments booked, 1 known already, 2 wait for you." """
        counts = [
            (self.booked, ngettext("%(count)s payment booked", "%(count)s payments booked", self.booked)),
            (self.known, ngettext("%(count)s known already", "%(count)s known already", self.known)),
            (self.for_a_person, ngettext("%(count)s waits for you", "%(count)s wait for you", self.for_a_person)),
        ]
        parts = [words % {"count": count} for count, words in counts if count]
        return f"{', '.join(parts)}." if parts else gettext("Nothing in it was to be booked.")


class BankTransactionQuerySet(models.QuerySet["BankTransaction"]):
    def visible_to(self, user: User) -> Self:
        """Those of the files this person may see."""
        return self.filter(file__in=BankFile.objects.visible_to(user))

    def for_a_person(self) -> Self:
        """What the bank reported and nothing was booked for.

        What was exact is left out before: it was booked as it was read, and by the index nobody looks for its payment.
        """
        return self.exclude(finding=BankFinding.EXACT).filter(payment__isnull=True)

    def booked(self) -> Self:
        return self.filter(payment__isnull=False)


class BankFinding(models.TextChoices):
    EXACT = "exact", _("Booked")
    MORE = "more", _("More than is open on the invoice")
    CREDITED = "credited", _("The invoice was credited")
    UNKNOWN = "unknown", _("No invoice has this reference")
    MISSING = "missing", _("No QR reference")
    INVALID = "invalid", _("The reference has a wrong digit")
    SEVERAL = "several", _("Several references in one payment")
    CURRENCY = "currency", _("Not in Swiss francs")
    UNEVEN = "uneven", _("The parts don’t add up to what was booked")
    TAKEN_BACK = "taken_back", _("Money out, or taken back by the bank")


class BankTransaction(models.Model):
    """A line of the bank's, by the bank's own identity; only ever added to.

    `amount` in `currency`, negative when money left; `finding` is what was found when it was read, for ever.
    """

    Finding = BankFinding

    file = models.ForeignKey(BankFile, models.PROTECT, related_name="transactions")
    account = models.CharField(max_length=34)
    identity = models.CharField(max_length=120)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    reference = models.CharField(max_length=27, blank=True)
    debtor_name = models.CharField(max_length=140, blank=True)
    finding = models.CharField(max_length=12, choices=Finding)

    objects = BankTransactionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "identity"], name="one_row_per_bank_transaction"),
            RowsStay(name="billing_banktransaction_stays"),
            models.CheckConstraint(
                condition=Q(finding__in=BankFinding.values),
                name="finding_is_known",
            ),
        ]
        indexes = [models.Index(fields=["-id"], condition=~Q(finding=BankFinding.EXACT), name="bank_entries_not_exact")]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount}"


# Once per statement, so that a bank file of ten thousand payments stays set-based.
PAYMENT_OF_AN_ISSUED_INVOICE = Trigger(
    name="payment_of_an_issued_invoice",
    when="AFTER INSERT REFERENCING NEW TABLE AS new_payments",
    body=f"""
BEGIN
  IF EXISTS (SELECT 1 FROM new_payments p JOIN billing_invoice i ON i.id = p.invoice_id
             WHERE i.status <> '{InvoiceStatus.ISSUED}') THEN
    RAISE EXCEPTION 'only an issued invoice can be paid'
      USING ERRCODE = '23001', CONSTRAINT = 'payment_of_an_issued_invoice';
  END IF;
  IF EXISTS (SELECT 1 FROM new_payments p JOIN billing_banktransaction t ON t.id = p.transaction_id
             WHERE t.amount <> p.amount) THEN
    RAISE EXCEPTION 'the bank booked another amount'
      USING ERRCODE = '23514', CONSTRAINT = 'payment_is_what_the_bank_booked';
  END IF;
  RETURN NULL;
END
""",
    refusals={
        "payment_of_an_issued_invoice": _("A draft can’t be paid: issue it first."),
        "payment_is_what_the_bank_booked": _("The bank booked another amount."),
    },
)


class Payment(models.Model):
    """What a bank transaction paid of an invoice, in CHF; only ever added to, undone by a counter-entry."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    transaction = models.OneToOneField(BankTransaction, models.PROTECT, null=True, related_name="payment")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    paid_on = models.DateField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="payment_is_not_zero"),
            PAYMENT_OF_AN_ISSUED_INVOICE,
            RowsStay(name="billing_payment_stays"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice}: {self.amount}"
