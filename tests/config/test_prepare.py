import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from billing.models import CreditorAccount, VatStatus

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent


def test_it_writes_the_first_rows_and_twice_is_as_once():
    for _time in range(2):
        call_command("prepare", verbosity=0)
        assert (CreditorAccount.objects.count(), VatStatus.objects.count()) == (1, 1)


def test_the_sites_login_keeps_to_limits_from_its_next_connection_on():
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {database} RESET ALL")
    call_command("prepare", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unnest(setconfig) FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase "
            "WHERE setrole = CURRENT_USER::regrole AND datname = current_database()"
        )
        said = {setting for (setting,) in cursor.fetchall()}
    assert said == {"lock_timeout=5s", "statement_timeout=7s"}


@pytest.mark.parametrize(
    ("demo", "sentence"), [(True, "bin/start --fresh makes it anew"), (False, "people.0002_one_add")]
)
def test_the_tables_of_another_version_are_recognised_and_nothing_is_touched(settings, demo, sentence):
    settings.DEMO = demo
    MigrationRecorder(connections["owner"]).record_applied("people", "0002_one_address_per_person")
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("prepare", verbosity=0)
    assert (refused.value.returncode, CreditorAccount.objects.count()) == (1, 0)


def test_vat_is_none_until_the_environment_names_number_and_rate(settings):
    call_command("prepare", verbosity=0)
    assert VatStatus.objects.values_list("number", "rate").get() == ("", None)
    VatStatus.objects.all().delete()
    settings.VAT_STATUS = "CHE-123.456.788 MWST 8.1"
    call_command("prepare", verbosity=0)
    assert VatStatus.objects.values_list("number", "rate").get() == ("CHE-123.456.788 MWST", Decimal("8.1"))


@pytest.mark.parametrize(
    "text",
    [
        "8.1",
        "CHE-123.456.788 MWST",
        "CHE-123.456.789 MWST 8.1",
        "CHE-123.456.788 8.1",
        "CHE-123.456.788 MWST 8.1 %",
        "CHE-123.456.788 MWST 0",
        "CHE-123.456.788 MWST 8,1",
        "CHE-123.456.788 MWST 8.15",
        "yes",
    ],
)
def test_a_vat_status_that_is_none_is_one_sentence_and_writes_nothing(settings, text):
    settings.VAT_STATUS = text
    with pytest.raises(CommandError) as refused:
        call_command("prepare", verbosity=0)
    assert str(refused.value) == f"VAT_STATUS is “{text}”: write number and rate, like “CHE-123.456.788 MWST 8.1”."
    assert (refused.value.returncode, CreditorAccount.objects.count()) == (1, 0)


def test_a_real_site_does_not_start_on_the_accounts_of_a_demo(make_user):
    make_user("admin@demo.example", "admin")
    with pytest.raises(CommandError, match="everybody knows their password"):
        call_command("prepare", verbosity=0)


def test_a_demo_is_prepared_again_beside_its_accounts(make_user, settings):
    settings.DEMO = True
    make_user("admin@demo.example", "admin")
    call_command("prepare", verbosity=0)
    assert CreditorAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CREDITOR_IBAN", "nonsense"),
        ("CREDITOR_IBAN", "CH5800791123000889013"),
        ("CREDITOR_QR_IBAN", "CH5800791123000889012"),
    ],
)
def test_an_account_that_is_none_is_one_sentence(settings, name, value):
    setattr(settings, name, value)
    with pytest.raises(CommandError, match=f"^{name} is not what its name says"):
        call_command("prepare", verbosity=0)
    assert not CreditorAccount.objects.exists()


def test_without_the_owners_login_it_says_what_is_missing():
    environment = {"PATH": os.environ["PATH"], "DEMO": "1", "DATABASE_URL": "postgresql://site:x@127.0.0.1:1/site"}
    ended = subprocess.run(
        [sys.executable, "manage.py", "prepare"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "DATABASE_OWNER_URL is missing" in ended.stderr
