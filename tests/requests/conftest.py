import uuid

import pytest
from django.db import transaction

from devices import actions as device_actions
from devices.checklist import POINTS
from requests import actions

ANSWERS = {
    "first_name": "Samira", "last_name": "Wenger", "birth_year": "1994", "case_reference": "LT-2026-0388",
    "delivery": "person", "street": "Mühlegasse", "house_number": "11b", "postcode": "3400", "town": "Burgdorf",
    "mobile": "", "language": "de", "purpose": "school", "system": "linux", "keyboard": "ch-de",
}  # fmt: skip
PERSON = {"first_name": "Samira", "last_name": "Wenger", "street": "Mühlegasse", "postcode": "3400", "town": "Burgdorf"}


@pytest.fixture
def answers(partner, commune):
    return ANSWERS | {"commune": str(commune.pk), "bill_to": str(partner.bill_tos.get().pk)}


@pytest.fixture
def token():
    return uuid.uuid4()


@pytest.fixture
def make_received(partner, social_worker, commune):
    def make(reference="LT-2026-0388", *, recipient=PERSON, form_token=None, **columns):
        wish = {"purpose": "school", "keyboard": "ch-de", "delivery": "person"}
        wish |= {"bill_to": partner.bill_tos.get()} | columns
        found = actions.receive(
            partner=partner, owner=social_worker, recipient=recipient, form_token=form_token,
            commune=commune, case_reference=reference, **wish,
        )  # fmt: skip
        found.refresh_from_db()
        return found

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
        device, _is_new = device_actions.receive(asset_tag=tag, by=volunteer, drives=[], **columns)
        device.refresh_from_db()
        with transaction.atomic():
            device.move("erased", verb="no_drives", by=volunteer)
        device_actions.mark_ready(device, points=list(POINTS), grade="A", by=volunteer)
        return device

    return make
