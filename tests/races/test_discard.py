"""A form is thrown away in one tab while it is sent in another."""

import uuid

import pytest

from documents.models import StoredFile
from requests import actions
from requests.models import DeviceRequest, RequestDraft
from tests import contention
from tests.request_form import ANSWERS

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_discarded_meanwhile_is_not_sent(client, social_worker, partner, commune):
    proof = StoredFile.objects.store(b"%PDF-1.7", media_type="application/pdf", name="proof.pdf")
    answers = ANSWERS | {"commune": str(commune.pk), "bill_to": str(partner.bill_tos.get().pk)}
    answers |= {"system": "windows", "purpose": "training"}
    draft = RequestDraft.objects.create(
        token=uuid.uuid4(), owner=social_worker, partner=partner, answers=answers, proof=proof
    )
    client.force_login(social_worker)
    with contention.behind(lambda: actions.discard_draft(draft.token, by=social_worker)):
        page = client.post(f"/requests/new/{draft.token}/check/", {"verb": "approve", "seen": draft.fingerprint})
    assert "This form was sent or discarded meanwhile." in page.content.decode()
    assert (DeviceRequest.objects.count(), StoredFile.objects.count()) == (0, 0)
