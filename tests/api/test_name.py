"""Our app has the name of a library, `requests`: ours is found, and nobody asks for the other."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from rest_framework.test import RequestsClient

import requests
from tests.production import PRODUCTION

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ROOT / "requests" / "__init__.py"


def test_under_pytest_it_is_ours():
    assert Path(requests.__file__) == OURS
    assert not hasattr(requests, "get")


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check"],
        ["-m", "gunicorn", "--check-config", "config.wsgi"],
        ["-m", "celery", "-A", "config", "report"],
    ],
)
def test_under_every_command_it_is_ours(command, tmp_path):
    environment = {**PRODUCTION, "PATH": os.environ["PATH"], "HOME": str(tmp_path), "DATA_DIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-v", "-W", "ignore", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    of_that_name = {word.strip("'") for word in ended.stderr.split() if word.endswith("/requests/__init__.py")}
    assert of_that_name == {str(OURS)}


def test_drfs_client_that_wants_the_library_says_so_and_is_not_used():
    with pytest.raises(ImproperlyConfigured):
        RequestsClient()
    assert find_spec("coreapi") is None
