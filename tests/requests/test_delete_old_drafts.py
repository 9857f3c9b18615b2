"""Unfinished forms hold a person's data: they go after 30 days, and with them whatever was attached."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from documents.models import StoredFile
from records.refusals import Refused
from requests import actions
from requests.models import DeviceRequest, RequestDraft
from requests.tasks import delete_old_drafts
from tests.request_form import send

pytestmark = pytest.mark.django_db(transaction=True)
TRAINING = {"system": "windows", "purpose": "training"}


def proof(words):
    return SimpleUploadedFile("course.pdf", b"%PDF-1.7 " + words)


@pytest.fixture
def keep(client, social_worker, answers, token):
    """Keep the form with this proof, and say where its bytes lie."""
    client.force_login(social_worker)

    def keep(words=b"a course"):
        client.post(f"/requests/new/{token}/", answers | TRAINING | {"proof": proof(words)})
        return RequestDraft.objects.get().proof.path

    return keep


def grow_old(days):
    RequestDraft.objects.update(saved_at=timezone.now() - timedelta(days=days))


def test_after_thirty_days_the_form_and_its_proof_are_gone(keep):
    path = keep()
    assert path.exists()
    grow_old(31)
    delete_old_drafts()
    assert (RequestDraft.objects.count(), StoredFile.objects.count(), path.exists()) == (0, 0, False)


def test_until_then_they_stay(keep):
    path = keep()
    grow_old(29)
    delete_old_drafts()
    assert (RequestDraft.objects.count(), path.exists()) == (1, True)


def test_a_new_proof_takes_the_place_of_the_old_one(keep):
    first, second = keep(b"the first"), keep(b"the second")
    assert (first.exists(), second.read_bytes()) == (False, b"%PDF-1.7 the second")
    assert StoredFile.objects.count() == 1


def test_for_linux_after_all_the_proof_goes_with_the_draft(client, keep, answers, token):
    path = keep()
    client.post(f"/requests/new/{token}/", answers)
    assert "proof.pdf" not in client.get(f"/requests/new/{token}/check/").content.decode()
    send(client, token, "approve")
    assert DeviceRequest.objects.get().proof is None
    assert (RequestDraft.objects.count(), StoredFile.objects.count(), path.exists()) == (0, 0, False)


def test_what_is_attached_to_somebody_elses_form_is_not_stored(client, keep, stranger, answers, token, settings):
    path = keep()
    before = set(Path(settings.MEDIA_ROOT).glob("??/*"))
    client.force_login(stranger)
    sent = client.post(f"/requests/new/{token}/", answers | TRAINING | {"proof": proof(b"of a stranger")})
    assert (sent.status_code, StoredFile.objects.get().path) == (404, path)
    assert set(Path(settings.MEDIA_ROOT).glob("??/*")) == before


def test_a_proof_that_was_sent_stays_with_the_request(client, keep, token):
    path = keep()
    send(client, token, "approve")
    grow_old(31)
    delete_old_drafts()
    assert DeviceRequest.objects.get().proof.path == path
    assert path.exists()


def test_a_form_that_is_being_written_while_it_is_sent_is_not_kept_once_more(client, keep, token, social_worker):
    path = keep()
    send(client, token, "approve")
    with pytest.raises(Refused):
        actions.keep_draft(token, answers={"first_name": "Samira"}, proof=b"", by=social_worker)
    assert (RequestDraft.objects.count(), path.exists()) == (0, True)
