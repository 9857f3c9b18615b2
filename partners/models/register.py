from datetime import date
from typing import TYPE_CHECKING, NamedTuple, Self

from django.db import connection, models
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.lifecycle import PartnerStatus
from partners.places import LIECHTENSTEIN, is_one_of
from records import clock
from records.text import typographic
from records.triggers import RowsStay

if TYPE_CHECKING:
    from people.models import User

    from .partner import Partner


class CommuneQuerySet(models.QuerySet["Commune"]):
    def live(self) -> Self:
        return self.filter(valid_to__isnull=True)

    def offered_to(self, partner: "Partner") -> Self:
        """The communes that may bear an organisation's costs: those it speaks for, or any if none is recorded."""
        spoken_for = partner.coverage.live()
        return self.filter(Q(pk__in=spoken_for.values("commune")) | Q(~Exists(spoken_for), valid_to__isnull=True))

    def with_taking_part(self) -> Self:
        """`takes_part`: whether an organisation with a running agreement speaks for it today."""
        spoken_for = Coverage.objects.live().filter(commune=OuterRef("pk"), partner__status=PartnerStatus.ACTIVE)
        return self.annotate(takes_part=Exists(spoken_for))


class Commune(models.Model):
    """A Swiss commune by its BFS number, kept after a merger with the commune that follows it."""

    class Language(models.TextChoices):
        DE = "de", "Deutsch"
        FR = "fr", "Français"
        IT = "it", "Italiano"
        RM = "rm", "Rumantsch"

    bfs_no = models.PositiveIntegerField(primary_key=True)
    name = models.CharField(max_length=60)
    canton = models.CharField(max_length=2)
    language = models.CharField(max_length=2, choices=Language)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")

    objects = CommuneQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.canton})" if f"({self.canton})" not in self.name else self.name


# Not by Lower: the register writes both alike. "Kirchberg (BE)" is the commune of the place Kirchberg.
BEARS_THE_NAME = Q(commune__name=F("name")) | Q(commune__name__startswith=Concat(F("name"), Value(" (")))


class CommuneMutationManager(models.Manager["CommuneMutation"]):
    def lock(self) -> None:
        """Let nobody else merge before the end of this transaction: a file that is loaded and the clock may meet."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('communes merge'))")


class CommuneMutation(models.Model):
    """That one commune goes up in another on a day, or has another name from then on; `taken_at` once it did."""

    old_no = models.PositiveIntegerField()
    new_no = models.PositiveIntegerField()
    new_name = models.CharField(max_length=60)
    canton = models.CharField(max_length=2)
    day = models.DateField()
    taken_at = models.DateTimeField(null=True)

    objects = CommuneMutationManager()

    class Meta:
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["old_no", "day"], name="one_mutation_per_commune_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.old_no} → {self.new_no} {self.new_name} ({self.canton}), {self.day}"

    @property
    def key(self) -> tuple[int, date]:
        """What there is one of."""
        return self.old_no, self.day


class PlaceQuestion(NamedTuple):
    """A sentence that is asked once, and the town that would belong to the postcode; empty where it is not known."""

    sentence: str
    town: str


class LocalityQuerySet(models.QuerySet["Locality"]):
    def suggest(self, *postcodes: str) -> Self:
        """Localities of each postcode with their communes, the likeliest first.

        A share is that of a postcode and place, not of the postcode: a mountain station has 100 as well. So what bears
        its commune's name comes before it.
        """
        found = self.filter(postcode__in=postcodes).select_related("commune")
        return found.order_by("postcode", ExpressionWrapper(~BEARS_THE_NAME, BooleanField()), "-share", "name")

    def main_commune(self, postcode: str, place: str = "") -> int | None:
        """The commune of a postcode, or of one of its places, as BFS number; None where it is not beyond doubt."""
        found = self.filter(postcode=postcode, commune__valid_to=None)
        named = found.filter(name__iexact=typographic(place)) if place else None
        rows = list((named if named is not None and named.exists() else found).order_by("name", "-share"))
        mains = {row.name: row.commune_id for row in reversed(rows)}
        return next(iter(mains.values())) if len(set(mains.values())) == 1 else None

    def has_postcode(self, postcode: str) -> bool:
        """Whether there may be such a postcode; any counts as known until the register is loaded.

        The register knows those of buildings: boxes and large recipients have others, beside the ones of their town.
        """
        if postcode in LIECHTENSTEIN or self.filter(postcode__startswith=postcode[:2]).exists():
            return True
        return not self.exists()

    def has_place(self, postcode: str, town: str) -> bool:
        """Whether the two belong together as the register writes them, which most do: then nothing more is read."""
        return self.filter(postcode=postcode, name=town).exists()

    def towns_of(self, postcode: str) -> list[str]:
        """The names of a postcode's places, the largest first."""
        if postcode in LIECHTENSTEIN:
            return [LIECHTENSTEIN[postcode]]
        return list(dict.fromkeys(place.name for place in self.suggest(postcode)))

    def question_about(self, postcode: str, town: str) -> PlaceQuestion | None:
        """What has to be asked about a postcode and a town before a parcel goes there; None if all is well.

        One rule for forms, programs and whatever else takes an address.
        """
        if postcode in LIECHTENSTEIN:
            names = [LIECHTENSTEIN[postcode]]
        else:
            rows = list(self.suggest(postcode))
            names = list(dict.fromkeys([*(row.name for row in rows), *(row.commune.name for row in rows)]))
        if not names:
            if not self.exists():
                return None
            sentence = _("%(postcode)s is for no house. Boxes and large recipients have such postcodes: is it right?")
            return PlaceQuestion(sentence % {"postcode": postcode}, "")
        if is_one_of(town, names):
            return None
        words = {"postcode": postcode, "town": names[0], "typed": town}
        return PlaceQuestion(_("%(postcode)s is %(town)s, not %(typed)s. Which is right?") % words, names[0])


