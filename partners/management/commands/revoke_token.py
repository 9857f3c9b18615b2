from django.core.management.base import BaseCommand, CommandError

from partners import actions
from partners.models import ApiToken


class Command(BaseCommand):
    help = "Ends a token of the API for good. Example: manage.py revoke_token 12"

    def add_arguments(self, parser):
        parser.add_argument("token", type=int, help="its number, as create_token said")

    def handle(self, *, token, **options):
        found = ApiToken.objects.filter(pk=token).first()
        if found is None:
            raise CommandError(f"There is no token {token}.")
        actions.revoke_token(found, by=None)
        self.stdout.write(f"Token {token} is revoked.")
