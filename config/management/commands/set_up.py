import hashlib
import inspect
from itertools import chain
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import BaseCommand, call_command

from config.steps import say_step

# What decides how files are collected, beside the files themselves.
HOW = ("config/settings.py", "requirements/base.txt")


class Command(BaseCommand):
    help = (
        "Does, in one process, what a start on one machine needs and is not done yet: tables, first rows, static "
        "files, communes. Example: manage.py set_up --demo"
    )
    requires_system_checks = ["machine"]  # the others are about the code, and bin/check asks them

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="load the demo's data, too, where there is none")

    def handle(self, *, demo, verbosity, **options):
        say = say_step if verbosity else lambda number: None
        say(3)
        call_command("prepare", verbosity=0)
        say(4)
        _collect_static()
        say(5)
        call_command("load_communes", verbosity=0)
        if demo:
            call_command("load_demo", verbosity=0)


def _collect_static():
    """Collect the static files unless they and what was made of them lie there as they did after the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == _state_of_static(stamp):
        return
    stamp.unlink(missing_ok=True)
    # Anew, or what lies there and seems newer would be kept, also when a release goes back to an older file.
    call_command("collectstatic", clear=True, interactive=False, verbosity=0)
    stamp.write_text(_state_of_static(stamp))


def _state_of_static(stamp):
    ignored = apps.get_app_config("staticfiles").ignore_patterns
    sources = (storage.path(name) for finder in get_finders() for name, storage in finder.list(ignored))
    collected = (path for path in stamp.parent.rglob("*") if path.is_file() and path != stamp)
    how = (*(settings.BASE_DIR / name for name in HOW), inspect.getfile(staticfiles_storage.__class__))
    state = hashlib.sha256()
    for path in sorted(map(Path, chain(sources, collected, how))):
        found = path.stat()
        state.update(f"{path}\0{found.st_mtime_ns}\0{found.st_size}\n".encode())
    return state.hexdigest()
