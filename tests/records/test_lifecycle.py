import re
from datetime import date
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction

from billing.models import Invoice, Series
from devices.lifecycle import DeviceStatus
from devices.models import Device
from partners.models import Partner
from records.lifecycle import Lifecycle, note_many
from records.refusals import FORBIDDEN, Refused, refusal_for
from records.status import BACK, Move, Note
from requests.lifecycle import RequestStatus
from requests.models import RoundDate
from shipping.models import Round, Shipment
from tests import factories

pytestmark = pytest.mark.django_db
ABSTRACT = {"__module__": __name__, "Meta": type("Meta", (), {"abstract": True}), "Status": DeviceStatus}
LIFE_CYCLES = [model for model in apps.get_models() if issubclass(model, Lifecycle)]


@pytest.fixture
def device():
    return Device.objects.create(asset_tag="5CG1234567")


@pytest.fixture
def records(partner, volunteer):
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
    notice = factories.draft_notice("everybody", by=volunteer)
    return {type(record): record for record in (partner, request, device, shipment, invoice, round_, notice)}


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
        assert device.move("scrap", by=volunteer, reason="broken", numbers={"shelf": 1})
    step = device.steps.get()
    assert (step.verb, step.from_status, step.to_status, step.by) == ("scrap", "received", "scrapped", volunteer)
    assert (step.reason, step.numbers) == ("broken", {"shelf": 1})
    assert Device.objects.get().status == "scrapped"


def test_the_same_step_twice_is_as_once(device, volunteer):
    with transaction.atomic():
        assert device.move("scrap", by=volunteer) is True
        assert device.move("scrap", by=volunteer) is False
    assert device.steps.count() == 1


def test_a_move_is_three_statements_and_two_under_the_callers_lock(device, volunteer, django_assert_num_queries):
    with django_assert_num_queries(3):
        device.move("record_erasure", by=volunteer)
    device.lock()
    with django_assert_num_queries(2):
        device.move("scrap", by=volunteer, is_locked=True)
    assert [step.verb for step in device.steps.all()] == ["record_erasure", "scrap"]


def test_the_same_step_by_somebody_else_is_refused_and_names_the_first(device, volunteer, dispatcher):
    with transaction.atomic():
        device.move("scrap", by=volunteer)
        with pytest.raises(Refused, match="Volunteer"):
            device.move("scrap", by=dispatcher)


def test_a_step_that_moves_does_not_exist_is_refused_and_nothing_changes(device, volunteer):
    with transaction.atomic(), pytest.raises(Refused):
        device.move("mark_ready", by=volunteer)
    assert (Device.objects.get().status, device.steps.count()) == ("received", 0)


def test_a_verb_that_leads_there_from_elsewhere_is_refused_and_nothing_changes(device, volunteer):
    Device.objects.update(status="missing", grade="A")
    with transaction.atomic(), pytest.raises(Refused, match="“Missing”: this step can’t follow"):
        device.move("mark_ready", by=volunteer)
    assert (Device.objects.get().status, device.steps.count()) == ("missing", 0)


def test_a_verb_leads_back_to_where_the_record_stood_before(device, volunteer, dispatcher):
    with transaction.atomic():
        device.move("record_erasure", by=volunteer)
        device.note("receive", by=volunteer)  # moves nothing, so it is no step to go back over
        device.move("report_missing", by=volunteer)
        assert [device.move("find", by=dispatcher) for _time in range(2)] == [True, False]
        assert (device.status, device.steps.count()) == ("erased", 4)
        with pytest.raises(Refused, match="already: Dispatch"):
            device.move("find", by=volunteer)


def test_nothing_leads_back_where_no_step_was_taken(device, volunteer):
    Device.objects.update(status="missing")
    with transaction.atomic(), pytest.raises(Refused, match="this step can’t follow"):
        device.move("find", by=volunteer)


@pytest.mark.parametrize("verb", ["lose", "receive"])
def test_a_verb_that_no_table_knows_is_named(device, volunteer, verb):
    with pytest.raises(KeyError, match=verb):
        device.move(verb, by=volunteer)
    with pytest.raises(KeyError, match="scrap"):
        device.note("scrap", by=volunteer)
    with pytest.raises(KeyError, match="scrap"):
        note_many([device], "scrap")


def test_a_life_cycle_that_names_what_is_not_there_is_refused_when_it_is_imported():
    arrow = Move({DeviceStatus.RECEIVED}, "impounded")
    with pytest.raises(ImproperlyConfigured, match=r"Wrong\.MOVES: “impound” names “impounded”"):
        type("Wrong", (Lifecycle,), ABSTRACT | {"MOVES": {"impound": arrow}})
    arrow = Move({RequestStatus.RECEIVED}, DeviceStatus.SCRAPPED)
    with pytest.raises(ImproperlyConfigured, match="“scrap” names “received”"):
        type("Wrong", (Lifecycle,), ABSTRACT | {"MOVES": {"scrap": arrow}})
    moves, notes = {"scrap": Move({DeviceStatus.RECEIVED}, DeviceStatus.SCRAPPED)}, {"scrap": Note()}
    with pytest.raises(ImproperlyConfigured, match="“scrap” is in MOVES and in NOTES"):
        type("Wrong", (Lifecycle,), ABSTRACT | {"MOVES": moves, "NOTES": notes})


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
            partner.move("suspend", by=first)
            with pytest.raises(Refused, match=f"already: {named},"):
                partner.move("suspend", by=reader, numbers={"again": "yes"})


@pytest.mark.parametrize("model", LIFE_CYCLES)
def test_every_verb_from_every_status_is_a_move_or_a_refusal(records, volunteer, model):
    record = records[model]
    for (verb, move), start in product(model.MOVES.items(), model.Status):
        ends = (
            [move.to] if move.to is not BACK else [arrow.to for arrow in model.arrows() if arrow[:2] == (verb, start)]
        )
        for to in ends or [start]:
            step = {"by": volunteer, **columns_at(model, to)}
            with transaction.atomic():
                model.objects.filter(pk=record.pk).update(status=start, **columns_at(model, start))
                if move.to is BACK:  # how it came here
                    record.steps.create(verb="x", from_status=to, to_status=start)
                before = list(record.steps.values_list("from_status", "to_status"))
                if start in move.sources:
                    assert record.move(verb, **step) is True
                    assert record.allows(verb) is (to in move.sources)
                    steps, stands = [(start, to)], to
                else:
                    with pytest.raises(Refused):
                        record.move(verb, **step)
                    steps, stands = [], start
                assert list(record.steps.values_list("from_status", "to_status")) == before + steps, (verb, start)
                assert model.objects.get().status == stands, (verb, start)
                transaction.set_rollback(True)


def test_a_step_is_never_changed_or_deleted(device, volunteer):
    device.note("receive", by=volunteer)
    for statement in ("UPDATE devices_devicestep SET verb = 'x'", "DELETE FROM devices_devicestep"):
        with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert refused.value.__cause__.diag.constraint_name == "devices_devicestep_stays"


def test_noting_many_is_one_statement(volunteer, django_assert_num_queries):
    devices = [Device.objects.create(asset_tag=str(n)) for n in range(50)]
    with django_assert_num_queries(1):
        note_many(devices, "receive", by=volunteer)
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
