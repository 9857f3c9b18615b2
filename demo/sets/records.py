"""Laptops, requests and parcels, each row written once, where it stands in the end."""

import json

from devices.checklist import POINTS

from .tables import run

# Drives and erasures come first, their foreign key waits: the laptop's own trigger then finds the evidence, and the
# laptop is written once, where it stands.
DEVICES = """
INSERT INTO devices_drive (device_id, serial, kind, size_gb, destroyed_at)
SELECT device_id, serial, drive_kind, drive_size, CASE WHEN status = 'scrapped' THEN ended_at END
FROM laptop CROSS JOIN LATERAL string_to_table(serials, ' ') WITH ORDINALITY drives (serial, nth)
ORDER BY device_id, nth;

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
  purpose, system, keyboard, delivery, price, received_at, approved_at, approved_by_id, moved_at, form_token,
  expected_on, expected_by)
SELECT request_id, number, partner, status, owner, bill_to, commune, case_reference, purpose, system, keyboard,
       delivery, price, received_at, approved_at, CASE WHEN approved_at IS NOT NULL THEN approver END,
       GREATEST(received_at, approved_at, allocated_at, released_at, handed_over_at, delivered_at, ended_at),
       form_token,
       -- two working days later; who waits for a laptop is told at the end
       handed_over_at::date
         + CASE EXTRACT(isodow FROM handed_over_at) WHEN 4 THEN 4 WHEN 5 THEN 4 WHEN 6 THEN 3 ELSE 2 END,
       CASE WHEN handed_over_at IS NULL THEN '' ELSE 'post' END
FROM request ORDER BY request_id;

INSERT INTO requests_recipient (request_id, partner_id, first_name, last_name, birth_year, street, house_number,
  postcode, town, mobile, language, erased_at)
SELECT request_id, partner, first_name, last_name, birth_year, street, COALESCE(house_number, ''), postcode, town,
       COALESCE(mobile, ''), language, NULL
FROM request WHERE erased_at IS NULL ORDER BY request_id;

INSERT INTO requests_recipient (request_id, partner_id, first_name, last_name, birth_year, street, house_number,
  postcode, town, mobile, language, erased_at)
SELECT request_id, partner, '', '', NULL, '', '', '', '', '', language, erased_at
FROM request WHERE erased_at IS NOT NULL ORDER BY request_id
"""

SHIPMENTS = """
INSERT INTO requests_allocation (id, request_id, partner_id, device_id, by_id, allocated_at, released_at)
SELECT allocation_id, request_id, partner, device_id, dispatcher, allocated_at, released_at
FROM request WHERE allocation_id IS NOT NULL ORDER BY allocation_id;

INSERT INTO shipping_shipment (id, allocation_id, request_id, device_id, partner_id, status, ident_code, closed_at,
  closed_by_id, bill_to_id, price, handed_over_at, handed_over_noted_at, made_at)
SELECT shipment_id, allocation_id, request_id, device_id, partner, shipment_status, COALESCE(ident_code, ''), closed_at,
       CASE WHEN closed_at IS NOT NULL THEN closer END, CASE WHEN handed_over_at IS NOT NULL THEN bill_to END,
       CASE WHEN handed_over_at IS NOT NULL THEN price END, handed_over_at, handed_over_at, packed_at
FROM request WHERE shipment_id IS NOT NULL ORDER BY shipment_id
"""


def write_devices() -> None:
    """Write the laptops with their drives, erasures and checklists."""
    run(DEVICES, points=json.dumps(list(POINTS)))


def write_requests() -> None:
    """Write the requests and the people they are for."""
    run(REQUESTS)


def write_shipments() -> None:
    """Write which laptop is kept for which request, and the parcels."""
    run(SHIPMENTS)
