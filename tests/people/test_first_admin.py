"""An empty system asks for its first admin on a terminal, and says how elsewhere."""

import pytest
from django.core.management import call_command

from people.models import User
from tests.running import environment, on_terminal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(tmp_path):
    def ask(*lines):
        return on_terminal("manage.py", "first_admin", lines=lines, env=environment(tmp_path))

    return ask


def test_the_first_admin_is_asked_for(ask, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # the one the command knows
    ask("ada@example.org", "Ada Rüegg", "eine lange Nacht 9", "eine lange Nacht 9")
    user = User.objects.get()
    assert (user.email, user.name, user.association_roles) == ("ada@example.org", "Ada Rüegg", {"admin"})
    assert user.check_password("eine lange Nacht 9")


def test_nobody_is_asked_where_there_is_one(ask, admin):
    assert ask() == ""


def test_without_a_terminal_it_says_how(capsys, volunteer):  # who is there already and is no admin
    call_command("first_admin")
    assert "manage.py first_admin" in capsys.readouterr().out
