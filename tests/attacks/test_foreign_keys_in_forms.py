"""Keys of somebody else's records, put into one's own forms."""

import uuid

import pytest

from devices.models import Device, Erasure
from jobs.models import Batch
from partners.models import ApiToken, BillTo
from requests.models import DeviceRequest, RequestDraft
from tests.request_form import send

pytestmark = pytest.mark.django_db

WISH = {
    "first_name": "Eve",
    "last_name": "Muster",
    "case_reference": "X-1",
    "delivery": "office",
    "language": "de",
    "purpose": "school",
    "system": "linux",
    "keyboard": "ch-de",
}


@pytest.fixture
def own_bill_to(stranger):
    partner = stranger.memberships.first().partner
    return partner.bill_tos.get()


@pytest.mark.parametrize("is_asked", [True, False])
def test_another_organisation_can_not_be_made_to_pay(client, stranger, own_bill_to, device_request, is_asked):
    if is_asked:  # else the only one pays, whatever is sent
        BillTo.objects.create(partner=own_bill_to.partner, name="Schule", postcode="3454", town="Sumiswald")
    client.force_login(stranger)
    token = uuid.uuid4()
    wish = WISH | {"commune": device_request.commune_id, "bill_to": device_request.bill_to_id}
    page = client.post(f"/requests/new/{token}/", wish).content.decode()
    assert ("Select a valid choice" in page) is is_asked
    send(client, token, "approve")
    made = DeviceRequest.objects.exclude(pk=device_request.pk)
    assert list(made.values_list("bill_to", flat=True)) == ([] if is_asked else [own_bill_to.pk])


def test_a_program_sets_neither_partner_nor_status_nor_price(client, stranger, own_bill_to, device_request):
    own = stranger.memberships.first().partner
    _token, secret = ApiToken.objects.issue(owner=stranger, acting_for=own, name="case software")
    person = {name: WISH[name] for name in ("first_name", "last_name")}
    wish = {name: WISH[name] for name in ("case_reference", "delivery", "purpose", "keyboard")}
    wish |= {"recipient": person, "commune": device_request.commune_id, "bill_to": own_bill_to.pk}
    more = {"partner": device_request.partner_id, "status": "approved", "price": "0.05", "number": "R-1", "owner": 1}

    def send(**changes):
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": str(uuid.uuid4())}
        return client.post("/api/v1/requests/", wish | more | changes, content_type="application/json", headers=headers)

    assert send(bill_to=device_request.bill_to_id).status_code == 400
    assert send().status_code == 201
    made = DeviceRequest.objects.exclude(pk=device_request.pk).get()
    assert (made.partner, made.status, made.price, made.owner) == (own, "received", None, stranger)


def test_a_colleagues_draft_is_neither_read_nor_written_nor_sent(client, make_member, social_worker, device_request):
    draft = RequestDraft.objects.create(
        partner=device_request.partner, owner=social_worker, answers={"first_name": "Samira"}
    )
    client.force_login(make_member("manager"))
    page = f"/requests/new/{draft.token}/"
    assert client.get(page).status_code == client.post(page, WISH).status_code == 404
    assert client.post(f"{page}check/", {"verb": "approve"}).status_code == 404
    draft.refresh_from_db()
    assert draft.answers == {"first_name": "Samira"}


def test_a_form_that_became_another_organisations_request_does_not_lead_to_it(client, stranger, device_request):
    DeviceRequest.objects.filter(pk=device_request.pk).update(form_token=(token := uuid.uuid4()))
    client.force_login(stranger)
    for verb in ("approve", "keep"):
        assert client.post(f"/requests/new/{token}/check/", {"verb": verb}).status_code == 404
    answer = client.post(f"/requests/new/{token}/", WISH)
    assert device_request.number not in answer.content.decode()
    assert device_request.number not in answer.headers.get("Location", "")


def test_a_drive_of_another_laptop_is_not_erased_by_the_way(client, volunteer):
    mine, other = (Device.objects.create(asset_tag=tag) for tag in ("T3", "T4"))
    for device in (mine, other):
        device.refresh_from_db()
        device.drives.create(serial=f"S-{device.asset_tag}")
    client.force_login(volunteer)
    sent = {"drive": other.drives.get().pk, "tries": 0, "method": "purge", "result": "success"}
    assert client.post(f"/devices/{mine.number}/record-erasure/", sent).status_code == 200
    assert not Erasure.objects.exists()


def test_the_progress_of_somebody_elses_press_is_not_taken_over(client, make_user, device_request):
    theirs = Batch.objects.create(title="PDF of each invoice", owner=make_user("other@example.org", "treasurer"))
    client.force_login(make_user("treasurer@example.org", "treasurer"))
    assert client.get(f"/jobs/batches/{theirs.token}/").status_code == 404
    assert "PDF of each invoice" not in client.get("/invoices/month-end/", {"batch": theirs.token}).content.decode()
