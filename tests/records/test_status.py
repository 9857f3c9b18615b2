from pathlib import Path

import pytest

from devices.models import Device
from partners.models import Partner
from records.status import LOOKS
from requests.models import DeviceRequest
from shipping.models import Round, Shipment


def test_every_status_has_a_known_tone_and_an_icon_of_the_sprite():
    sprite = set((Path(__file__).parents[2] / "static/icons.txt").read_text().split())
    for look in LOOKS.values():
        assert look.tone in {"wait", "work", "move", "done", "stop", "none"}
        assert look.icon in sprite


@pytest.mark.parametrize(
    ("noun", "model"),
    [
        ("partner", Partner),
        ("request", DeviceRequest),
        ("device", Device),
        ("round", Round),
        ("shipment", Shipment),
    ],
)
def test_every_status_of_a_life_cycle_has_a_look(noun, model):
    assert {status for of, status in LOOKS if of == noun} == set(model.Status)
