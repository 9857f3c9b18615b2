"""Lays the told stories and laptops out in the tables: told by COPY, then one INSERT … SELECT per table.

Keys and public numbers are drawn from the tables' own sequences, in the order in which things happened.
"""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import NamedTuple, TextIO, get_args
from uuid import UUID

from django.db import connection

from devices.checklist import POINTS
from documents.ident_codes import OWN_PREFIX

from .laptops import Laptop
from .stories import Story

SQL_TYPES = {int: "bigint", str: "text", Decimal: "numeric", UUID: "uuid", date: "date", datetime: "timestamptz"}

NUMBERED = f"""
CREATE TEMP TABLE laptop ON COMMIT DROP AS
SELECT told.*, nextval('devices_device_id_seq') AS device_id,
       'D-' || lpad(nextval('device_number')::text, 6, '0') AS device_number
FROM (SELECT * FROM laptop_told ORDER BY received_at, key) told;

CREATE TEMP TABLE numbered ON COMMIT DROP AS
SELECT told.*, nextval('requests_devicerequest_id_seq') AS request_id,
       'R-' || to_char(received_at AT TIME ZONE 'Europe/Zurich', 'YYYY-')
            || lpad(nextval('request_number')::text, 6, '0') AS number
FROM (SELECT * FROM story_told ORDER BY received_at, n) told;

CREATE TEMP TABLE parcel ON COMMIT DROP AS
SELECT n, device_id, device_number, nextval('requests_allocation_id_seq') AS allocation_id,
       CASE WHEN packed_at IS NOT NULL THEN nextval('shipping_shipment_id_seq') END AS shipment_id,
       CASE WHEN labelled_at IS NOT NULL THEN nextval('label_item_number') END AS item_number
FROM (SELECT s.n, s.packed_at, s.labelled_at, l.device_id, l.device_number
      FROM numbered s JOIN laptop l ON l.story = s.n ORDER BY s.allocated_at, s.n) allocated;

CREATE TEMP TABLE story ON COMMIT DROP AS
SELECT numbered.*, device_id, device_number, allocation_id, shipment_id, item_number,
       '{OWN_PREFIX}' || lpad(item_number::text, 8, '0') AS ident_code,
       CASE WHEN handed_over_at IS NULL THEN CASE WHEN labelled_at IS NULL THEN 'packing' ELSE 'labelled' END
            WHEN status = 'shipped' THEN 'handed_over' ELSE status END AS shipment_status
FROM numbered LEFT JOIN parcel USING (n);
ANALYZE laptop; ANALYZE story
"""

# Drives and erasures come first, their foreign key waits: the laptop's own trigger then finds the evidence, and the
# laptop is written once, where it stands.
DEVICES = """
INSERT INTO devices_drive (device_id, serial, kind, size_gb, destroyed_at)
SELECT device_id, upper(substr(md5(asset_tag || i), 1, 12)), drive_kind, drive_size,
       CASE WHEN status = 'scrapped' THEN ended_at END
FROM laptop CROSS JOIN LATERAL generate_series(1, drives) i ORDER BY device_id, i;

INSERT INTO devices_erasure (drive_id, life, method, result, by_id, at)
SELECT d.id, 0, CASE d.kind WHEN 'hdd' THEN 'clear' ELSE 'purge' END, tries.result, l.eraser, tries.at
FROM laptop l JOIN devices_drive d ON d.device_id = l.device_id
CROSS JOIN LATERAL (VALUES ('failed', l.failed_at), ('success', l.erased_at)) tries (result, at)
WHERE tries.at IS NOT NULL ORDER BY tries.at, d.id;

INSERT INTO devices_device (id, number, status, life, asset_tag, maker, model, memory_gb, system, keyboard, grade,
                            shelf, received_at)
SELECT device_id, device_number, status, 0, asset_tag, maker, model, memory_gb, system, keyboard, COALESCE(grade, ''),
       COALESCE(shelf, ''), received_at
FROM laptop ORDER BY device_id;

INSERT INTO devices_inspection (device_id, life, points, grade, by_id, at)
SELECT device_id, 0, %(points)s::jsonb, grade, checker, ready_at FROM laptop WHERE ready_at IS NOT NULL
ORDER BY ready_at
"""

