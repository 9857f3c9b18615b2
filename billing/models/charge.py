from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from billing.lifecycle import InvoiceStatus
from partners.models import BillTo, Partner
from records import clock
from records.triggers import CompositeKey, RowsStay, Trigger, same_partner
from shipping.models import Shipment

from .invoice import Invoice

FREE_OR_CHARGED_SENTENCE = _("This parcel is free or charged, never both.")


# Once per statement, so that a close of 20,000 lines stays set-based. Issuing changes a unique key, so it and changing
# lines wait for each other: inserts by their foreign key, updates and deletes by FOR KEY SHARE here.
LINES_OF_DRAFTS_ONLY = Trigger(
    name="lines_of_drafts_only",
    when=[
        "AFTER INSERT REFERENCING NEW TABLE AS new_lines",
        "AFTER UPDATE REFERENCING NEW TABLE AS new_lines OLD TABLE AS old_lines",
        "AFTER DELETE REFERENCING OLD TABLE AS old_lines",
    ],
    body=f"""
DECLARE
  touched bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN SELECT array_agg(DISTINCT invoice_id) INTO touched FROM new_lines;
  ELSIF TG_OP = 'DELETE' THEN SELECT array_agg(DISTINCT invoice_id) INTO touched FROM old_lines;
  ELSE SELECT array_agg(DISTINCT invoice_id) INTO touched
       FROM (SELECT invoice_id FROM new_lines UNION SELECT invoice_id FROM old_lines) both_sides;
  END IF;
  PERFORM 1 FROM billing_invoice WHERE id = ANY (touched) ORDER BY id FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM billing_invoice WHERE id = ANY (touched) AND status = '{InvoiceStatus.ISSUED}') THEN
    RAISE EXCEPTION 'lines of an issued invoice cannot %', lower(TG_OP)
      USING ERRCODE = '23001', CONSTRAINT = 'issued_lines_stay';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN NULL; END IF;  -- there is no new_lines to look at
  IF EXISTS (
    SELECT 1 FROM new_lines l JOIN billing_invoice i ON i.id = l.invoice_id
    JOIN shipping_shipment s ON s.id = l.shipment_id WHERE s.bill_to_id IS DISTINCT FROM i.bill_to_id)
  THEN
    RAISE EXCEPTION 'the parcel is billed to another unit' USING ERRCODE = '23001', CONSTRAINT = 'line_of_its_debtor';
  END IF;
  IF EXISTS (
    SELECT 1 FROM new_lines l JOIN billing_nocharge n ON n.shipment_id = l.shipment_id AND n.revoked_at IS NULL)
  THEN
    RAISE EXCEPTION 'a free parcel is not charged' USING ERRCODE = '23001', CONSTRAINT = 'free_or_charged';
  END IF;
  RETURN NULL;
END
""",
    refusals={
        "issued_lines_stay": _("The lines of an issued invoice stay as they are. Credit it instead."),
        "line_of_its_debtor": _("The parcel is billed to another unit."),
        "free_or_charged": FREE_OR_CHARGED_SENTENCE,
    },
)

# The shipment is locked first, so that it and a line being written wait for each other: changing who pays touches no
# key.
DEBTOR_STAYS = Trigger(
    name="debtor_stays",
    on="shipping.Shipment",
    when="BEFORE UPDATE OF bill_to_id",
    body="""
BEGIN
  PERFORM 1 FROM shipping_shipment WHERE id = NEW.id FOR UPDATE;
  IF NEW.bill_to_id IS DISTINCT FROM OLD.bill_to_id AND EXISTS (
    SELECT 1 FROM billing_chargeline c LEFT JOIN billing_creditline k USING (shipment_id, turn)
    WHERE c.shipment_id = NEW.id AND k.shipment_id IS NULL)
  THEN
    RAISE EXCEPTION 'credit the charge before billing another unit'
      USING ERRCODE = '23001', CONSTRAINT = 'debtor_stays';
  END IF;
  RETURN NEW;
END
""",
    refusals={"debtor_stays": _("Credit the charge before billing another unit.")},
)


class ChargeLineQuerySet(models.QuerySet["ChargeLine"]):
    def for_print(self) -> Self:
        """With all that a line of the invoice names, in the order of hand-over."""
        return self.select_related("shipment__request", "shipment__device").order_by("shipment__handed_over_at", "pk")


