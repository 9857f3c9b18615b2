"""An empty system asks for its first admin on a terminal, and says how elsewhere."""

import fcntl
import os
import pty
import subprocess
import sys
import termios

import pytest
from django.core.management import call_command

from people.models import User
from tests.running import ROOT, environment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(tmp_path):
    """Run the command on a terminal, where somebody types these lines; gives back what stood there."""

    def ask(*lines):
        ours, theirs = pty.openpty()
        asked = subprocess.Popen(
            [sys.executable, "manage.py", "first_admin"], cwd=ROOT, env=environment(tmp_path), stdin=theirs,
            stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(theirs)
        said = []
        try:
            for line in lines:
                prompt = b""
                while not prompt.endswith(b": "):
                    prompt += os.read(ours, 1000)
                os.write(ours, f"{line}\n".encode())
                said.append(prompt)
            while more := os.read(ours, 1000):
                said.append(more)
        except OSError:  # the other side hung up: it has ended
            pass
        os.close(ours)
        said = b"".join(said).decode()
        assert asked.wait(60) == 0, said
        return said

    return ask


def test_the_first_admin_is_asked_for(ask, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # the one the command knows
    ask("ada@example.org", "Ada Rüegg", "eine lange Nacht 9", "eine lange Nacht 9")
    user = User.objects.get()
    assert (user.email, user.name, user.association_roles) == ("ada@example.org", "Ada Rüegg", {"admin"})
    assert user.check_password("eine lange Nacht 9")


def test_nobody_is_asked_where_there_is_one(ask, admin):
    assert ask() == ""


def test_without_a_terminal_it_says_how(capsys):
    call_command("first_admin")
    assert "manage.py first_admin" in capsys.readouterr().out
