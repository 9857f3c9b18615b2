import sys

from django.core.management import BaseCommand, call_command

from people.models import AssociationRole


class Command(BaseCommand):
    help = "Asks for the first admin where there is none yet. Example: manage.py first_admin"

    def handle(self, **options):
        if AssociationRole.objects.filter(role=AssociationRole.Role.ADMIN).exists():
            return
        if not sys.stdin.isatty():
            self.stdout.write("Nobody can sign in yet. Make the first admin: .venv/bin/python manage.py first_admin")
            return
        self.stdout.write("The first admin signs in by e-mail address and sets up a second factor then.")
        call_command("createsuperuser")