REQUESTS = """
INSERT INTO requests_devicerequest (id, number, partner_id, status, owner_id, bill_to_id, commune_id, case_reference,
  purpose, system, keyboard, delivery, price, received_at, approved_at, approved_by_id, moved_at, form_token)
SELECT request_id, number, partner, status, owner, bill_to, commune, case_reference, purpose, system, keyboard,
       delivery, price, received_at, approved_at, CASE WHEN approved_at IS NOT NULL THEN approver END,
       GREATEST(received_at, approved_at, allocated_at, released_at, handed_over_at, delivered_at, ended_at), form_token
FROM story ORDER BY request_id;

INSERT INTO requests_recipient (request_id, partner_id, first_name, last_name, birth_year, street, house_number,
  postcode, town, mobile, language, erased_at)
SELECT request_id, partner, first_name, last_name, birth_year, COALESCE(street, ''), COALESCE(house_number, ''),
       COALESCE(postcode, ''), COALESCE(town, ''), COALESCE(mobile, ''), language, NULL
FROM story WHERE erased_at IS NULL ORDER BY request_id;

INSERT INTO requests_recipient (request_id, partner_id, first_name, last_name, birth_year, street, house_number,
  postcode, town, mobile, language, erased_at)
SELECT request_id, partner, '', '', NULL, '', '', '', '', '', language, erased_at
FROM story WHERE erased_at IS NOT NULL ORDER BY request_id
"""

SHIPMENTS = """
INSERT INTO requests_allocation (id, request_id, partner_id, device_id, by_id, allocated_at, released_at)
SELECT allocation_id, request_id, partner, device_id, dispatcher, allocated_at, released_at
FROM story WHERE allocation_id IS NOT NULL ORDER BY allocation_id;

INSERT INTO shipping_shipment (id, allocation_id, request_id, device_id, partner_id, status, ident_code, closed_at,
  closed_by_id, bill_to_id, price, handed_over_at, handed_over_noted_at, made_at)
SELECT shipment_id, allocation_id, request_id, device_id, partner, shipment_status, COALESCE(ident_code, ''), closed_at,
       CASE WHEN closed_at IS NOT NULL THEN closer END, CASE WHEN handed_over_at IS NOT NULL THEN bill_to END,
       CASE WHEN handed_over_at IS NOT NULL THEN price END, handed_over_at, handed_over_at, packed_at
FROM story WHERE shipment_id IS NOT NULL ORDER BY shipment_id
"""


@dataclass
class Told:
    """Rows of one kind on their way into their temporary table, kept in a file and not in memory."""

    table: str
    kind: type[NamedTuple]
    file: TextIO = field(init=False)

    def __post_init__(self):
        self.file = TemporaryFile("w+", newline="", encoding="utf-8")  # noqa: SIM115 - closed by `copy`
        self.write = csv.writer(self.file).writerow

    def copy(self, cursor):
        columns = ", ".join(f"{name} {_sql_type(kind)}" for name, kind in self.kind.__annotations__.items())
        cursor.execute(f"CREATE TEMP TABLE {self.table} ({columns}) ON COMMIT DROP")
        with self.file:
            self.file.seek(0)
            cursor.copy_expert(f"COPY {self.table} FROM STDIN (FORMAT csv)", self.file)


def _sql_type(annotation):
    """The column's type for `datetime` and for `datetime | None` alike."""
    return next(SQL_TYPES[kind] for kind in get_args(annotation) or (annotation,) if kind in SQL_TYPES)


def hand_in(stories: Iterable[tuple[Story, Laptop | None]], stock: Iterable[Laptop]) -> None:
    """Bring what was told into the temporary tables `story` and `laptop`, numbered, until the transaction ends."""
    requests, laptops = Told("story_told", Story), Told("laptop_told", Laptop)
    for story, laptop in stories:
        requests.write(story)
        if laptop:
            laptops.write(laptop)
    for laptop in stock:
        laptops.write(laptop)
    with connection.cursor() as cursor:
        requests.copy(cursor)
        laptops.copy(cursor)
        cursor.execute(NUMBERED)


def write(statements: str, **values) -> None:
    """Run one of the blocks above, and let the deferred foreign keys be checked now and not all at the end."""
    with connection.cursor() as cursor:
        for statement in statements.split(";\n"):
            cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def write_devices() -> None:
    write(DEVICES, points=json.dumps(list(POINTS)))
