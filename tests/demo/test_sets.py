"""What the sets write, held to what the actions write in the walk: once an action changes, the sets lag behind."""

import pytest
from django.db import connection

from billing.models import Invoice
from demo.organisations import ORGANISATIONS, WALKED
from devices.models import Device
from partners.models import Partner
from requests.models import DeviceRequest
from shipping.models import Shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
NAMES = ", ".join(f"$${one.name}$$" for one in ORGANISATIONS if one.slug in WALKED)
ORGANISATIONS_THAT_WALK = f"(SELECT id FROM partners_partner WHERE name IN ({NAMES}))"
OF_AN_ORGANISATION = f"partner_id NOT IN {ORGANISATIONS_THAT_WALK}"
LAPTOPS = "(SELECT device_id FROM laptop)"  # a temporary table, which is there as long as nothing is committed
NO_ACTION_YET = {"suspend"}

# Which rows of a table are the sets'.
CYCLES = {
    Partner: f"id NOT IN {ORGANISATIONS_THAT_WALK}",
    Device: f"id IN {LAPTOPS}",
    DeviceRequest: OF_AN_ORGANISATION,
    Shipment: OF_AN_ORGANISATION,
    Invoice: OF_AN_ORGANISATION,
}
# By what else the rows of a table are told apart, before it is compared which of their columns are filled.
TABLES = {
    "partners_partner": ("status", CYCLES[Partner]),
    "partners_billto": ("''", OF_AN_ORGANISATION),
    "partners_coverage": ("''", OF_AN_ORGANISATION),
    "partners_membership": ("''", OF_AN_ORGANISATION),
    "partners_agreement": ("''", OF_AN_ORGANISATION),
    "devices_device": ("status", CYCLES[Device]),
    "devices_erasure": ("result", f"drive_id IN (SELECT id FROM devices_drive WHERE device_id IN {LAPTOPS})"),
    "devices_inspection": ("''", f"device_id IN {LAPTOPS}"),
    "requests_devicerequest": ("status", OF_AN_ORGANISATION),
    "requests_recipient": ("CASE WHEN erased_at IS NULL THEN '' ELSE 'erased' END", OF_AN_ORGANISATION),
    "requests_allocation": ("''", OF_AN_ORGANISATION),
    "shipping_shipment": ("status", OF_AN_ORGANISATION),
    "shipping_label": (
        "state",
        f"shipment_id IN (SELECT id FROM shipping_shipment WHERE {OF_AN_ORGANISATION})",
    ),
    "billing_invoice": ("status", OF_AN_ORGANISATION),
    "billing_chargeline": ("''", OF_AN_ORGANISATION),
    "billing_close": ("''", f"bill_to_id IN (SELECT id FROM partners_billto WHERE {OF_AN_ORGANISATION})"),
}
NOT_COMPARED = {
    "partners_billto": {"department", "cost_centre", "order_number", "supplier_number"},  # as each organisation wishes
    # Files are made of the sets' newest requests only; a day is expected for what waits, unless its organisation rests.
    "requests_devicerequest": {"proof_id", "expected_on", "expected_by"},
}


