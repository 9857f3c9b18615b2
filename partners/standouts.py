"""What stands out about an application before it is decided on."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from .lifecycle import PartnerStatus
from .models import Application, Coverage, Partner

# Of a domain like these nothing can be concluded.
OPEN_TO_ALL = frozenset(
    (
        "bluewin.ch",
        "gmail.com",
        "gmx.ch",
        "gmx.net",
        "hispeed.ch",
        "hotmail.ch",
        "hotmail.com",
        "icloud.com",
        "outlook.com",
        "proton.me",
        "sunrise.ch",
        "yahoo.com",
    )
)


@dataclass(frozen=True)
class StandOut:
    """One thing to look at, with the organisation it is about, if any."""

    sentence: str
    partner: Partner | None = None
    tone: str = "wait"


def stand_outs(application: Application) -> list[StandOut]:
    """What an admin looks at before deciding: communes that are covered, the same domain, a mandate, a namesake."""
    return [*_covered(application), *_namesakes(application), *_same_domain(application), *_mandate(application)]


def _others(application: Application) -> Any:
    return Partner.objects.exclude(pk=application.partner_id or 0).exclude(status=PartnerStatus.DECLINED)


def _covered(application: Application) -> list[StandOut]:
    rows = (
        Coverage.objects.live()
        .filter(commune__in=application.communes.all(), partner__in=_others(application))
        .exclude(partner__status=PartnerStatus.ENDED)
        .select_related("partner", "commune")
        .order_by("partner__name", "commune__name")
    )
    by_partner: dict[Partner, list[str]] = {}
    for row in rows:
        by_partner.setdefault(row.partner, []).append(str(row.commune))
    return [
        StandOut(
            _("Speaks for %(communes)s already: %(partner)s.")
            % {"communes": ", ".join(communes[:5]) + (" …" if communes[5:] else ""), "partner": partner},
            partner,
        )
        for partner, communes in by_partner.items()
    ]


def _namesakes(application: Application) -> list[StandOut]:
    same = _others(application).annotate(folded=Lower("name")).filter(folded=application.name.lower())
    return [
        StandOut(_("Bears the same name: %(partner)s, %(town)s.") % {"partner": partner, "town": partner.town}, partner)
        for partner in same[:5]
    ]


def _same_domain(application: Application) -> list[StandOut]:
    domain = application.email.rpartition("@")[2].lower()
    if domain in OPEN_TO_ALL:
        return [StandOut(_("The mail address is one that anybody can get: %(domain)s.") % {"domain": domain})]
    ending = f"@{domain}"
    same = _others(application).filter(
        Q(memberships__user__email__iendswith=ending)
        | Q(bill_tos__email__iendswith=ending)
        | Q(email__iendswith=ending)
    )
    return [
        StandOut(
            _("Writes from the same domain (%(domain)s): %(partner)s.") % {"domain": domain, "partner": partner},
            partner,
            "none",
        )
        for partner in same.distinct().order_by("name")[:5]
    ]


def _mandate(application: Application) -> list[StandOut]:
    if application.kind != Partner.Kind.MANDATED:
        return []
    return [
        StandOut(
            _("Acts by a mandate of: %(who)s. Ask for it in writing.") % {"who": application.mandated_by}, None, "none"
        )
    ]
