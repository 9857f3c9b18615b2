from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from tests import factories

REQUESTS = 130


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo, as the runtime login writes it, for all tests of a file; taken back at the end."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(DEMO=True, MEDIA_ROOT=media), transaction.atomic():
        factories.creditor_account()
        call_command("load_articles", verbosity=0)
        call_command("load_demo", requests=REQUESTS, stdout=StringIO())
        yield
        transaction.set_rollback(True)
