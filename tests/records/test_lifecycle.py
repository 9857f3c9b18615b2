import re
from datetime import date
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from billing.models import Invoice, Series
from devices.models import Device
from partners.models import Partner
from records.lifecycle import Lifecycle, note_many
from records.refusals import FORBIDDEN, Refused, refusal_for
from requests.models import RoundDate
from shipping.models import Round, Shipment
from tests import factories

pytestmark = pytest.mark.django_db
LIFE_CYCLES = [model for model in apps.get_models() if issubclass(model, Lifecycle)]


@pytest.fixture
def device():
    return Device.objects.create(asset_tag="5CG1234567")


@pytest.fixture
def records(partner):
    """One of each life cycle, with what its statuses ask of it whatever they are."""
    bill_to = partner.bill_tos.get()
    request = factories.request_of(bill_to, status="received")
    device = Device.objects.create(asset_tag="5CG1234567", grade="A")
    allocation = factories.allocation_of(request, device=device)
    shipment = factories.parcel_of(allocation, bill_to=bill_to, price=150, handed_over_noted_at="2026-10-20T08:00Z")
    invoice = Invoice.objects.create(partner=partner, bill_to=bill_to, period=date(2026, 10, 1))
    invoice.lines.create(shipment=shipment, partner=partner, amount=150)
    Series.objects.create(name="invoice-2026")
    round_ = Round.objects.create(date=RoundDate.objects.create(on="2026-10-20", capacity=50))
    return {type(record): record for record in (partner, request, device, shipment, invoice, round_)}


ISSUED = {
    "series_id": "invoice-2026",
    "first": 1,
    "number": 1,
    "total": 150,
    "snapshot": {"number": "2026-0001"},
    "reference": "1",
    "issued_on": date(2026, 11, 2),
    "due_on": date(2026, 12, 2),
}


def columns_at(model, status):
    """What a record must say at this status and may not say at others."""
    if model is Shipment:
        is_out = status in ("handed_over", "delivered", "returned", "lost")
        return {"handed_over_at": "2026-10-20T08:00Z" if is_out else None}
    return ISSUED if (model, status) == (Invoice, "issued") else {}


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


def test_a_step_of_another_verb_is_refused_and_nothing_changes(device, volunteer):
    Device.objects.update(status="missing", grade="A")
    with transaction.atomic(), pytest.raises(Refused, match="“Missing”: this step can’t follow"):
        device.move("ready", verb="mark_ready", by=volunteer, only_from={"erased", "repair"})
    assert (Device.objects.get().status, device.steps.count()) == ("missing", 0)
    with transaction.atomic():
        for _time in range(2):
            device.move("ready", verb="find", by=volunteer, only_from={"missing"})
    assert device.steps.count() == 1


def test_who_acts_for_an_organisation_reads_the_names_of_its_own_people_only(
    partner, social_worker, stranger, dispatcher, make_user
):
    colleague, other = make_user("colleague@example.org"), Partner.objects.get(name="Sozialdienst Obertal")
    colleague.acting_for, stranger.acting_for = partner, other
    for first, reader, named in (
        (dispatcher, social_worker, "the association"),
        (stranger, social_worker, "the association"),
        (colleague, social_worker, "Colleague"),
        (None, social_worker, "the system"),
        (colleague, dispatcher, "Colleague"),
    ):
        Partner.objects.update(status="active")
        with transaction.atomic():
            partner.move("suspended", verb="suspend", by=first)
            with pytest.raises(Refused, match=f"already: {named},"):
                partner.move("suspended", verb="suspend again", by=reader)


@pytest.mark.parametrize("model", LIFE_CYCLES)
def test_every_pair_of_statuses_is_a_move_or_a_refusal(records, volunteer, model):
    record = records[model]
    for start, to in product(model.Status, repeat=2):
        step = {"verb": "x", "by": volunteer, **columns_at(model, to)}
        with transaction.atomic():
            model.objects.filter(pk=record.pk).update(status=start, **columns_at(model, start))
            if to in model.MOVES[start]:
                assert record.move(to, **step) is True
                steps, stands = [(start, to)], to
            else:
                with pytest.raises(Refused):
                    record.move(to, **step)
                steps, stands = [], start
            assert list(record.steps.values_list("from_status", "to_status")) == steps, (start, to)
            assert model.objects.get().status == stands, (start, to)
            transaction.set_rollback(True)


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


def refusal_of(**columns):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Device.objects.create(**columns)
    return refusal_for(refused.value)


def test_a_constraint_has_its_sentence_or_that_of_all_and_one_that_nobody_named_has_none(device):
    assert refusal_of(asset_tag=device.asset_tag) == "This laptop is taken in already."
    assert refusal_of(asset_tag="x", memory_gb=-1) == FORBIDDEN
    assert refusal_of(asset_tag="x", pk=device.pk) is None
    assert refusal_for(IntegrityError("from nowhere")) is None


NAMES = r"""
SELECT conname FROM pg_constraint JOIN pg_class t ON t.oid = conrelid WHERE t.relname = ANY(%(tables)s)
UNION SELECT i.relname FROM pg_index JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
WHERE indisunique AND t.relname = ANY(%(tables)s)
UNION SELECT tgrelid::regclass || '_stays' FROM pg_trigger WHERE tgfoid = 'rows_stay'::regproc
UNION SELECT (regexp_matches(prosrc, $$CONSTRAINT = '(\w+)'$$, 'g'))[1] FROM pg_proc
"""
BY_DJANGO = r"_pkey$|_key$|_check$|_not_null$|_[0-9a-f]{8}(_|$)"


def test_every_rule_that_we_named_in_the_database_has_a_sentence():
    ours = [model for model in apps.get_models() if Path(model._meta.app_config.path).parent == settings.BASE_DIR]
    with connection.cursor() as cursor:
        cursor.execute(NAMES, {"tables": [model._meta.db_table for model in ours]})
        names = {name for (name,) in cursor.fetchall() if not re.search(BY_DJANGO, name)}
    assert {"no_gap", "one_charge_per_turn", "line_of_its_partner", "billing_payment_stays", "total_is_the_sum"} < names
    assert [name for name in names if not refusal_for(broken(name))] == []


def broken(name):
    """An IntegrityError as Postgres reports it."""
    error = IntegrityError()
    error.__cause__ = type("Cause", (Exception,), {"diag": SimpleNamespace(constraint_name=name)})()
    return error
