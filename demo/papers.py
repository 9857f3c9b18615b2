"""What lies about in files and forms: labels of parcels still in the house, proofs, half-filled forms, waiting jobs."""

from functools import cache
from random import Random
from uuid import UUID

from billing.models import Invoice
from documents import ident_codes
from documents.models import StoredFile
from documents.pdf import render
from jobs.models import Job
from people.models import User
from records import clock
from requests import actions as request_actions
from requests.models import DeviceRequest
from shipping.actions import MAKE_LABEL, label_face, order_labels
from shipping.carriers.own_label import render_label
from shipping.models import Label, Shipment

from .names import person, street
from .partners import Client

DOCUMENTS = 80  # PDFs of invoices that are made at once; the others when somebody wants them
PROOFS = 24


@cache
def proof() -> bytes:
    """A page that stands in for the proof of a training provider."""
    return render(
        "<html lang=en><title>Example</title><h1>Example</h1><p>The training needs Windows. This is no real proof.</p>"
    )


def draw_labels() -> None:
    """Labels of the sets' parcels in the house; what has left it keeps its number only."""
    parcels = Shipment.objects.filter(status=Shipment.Status.LABELLED, labels=None)
    for shipment in parcels.select_related("request__recipient", "request__partner").order_by("pk"):
        face = label_face(shipment, shipment.ident_code)
        labelled_at = shipment.steps.get(verb="make_label").at
        Label.objects.create(
            shipment=shipment,
            item_number=ident_codes.item_number(shipment.ident_code),
            state=Label.State.MADE,
            ident_code=shipment.ident_code,
            ordered_at=shipment.made_at,
            made_at=labelled_at,
            file=StoredFile.objects.store(
                render_label(face), media_type="application/pdf", name=f"{shipment.ident_code}.pdf"
            ),
        )


def keep_proofs() -> None:
    """Proofs of the sets' requests for Windows that are still under way."""
    under_way = DeviceRequest.objects.filter(status__in=["received", "approved", "allocated"], system="windows")
    content = proof()
    for device_request in under_way.filter(proof=None).order_by("-pk")[:PROOFS]:
        device_request.proof = request_actions.keep_proof(content)
        device_request.save(update_fields=["proof"])


def begin_forms(rng: Random, clients: list[Client]) -> None:
    """Forms that somebody began and did not send."""
    for client, number in zip(clients, (2, 1, 1), strict=False):
        for n in range(number):
            region, prefix = client.organisation.language, client.organisation.prefix
            who, (road, house_number) = person(rng, region), street(rng, region)
            answers = {
                "first_name": who.first_name,
                "last_name": who.last_name,
                "birth_year": str(rng.randrange(1958, 2012)),
                "case_reference": "" if n else f"{prefix}-{clock.today().year}-0071",
                "delivery": "person",
                "street": road,
                "house_number": house_number,
                "postcode": client.partner.postcode,
                "town": client.partner.town,
                "mobile": "",
                "language": who.language,
                "purpose": "school",
                "system": "linux",
                "keyboard": "ch-de" if region == "de" else "ch-fr",
                "commune": str(client.areas[0].commune.pk),
                "bill_to": str(client.bill_tos[0].pk),
            }
            token = UUID(int=rng.getrandbits(128), version=4)
            request_actions.keep_draft(token, answers=answers, proof=b"", by=client.workers[0])


def plan_jobs(dispatcher: User) -> None:
    """Documents of the newest invoices and labels of the sets' parcels, for the workers to make."""
    Job.objects.plan_many("billing.make_document", Invoice.objects.issued().order_by("-place")[:DOCUMENTS])
    packing = list(Shipment.objects.filter(status=Shipment.Status.PACKING).order_by("pk"))
    ordered = Job.objects.unfinished_for_many(MAKE_LABEL, packing)
    if waiting := [shipment for shipment in packing if shipment.pk not in ordered]:
        order_labels(waiting, by=dispatcher)
