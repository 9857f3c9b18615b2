import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.aggregates import StringAgg
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import MD5, Cast, Coalesce, Concat, Right
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing import lifecycle
from billing.lifecycle import InvoiceState, InvoiceStatus
from billing.periods import completed_period, words_for
from billing.references import public_number
from documents.models import StoredFile
from partners.models import BillTo, Partner
from people.models import User
from records import clock
from records.lifecycle import Lifecycle, Step
from records.triggers import CompositeKey, RowsStay, Trigger, same_partner
from requests.models import DeviceRequest
from web.counts import CountUpTo

from .series import RISES, Series, series_name

SHOWN = (
    "place",
    "status",
    "series",
    "number",
    "period",
    "due_on",
    "total",
    "bill_to__name",
    "bill_to__department",
    "bill_to__cadence",
    "partner__name",
)  # of a row of a list
DRAFT = r"draft-([1-9]\d{0,17})"
CASES = 1000


def is_of_month(month: date) -> Q:
    """Whether an invoice is of the last period that its unit's cadence has completed at this month's end."""
    is_quarterly = Q(bill_to__cadence=BillTo.Cadence.QUARTER)
    monthly, quarterly = (
        completed_period(month, cadence) for cadence in (BillTo.Cadence.MONTH, BillTo.Cadence.QUARTER)
    )
    of_unit = ~is_quarterly & Q(period=monthly) | is_quarterly & Q(period=quarterly)
    return Q(period__in=[monthly, quarterly]) & of_unit  # said twice, so that the index of periods serves


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, user: User) -> Self:
        """The association's money people see all; a partner's manager and accounting the issued ones of theirs."""
        if user.acting_for:
            mine = self.filter(partner=user.acting_for, status=InvoiceStatus.ISSUED)
            return mine if user.membership_roles & {"manager", "accounting"} else mine.none()
        return self if user.has_role("treasurer", "admin", "auditor") else self.none()

    def drafts(self) -> Self:
        return self.filter(status=InvoiceStatus.DRAFT)

    def issued(self) -> Self:
        return self.filter(status=InvoiceStatus.ISSUED)

    def of_slug(self, slug: str) -> Self:
        """The one of an address such as 2026-0463 or draft-12; none if it is written otherwise."""
        if found := re.fullmatch(DRAFT, slug):
            return self.drafts().filter(pk=found[1])
        if found := re.fullmatch(r"(\d{4})-(\d{4}|[1-9]\d{4,17})", slug):
            return self.issued().filter(series=series_name(found[1]), number=int(found[2]))
        return self.none()

    def by_slug_or_former_draft(self, slug: str) -> Self:
        """The one that a button names: draft-12 stays its address there when it is issued meanwhile."""
        found = re.fullmatch(DRAFT, slug)
        return self.filter(pk=found[1]) if found else self.of_slug(slug)

    def of_month(self, month: date) -> Self:
        """Those of the last period that their unit's cadence has completed at this month's end."""
        return self.filter(is_of_month(month))

    def of_earlier_months(self, month: date) -> Self:
        return self.filter(~is_of_month(month), period__lte=month)

    def until(self, month: date) -> Self:
        """Those of a month and of earlier ones, which `is_held` marks."""
        return self.filter(period__lte=month).annotate(is_held=~is_of_month(month))

    def with_parcels(self) -> Self:
        """`parcels`, and how many of them were handed over before the period, `late`; with who pays.

        Counted row by row, so that a page counts no lines but those of its own rows.
        """
        from .charge import ChargeLine  # it refers to Invoice

        lines = ChargeLine.objects.filter(invoice=models.OuterRef("pk"))
        late = lines.filter(shipment__handed_over_at__date__lt=models.OuterRef("period"))
        return self.select_related("bill_to__partner").annotate(
            parcels=CountUpTo(lines, limit=None), late=CountUpTo(late, limit=None)
        )

    def sums(self) -> dict[str, Any]:
        """`count`, `sum` in CHF, and `fingerprint`, which is another one once any of them is, or its total."""
        each = Concat("pk", Value(":"), "total", output_field=models.TextField())
        found = self.aggregate(
            count=models.Count("pk"), sum=models.Sum("total"), fingerprint=MD5(StringAgg(each, ",", order_by="pk"))
        )
        return found | {"sum": found["sum"] or Decimal(), "fingerprint": found["fingerprint"] or ""}

    def matching_words(self, words: str, *, of: Partner | None = None) -> Self:
        """The one of this number; those of an organisation or unit named so, or with a line of this case.

        What fits is looked up first, by keys: told so, Postgres knows whether few or many invoices are meant. `of` is
        the only organisation whose cases count; of a beginning that many share, those of the newest requests do.
        """
        cases = DeviceRequest.objects.filter(partner=of) if of else DeviceRequest.objects.all()
        newest = cases.matching_words(words).order_by("-pk").values("pk")[:CASES]
        of_case = Invoice.objects.filter(lines__shipment__request__in=newest).order_by().values_list("pk")
        keys = Invoice.objects.of_slug(words).order_by().values_list("pk").union(of_case)
        units = BillTo.objects.named(words) | BillTo.objects.filter(partner__in=Partner.objects.named(words))
        bill_tos = units.order_by().values_list("pk", flat=True)
        return self.filter(Q(pk__in=[pk for (pk,) in keys]) | Q(bill_to__in=list(bill_tos)))

    def in_state(self, state: str) -> Self:
        """Those that `Invoice.state` calls so; "unpaid" is all of open, partly paid and overdue."""
        if state == "draft":
            return self.drafts()
        found = self.issued().filter(open__isnull=state == "paid")
        today = clock.today()
        if state == "overdue":
            return found.filter(due_on__lt=today)
        if state == "open":
            return found.filter(due_on__gte=today, open__paid=0)
        if state == "partly_paid":
            return found.filter(due_on__gte=today).exclude(open__paid=0)
        return found

    def of_references(self, references: Collection[str]) -> Self:
        """Those with one of these QR references."""
        return self.filter(reference__in=references)

    def for_list(self) -> Self:
        """With what a row of a list shows, and no more; `period_kind` is empty for a draft.

        `paid` is what is booked for an open one, and the total of one that is paid, whatever else came in.
        """
        return (
            self.select_related("bill_to", "partner")
            .annotate(paid=Coalesce("open__paid", "total"), period_kind=KT("snapshot__period_kind"))
            .only(*SHOWN)
        )

    def with_paid(self) -> Self:
        """`paid`: what was booked for it so far, in CHF."""
        from .payment import Payment  # it refers to Invoice

        booked = (
            Payment.objects.filter(invoice=models.OuterRef("pk"))
            .order_by()
            .values("invoice")
            .annotate(sum=models.Sum("amount"))
            .values("sum")
        )
        zero = models.Value(0, output_field=models.DecimalField(max_digits=12, decimal_places=2))
        return self.annotate(paid=Coalesce(models.Subquery(booked), zero))


