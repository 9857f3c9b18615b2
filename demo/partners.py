"""Writes the organisations of the demo, their people and what they have signed, and says who there is to act."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random

from billing.periods import midnight
from partners.models import Agreement, BillTo, Commune, Coverage, Locality, Membership, Partner, PartnerStep, Tariff
from people.models import User

from .accounts import make_users
from .hours import Calendar
from .names import colleague, street
from .organisations import FUNCTIONS, KNOWN_COMMUNES, ORGANISATIONS, Organisation, of_a_commune

REQUESTS_PER_PARTNER = 80  # in a large demo
INVITED_AFTER, SIGNED_AFTER = timedelta(hours=2), timedelta(weeks=2)
BEGINNING = "2023-01-01"
PRICES = {
    ("standard", "person"): Decimal("150.00"),
    ("standard", "office"): Decimal("150.00"),
    ("full", "person"): Decimal("265.00"),
    ("full", "office"): Decimal("250.00"),
}
SIGN_INS = {  # who signs in, at which organisation, in which roles
    "worker@muster.example": ("muster", ("social_worker",)),
    "manager@muster.example": ("muster", ("manager",)),
    "accounting@muster.example": ("muster", ("accounting",)),
    "worker@autre.example": ("autre", ("social_worker", "manager")),
    "worker@altro.example": ("altro", ("social_worker", "manager")),
}


@dataclass
class Client:
    """An organisation as the stories need it: its rows' keys, its people, the places its people live in."""

    organisation: Organisation
    partner: Partner
    seat: Locality
    bill_tos: list[int] = field(default_factory=list)
    communes: list[tuple[int, list[Locality], list[float]]] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)


def make_partners(rng: Random, calendar: Calendar, requests: int, staff: dict[str, User]) -> list[Client]:
    """Write tariffs, organisations, bill-to units, coverage, people and agreements."""
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
    Partner.objects.bulk_create([client.partner for client in clients])
    _bill_tos(rng, clients)
    Coverage.objects.bulk_create(
        Coverage(partner=client.partner, commune_id=commune, valid_from=client.partner.made_at.date())
        for client in clients
        for commune, _places, _shares in client.communes
    )
    _people(rng, clients)
    _signatures(rng, calendar, clients, staff)
    return [client for client in clients if client.organisation.weight]


def _more(rng, number):
    """Communes for a large demo, picked from the register."""
    if number <= 0:
        return []
    found = [commune for commune in Commune.objects.live().order_by("bfs_no") if commune.name not in KNOWN_COMMUNES]
    return [
        of_a_commune(commune.bfs_no, commune.name, commune.canton, commune.language)
        for commune in rng.sample(found, min(number, len(found)))
    ]


def _client(rng, calendar, organisation, communes, places):
    seat = max(places[communes[organisation.communes[0]].pk], key=lambda place: place.share)
    road, house_number = street(rng, organisation.language)
    made_on = calendar.days[0] - timedelta(weeks=rng.randrange(6, 120))
    if organisation.status in ("applied", "admitted"):
        made_on = calendar.days[-6]
    partner = Partner(
        name=organisation.name,
        kind=organisation.kind,
        status=organisation.status,
        language=organisation.language,
        street=road,
        house_number=house_number,
        postcode=seat.postcode,
        town=seat.name[:35],
        delivery=organisation.delivery,
        tier=organisation.tier,
        made_at=midnight(made_on) + timedelta(minutes=rng.randrange(9 * 60, 14 * 60)),
    )
    client = Client(organisation, partner, seat)
    for name in organisation.communes:
        found = places[communes[name].pk]
        client.communes.append((communes[name].pk, found, [float(place.share) for place in found]))
    return client


def _bill_tos(rng, clients):
    rows = []
    for client in clients:
        for payer in client.organisation.payers:
            partner = client.partner
            same_house = not payer.name
            road, number = (partner.street, partner.house_number) if same_house else street(rng, partner.language)
            rows.append(
                BillTo(
                    partner=partner,
                    name=payer.name or partner.name,
                    department=payer.department,
                    street=road,
                    house_number=number,
                    postcode=partner.postcode,
                    town=partner.town,
                    email=f"finanzen@{client.organisation.slug}.example",
                    language=payer.language or partner.language,
                    cadence=payer.cadence,
                    cost_centre=payer.cost_centre,
                    order_number=payer.order_number,
                    supplier_number=payer.supplier_number,
                )
            )
    BillTo.objects.bulk_create(rows)
    by_partner = {client.partner.pk: client for client in clients}
    for row in rows:
        by_partner[row.partner_id].bill_tos.append(row.pk)


def _people(rng, clients):
    """A social worker, a manager and the finance office of each, and those who sign in."""
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
    memberships = []
    for (client, email, _name, _language, roles), user in zip(wanted, users, strict=True):
        started_at = client.partner.made_at + INVITED_AFTER
        memberships += [
            Membership(user=user, partner=client.partner, role=role, started_at=started_at, accepted_at=started_at)
            for role in roles
        ]
        if "social_worker" in roles:
            client.workers += [user.pk] * (3 if email in SIGN_INS else 1)
    Membership.objects.bulk_create(memberships)


def _signatures(rng, calendar, clients, staff):
    """Agreements, and the steps that led each organisation to where it stands."""
    admin = staff["admin@demo.example"]
    agreements, steps = [], []
    for client in clients:
        partner, way = client.partner, []
        signed_at = partner.made_at + SIGNED_AFTER
        if partner.status != "applied":
            way.append(("admit", "applied", "admitted", partner.made_at))
            way.append(("invite", "admitted", "admitted", partner.made_at + INVITED_AFTER))
        if partner.status == "suspended":
            way.append(("suspend", "active", "suspended", calendar.moment(rng, calendar.last - 4)))
        if partner.status in ("active", "suspended"):
            way.append(("record_agreement", "admitted", "active", signed_at))
            agreements.append(
                Agreement(
                    partner=partner,
                    version="2023.1",
                    signed_on=signed_at.date() - timedelta(days=3),
                    signed_by=colleague(rng, partner.language),
                    function=FUNCTIONS[partner.language],
                    countersigned_by=admin,
                    recorded_at=signed_at,
                )
            )
        steps += [
            PartnerStep(
                record=partner,
                verb=verb,
                from_status=before,
                to_status=after,
                by=admin,
                at=at,
                numbers={"role": "manager"} if verb == "invite" else {},
            )
            for verb, before, after, at in way
        ]
    Agreement.objects.bulk_create(agreements)
    PartnerStep.objects.bulk_create(sorted(steps, key=lambda step: step.at))
