"""The pages for visitors: what this is, what it spares, which data are kept, whom to ask. Map and help stand apart."""

from collections import Counter
from datetime import date, timedelta
from functools import wraps
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.db.models import Aggregate, Count, DurationField, F, Q, Value
from django.db.models.functions import ExtractYear
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.gzip import gzip_page

from devices.lifecycle import DeviceStatus
from devices.models import DeviceStep
from partners.cantons import CANTONS
from partners.lifecycle import PartnerStatus
from partners.models import Commune, Partner, Tariff
from people.access import public
from records import clock
from requests.lifecycle import RequestStatus
from requests.models import Policy, draft
from requests.tracking import WARRANTY_MONTHS
from shipping.lifecycle import PASSED_ON, ShipmentStatus
from shipping.models import Shipment

from . import hexagons, impact

FIGURES_KEPT = 3600  # seconds
PAGE_KEPT = 300  # seconds
PRIVACY_AS_OF = date(2026, 12, 1)
DAYS_TO_ANSWER_ABOUT_DATA = 30  # Swiss data protection ordinance, art. 18
YEARS_OF_BOOKS = 10  # Swiss code of obligations, art. 958f
CHART = {"width": 640, "floor": 118, "tallest": 90}
ONE_DAY = timedelta(days=1)


class Median(Aggregate):
    """The middle of durations."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


class Canton(NamedTuple):
    """`laptops` is None where they are too few to be told."""

    letters: str
    communes: int
    of: int
    laptops: int | None


class Figures(NamedTuple):
    """What is counted for everybody to see, at most every hour; nothing about a single commune but its shade."""

    years: dict[int, int]  # laptops
    laptops: int
    people: int
    days: int | None  # from the organisation's yes to the door, this year, in half of the cases
    partners: int
    communes: int
    of_communes: int
    to_communes: int  # of the laptops, all but those of courses
    cantons: list[Canton]
    picture: list[tuple[str, str]]

    @property
    def cantons_taking_part(self) -> int:
        return sum(canton.communes > 0 for canton in self.cantons)

    @property
    def there_are_any(self) -> bool:
        return bool(self.laptops or self.communes)


def for_visitors(view):
    """A page without a form that anybody may open: sent packed, and the same for all strangers of one language.

    It sets no cookie. Whoever brings one may be somebody, and that answer is nobody else's.
    """

    @wraps(view)
    def answer(request):
        response = view(request)
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        if set(request.COOKIES) <= {settings.LANGUAGE_COOKIE_NAME} and response.status_code == 200:
            patch_cache_control(response, public=True, max_age=PAGE_KEPT)
        return response

    return public(gzip_page(answer))


@for_visitors
def front(request):
    """What this is, for visitors; whoever is signed in goes on to what needs them today."""
    if request.user.is_authenticated:
        return redirect("home")
    found = figures()
    context = {
        "figures": found,
        "price": _kept("price", _price),
        "year": clock.today().year,
        "this_year": found.years.get(clock.today().year, 0),
        "view_box": hexagons.view_box(),
    }
    return render(request, "public_site/front.html", context)


@for_visitors
def what_it_spares(request):
    """Laptops, people and places that were counted, and what that spares in money and emissions, with the method."""
    found = figures()
    price = _kept("price", _price)
    context = {
        "figures": found,
        "price": price,
        "carbon": impact.carbon(found.laptops),
        "carbon_per_laptop": impact.carbon(1),
        "saved": impact.money_saved(found.laptops, price),
        "parameters": impact.PARAMETERS,
        "bars": _bars(found.years),
        "cantons": sorted(found.cantons, key=lambda canton: str(CANTONS[canton.letters])),
    }
    return render(request, "public_site/impact.html", context)


@for_visitors
def privacy(request):
    """Which data, why, how long, who sees them; every period is the one that the code keeps to."""
    context = {
        "as_of": PRIVACY_AS_OF,
        "retention_days": settings.RETENTION_DAYS,
        "warranty_months": WARRANTY_MONTHS,
        "guard_months": _kept("guard_months", lambda: Policy.objects.current().guard_months),
        "draft_days": draft.KEPT.days,
        "session_days": settings.SESSION_COOKIE_AGE // 86_400,
        "token_days": settings.CSRF_COOKIE_AGE // 86_400,
        "years_of_books": YEARS_OF_BOOKS,
        "answer_days": DAYS_TO_ANSWER_ABOUT_DATA,
        "cookies": {
            "language": settings.LANGUAGE_COOKIE_NAME,
            "session": settings.SESSION_COOKIE_NAME,
            "token": settings.CSRF_COOKIE_NAME,
            "messages": CookieStorage.cookie_name,
        },
    }
    return render(request, "public_site/privacy.html", context)


@for_visitors
def contact(request):
    """Who answers what, and within how many working days."""
    context = {"answer_days": settings.ANSWER_DAYS, "data_days": DAYS_TO_ANSWER_ABOUT_DATA}
    return render(request, "public_site/contact.html", context)


def _kept(name: str, count: Any) -> Any:
    """A figure as it was counted within the last hour; another day counts anew."""
    return caches["figures"].get_or_set(f"{name}:{clock.today()}", count, FIGURES_KEPT)


def figures() -> Figures:
    """All figures of the public pages: two statements, at most every hour."""
    return _kept("figures", _count)


def _price():
    """What one laptop costs an organisation as long as nothing else was agreed, in CHF."""
    tier, delivery = (Partner._meta.get_field(name).default for name in ("tier", "delivery"))
    return Tariff.objects.price_for(tier=tier, delivery=delivery)


def _count() -> Figures:
    went = Q(requests__shipments__status__in=PASSED_ON)
    counted: Any = (
        Commune.objects.with_taking_part()
        .order_by()
        .annotate(
            laptops=Count("requests__shipments", filter=went),
            people=Count("requests", filter=went, distinct=True),
        )
        .values_list("pk", "canton", "successor", "valid_to", "takes_part", "laptops", "people", named=True)
    )
    rows = list(counted)
    live = [row for row in rows if row.valid_to is None]
    taking_part = [row for row in live if row.takes_part]
    years, days, partners = _count_the_rest()
    return Figures(
        years=years,
        laptops=sum(years.values()),
        people=sum(row.people for row in rows),
        days=days,
        partners=partners,
        communes=len(taking_part),
        of_communes=len(live),
        to_communes=sum(row.laptops for row in rows),
        cantons=_cantons(rows, live, taking_part),
        picture=hexagons.paths(_levels(rows)),
    )


def _count_the_rest() -> tuple[dict[int, int], int | None, int]:
    """Laptops per year from the first to this one, this year's days from yes to the door, and active organisations."""
    arrived = Q(status=ShipmentStatus.DELIVERED, request__status=RequestStatus.DELIVERED)
    took = Median(F("request__moved_at") - F("request__approved_at"), filter=arrived)
    never = Value(None, output_field=DurationField())
    no_year = Value(0)
    parcels = _numbered(Shipment.objects.passed_on(), ExtractYear("handed_over_at"), "pk", took)
    # A course's laptop leaves without a parcel.
    to_courses = DeviceStep.objects.filter(verb="pass_on", record__status=DeviceStatus.PASSED_ON)
    courses = _numbered(to_courses, ExtractYear("at"), "record", never)
    partners = _numbered(Partner.objects.filter(status=PartnerStatus.ACTIVE), no_year, "pk", never)
    counted: Counter[int] = Counter()
    this_year, days = clock.today().year, None
    for year, number, duration in parcels.union(courses, partners, all=True):
        counted[year] += number
        if year == this_year and duration is not None:
            days = max(1, round(duration / ONE_DAY))
    active = counted.pop(no_year.value, 0)
    return {year: counted[year] for year in range(min(counted, default=this_year), this_year + 1)}, days, active


