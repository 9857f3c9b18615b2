import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import caches
from django.db import connections
from django.test import override_settings
from django.utils import translation

from config import time_limits
from partners.models import Membership, Partner, Tariff
from people.models import AssociationRole, User
from tests import factories


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="run races and faults at their full size")
    parser.addoption("--headed", action="store_true", help="show the browser and take half a second for each step")


@pytest.fixture
def full(request):
    """Whether sizes are the large ones of `--full`; nothing is left out without it."""
    return request.config.getoption("--full")


def pytest_collection_modifyitems(items):
    """Every test that uses the database names both logins.

    The owner makes the test database, and flushes it after transactional tests: the runtime login may not.
    """
    for item in items:
        for mark in item.iter_markers("django_db"):
            mark.kwargs.setdefault("databases", ["default", "owner"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Have the site's login keep to its limits, and let go of its connection before the test database is dropped."""
    with django_db_blocker.unblock():
        time_limits.tell_login(connections["default"])
    connections["default"].close()  # they hold from the next one on
    yield
    connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def media_root(tmp_path_factory):
    """Files of the tests never lie among the demo's; the processes a test starts are told the same folder."""
    with override_settings(MEDIA_ROOT=str(tmp_path_factory.mktemp("media"))):
        yield


@pytest.fixture(autouse=True)
def counted_anew():
    """Public figures are kept in the process: another test has counted others."""
    caches["figures"].clear()


@pytest.fixture(autouse=True)
def prices(request):
    """What `prepare` writes into every database that people use; a test that is flushed would have none."""
    if request.node.get_closest_marker("django_db") or {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue("_django_db_helper")
        Tariff.objects.bulk_create(
            Tariff(delivery=mode, valid_from="2019-01-01", amount=150) for mode in Partner.Delivery.values
        )


@pytest.fixture(autouse=True)
def source_language():
    """Begin in English: a request leaves the language it spoke in the thread."""
    translation.deactivate()


@pytest.fixture
def make_user(db):
    """People with roles of the association, and the second factor that these need."""

    def make(email="somebody@example.org", *roles, **columns):
        columns = {"name": email.split("@")[0].title(), "language": "en"} | columns
        user = User.objects.create_user(email, **columns)
        for role in roles:
            ends_on = "2099-01-01" if role == AssociationRole.Role.AUDITOR else None
            AssociationRole.objects.create(user=user, role=role, ends_on=ends_on)
        if roles:
            Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
        return user

    return make


@pytest.fixture
def volunteer(make_user):
    return make_user("volunteer@example.org", "volunteer")


@pytest.fixture
def dispatcher(make_user):
    return make_user("dispatch@example.org", "dispatcher")


@pytest.fixture
def commune(db):
    return factories.burgdorf()


@pytest.fixture
def partner(db):
    return factories.active_partner("Sozialdienst Lindental")


@pytest.fixture
def social_worker(make_user, partner):
    user = make_user("worker@example.org")
    Membership.objects.create(user=user, partner=partner, role="social_worker")
    user.acting_for, user.membership_roles = partner, frozenset({"social_worker"})
    return user


@pytest.fixture
def admin(make_user):
    return make_user("admin@example.org", "admin")


@pytest.fixture
def stranger(make_user):
    """A social worker of another organisation."""
    other = factories.active_partner("Sozialdienst Obertal", postcode="3454", town="Sumiswald")
    user = make_user("stranger@example.org")
    Membership.objects.create(user=user, partner=other, role="social_worker")
    Membership.objects.create(user=user, partner=other, role="manager")
    return user
