import pytest

from devices import actions
from devices.checklist import POINTS


@pytest.fixture
def make_device(volunteer):
    """A laptop as it was taken in, with one drive for each serial number."""

    def make(tag="5CG1", serials=("S1",), **columns):
        columns = {"maker": "HP", "model": "ProBook 640"} | columns
        device, _is_new = actions.receive(
            asset_tag=tag, by=volunteer, drives=[{"serial": serial} for serial in serials], **columns
        )
        return device

    return make


@pytest.fixture
def make_erased(make_device, volunteer):
    def make(*args, **columns):
        device = make_device(*args, **columns)
        for drive in device.drives.all():
            actions.record_erasure(drive, result="success", method="purge", by=volunteer)
        return device

    return make


@pytest.fixture
def make_ready(make_erased, volunteer):
    def make(*args, **columns):
        device = make_erased(*args, **columns)
        actions.mark_ready(device, points=list(POINTS), grade="A", by=volunteer)
        return device

    return make