def _numbered(rows: Any, year: Any, what: str, took: Any) -> Any:
    """Rows of year, how many different ones, and how long they took: alike, for one statement."""
    return (
        rows.order_by().annotate(year=year).values_list("year").annotate(number=Count(what, distinct=True), took=took)
    )


def _cantons(rows: list[Any], live: list[Any], taking_part: list[Any]) -> list[Canton]:
    """The cantons where a commune takes part, and those that did and whose laptops may be told."""
    of, communes = (Counter(row.canton for row in some) for some in (live, taking_part))
    laptops: Counter[str] = Counter()
    for row in rows:
        laptops[row.canton] += row.laptops
    told = impact.without_small(laptops)
    there = [letters for letters in CANTONS if communes[letters] or told.get(letters)]
    return [Canton(letters, communes[letters], of[letters], told.get(letters)) for letters in there]


def _levels(rows: list[Any]) -> dict[int, int]:
    """How green each commune of the drawing is, by its number: what merged is as green as what it became."""
    found = {row.pk: row for row in rows}
    laptops: Counter[int] = Counter()
    now = {}
    for row in rows:
        last = row
        while last.successor in found:
            last = found[last.successor]
        now[row.pk] = last
        laptops[last.pk] += row.laptops
    return {number: hexagons.level(laptops[row.pk]) for number, row in now.items() if row.takes_part}


def _bars(years: dict[int, int]) -> list[dict[str, Any]]:
    """The years' bars, as texts for an SVG."""
    most, step = max(years.values()) or 1, CHART["width"] / len(years)
    wide = min(step * 0.72, 80)
    bars = []
    for place, (year, laptops) in enumerate(years.items()):
        height, middle = laptops / most * CHART["tallest"], step * (place + 0.5)
        bars.append(
            {
                "year": str(year),
                "laptops": laptops,
                "x": f"{middle - wide / 2:.1f}",
                "y": f"{CHART['floor'] - height:.1f}",
                "width": f"{wide:.1f}",
                "height": f"{height:.1f}",
                "middle": f"{middle:.1f}",
                "above": f"{CHART['floor'] - height - 7:.1f}",
                "is_now": year == clock.today().year,
            }
        )
    return bars
