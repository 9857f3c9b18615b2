"""What lies about in files and forms: labels of parcels still in the house, proofs, half-filled forms, waiting jobs."""

from datetime import timedelta
from random import Random

from billing.models import Invoice
from documents import ident_codes
from documents.models import StoredFile
from documents.pdf import render
from jobs.models import Job, job_subject
from people.models import User
from records import clock
from requests.models import DeviceRequest, RequestDraft
from shipping.actions import label_face, order_labels
from shipping.carriers.own_label import render_label
from shipping.models import Label, Shipment

from .names import person, street
from .partners import Client

DOCUMENTS = 80  # PDFs of invoices that are made at once; the others when somebody wants them
PROOFS = 24
GAVE_UP = "OSError: [Errno 28] No space left on device"


def draw_labels() -> None:
    """Labels of the parcels that are packed but not handed over; what has left the house keeps its number only."""
    parcels = Shipment.objects.filter(status=Shipment.Status.LABELLED)
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
    """Proofs of the requests for Windows that are still under way."""
    under_way = DeviceRequest.objects.filter(status__in=["received", "approved", "allocated"], system="windows")
    content = render("<h1>Example</h1><p>The training needs Windows. This is no real proof.</p>")
    for device_request in under_way.order_by("-pk")[:PROOFS]:
        name = f"proof-{device_request.number}.pdf"
        device_request.proof = StoredFile.objects.store(content, media_type="application/pdf", name=name)
        device_request.save(update_fields=["proof"])


def begin_forms(rng: Random, clients: list[Client]) -> None:
    """Forms that somebody began and did not send."""
    for client, number in zip(clients, (2, 1, 1), strict=False):
        for n in range(number):
            region, prefix = client.organisation.language, client.organisation.prefix
            who, (road, house_number) = person(rng, region), street(rng, region)
            RequestDraft.objects.create(
                partner=client.partner,
                owner_id=client.workers[0],
                answers={
                    "first_name": who.first_name,
                    "last_name": who.last_name,
                    "birth_year": str(rng.randrange(1958, 2012)),
                    "case_reference": "" if n else f"{prefix}-{clock.today().year}-0071",
                    "delivery": "person",
                    "street": road,
                    "house_number": house_number,
                    "postcode": client.seat.postcode,
                    "town": client.seat.name,
                    "mobile": "",
                    "language": who.language,
                    "purpose": "school",
                    "system": "linux",
                    "keyboard": "ch-de" if region == "de" else "ch-fr",
                    "commune": str(client.communes[0][0]),
                    "bill_to": str(client.bill_tos[0]),
                },
            )


def plan_jobs(invoices: list[Invoice], dispatcher: User) -> None:
    """Documents and labels for the workers to make, and one label that was given up."""
    Job.objects.plan_many("billing.make_document", invoices)
    packing = list(Shipment.objects.filter(status=Shipment.Status.PACKING).order_by("pk"))
    if packing:
        given_up, *waiting = packing
        now = clock.now()
        Job.objects.create(
            kind="shipping.make_label",
            subject=job_subject(given_up),
            state=Job.State.DEAD,
            attempts=8,
            error=GAVE_UP,
            made_at=given_up.made_at,
            ended_at=min(given_up.made_at + timedelta(minutes=22), now),
        )
        order_labels(waiting, by=dispatcher)