def rows(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def steps_of(model, condition):
    """The kinds of steps: verb, from, to, and what is told: names of numbers, whether somebody, for whom and why."""
    steps = model._meta.get_field("steps").related_model._meta.db_table
    found = rows(f"""
        SELECT DISTINCT verb, from_status, to_status,
               ARRAY(SELECT key FROM jsonb_object_keys(numbers) key ORDER BY key)::text,
               by_id IS NOT NULL, on_behalf_of IS NOT NULL, reason <> ''
        FROM {steps} WHERE record_id IN (SELECT id FROM {model._meta.db_table} WHERE {condition})""")
    return {(verb, before, after): tuple(told) for verb, before, after, *told in found}, {
        (verb, *told) for verb, _before, _after, *told in found
    }


@pytest.mark.parametrize("model", CYCLES, ids=lambda model: model.__name__)
def test_each_step_of_the_sets_says_what_the_action_of_its_verb_says(model):
    moves, said = steps_of(model, CYCLES[model])
    _moves, said_in_the_walk = steps_of(model, f"NOT ({CYCLES[model]})")
    assert moves
    assert {kind for kind in said if kind[0] not in NO_ACTION_YET} - said_in_the_walk == set()
    arrows = {(arrow.verb, arrow.start, arrow.to) for arrow in model.arrows()}
    assert {move for move in moves if move[0] not in model.NOTES} - arrows == set()


def filled(table, group, condition):
    """By group and column: whether it is filled, empty, or now this and now that."""
    names = [
        name
        for (name,) in rows(f"""
            SELECT column_name FROM information_schema.columns
            WHERE table_name = '{table}' AND is_generated = 'NEVER'""")
        if name not in NOT_COMPARED.get(table, ())
    ]
    columns = ", ".join(f"array_agg(DISTINCT COALESCE({name}::text, '') <> '')" for name in names)
    found = rows(f"SELECT {group}, {columns} FROM {table} WHERE {condition} GROUP BY 1")
    return {(key, name): set(values) for key, *row in found for name, values in zip(names, row, strict=True)}


@pytest.mark.parametrize("table", TABLES)
def test_the_sets_fill_the_columns_that_the_actions_fill(table):
    group, condition = TABLES[table]
    sets, walk = filled(table, group, condition), filled(table, group, f"NOT ({condition})")
    compared = sets.keys() & walk.keys()
    assert compared
    assert {key: sets[key] for key in compared if not sets[key] <= walk[key]} == {}


@pytest.mark.parametrize("model", [Device, DeviceRequest, Shipment], ids=lambda model: model.__name__)
def test_every_status_of_the_sets_is_reached_in_the_walk_too(model):
    sets, walk = (
        {status for (status,) in rows(f"SELECT status FROM {model._meta.db_table} WHERE {condition}")}
        for condition in (CYCLES[model], f"NOT ({CYCLES[model]})")
    )
    assert sets <= walk


def test_the_walk_brings_invoices_into_every_state():
    walked = Invoice.objects.filter(
        pk__in=[pk for (pk,) in rows(f"SELECT id FROM billing_invoice WHERE NOT ({OF_AN_ORGANISATION})")]
    )
    assert {invoice.state for invoice in walked.with_paid()} == {"draft", "open", "partly_paid", "paid", "overdue"}


def test_requests_are_withdrawn_in_three_ways_in_the_walk():
    withdrawn = rows(f"""
        SELECT DISTINCT from_status FROM requests_requeststep WHERE verb = 'withdraw' AND record_id IN
          (SELECT id FROM requests_devicerequest WHERE NOT ({OF_AN_ORGANISATION}))""")
    assert {status for (status,) in withdrawn} == {"received", "approved", "allocated"}


@pytest.mark.parametrize(
    ("number", "moment", "table"),
    [
        ("number", "received_at", "requests_devicerequest"),
        ("id", "received_at", "requests_devicerequest"),
        ("number", "received_at", "devices_device"),
        ("id", "received_at", "devices_device"),
        ("id", "allocated_at", "requests_allocation"),
        ("id", "made_at", "shipping_shipment"),
        ("numbers->>'parcel'", "at", "shipping_shipmentstep WHERE verb = 'make_label'"),
    ],
)
def test_numbers_rise_with_time_whoever_has_drawn_them(number, moment, table):
    moments = [at for (at,) in rows(f"SELECT {moment} FROM {table} ORDER BY {number}")]
    assert moments == sorted(moments)


def shape(value):
    """The keys and the kinds of values, with the first of each list."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) else type(value)


def test_a_snapshot_of_the_sets_has_the_shape_of_one_in_the_walk():
    sets, walk = (
        Invoice.objects.get(pk=pk)
        for condition in (OF_AN_ORGANISATION, f"NOT ({OF_AN_ORGANISATION})")
        for (pk,) in rows(f"SELECT min(id) FROM billing_invoice WHERE status = 'issued' AND {condition}")
    )
    assert shape(sets.snapshot) == shape(walk.snapshot)
    assert {key for key in sets.snapshot if sets.snapshot[key] is None} == {
        key for key in walk.snapshot if walk.snapshot[key] is None
    }
