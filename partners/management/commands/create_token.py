from django.core.management.base import BaseCommand, CommandError

from partners import actions
from partners.models import SCOPES, Partner
from people.models import User
from records.refusals import Refused


class Command(BaseCommand):
    help = (
        "Makes a token for the API and prints its secret once. Example: "
        'manage.py create_token worker@muster.example --acting-for "Sozialdienst Mustertal" --name "Case software"'
    )

    def add_arguments(self, parser):
        parser.add_argument("email", help="whose roles the token has")
        parser.add_argument("--acting-for", metavar="PARTNER", help="number or name of the organisation; else for us")
        parser.add_argument("--name", default="API", help="what the token is for")
        parser.add_argument("--scope", action="append", choices=SCOPES, help="may be repeated; all if left out")

    def handle(self, *, email, acting_for, name, scope, **options):
        owner = User.objects.with_email(email)
        if owner is None:
            raise CommandError(f"Nobody signs in as {email}.")
        partner = _partner(acting_for) if acting_for else None
        try:
            token, secret = actions.issue_token(owner, acting_for=partner, name=name, scopes=scope or SCOPES, by=None)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stderr.write(f"Token {token.pk}. It is shown this once; end it with: manage.py revoke_token {token.pk}")
        self.stdout.write(secret)


def _partner(words):
    asked = {"pk": words} if words.isdecimal() else {"name__iexact": words}
    found = list(Partner.objects.filter(**asked)[:2])
    if not found:
        raise CommandError(f"There is no organisation “{words}”.")
    if len(found) > 1:
        raise CommandError(f"There are several organisations “{words}”: give the number.")
    return found[0]
