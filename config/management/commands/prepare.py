from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from billing.models import CreditorAccount, VatStatus
from people.models import DEMO_ADDRESSES, User

BEGINNING = "2020-01-01"


class Command(BaseCommand):
    help = "Migrates as the owner and writes the first account and VAT rows. Example: manage.py prepare"

    def handle(self, **options):
        if "owner" not in settings.DATABASES:
            raise CommandError("DATABASE_OWNER_URL is missing: only the owner's login may change the tables.")
        call_command("migrate", database="owner", verbosity=options["verbosity"], interactive=False)
        if not settings.DEMO and User.objects.filter(email__endswith=DEMO_ADDRESSES).exists():
            raise CommandError(
                "The demo's accounts are in this database, and everybody knows their password. "
                "Name an empty database, or set DEMO=1."
            )
        CreditorAccount.objects.get_or_create(
            valid_from=BEGINNING,
            defaults={
                "iban": settings.CREDITOR_IBAN,
                "qr_iban": settings.CREDITOR_QR_IBAN,
                "reference_prefix": settings.CREDITOR_REFERENCE_PREFIX,
            },
        )
        VatStatus.objects.get_or_create(valid_from=BEGINNING)
