from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from devices.models import Device
from documents import ident_codes
from documents.models import StoredFile
from partners.models import BillTo, Partner
from partners.models.map_change import INSERT, tells_the_map
from people.models import User
from records import clock
from records.lifecycle import Lifecycle, Step
from records.triggers import CompositeKey, Trigger, same_partner
from requests.lifecycle import RequestStatus
from requests.models import Allocation, DeviceRequest, RoundDate

from . import lifecycle
from .lifecycle import RoundStatus, ShipmentStage, ShipmentStatus

# What is erased is erased whatever a label says; a parcel whose laptop was taken back goes nowhere.
LABEL_IS_PRINTED = """
BEGIN
  IF NEW.erased_at IS NULL
    AND (NEW.first_name, NEW.last_name, NEW.street, NEW.house_number, NEW.postcode, NEW.town)
      IS DISTINCT FROM (OLD.first_name, OLD.last_name, OLD.street, OLD.house_number, OLD.postcode, OLD.town)
    AND EXISTS (
      SELECT FROM shipping_shipment s JOIN requests_allocation a ON a.id = s.allocation_id
      WHERE s.request_id = NEW.request_id AND s.status IN ('labelled', 'handed_over') AND a.released_at IS NULL)
  THEN
    RAISE EXCEPTION 'the label of request % is printed', NEW.request_id
      USING ERRCODE = '23001', CONSTRAINT = 'a_printed_label_keeps_its_address';
  END IF;
  RETURN NEW;
END
"""
PRINTED = _(
    "The label is printed with the old address. Call the association: once it takes the laptop back, you can correct "
    "the address, and the request keeps its place."
)


class Round(Lifecycle):
    """The parcels that go out together on a day of the calendar."""

    Status, MOVES = RoundStatus, lifecycle.ROUND_MOVES

    date = models.OneToOneField(RoundDate, models.PROTECT, related_name="round")
    status = models.CharField(max_length=20, choices=RoundStatus, default=RoundStatus.OPEN, editable=False)

    class Meta:
        ordering = ["date__on"]
        constraints = [models.CheckConstraint(condition=Q(status__in=RoundStatus.values), name="round_status_is_known")]

    def __str__(self) -> str:
        return _("Round of %(day)s") % {"day": self.date}


class RoundStep(Step):
    record = models.ForeignKey(Round, models.PROTECT, related_name="steps")


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def visible_to(self, user: User) -> Self:
        """Dispatch and the service desk see all, volunteers too (no names there); a partner its own."""
        if user.acting_for:
            mine = self.filter(partner=user.acting_for)
            return mine if user.membership_roles & {"social_worker", "manager"} else mine.none()
        return self if user.has_role("admin", "dispatcher", "volunteer") else self.none()

    def live(self) -> Self:
        return self.exclude(status=ShipmentStatus.CANCELLED)

    def in_house(self) -> Self:
        return self.filter(status__in=lifecycle.IN_HOUSE)

    def withdrawn(self) -> Self:
        """Still in the house though their laptop is no longer the request's."""
        return self.in_house().filter(allocation__released_at__isnull=False)

    def to_void(self) -> Self:
        """Taken out, with a label still to be thrown away."""
        return self.filter(pk__in=Label.objects.to_void().values("shipment"))

    def to_label(self) -> Self:
        """Those whose label is being made."""
        return self.filter(status=ShipmentStatus.PACKING, allocation__released_at__isnull=True)

    def to_close(self) -> Self:
        return self.filter(status=ShipmentStatus.LABELLED, closed_at__isnull=True, allocation__released_at__isnull=True)

    def closed(self) -> Self:
        """Closed and still here, withdrawn ones among them."""
        return self.filter(status=ShipmentStatus.LABELLED, closed_at__isnull=False)

    def to_hand_over(self) -> Self:
        return self.closed().filter(allocation__released_at__isnull=True)

    def count_stages(self) -> dict[str, int]:
        """How many are of each `stage`: one query."""
        withdrawn = Q(allocation__released_at__isnull=False)
        labelled = Q(status=ShipmentStatus.LABELLED, allocation__released_at__isnull=True)
        return self.in_house().aggregate(
            withdrawn=Count("pk", filter=withdrawn),
            packing=Count("pk", filter=Q(status=ShipmentStatus.PACKING) & ~withdrawn),
            labelled=Count("pk", filter=labelled & Q(closed_at__isnull=True)),
            closed=Count("pk", filter=labelled & Q(closed_at__isnull=False)),
        )

    def in_order_of_shelves(self) -> Self:
        """Withdrawn ones first, then along the shelves; each with what a list shows of it."""
        withdrawn_first = F("allocation__released_at").asc(nulls_last=True)
        rows = self.select_related("allocation", "request", "device", "partner")
        return rows.order_by(withdrawn_first, "device__shelf", "pk")

    def out(self) -> Self:
        """What has left the house, whatever became of it."""
        return self.filter(handed_over_at__isnull=False)

    def passed_on(self) -> Self:
        """What has left the house and is with its person, or on the way there."""
        return self.filter(status__in=lifecycle.PASSED_ON)

    def with_label(self, code: str) -> Self:
        """The parcel whose label was scanned, or typed with its dots."""
        ident_code = ident_codes.from_scan(code)
        return self.filter(ident_code=ident_code) if ident_code else self.none()


