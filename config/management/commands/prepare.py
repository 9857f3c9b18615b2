import re
from decimal import Decimal
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from stdnum.ch import vat

from billing.ibans import is_iban, is_qr_iban
from billing.models import CreditorAccount, VatStatus
from config import time_limits
from help.actions import load_articles
from partners.actions import publish_first_version
from partners.models import Partner, Tariff
from people.models import DEMO_ADDRESSES, User

BEGINNING = "2020-01-01"
FIRST_CONTRIBUTION = Decimal("150.00")  # CHF, until an admin sets another price from a day on
ACCOUNT = {"CREDITOR_IBAN": is_iban, "CREDITOR_QR_IBAN": is_qr_iban}


def _refuse_another_versions_tables(loader):
    """Touch nothing where a migration was applied that isn't here: an earlier beginning, or a later version."""
    ours = {app.label for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}
    unknown = sorted(key for key in loader.applied_migrations if key[0] in ours and key not in loader.disk_migrations)
    if unknown and settings.DEMO:
        raise CommandError(
            "The demo's data was made by another version, whose tables are not these; bin/start --fresh makes it anew."
        )
    if unknown:
        raise CommandError(
            f"This database was made by another version: this one does not know its migration {'.'.join(unknown[0])}. "
            "Start that version, or name an empty database."
        )


def _is_behind(executor):
    """Whether a migration waits, or what Django writes after the last one: of a start that was killed there."""
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return True
    written = set(ContentType.objects.values_list("app_label", "model"))
    return not written >= {(model._meta.app_label, model._meta.model_name) for model in apps.get_models()}


def _check_account():
    for name, is_right in ACCOUNT.items():
        if not is_right(getattr(settings, name)):
            raise CommandError(f"{name} is not what its name says. Copy it from the bank's letter, without spaces.")


class Command(BaseCommand):
    help = "Migrates as the owner and writes the first account, VAT rows and help articles. Example: manage.py prepare"

    def handle(self, **options):
        if "owner" not in settings.DATABASES:
            raise CommandError("DATABASE_OWNER_URL is missing: only the owner's login may change the tables.")
        vat_status = _vat_status(settings.VAT_STATUS)
        executor = MigrationExecutor(connections["owner"])
        _refuse_another_versions_tables(executor.loader)
        if _is_behind(executor):
            call_command("migrate", database="owner", verbosity=options["verbosity"], interactive=False)
        time_limits.tell_login(connection)
        if not settings.DEMO and User.objects.filter(email__endswith=DEMO_ADDRESSES).exists():
            raise CommandError(
                "The demo's accounts are in this database, and everybody knows their password. "
                "Name an empty database, or set DEMO=1."
            )
        _check_account()
        CreditorAccount.objects.get_or_create(
            valid_from=BEGINNING,
            defaults={
                "iban": settings.CREDITOR_IBAN,
                "qr_iban": settings.CREDITOR_QR_IBAN,
                "reference_prefix": settings.CREDITOR_REFERENCE_PREFIX,
            },
        )
        VatStatus.objects.get_or_create(valid_from=BEGINNING, defaults=vat_status)
        _write_first_tariffs()
        publish_first_version()
        load_articles()


def _write_first_tariffs():
    """What a laptop costs before anybody has set a price; nothing where one was."""
    if not Tariff.objects.exists():
        modes = Partner.Delivery.values
        Tariff.objects.bulk_create(
            Tariff(delivery=mode, valid_from=BEGINNING, amount=FIRST_CONTRIBUTION) for mode in modes
        )


def _vat_status(text):
    """Number and rate in percent, as they stand in the environment; nothing while not registered."""
    if not text.strip():
        return {}
    number, _blank, rate = text.strip().rpartition(" ")
    if not vat.is_valid(number) or not re.fullmatch(r"[1-9][0-9]?(\.[0-9])?", rate):
        raise CommandError(f"VAT_STATUS is “{text}”: write number and rate, like “CHE-123.456.788 MWST 8.1”.")
    return {"number": vat.format(number), "rate": Decimal(rate)}
