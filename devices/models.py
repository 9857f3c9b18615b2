import re
from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.models import User
from records import clock
from records.lifecycle import Lifecycle, Step
from records.numbers import NextNumber
from records.status import Next
from records.triggers import RowsStay, Trigger, quoted

from . import lifecycle
from .lifecycle import DeviceStatus

# One text to search in, so that one index serves all of it; each word after a blank.
WORDS = Upper(Concat(Value(" "), "number", Value(" "), "asset_tag", Value(" "), "maker", Value(" "), "model"))
NUMBER = re.compile(r"D-[0-9]{6,}")
SHORT = 2  # signs; no index leads to so few within a word


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, user: User) -> Self:
        """The association's people see all; a partner sees a device only through its own request."""
        return self if user.has_role("admin", "dispatcher", "volunteer") else self.none()

    def ready(self) -> Self:
        return self.filter(status=DeviceStatus.READY)

    def live(self) -> Self:
        """Devices that are still ours to keep; the tag of one that is gone may come back with another."""
        return self.exclude(status__in=lifecycle.GIVEN_AWAY)

    def scanned(self, code: str) -> "Device | None":
        """The device whose number or tag was scanned, the number first."""
        return self.filter(number=code).first() or self.live().filter(asset_tag=code).first()

    def with_drive(self, serial: str) -> Self:
        """Live devices that hold a drive with this serial number."""
        return self.live().filter(pk__in=Drive.objects.filter(serial=serial).values("device"))

    def matching_words(self, text: str) -> Self:
        """Devices of whose number, tag, maker or model each of the words is a part; a short one begins a word there."""
        found = self.alias(words=WORDS)
        for word in text.upper().split()[:4]:
            if NUMBER.fullmatch(word):  # all numbers begin alike, which makes it the dearest word for the index
                found = found.filter(number=word)
            else:
                found = found.filter(words__contains=f" {word}" if len(word) <= SHORT else word)
        return found

    def count_by_status(self, *statuses: str) -> dict[str, int]:
        """How many devices stand at each of these statuses, in one query; none is left out."""
        found = self.filter(status__in=statuses).order_by().values_list("status").annotate(Count("pk"))
        return dict.fromkeys(statuses, 0) | dict(found)

    def with_open_drives(self) -> Self:
        """`has_open_drives`: whether a drive still lacks a successful erasure in this life.

        The life is that of the row at hand: were each drive's laptop looked up for it, Postgres would read all drives.
        """
        drives = Drive.objects.filter(device=OuterRef("pk")).open(life=OuterRef(OuterRef("life")))
        return self.annotate(has_open_drives=Exists(drives))


READY_MEANS_ERASED = Trigger(
    name="ready_means_erased",
    when="BEFORE INSERT OR UPDATE OF status, life",
    body=f"""
BEGIN
  IF NEW.status IN ({quoted(lifecycle.WITHOUT_OPEN_DRIVES)}) AND EXISTS (
    SELECT 1 FROM devices_drive d WHERE d.device_id = NEW.id AND d.destroyed_at IS NULL AND NOT EXISTS (
      SELECT 1 FROM devices_erasure e WHERE e.drive_id = d.id AND e.life = NEW.life AND e.result = 'success'))
  THEN
    RAISE EXCEPTION 'a drive of device % has no successful erasure', NEW.id
      USING ERRCODE = '23001', CONSTRAINT = 'ready_means_erased';
  END IF;
  RETURN NEW;
END
""",
    refusals={"ready_means_erased": _("A drive of this laptop has no successful erasure yet.")},
)


