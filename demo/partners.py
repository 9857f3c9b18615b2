"""Writes the organisations of the demo, their people and what they have signed, and says who there is to act."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from billing.periods import midnight
from documents.payment_text import with_plain_signs
from partners import actions
from partners.models import Agreement, BillTo, Commune, Coverage, Locality, Membership, Partner, PartnerStep, Tariff
from people.models import User
from records import clock

from .accounts import make_users
from .calendar import Calendar
from .names import colleague, street
from .organisations import (
    FUNCTIONS,
    KNOWN_COMMUNES,
    ON_THE_MAP,
    ORGANISATIONS,
    WALKED,
    Organisation,
    Place,
    of_a_commune,
    quiet,
)

REQUESTS_PER_PARTNER = 80  # in a large demo
INVITED_AFTER, ACCEPTED_AFTER, SIGNED_AFTER = timedelta(hours=2), timedelta(hours=3), timedelta(weeks=2)
BEGINNING = "2023-01-01"
PRICES = {
    ("standard", "person"): Decimal("150.00"),
    ("standard", "office"): Decimal("150.00"),
    ("Vollkosten", "person"): Decimal("265.00"),
    ("Vollkosten", "office"): Decimal("250.00"),
}
SIGN_INS = {  # who signs in, at which organisation, in which roles
    "worker@muster.example": ("muster", ("social_worker",)),
    "manager@muster.example": ("muster", ("manager",)),
    "accounting@muster.example": ("muster", ("accounting",)),
    "worker@autre.example": ("autre", ("social_worker", "manager")),
    "worker@altro.example": ("altro", ("social_worker", "manager")),
}


class Area(NamedTuple):
    """A commune that an organisation speaks for, and where people live there, with each place's share of them."""

    commune: Commune
    places: list[Locality]
    shares: list[float]


@dataclass
class Client:
    """An organisation as the plans need it; of the workers, who takes more of the requests stands there more often."""

    organisation: Organisation
    partner: Partner
    areas: list[Area]
    bill_tos: list[BillTo]
    agreement: Agreement
    workers: list[User] = field(default_factory=list)
    members: list[tuple[User, str]] = field(default_factory=list)  # each with a role

    @property
    def signed_at(self) -> datetime:
        """When both sides had signed."""
        return self.partner.made_at + SIGNED_AFTER

    @property
    def is_walked(self) -> bool:
        return self.organisation.slug in WALKED


