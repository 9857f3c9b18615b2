"""Who is shown a person is written down, and stays written."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from documents.models import StoredFile
from partners.models import ApiToken
from people.models import AuditEntry
from requests.models import DeviceRequest, Recipient

pytestmark = pytest.mark.django_db


@pytest.fixture
def device_request(make_received):
    proof = StoredFile.objects.store(b"%PDF-1.7", media_type="application/pdf", name="proof.pdf")
    found = make_received()
    DeviceRequest.objects.update(proof=proof)
    return found


def read():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "subject", "by", "on_behalf_of"))


def test_the_page_and_the_proof_each_write_who_read_for_whom(
    client, social_worker, dispatcher, partner, device_request
):
    for user in (social_worker, dispatcher):
        client.force_login(user)
        client.get(device_request.get_absolute_url())
        b"".join(client.get(f"{device_request.get_absolute_url()}proof/"))
    for_partner = ("read_recipient", device_request.number, social_worker.pk, partner.pk)
    for_all = ("read_recipient", device_request.number, dispatcher.pk, None)
    assert read() == [for_partner] * 2 + [for_all] * 2


def test_a_program_writes_whose_it_is(client, social_worker, partner, device_request):
    _token, secret = ApiToken.objects.issue(owner=social_worker, acting_for=partner, name="case software")
    for path in ("requests/", f"requests/{device_request.number}/"):
        client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"})
    assert read() == [("read_recipient", device_request.number, social_worker.pk, partner.pk)]


def test_who_is_shown_nobody_has_read_nothing(client, social_worker, stranger, volunteer, device_request):
    url = device_request.get_absolute_url()
    client.force_login(social_worker)
    client.get("/requests/")
    for user in (stranger, volunteer):
        client.force_login(user)
        for page in (url, f"{url}proof/", f"/requests/new/{uuid.uuid4()}/"):
            client.get(page)
    assert read() == []


def test_an_erased_person_is_not_read(client, social_worker, partner, device_request):
    Recipient.objects.update(
        first_name="",
        last_name="",
        street="",
        house_number="",
        postcode="",
        town="",
        mobile="",
        erased_at=timezone.now(),
    )
    client.force_login(social_worker)
    assert "were erased" in client.get(device_request.get_absolute_url()).content.decode()
    assert read() == []


@pytest.mark.parametrize("statement", ["UPDATE people_auditentry SET subject = ''", "DELETE FROM people_auditentry"])
def test_what_is_written_down_stays(social_worker, statement):
    AuditEntry.objects.record("read_recipient", "R-2026-000001", by=social_worker)
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert refused.value.__cause__.diag.constraint_name == "people_auditentry_stays"


def test_the_runtime_login_may_not_empty_it_nor_take_the_trigger_away():
    for statement in (
        "TRUNCATE people_auditentry",
        "DROP TRIGGER people_auditentry_stays ON people_auditentry",
    ):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
            connection.cursor().execute(statement)