class Device(Lifecycle):
    """A donated laptop on its way to somebody.

    `life` counts how often it began: a returned laptop starts over, and only erasures of the present life count.
    """

    Status, MOVES, NOTES, WAY = lifecycle.DeviceStatus, lifecycle.MOVES, lifecycle.NOTES, lifecycle.WAY

    class System(models.TextChoices):
        LINUX = "linux", "Linux"
        WINDOWS = "windows", "Windows"

    class Keyboard(models.TextChoices):
        CH_DE = "ch-de", _("Swiss German")
        CH_FR = "ch-fr", _("Swiss French")

    class Grade(models.TextChoices):
        A = "A", _("A, like new")
        B = "B", _("B, light traces of use")
        C = "C", _("C, for courses")

    number = models.CharField(
        max_length=20, unique=True, editable=False, db_default=NextNumber("D", "device_number", with_year=False)
    )
    status = models.CharField(max_length=20, choices=DeviceStatus, default=DeviceStatus.RECEIVED, editable=False)
    life = models.PositiveSmallIntegerField(default=0, editable=False)
    asset_tag = models.CharField(_("Tag or serial number"), max_length=60)
    maker = models.CharField(_("Maker"), max_length=40, blank=True)
    model = models.CharField(_("Model"), max_length=60, blank=True)
    memory_gb = models.PositiveSmallIntegerField(_("Memory, GB"), default=8)
    system = models.CharField(_("Operating system"), max_length=10, choices=System, default=System.LINUX)
    keyboard = models.CharField(_("Keyboard"), max_length=10, choices=Keyboard, default=Keyboard.CH_DE)
    grade = models.CharField(_("Grade"), max_length=1, choices=Grade, blank=True)
    shelf = models.CharField(_("Shelf"), max_length=10, blank=True)
    received_at = models.DateTimeField(default=clock.now, editable=False)

    objects = DeviceQuerySet.as_manager()
    has_open_drives: bool  # with `with_open_drives`

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset_tag"],
                condition=~Q(status__in=lifecycle.GIVEN_AWAY),
                name="one_live_device_per_tag",
                violation_error_message=_("This laptop is taken in already."),
            ),
            models.CheckConstraint(condition=Q(memory_gb__gt=0), name="device_has_memory"),
            READY_MEANS_ERASED,
            models.CheckConstraint(
                condition=Q(status__in=DeviceStatus.values),
                name="device_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=lifecycle.GRADED) | ~Q(grade=""), name="ready_device_has_a_grade"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="devices_by_status"),
            models.Index(
                fields=["system", "keyboard", "memory_gb"],
                condition=Q(status=DeviceStatus.READY),
                name="devices_to_match",
            ),
            GinIndex(OpClass(WORDS, name="gin_trgm_ops"), name="devices_by_words"),
        ]

    def __str__(self) -> str:
        return self.number or self.asset_tag

    def get_absolute_url(self) -> str:
        return reverse("devices:detail", args=[self.number])

    @property
    def name(self) -> str:
        return f"{self.maker} {self.model}".strip()

    @property
    def takes_erasures(self) -> bool:
        return self.status in lifecycle.BEING_ERASED

    @property
    def takes_drives(self) -> bool:
        """Whether a drive that is found now can be added; one past its erasure goes back to it."""
        return self.takes_erasures or self.allows("add_drive")

    @property
    def shelf_now(self) -> str:
        """The shelf it lies on; none once it has left the house."""
        return "" if self.status in lifecycle.OUT_OF_THE_HOUSE else self.shelf

    @property
    def next_step(self) -> Next:
        """What comes next: an erasure first, as long as a drive is open; needs `with_open_drives`."""
        return lifecycle.ERASE if self.takes_erasures and self.has_open_drives else self.stage.next_step

    @property
    def next_url(self) -> str:
        """The page of what comes next; the laptop's own page where nothing is to be done."""
        page = self.next_step.page
        return reverse(page, args=[self.number]) if page else self.get_absolute_url()


class DeviceStep(Step):
    record = models.ForeignKey(Device, models.PROTECT, related_name="steps")

    class Meta(Step.Meta):
        # How many get ready in a while is asked again and again.
        indexes = [models.Index(fields=["at"], condition=models.Q(verb="mark_ready"), name="laptops_made_ready")]