def make_partners(rng: Random, calendar: Calendar, requests: int, admin: User) -> list[Client]:
    """Write tariffs, and organisations with who pays, coverage, people and agreements; give those that take part."""
    Tariff.objects.bulk_create(
        Tariff(tier=tier, delivery=delivery, valid_from=BEGINNING, amount=amount)
        for (tier, delivery), amount in PRICES.items()
    )
    organisations = [*ORGANISATIONS, *_more(rng, requests // REQUESTS_PER_PARTNER - len(ORGANISATIONS))]
    communes = {commune.name: commune for commune in Commune.objects.live()}
    places = defaultdict(list)
    for locality in Locality.objects.order_by("postcode", "name"):
        places[locality.commune_id].append(locality)
    clients = [_client(rng, calendar, organisation, communes, places) for organisation in organisations]
    _make_accounts(rng, clients)
    # Dice of their own: with them or without, the same happens to all others.
    dice = Random(len(organisations))
    more = [_client(dice, calendar, one, communes, places) for one in _quiet(dice, organisations)]
    _make_accounts(dice, more)
    clients += more
    for client in clients:
        if client.is_walked:
            _take_on(client, by=admin)
    _write_sets(rng, calendar, [client for client in clients if not client.is_walked], admin)
    for client in clients:
        for worker in client.workers:
            worker.acting_for = client.partner
    return [client for client in clients if client.organisation.weight]


def _more(rng: Random, number: int) -> list[Organisation]:
    """Communes for a large demo, picked from the register."""
    if number <= 0:
        return []
    found = [commune for commune in Commune.objects.live().order_by("bfs_no") if commune.name not in KNOWN_COMMUNES]
    return [
        of_a_commune(commune.bfs_no, commune.name, commune.canton, commune.language)
        for commune in rng.sample(found, min(number, len(found)))
    ]


def _quiet(rng: Random, others: list[Organisation]) -> list[Organisation]:
    """Those that only stand on the map, on communes that nobody else speaks for; fewer beside a large demo's many."""
    taken = {commune for organisation in others for commune in organisation.communes}
    rows = Commune.objects.live().order_by("bfs_no").values_list("bfs_no", "name", "canton", "language")
    free = [Place(*row) for row in rows if row[1] not in taken]
    return quiet(rng, free, ON_THE_MAP - len(taken - KNOWN_COMMUNES))


def _client(
    rng: Random,
    calendar: Calendar,
    organisation: Organisation,
    communes: dict[str, Commune],
    places: dict[int, list[Locality]],
) -> Client:
    seat = max(places[communes[organisation.communes[0]].pk], key=lambda place: place.share)
    road, house_number = street(rng, organisation.language)
    made_on = calendar.days[0] - timedelta(weeks=organisation.weeks or rng.randrange(6, 120))
    if organisation.status in ("applied", "admitted"):
        made_on = calendar.days[-6]
    partner = Partner(
        name=organisation.name,
        kind=organisation.kind,
        language=organisation.language,
        street=road,
        house_number=house_number,
        postcode=seat.postcode,
        town=seat.name[:35],
        delivery=organisation.delivery,
        tier=organisation.tier,
        made_at=midnight(made_on) + timedelta(minutes=rng.randrange(9 * 60, 14 * 60)),
    )
    areas = [
        Area(commune, places[commune.pk], [float(place.share) for place in places[commune.pk]])
        for commune in (communes[name] for name in organisation.communes)
    ]
    signed_at = partner.made_at + SIGNED_AFTER
    agreement = Agreement(
        partner=partner,
        version="2023.1",
        signed_on=signed_at.date() - timedelta(days=3),
        signed_by=colleague(rng, partner.language),
        function=FUNCTIONS[partner.language],
        countersigned_at=signed_at,
    )
    return Client(organisation, partner, areas, _bill_tos(rng, organisation, partner), agreement)


def _bill_tos(rng: Random, organisation: Organisation, partner: Partner) -> list[BillTo]:
    found = []
    for payer in organisation.payers:
        same_house = not payer.name
        road, number = (partner.street, partner.house_number) if same_house else street(rng, partner.language)
        found.append(
            BillTo(
                partner=partner,
                name=with_plain_signs(payer.name or partner.name),
                department=payer.department,
                street=with_plain_signs(road),
                house_number=number,
                postcode=partner.postcode,
                town=with_plain_signs(partner.town),
                email=f"finanzen@{organisation.slug}.example",
                language=payer.language or partner.language,
                cadence=payer.cadence,
                cost_centre=payer.cost_centre,
                order_number=payer.order_number,
                supplier_number=payer.supplier_number,
            )
        )
    return found


def _make_accounts(rng: Random, clients: list[Client]) -> None:
    """Write the accounts of a social worker and a manager of each, and of those who sign in."""
    wanted = []
    for client in clients:
        if client.organisation.status == "applied":
            continue
        slug, language = client.organisation.slug, client.organisation.language
        known = {email: roles for email, (of, roles) in SIGN_INS.items() if of == slug}
        more = {f"{role.replace('_', '-')}@{slug}.example": (role,) for role in ("social_worker", "manager")}
        for email, roles in (known | more).items():
            wanted.append((client, email, colleague(rng, language), language, roles))
    users = make_users([(email, name, language) for _client, email, name, language, _roles in wanted], SIGN_INS)
    for (client, email, _name, _language, roles), user in zip(wanted, users, strict=True):
        client.members += [(user, role) for role in roles]
        if "social_worker" in roles:
            client.workers += [user] * (3 if email in SIGN_INS else 1)


def _take_on(client: Client, *, by: User) -> None:
    """Take on an organisation as people do: it is admitted, invites its people, and signs."""
    partner = client.partner
    with clock.set_to(partner.made_at):
        actions.create(partner, client.bill_tos[0], [area.commune for area in client.areas], by=by)
        for bill_to in client.bill_tos[1:]:
            bill_to.save()
    with clock.set_to(partner.made_at + INVITED_AFTER):
        for user, role in client.members:
            actions.invite(partner, email=user.email, name=user.name, role=role, by=by)
    with clock.set_to(partner.made_at + ACCEPTED_AFTER):
        for membership in Membership.objects.filter(partner=partner).order_by("pk"):
            actions.accept_invitation(membership, by=membership.user)
    with clock.set_to(client.signed_at):
        actions.record_agreement(partner, client.agreement, by=by)


def _write_sets(rng: Random, calendar: Calendar, clients: list[Client], admin: User) -> None:
    """Write the other organisations as sets, each with the steps that led it to where it stands."""
    for client in clients:
        client.partner.status = client.organisation.status
        client.agreement.countersigned_by = admin
    Partner.objects.bulk_create([client.partner for client in clients])
    BillTo.objects.bulk_create([bill_to for client in clients for bill_to in client.bill_tos])
    Coverage.objects.bulk_create(
        Coverage(partner=client.partner, commune=area.commune, valid_from=client.partner.made_at.date())
        for client in clients
        for area in client.areas
    )
    Membership.objects.bulk_create(
        Membership(
            user=user,
            partner=client.partner,
            role=role,
            started_at=client.partner.made_at + INVITED_AFTER,
            accepted_at=client.partner.made_at + ACCEPTED_AFTER,
            invited_as=user.name,
        )
        for client in clients
        for user, role in client.members
    )
    signed = [client for client in clients if client.partner.status in ("active", "suspended")]
    Agreement.objects.bulk_create([client.agreement for client in signed])
    steps = [step for client in clients for step in _steps(rng, calendar, client, admin)]
    PartnerStep.objects.bulk_create(sorted(steps, key=lambda step: step.at))


def _steps(rng: Random, calendar: Calendar, client: Client, admin: User) -> list[PartnerStep]:
    partner, found = client.partner, []

    def add(verb: str, before: str, after: str, at: datetime, by: User = admin, **numbers: str) -> None:
        found.append(
            PartnerStep(record=partner, verb=verb, from_status=before, to_status=after, at=at, by=by, numbers=numbers)
        )

    if partner.status != "applied":
        add("admit", "applied", "admitted", partner.made_at)
    for user, role in client.members:
        add("invite", "admitted", "admitted", partner.made_at + INVITED_AFTER, role=role)
        add("accept_invitation", "admitted", "admitted", partner.made_at + ACCEPTED_AFTER, by=user, role=role)
    if partner.status in ("active", "suspended"):
        add("record_agreement", "admitted", "active", client.signed_at)
    if partner.status == "suspended":
        add("suspend", "active", "suspended", calendar.moment(rng, calendar.last - 4))
    return found
