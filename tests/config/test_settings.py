import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.production import PRODUCTION

ROOT = Path(__file__).resolve().parent.parent.parent
MADE_UP = [
    "BASE_URL",
    "EMAIL_URL",
    "ASSOCIATION_NAME",
    "ASSOCIATION_STREET",
    "ASSOCIATION_POSTCODE",
    "ASSOCIATION_TOWN",
    "CREDITOR_IBAN",
    "CREDITOR_QR_IBAN",
]


def start(expression="None", *, replace=None, **changes):
    """Load the settings in a process of their own, which prints what an expression about them comes to."""
    environment = {**(replace or PRODUCTION), **changes, "PATH": os.environ["PATH"]}
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings; print({expression})"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_example_production_starts():
    assert (start().returncode, start().stderr) == (0, "")


def test_what_a_real_site_does_not_say_of_itself_is_not_made_up():
    said = start(expression="[settings.ASSOCIATION[name] for name in ('house_number', 'uid', 'email', 'phone')]").stdout
    assert said.strip() == "['', '', '', '']"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://site:x@127.0.0.1:port/site"}, "DATABASE_URL"),
        ({"DATABASE_OWNER_URL": "postgresql://site:x@[127.0.0.1/site"}, "DATABASE_OWNER_URL"),
        ({"REDIS_URL": "localhost"}, "REDIS_URL"),
        ({"REDIS_URL": "redis://localhost:port/0"}, "REDIS_URL"),
        ({"REDIS_URL": "redis://localhost:0/0"}, "REDIS_URL"),
        ({"DEMO": "maybe"}, "DEMO"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"TRUSTED_PROXIES": "one"}, "TRUSTED_PROXIES"),
        ({"RETENTION_DAYS": "lots"}, "RETENTION_DAYS"),
        ({"RETENTION_DAYS": "-1"}, "RETENTION_DAYS"),
        ({"RETENTION_DAYS": "٩٠"}, "RETENTION_DAYS"),
        ({"EMAIL_URL": "nonsense"}, "EMAIL_URL"),
        ({"EMAIL_URL": "smtp://mail:port"}, "EMAIL_URL"),
        ({"EMAIL_URL": "smtp://site:x@mail.example.org:587"}, "password readably"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
        ({"BASE_URL": "http://localhost:8000"}, "BASE_URL"),
        *(({name: ""}, f"{name} is missing") for name in MADE_UP),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_exit_code_1(wrong, says):
    ended = start(**wrong)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert says in ended.stderr


def test_a_key_may_begin_with_a_dollar_sign():
    key = "$" + PRODUCTION["SECRET_KEY"]
    ended = start("settings.SECRET_KEY", SECRET_KEY=key)
    assert (ended.stdout, ended.stderr) == (f"{key}\n", "")


@pytest.mark.parametrize("word", [None, ""])
def test_a_real_site_names_its_database(tmp_path, word):
    environment = {name: value for name, value in PRODUCTION.items() if name != "DATABASE_URL"}
    ended = start(replace=environment, DATA_DIR=str(tmp_path), **({} if word is None else {"DATABASE_URL": word}))
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "DATABASE_URL is missing" in ended.stderr


def test_a_real_site_is_none_on_the_database_of_a_demo(tmp_path):
    (tmp_path / "env").write_text(f"DATABASE_URL={PRODUCTION['DATABASE_URL']}\n")
    ended = start(DATA_DIR=str(tmp_path))
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "the demo's embedded database" in ended.stderr


def test_a_demo_makes_them_up():
    assert start(DEMO="1", **dict.fromkeys(MADE_UP, "")).returncode == 0


def test_empty_is_as_not_set_and_mails_may_go_to_files_on_purpose():
    empty = dict.fromkeys(("TRUSTED_PROXIES", "RETENTION_DAYS", "LOG_LEVEL", "DEBUG", "ALLOWED_HOSTS"), "")
    told = "(settings.RETENTION_DAYS, settings.DEBUG, settings.DEMO, settings.ALLOWED_HOSTS)"
    ended = start(told, EMAIL_URL="filemail://", **empty)
    assert (ended.stdout, ended.stderr) == ("(90, False, False, ['weitergabe.example.org'])\n", "")


def test_without_more_the_site_answers_to_its_own_name_alone():
    environment = {name: value for name, value in PRODUCTION.items() if name != "ALLOWED_HOSTS"}
    ended = start("settings.ALLOWED_HOSTS", replace=environment)
    assert ended.stdout == "['weitergabe.example.org']\n"


def test_what_the_databases_address_says_about_encryption_is_kept():
    address = PRODUCTION["DATABASE_URL"] + "?sslmode=verify-full"
    ended = start("settings.DATABASES['default']['OPTIONS']", DATABASE_URL=address)
    assert "'sslmode': 'verify-full'" in ended.stdout
    assert "'connect_timeout': 3" in ended.stdout


def test_no_connection_brings_options_which_a_pooler_refuses():
    ended = start("settings.DATABASES['default']['OPTIONS'].get('options')")
    assert ended.stdout == "None\n"


def test_limits_on_signing_in_count_by_the_address_that_the_proxies_tell():
    ended = start("settings.ALLAUTH_TRUSTED_PROXY_COUNT", TRUSTED_PROXIES="2")
    assert ended.stdout == "2\n"


@pytest.mark.parametrize(("proxies", "is_believed"), [("0", False), ("1", True)])
def test_who_says_that_it_came_by_https_is_believed_behind_a_proxy_only(proxies, is_believed):
    ended = start("hasattr(settings, 'SECURE_PROXY_SSL_HEADER')", TRUSTED_PROXIES=proxies)
    assert ended.stdout == f"{is_believed}\n"


def test_the_example_names_what_the_settings_and_compose_read():
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text()))
    composed = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    named = re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(read | composed) == sorted(named)


def test_a_command_without_a_database_ends_in_one_sentence():
    ended = subprocess.run(
        [sys.executable, "manage.py", "close_month", "2026-10"],
        cwd=ROOT,
        env=PRODUCTION | {"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith("The database does not answer (connection to server")


def test_what_starts_the_servers_is_loaded_before_any_setting_is_read():
    """Else the supervisor would join the servers of its last run, which are gone."""
    environment = {"PATH": os.environ["PATH"], "DEMO": "maybe"}
    program = "import config.supervisor, sys; print('config.settings' in sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.stdout == "False\n"