class DriveQuerySet(models.QuerySet["Drive"]):
    def open(self, *, life: OuterRef | None = None) -> Self:
        """Drives that still need an erasure: neither erased in the device's present life nor destroyed."""
        life = life or OuterRef("device__life")
        erasures = Erasure.objects.filter(drive=OuterRef("pk"), life=life, result=Erasure.Result.SUCCESS)
        return self.filter(destroyed_at__isnull=True).exclude(Exists(erasures))


# The device's row is locked whatever its status, so that a drive and a step of its device wait for each other. To look
# at the status first, and lock only a laptop past its erasure, let a drive in beside a step not yet committed, and the
# laptop was ready with a drive never erased.
DRIVES_JOIN_BEFORE_ERASURE = Trigger(
    name="drives_join_before_erasure",
    when="BEFORE INSERT OR UPDATE",
    body=f"""
DECLARE
  stands text;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.device_id = OLD.device_id
     AND (NEW.destroyed_at IS NOT NULL OR OLD.destroyed_at IS NULL) THEN
    RETURN NEW;
  END IF;
  SELECT status INTO stands FROM devices_device WHERE id = NEW.device_id FOR NO KEY UPDATE;
  IF stands NOT IN ({quoted(lifecycle.BEING_ERASED)}) THEN
    RAISE EXCEPTION 'device % is past its erasure', NEW.device_id
      USING ERRCODE = '23001', CONSTRAINT = 'drives_join_before_erasure';
  END IF;
  RETURN NEW;
END
""",
    refusals={
        "drives_join_before_erasure": _("A drive can only be added to a laptop that is in the workshop."),
    },
)


class Drive(models.Model):
    """What holds data in a device."""

    class Kind(models.TextChoices):
        SSD = "ssd", "SSD"
        NVME = "nvme", "NVMe"
        HDD = "hdd", _("Hard disk")

    device = models.ForeignKey(Device, models.PROTECT, related_name="drives")
    serial = models.CharField(_("Serial number of the drive"), max_length=60)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.SSD)
    size_gb = models.PositiveIntegerField(_("Size, GB"), default=256)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    objects = DriveQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "serial"],
                name="one_drive_per_serial",
                violation_error_message=_("This drive is listed already."),
            ),
            DRIVES_JOIN_BEFORE_ERASURE,
            # An erasure is evidence about a drive: a laptop is not ready because its drive was deleted or moved away,
            # and what was erased gets no other serial number. A drive that goes is destroyed: `destroyed_at`.
            RowsStay(name="devices_drive_stays", fields=["id", "device", "serial"]),
        ]
        indexes = [models.Index(fields=["serial"], name="drives_by_serial")]

    def __str__(self) -> str:
        return self.serial


class Erasure(models.Model):
    """Evidence that a drive was erased, or that it failed (NIST SP 800-88); only ever added to."""

    class Result(models.TextChoices):
        SUCCESS = "success", _("Erased")
        FAILED = "failed", _("Failed")

    class Method(models.TextChoices):
        PURGE = "purge", _("Purge (secure erase by the drive)")
        CLEAR = "clear", _("Clear (overwritten)")

    drive = models.ForeignKey(Drive, models.PROTECT, related_name="erasures")
    life = models.PositiveSmallIntegerField()
    method = models.CharField(_("Method"), max_length=10, choices=Method, default=Method.PURGE)
    result = models.CharField(_("Result"), max_length=10, choices=Result)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [RowsStay(name="devices_erasure_stays")]

    def __str__(self) -> str:
        return f"{self.drive}: {self.result}"


class Inspection(models.Model):
    """A passed checklist: the points looked at, the grade given; only ever added to."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="inspections")
    life = models.PositiveSmallIntegerField()
    points = models.JSONField()
    grade = models.CharField(max_length=1, choices=Device.Grade)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [RowsStay(name="devices_inspection_stays")]

    def __str__(self) -> str:
        return f"{self.device}: {self.grade}"
