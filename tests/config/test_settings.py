import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "DEMO": "0",
    "SECRET_KEY": "a key of an example production, long enough to be taken for a real one",
    "DATABASE_URL": "postgresql://site:x@127.0.0.1:1/site",
    "ALLOWED_HOSTS": "weitergabe.example.org",
    "BASE_URL": "https://weitergabe.example.org",
}


def start(expression="None", **changes):
    """Load the settings in a process of their own, which prints what an expression about them comes to."""
    environment = {**PRODUCTION, **changes, "PATH": os.environ["PATH"]}
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings; print({expression})"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_an_example_production_starts():
    assert (start().returncode, start().stderr) == (0, "")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_exit_code_1(wrong, says):
    ended = start(**wrong)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert says in ended.stderr


def test_what_the_databases_address_says_about_encryption_is_kept():
    address = PRODUCTION["DATABASE_URL"] + "?sslmode=verify-full"
    ended = start("settings.DATABASES['default']['OPTIONS']", DATABASE_URL=address)
    assert "'sslmode': 'verify-full'" in ended.stdout
    assert "statement_timeout" in ended.stdout


def test_limits_on_signing_in_count_by_the_address_that_the_proxies_tell():
    ended = start("settings.ALLAUTH_TRUSTED_PROXY_COUNT", TRUSTED_PROXIES="2")
    assert ended.stdout == "2\n"


def test_the_example_names_what_the_settings_and_compose_read():
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text()))
    composed = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    named = re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(read | composed) == sorted(named)


def test_a_command_without_a_database_ends_in_one_sentence():
    ended = subprocess.run(
        [sys.executable, "manage.py", "close_month", "2026-10"],
        cwd=ROOT, env=PRODUCTION | {"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith("The database does not answer (connection to server")
