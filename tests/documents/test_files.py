"""Files lie under random keys; what no row names is swept, what is erased is gone with the commit."""

import os
import time

import pytest
from django.conf import settings
from django.db import transaction

from documents.models import StoredFile
from documents.tasks import sweep_files

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def keep(content=b"%PDF-1.7", age=0):
    stored = StoredFile.objects.store(content, media_type="application/pdf", name="proof.pdf")
    then = time.time() - age
    os.utime(stored.path, (then, then))
    return stored


def test_what_a_rollback_left_behind_is_swept_after_a_day():
    with transaction.atomic():
        orphan = keep(age=DAY + 60)
        transaction.set_rollback(True)
    named = keep(age=10 * DAY)
    assert orphan.path.exists()
    sweep_files()
    assert (orphan.path.exists(), named.path.exists()) == (False, True)


def test_what_may_still_be_committed_stays():
    with transaction.atomic():
        young = keep(age=DAY - 60)
        transaction.set_rollback(True)
    sweep_files()
    assert young.path.exists()


def test_nothing_stored_yet_is_nothing_to_sweep():
    assert not os.path.exists(settings.MEDIA_ROOT)
    sweep_files()


def test_erased_bytes_go_with_the_commit_and_not_before():
    stored = keep()
    with transaction.atomic():
        stored.erase()
        assert stored.path.exists()
    assert (stored.path.exists(), StoredFile.objects.count()) == (False, 0)


def test_what_was_not_erased_after_all_stays():
    stored = keep()
    with transaction.atomic():
        stored.erase()
        transaction.set_rollback(True)
    assert (stored.path.exists(), StoredFile.objects.count()) == (True, 1)


def test_a_files_name_is_synced_as_its_bytes_are(monkeypatch):
    """A folder that was not would come back without the file after a loss of power, and the row with it."""
    synced, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (synced.append(os.readlink(f"/proc/self/fd/{file}")), fsync(file)))
    stored = keep()
    assert synced == [str(stored.path), str(stored.path.parent), str(settings.MEDIA_ROOT)]