INVOICE_IS_FINAL = Trigger(
    name="invoice_is_final",
    when="BEFORE INSERT OR UPDATE OR DELETE",
    body=f"""
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> '{InvoiceStatus.DRAFT}' THEN
      RAISE EXCEPTION 'an invoice begins as a draft' USING ERRCODE = '23001', CONSTRAINT = 'born_as_draft';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.status = '{InvoiceStatus.ISSUED}' THEN
    RAISE EXCEPTION 'an issued invoice cannot %', lower(TG_OP)
      USING ERRCODE = '23001', CONSTRAINT = 'issued_invoice_stays';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.status = '{InvoiceStatus.ISSUED}' AND NEW.total IS DISTINCT FROM
     (SELECT sum(amount) FROM billing_chargeline WHERE invoice_id = NEW.id) THEN
    RAISE EXCEPTION 'the total is not the sum of the lines' USING ERRCODE = '23514', CONSTRAINT = 'total_is_the_sum';
  END IF;
  RETURN COALESCE(NEW, OLD);
END
""",
    refusals={
        "born_as_draft": _("An invoice begins as a draft."),
        "issued_invoice_stays": _("An issued invoice stays as it is. Credit it instead."),
        "total_is_the_sum": _("The total is not the sum of the lines."),
    },
)


