import re

import pypdfium2
import pytest

from jobs.models import Claim, Job, job_subject
from people.models import User
from requests import actions as requests
from requests.models import DeviceRequest, Recipient
from shipping import actions
from shipping.carriers.own_label import render_label
from shipping.models import Label, Shipment

pytestmark = pytest.mark.django_db


def test_the_label_is_a_pdf_with_the_address_that_nobody_keeps(client, dispatcher, make_labelled):
    shipment = make_labelled()
    client.force_login(dispatcher)
    answer = client.get(f"/shipments/{shipment.pk}/label/")
    content = b"".join(answer.streaming_content)
    text = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    for line in ("Samira Wenger", "Mühlegasse", "3400 Burgdorf", shipment.printed_code):
        assert line in text
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
    assert answer["Content-Disposition"] == f'inline; filename="{shipment.ident_code}.pdf"'


def test_a_label_to_an_office_names_the_request_and_never_the_person(make_labelled):
    shipment = make_labelled()
    shipment.request.delivery = "office"
    face = actions.label_face(shipment, shipment.ident_code)
    assert (face.recipient.name, face.recipient.town) == ("Sozialdienst Lindental", "Burgdorf")
    text = pypdfium2.PdfDocument(render_label(face))[0].get_textpage().get_text_range()
    assert shipment.request.number in text
    assert not any(word in text for word in ("Samira", "Wenger", "Mühlegasse"))


def test_a_label_that_is_not_made_yet_is_404(client, dispatcher, make_allocation):
    shipment = actions.pack(make_allocation(), by=dispatcher)
    client.force_login(dispatcher)
    assert client.get(f"/shipments/{shipment.pk}/label/").status_code == 404
    assert client.get("/shipments/999999/label/").status_code == 404


def test_nobody_but_dispatch_reads_a_label(client, stranger, make_user, make_labelled):
    shipment = make_labelled()
    make_user("money@example.org", "treasurer")
    for email in ("volunteer@example.org", "worker@example.org", "stranger@example.org", "money@example.org"):
        client.force_login(User.objects.get(email=email))
        assert client.get(f"/shipments/{shipment.pk}/label/").status_code == 403
        assert client.get("/shipments/999999/label/").status_code == 403


class SlowClaim(Claim):
    """A worker that is slow to draw: before it writes, somebody takes the parcel out."""

    def held(self):
        actions.take_out(Shipment.objects.get(pk=self.job.key), by=None)
        return super().held()


def claim_for(shipment, kind=Claim):
    job = Job.objects.get(subject=job_subject(shipment))
    return kind(job, job.claim().token)


def test_a_parcel_taken_out_while_its_label_is_drawn_has_that_label_to_void(dispatcher, make_allocation, withdraw):
    shipment = actions.pack(make_allocation(), by=dispatcher)
    withdraw(shipment)
    actions.make_label(Shipment.objects.get(), claim_for(shipment, SlowClaim))
    shipment.refresh_from_db()
    assert (shipment.status, [label.state for label in Label.objects.all()]) == ("cancelled", ["to_void"])


def test_a_parcel_taken_out_before_its_label_is_drawn_has_none(dispatcher, make_allocation, withdraw):
    shipment = actions.pack(make_allocation(), by=dispatcher)
    withdraw(shipment)
    claim, read_before = claim_for(shipment), Shipment.objects.get()
    actions.take_out(shipment, by=None)
    actions.make_label(read_before, claim)
    assert not Label.objects.exists()


def correct_address(shipment, by, **answers):
    requests.correct(DeviceRequest.objects.get(pk=shipment.request_id), answers=answers, by=by)


def test_an_address_corrected_before_its_label_is_made_stands_on_it(make_allocation, dispatcher, social_worker):
    shipment = actions.pack(make_allocation(), by=dispatcher)
    correct_address(shipment, social_worker, street="Hofgut")
    actions.make_label(Shipment.objects.get(), claim_for(shipment))
    assert "Hofgut" in text_of(shipment)


class CorrectedMeanwhile(Claim):
    """Before the worker writes the label that it has drawn, somebody corrects the address."""

    def held(self):
        correct_address(Shipment.objects.get(pk=self.job.key), self.by, street="Hofgut")
        return super().held()


def test_an_address_corrected_while_its_label_is_drawn_stands_on_it(make_allocation, dispatcher, social_worker):
    shipment = actions.pack(make_allocation(), by=dispatcher)
    claim = claim_for(shipment, CorrectedMeanwhile)
    claim.by = social_worker
    actions.make_label(Shipment.objects.select_related("request__recipient").get(), claim)
    assert "Hofgut" in text_of(shipment)


def test_once_its_label_is_printed_the_address_stays_until_the_laptop_is_taken_back(
    client, make_labelled, social_worker, dispatcher
):
    shipment = make_labelled()
    client.force_login(social_worker)
    page = f"/requests/{shipment.request.number}/correct/"
    seen = re.search(r'name="seen" value="(\w+)"', client.get(page).content.decode())[1]
    typed = {"seen": seen, "street": "Hofgut", "postcode": "3400", "town": "Burgdorf"}
    answer = client.post(page, typed).content.decode()
    assert "The label is printed with the old address. Call the association" in answer
    assert 'value="Hofgut"' in answer
    assert "Mühlegasse" in answer  # beside the form, as it stands
    assert f'name="seen" value="{seen}"' in answer
    correct_address(shipment, social_worker, mobile="+41791234567")
    requests.release(DeviceRequest.objects.get(), by=dispatcher)
    correct_address(shipment, social_worker, street="Hofgut")
    assert Recipient.objects.get().street == "Hofgut"


def text_of(shipment):
    file = Label.objects.get(shipment=shipment).file
    return pypdfium2.PdfDocument(file.read())[0].get_textpage().get_text_range()


@pytest.mark.parametrize(("postcode", "town", "is_said"), [("9490", "Vaduz", True), ("3400", "Burgdorf", False)])
def test_the_label_says_the_country_where_it_is_not_switzerland(make_allocation, postcode, town, is_said):
    allocation = make_allocation()
    person = allocation.request.recipient
    person.postcode, person.town = postcode, town
    face = actions.label_face(Shipment(request=allocation.request), "990000000000000001")
    text = pypdfium2.PdfDocument(render_label(face))[0].get_textpage().get_text_range()
    assert f"{postcode} {town}" in text
    assert ("Liechtenstein" in text) is is_said
