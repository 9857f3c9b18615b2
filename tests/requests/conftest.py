import uuid

import pytest

from requests import actions
from tests import factories
from tests.request_form import ANSWERS


@pytest.fixture
def answers(partner, commune):
    return ANSWERS | {"commune": str(commune.pk), "bill_to": str(partner.bill_tos.get().pk)}


@pytest.fixture
def token():
    return uuid.uuid4()


@pytest.fixture
def make_received(partner, social_worker):
    def make(reference="LT-2026-0388", **columns):
        return factories.receive(partner, by=social_worker, case_reference=reference, **columns)

    return make


@pytest.fixture
def make_approved(make_received, social_worker):
    def make(reference="LT-2026-0388", **columns):
        found = make_received(reference, **columns)
        actions.approve(found, by=social_worker)
        return found

    return make


@pytest.fixture
def make_ready(volunteer):
    def make(tag="X1", **columns):
        return factories.ready_laptop(tag, by=volunteer, **columns)

    return make