class Shipment(Lifecycle):
    """One parcel with one device for one request.

    Who pays and the price in CHF are copied from the request at hand-over and empty before.
    """

    Status, MOVES, NOTES = ShipmentStatus, lifecycle.SHIPMENT_MOVES, lifecycle.SHIPMENT_NOTES
    WAY = lifecycle.SHIPMENT_WAY

    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="shipments")
    request = models.ForeignKey(DeviceRequest, models.PROTECT, related_name="shipments")
    device = models.ForeignKey(Device, models.PROTECT, related_name="shipments")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="shipments")
    status = models.CharField(max_length=20, choices=ShipmentStatus, default=ShipmentStatus.PACKING, editable=False)
    ident_code = models.CharField(max_length=20, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    bill_to = models.ForeignKey(BillTo, models.PROTECT, null=True, related_name="shipments")
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    handed_over_at = models.DateTimeField(null=True)
    handed_over_noted_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=clock.now)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["allocation"],
                condition=~Q(status=ShipmentStatus.CANCELLED),
                name="one_live_shipment_per_allocation",
                violation_error_message=_("There is a parcel for this laptop already."),
            ),
            models.UniqueConstraint(fields=["id", "partner"], name="shipment_with_partner"),
            same_partner("request", "requests.DeviceRequest", name="shipment_of_its_partner"),
            same_partner("allocation", "requests.Allocation", name="shipment_allocation_of_its_partner"),
            same_partner("bill_to", "partners.BillTo", name="shipment_bill_to_of_its_partner"),
            # The wrong laptop would go to the wrong person: a parcel repeats request and device of its allocation.
            CompositeKey(
                name="parcel_of_its_allocation",
                fields=["allocation", "request", "device"],
                to="requests.Allocation",
                to_fields=["id", "request", "device"],
                violation_error_message=_("A parcel holds the laptop that is kept for its request."),
            ),
            models.UniqueConstraint(
                fields=["ident_code"], condition=~Q(ident_code=""), name="one_parcel_per_ident_code"
            ),
            models.CheckConstraint(
                condition=Q(status__in=ShipmentStatus.values),
                name="shipment_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_at__isnull=True)
                | Q(bill_to__isnull=False, price__isnull=False, handed_over_noted_at__isnull=False),
                name="handed_over_knows_who_pays",
            ),
            models.CheckConstraint(
                condition=Q(status__in=lifecycle.NEVER_OUT, handed_over_at__isnull=True)
                | Q(status__in=lifecycle.OUT, handed_over_at__isnull=False),
                name="handed_over_at_exactly_when_out",
            ),
            models.CheckConstraint(condition=Q(price__isnull=True) | Q(price__gt=0), name="shipment_price_is_positive"),
            # Read where the address is written: a label that is printed would lead to the old one.
            Trigger(
                name="a_printed_label_keeps_its_address",
                on="requests.Recipient",
                when="AFTER UPDATE OF first_name, last_name, street, house_number, postcode, town",
                body=LABEL_IS_PRINTED,
                refusals={"a_printed_label_keeps_its_address": PRINTED},
            ),
            tells_the_map(
                "map_follows_parcels", when=[INSERT], inserted="handed_over_at IS NOT NULL", columns=["handed_over_at"]
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="shipments_by_status"),
            models.Index(fields=["bill_to", "handed_over_at"], name="shipments_to_bill"),
        ]

    def __str__(self) -> str:
        return self.ident_code or f"{self.request}"

    def get_absolute_url(self) -> str:
        return reverse("shipping:detail", args=[self.pk])

    @property
    def printed_code(self) -> str:
        return ident_codes.printed(self.ident_code)

    @property
    def names_a_person(self) -> bool:
        """Whether the label bears a person's name; one to an office bears the organisation's."""
        return self.request.delivery == Partner.Delivery.PERSON

    @property
    def stage(self) -> ShipmentStage:
        """Where it stands for who packs: its status, or "closed", or "withdrawn" while still in the house."""
        if self.status in lifecycle.IN_HOUSE and self.allocation.released_at:
            return ShipmentStage.WITHDRAWN
        if self.status == ShipmentStatus.LABELLED and self.closed_at:
            return ShipmentStage.CLOSED
        return ShipmentStage(self.status)  # type: ignore[call-arg]  # looked up, not made

    def holds(self, code: str) -> bool:
        """Whether a scanned number or tag names the laptop that must be inside."""
        return code.strip().upper() in (self.device.number, self.device.asset_tag)


