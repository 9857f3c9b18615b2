from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .invoice import Invoice


class BankFile(models.Model):
    """A bank file that was booked, one transaction of ours per file; only ever added to."""

    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    message_id = models.CharField(max_length=60)
    booked = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    for_a_person = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return self.name


class BankTransactionQuerySet(models.QuerySet):
    def for_a_person(self):
        """What the bank reported and nothing was booked for."""
        return self.filter(payment__isnull=True)


class BankTransaction(models.Model):
    """A line of the bank's, by the bank's own identity; only ever added to. `amount` in `currency`."""

    class Finding(models.TextChoices):
        EXACT = "exact", _("Booked")
        MORE = "more", _("More than is open")
        UNKNOWN = "unknown", _("Unknown reference")
        CURRENCY = "currency", _("Another currency")
        TAKEN_BACK = "taken_back", _("Taken back by the bank")

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
        constraints = [models.UniqueConstraint(fields=["account", "identity"], name="one_row_per_bank_transaction")]

    def __str__(self):
        return f"{self.booked_on} {self.amount}"


class Payment(models.Model):
    """What a bank transaction paid of an invoice, in CHF; only ever added to, undone by a counter-entry."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    transaction = models.OneToOneField(BankTransaction, models.PROTECT, null=True, related_name="payment")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    paid_on = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="payment_is_not_zero")]

    def __str__(self):
        return f"{self.invoice}: {self.amount}"
