from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path

from rest_framework import compat, test

ROOT = Path(__file__).resolve().parent.parent


def test_requests_is_our_app_and_nothing_installed_needs_the_library():
    assert Path(find_spec("requests").origin).parent == ROOT / "requests"
    needing = [
        distribution.name
        for distribution in distributions()
        for requirement in distribution.requires or []
        if requirement.split(";")[0].strip().rstrip("<>=!~0123456789. ").lower() == "requests"
        and "extra ==" not in requirement
    ]
    assert needing == []
    assert not any(distribution.name.lower() == "requests" for distribution in distributions())


def test_drf_does_not_take_our_app_for_the_http_library():
    assert compat.requests is None
    assert test.APIClient


def test_the_lock_files_name_no_hosts():
    for file in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in file.read_text()