def allocations_to_pack(requests: models.QuerySet[DeviceRequest]) -> models.QuerySet[Allocation]:
    """Of these requests: the laptops kept for them that have no parcel yet.

    As long as a laptop is kept its parcel is in the house, if there is one: no parcel that was sent is looked at. The
    requests whose laptop is packed are left out before their allocations are looked up.
    """
    packed = Shipment.objects.in_house().filter(allocation__released_at__isnull=True).values("request")
    kept = requests.filter(status=RequestStatus.ALLOCATED).exclude(pk__in=packed)
    return Allocation.objects.live().filter(request__in=kept)


class ShipmentStep(Step):
    record = models.ForeignKey(Shipment, models.PROTECT, related_name="steps")


class LabelQuerySet(models.QuerySet["Label"]):
    def to_void(self) -> Self:
        return self.filter(state=Label.State.TO_VOID)


class Label(models.Model):
    """An attempt at a label, committed with its own item number before the carrier is asked."""

    class State(models.TextChoices):
        ORDERED = "ordered", _("Ordered")
        MADE = "made", _("Made")
        UNKNOWN = "unknown", _("Answer lost")
        TO_VOID = "to_void", _("To throw away")
        VOID = "void", _("Thrown away")

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="labels")
    item_number = models.PositiveIntegerField(unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.ORDERED)
    ident_code = models.CharField(max_length=20, unique=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    ordered_at = models.DateTimeField(default=clock.now)
    made_at = models.DateTimeField(null=True)

    objects = LabelQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shipment"],
                condition=Q(state="made"),
                name="one_live_label_per_shipment",
                violation_error_message=_("This parcel has a label already."),
            ),
            models.CheckConstraint(
                condition=~Q(state="made") | Q(file__isnull=False, made_at__isnull=False), name="made_label_has_a_file"
            ),
            models.CheckConstraint(
                condition=Q(item_number__gt=0, item_number__lt=100_000_000), name="item_number_has_eight_digits"
            ),
        ]
        indexes = [models.Index(fields=["shipment"], condition=Q(state="to_void"), name="labels_to_void")]

    def __str__(self) -> str:
        return self.ident_code