class ChargeLine(models.Model):
    """What one handed-over parcel costs, on one invoice; CHF.

    `turn` 0 is the first charge; turn n follows credit n − 1.
    """

    invoice = models.ForeignKey(Invoice, models.RESTRICT, related_name="lines")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    shipment = models.ForeignKey(Shipment, models.RESTRICT, related_name="charges")
    turn = models.PositiveSmallIntegerField(default=0)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    credited_turn = models.GeneratedField(
        expression=Case(When(turn__gt=0, then=F("turn") - 1)),
        output_field=models.SmallIntegerField(null=True),
        db_persist=True,
    )

    objects = ChargeLineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "turn"],
                name="one_charge_per_turn",
                violation_error_message=_("This parcel is charged already."),
            ),
            models.UniqueConstraint(fields=["shipment", "turn", "amount"], name="charge_with_amount"),
            CompositeKey(
                name="rebill_only_after_credit",
                fields=["shipment", "credited_turn"],
                to="billing.CreditLine",
                to_fields=["shipment", "turn"],
                violation_error_message=_("This parcel is charged already. Credit the charge first."),
            ),
            same_partner("invoice", "billing.Invoice", name="line_of_its_partner"),
            same_partner("shipment", "shipping.Shipment", name="parcel_of_its_partner"),
            LINES_OF_DRAFTS_ONLY,
            DEBTOR_STAYS,
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment}: {self.amount}"


# The shipment is locked first, so that a NoCharge and a close wait for each other.
FREE_OR_CHARGED = Trigger(
    name="free_or_charged",
    when="BEFORE INSERT OR UPDATE",
    body="""
BEGIN
  IF NEW.revoked_at IS NOT NULL THEN RETURN NEW; END IF;
  PERFORM 1 FROM shipping_shipment WHERE id = NEW.shipment_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM billing_chargeline c LEFT JOIN billing_creditline k USING (shipment_id, turn)
             WHERE c.shipment_id = NEW.shipment_id AND k.shipment_id IS NULL) THEN
    RAISE EXCEPTION 'a charged parcel is not free' USING ERRCODE = '23001', CONSTRAINT = 'free_or_charged';
  END IF;
  RETURN NEW;
END
""",
    refusals={"free_or_charged": FREE_OR_CHARGED_SENTENCE},
)

NO_CHARGE_STAYS = Trigger(
    name="no_charge_stays",
    when="BEFORE UPDATE OR DELETE",
    body="""
BEGIN
  IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL
     OR to_jsonb(NEW) - 'revoked_at' <> to_jsonb(OLD) - 'revoked_at' THEN
    RAISE EXCEPTION 'what makes a parcel free is revoked once, and nothing else'
      USING ERRCODE = '23001', CONSTRAINT = 'no_charge_stays';
  END IF;
  RETURN NEW;
END
""",
    refusals={"no_charge_stays": _("What makes a parcel free stays as it is; it can be revoked once.")},
)


class NoChargeKind(models.TextChoices):
    REPLACEMENT = "replacement", _("Replacement")
    RETURNED = "returned", _("Returned")
    LOST = "lost", _("Lost")
    GOODWILL = "goodwill", _("Goodwill")


class NoCharge(models.Model):
    """A decision that a parcel is free, or credited for good; it can be revoked once, and stays."""

    Kind = NoChargeKind

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="no_charges")
    kind = models.CharField(max_length=20, choices=Kind)
    reason_code = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment"],
                condition=Q(revoked_at__isnull=True),
                name="one_live_no_charge_per_shipment",
                violation_error_message=_("This parcel is free already."),
            ),
            models.CheckConstraint(condition=Q(kind__in=NoChargeKind.values), name="no_charge_kind_is_known"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("at")), name="no_charge_ends_after_it_began"
            ),
            FREE_OR_CHARGED,
            NO_CHARGE_STAYS,
        ]

    def __str__(self) -> str:
        return f"{self.shipment}: {self.kind}"


class Close(models.Model):
    """That a bill-to's parcels up to a cut-off were drafted; only ever added to."""

    bill_to = models.ForeignKey(BillTo, models.PROTECT, related_name="closes")
    cut_off = models.DateTimeField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [RowsStay(name="billing_close_stays")]

    def __str__(self) -> str:
        return f"{self.bill_to} < {self.cut_off}"