class Invoice(Lifecycle):
    """One bill-to's charges of a period: a draft at first, and unchanged once it is issued."""

    Status, MOVES = InvoiceStatus, lifecycle.MOVES

    if TYPE_CHECKING:  # what the QuerySet adds
        paid: Decimal
        parcels: int
        late: int
        is_held: bool
        period_kind: str | None

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="invoices")
    bill_to = models.ForeignKey(BillTo, models.PROTECT, related_name="invoices")
    period = models.DateField()
    request = models.ForeignKey(DeviceRequest, models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=InvoiceStatus, default=InvoiceStatus.DRAFT, editable=False)
    series = models.ForeignKey(Series, models.PROTECT, null=True, related_name="invoices")
    first = models.PositiveBigIntegerField(null=True)
    number = models.PositiveBigIntegerField(null=True)
    previous = models.GeneratedField(
        expression=Case(When(number__gt=F("first"), then=F("number") - 1)),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    # In a list: drafts on top, then by number, whatever the order their drafts were made in.
    place = models.GeneratedField(
        expression=Case(
            When(number__isnull=True, then=models.Value(10**15) + F("id")),
            default=Cast(Right("series", 4), models.BigIntegerField()) * models.Value(10**9) + F("number"),
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    total = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    reference = models.CharField(max_length=27, null=True)  # noqa: DJ001 - null until issued, so that it can be unique
    snapshot = models.JSONField(null=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["bill_to", "period", "request"],
                condition=Q(status=InvoiceStatus.DRAFT),
                nulls_distinct=False,
                name="one_draft_per_period",
                violation_error_message=_("There is a draft for this period already."),
            ),
            models.UniqueConstraint(fields=["id", "partner"], name="invoice_with_partner"),
            same_partner("bill_to", "partners.BillTo", name="invoice_bill_to_of_its_partner"),
            same_partner("request", "requests.DeviceRequest", name="invoice_request_of_its_partner"),
            models.UniqueConstraint(
                fields=["series", "number"],
                name="number_once_per_series",
                violation_error_message=_("This number is taken already."),
            ),
            INVOICE_IS_FINAL,
            # Number n can only be committed when n - 1 exists: a gap is impossible, whoever writes.
            CompositeKey(
                name="no_gap",
                fields=["series", "previous"],
                to="billing.Invoice",
                to_fields=["series", "number"],
                is_deferred=True,
                violation_error_message=RISES,
            ),
            CompositeKey(
                name="first_of_its_series",
                fields=["series", "first"],
                to="billing.Series",
                to_fields=["name", "first"],
                violation_error_message=RISES,
            ),
            models.UniqueConstraint(fields=["reference"], name="reference_once"),
            models.CheckConstraint(condition=Q(period__day=1), name="period_is_a_first_day"),
            models.CheckConstraint(condition=Q(total__gte=0), name="total_is_not_negative"),
            models.CheckConstraint(condition=Q(status__in=InvoiceStatus.values), name="invoice_status_is_known"),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__gte=F("first")), name="number_is_from_the_first"
            ),
            models.CheckConstraint(
                condition=Q(
                    status=InvoiceStatus.DRAFT,
                    number__isnull=True,
                    series__isnull=True,
                    first__isnull=True,
                    snapshot__isnull=True,
                    reference__isnull=True,
                    issued_on__isnull=True,
                    due_on__isnull=True,
                )
                | Q(
                    status=InvoiceStatus.ISSUED,
                    number__isnull=False,
                    series__isnull=False,
                    first__isnull=False,
                    snapshot__isnull=False,
                    reference__isnull=False,
                    issued_on__isnull=False,
                    due_on__isnull=False,
                ),
                name="number_exactly_when_issued",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="invoices_by_status"),
            models.Index(fields=["-place"], name="invoices_by_number"),
            models.Index(fields=["partner", "-place"], name="invoices_of_partner"),
            models.Index(fields=["period", "-place"], name="invoices_of_period"),
        ]

    def __str__(self) -> str:
        return self.public_number or _("Draft %(id)s") % {"id": self.pk}

    @property
    def public_number(self) -> str:
        """`2026-0463`; empty for a draft."""
        if self.series_id is None or self.number is None:
            return ""
        return public_number(self.series_id.rpartition("-")[2], self.number)

    @property
    def period_words(self) -> str:
        """ "October 2026", for a quarter "July to September 2026"."""
        return words_for(self.period, self.snapshot["period_kind"] if self.snapshot else self.bill_to.cadence)

    @property
    def slug(self) -> str:
        return self.public_number or f"draft-{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("billing:detail", args=[self.slug])

    @property
    def left_to_pay(self) -> Decimal:
        """The total without what was booked so far, in CHF. Needs `with_paid()`."""
        return self.total - self.paid

    @property
    def is_overdue(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today() and self.paid < self.total

    @property
    def state(self) -> InvoiceState:
        """What people see: a draft, open, partly paid, paid or overdue. Needs `with_paid()`."""
        if self.status == InvoiceStatus.DRAFT:
            return InvoiceState.DRAFT
        if self.paid >= self.total:
            return InvoiceState.PAID
        if self.is_overdue:
            return InvoiceState.OVERDUE
        return InvoiceState.PARTLY_PAID if self.paid else InvoiceState.OPEN

    @property
    def shown_status(self) -> InvoiceState:
        return self.state


class InvoiceStep(Step):
    record = models.ForeignKey(Invoice, models.PROTECT, related_name="steps")


class InvoiceDocument(models.Model):
    """The rendered PDF of an issued invoice, kept for ever as it was; only ever added to."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="document")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [RowsStay(name="billing_invoicedocument_stays")]

    def __str__(self) -> str:
        return f"{self.invoice}.pdf"