class Locality(models.Model):
    """A postcode's place in a commune. `share`: percent of this place's addresses that lie there."""

    postcode = models.CharField(max_length=4, db_index=True)
    name = models.CharField(max_length=60)
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="localities")
    share = models.DecimalField(max_digits=6, decimal_places=3)
    language = models.CharField(max_length=2)

    objects = LocalityQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["postcode", "name", "commune"], name="one_row_per_place")]

    def __str__(self) -> str:
        return f"{self.postcode} {self.name}"


class CoverageQuerySet(models.QuerySet["Coverage"]):
    def visible_to(self, user: "User") -> Self:
        """The association's admins; an organisation's own stands on its page."""
        return self if user.has_role("admin") else self.none()

    def live(self) -> Self:
        today = clock.today()
        return self.filter(Q(valid_from__lte=today), Q(valid_to__isnull=True) | Q(valid_to__gt=today))

    def contested(self) -> Self:
        """What came by a merger where another organisation speaks for the commune as well, and nobody said for whom."""
        others = Coverage.objects.live().filter(commune=OuterRef("commune"), partner__status=PartnerStatus.ACTIVE)
        mine = self.filter(
            came_by_merger=True, for_whom="", valid_to__isnull=True, partner__status=PartnerStatus.ACTIVE
        )
        return mine.filter(Exists(others.exclude(partner=OuterRef("partner"))))


class Coverage(models.Model):
    """For which commune an organisation speaks, and since when.

    `for_whom`: for whom, where two speak for one commune: asylum here, social assistance there. Empty: for everybody.
    """

    partner = models.ForeignKey("partners.Partner", models.CASCADE, related_name="coverage")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="coverage")
    valid_from = models.DateField(default=clock.today)
    valid_to = models.DateField(null=True, blank=True)
    came_by_merger = models.BooleanField(default=False)
    for_whom = models.CharField(gettext_lazy("For whom"), max_length=60, blank=True)

    objects = CoverageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "commune"],
                condition=Q(valid_to__isnull=True),
                name="one_live_coverage_per_commune",
                violation_error_message=gettext_lazy("This commune is covered already."),
            )
        ]
        indexes = [
            models.Index(
                fields=["commune"],
                condition=Q(came_by_merger=True, for_whom="", valid_to__isnull=True),
                name="coverage_that_came_by_merger",
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.commune}"


class RegisterLoad(models.Model):
    """What a load of the register changed here; a load that changes nothing leaves none.

    `new`, `renamed` and `merged` hold lines as people read them, the first MOST of each; `counts` how many there were.
    """

    MOST = 200

    at = models.DateTimeField(default=clock.now)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    counts = models.JSONField()
    new = models.JSONField(default=list)
    renamed = models.JSONField(default=list)
    merged = models.JSONField(default=list)

    class Meta:
        ordering = ["-pk"]
        constraints = [RowsStay(name="partners_registerload_stays")]

    def __str__(self) -> str:
        return f"{self.file}, {self.at:%Y-%m-%d}"
