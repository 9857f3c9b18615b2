from django.core.management.base import BaseCommand

from help import actions


class Command(BaseCommand):
    help = (
        "Writes the help centre's articles that are not there yet; what somebody changed on its pages stays. "
        "Example: manage.py load_articles"
    )

    def handle(self, *, verbosity, **options):
        written = actions.load_articles()
        if verbosity:
            self.stdout.write(f"{written} texts written.")
