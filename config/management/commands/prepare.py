import re
from decimal import Decimal

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from stdnum import iban
from stdnum.ch import vat

from billing.models import CreditorAccount, VatStatus
from billing.models.account import IBAN, QR_IBAN
from people.models import DEMO_ADDRESSES, User

BEGINNING = "2020-01-01"
FORMS = {"CREDITOR_IBAN": IBAN, "CREDITOR_QR_IBAN": QR_IBAN}


def _check_account():
    for name, form in FORMS.items():
        if not (re.fullmatch(form, getattr(settings, name)) and iban.is_valid(getattr(settings, name))):
            raise CommandError(f"{name} is not what its name says. Copy it from the bank's letter, without spaces.")


class Command(BaseCommand):
    help = "Migrates as the owner and writes the first account and VAT rows. Example: manage.py prepare"

    def handle(self, **options):
        if "owner" not in settings.DATABASES:
            raise CommandError("DATABASE_OWNER_URL is missing: only the owner's login may change the tables.")
        vat_status = _vat_status(settings.VAT_STATUS)
        call_command("migrate", database="owner", verbosity=options["verbosity"], interactive=False)
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


def _vat_status(text):
    """Number and rate in percent, as they stand in the environment; nothing while not registered."""
    if not text.strip():
        return {}
    number, _blank, rate = text.strip().rpartition(" ")
    if not vat.is_valid(number) or not re.fullmatch(r"[1-9][0-9]?(\.[0-9])?", rate):
        raise CommandError(f"VAT_STATUS is “{text}”: write number and rate, like “CHE-123.456.788 MWST 8.1”.")
    return {"number": vat.format(number), "rate": Decimal(rate)}
