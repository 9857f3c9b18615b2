from itertools import product

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from devices.models import Device
from partners.models import Partner
from people.lifecycle import Lifecycle, Refused, note_many, refusal_for

pytestmark = pytest.mark.django_db
LIFE_CYCLES = [model for model in apps.get_models() if issubclass(model, Lifecycle)]


@pytest.fixture
def device():
    return Device.objects.create(asset_tag="5CG1234567")


def test_a_move_saves_the_status_and_writes_who_took_the_step(device, volunteer):
    with transaction.atomic():
        assert device.move("scrapped", verb="scrap", by=volunteer, reason="broken", numbers={"shelf": 1})
    step = device.steps.get()
    assert (step.verb, step.from_status, step.to_status, step.by) == ("scrap", "received", "scrapped", volunteer)
    assert (step.reason, step.numbers) == ("broken", {"shelf": 1})
    assert Device.objects.get().status == "scrapped"


def test_the_same_step_twice_is_as_once(device, volunteer):
    with transaction.atomic():
        assert device.move("scrapped", verb="scrap", by=volunteer) is True
        assert device.move("scrapped", verb="scrap", by=volunteer) is False
    assert device.steps.count() == 1


def test_the_same_step_by_somebody_else_is_refused_and_names_the_first(device, volunteer, dispatcher):
    with transaction.atomic():
        device.move("scrapped", verb="scrap", by=volunteer)
        with pytest.raises(Refused, match="Volunteer"):
            device.move("scrapped", verb="scrap", by=dispatcher)


def test_a_step_that_moves_does_not_exist_is_refused_and_nothing_changes(device, volunteer):
    with transaction.atomic(), pytest.raises(Refused):
        device.move("ready", verb="mark_ready", by=volunteer)
    assert (Device.objects.get().status, device.steps.count()) == ("received", 0)


def test_every_pair_of_statuses_is_a_move_or_a_refusal(partner, volunteer):
    for start, to in product(Partner.Status, repeat=2):
        Partner.objects.update(status=start)
        if to in Partner.MOVES[start]:
            assert partner.move(to, verb=f"{start} to {to}", by=volunteer)
        else:
            with pytest.raises(Refused):
                partner.move(to, verb=f"{start} to {to}", by=volunteer)
    assert partner.steps.count() == sum(map(len, Partner.MOVES.values()))


@pytest.mark.parametrize("model", LIFE_CYCLES)
def test_every_status_says_where_it_leads(model):
    assert set(model.MOVES) == set(model.Status)
    assert set().union(*model.MOVES.values()) <= set(model.Status)


def test_a_step_is_never_changed_or_deleted(device, volunteer):
    device.note("look", by=volunteer)
    for statement in ("UPDATE devices_devicestep SET verb = 'x'", "DELETE FROM devices_devicestep"):
        with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert refused.value.__cause__.diag.constraint_name == "devices_devicestep_stays"


def test_noting_many_is_one_statement(volunteer, django_assert_num_queries):
    devices = [Device.objects.create(asset_tag=str(n)) for n in range(50)]
    with django_assert_num_queries(1):
        note_many(devices, "count", by=volunteer)
    assert [device.steps.count() for device in devices] == [1] * 50


def test_a_named_constraint_has_a_sentence_and_another_has_none(device):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Device.objects.create(asset_tag=device.asset_tag)
    assert refusal_for(refused.value) == "This laptop is taken in already."
    assert refusal_for(IntegrityError("from nowhere")) is None
