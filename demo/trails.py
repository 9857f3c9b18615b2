"""The steps of every record, in the words of the actions and in the order in which they were taken."""

REQUEST_STEPS = """
INSERT INTO requests_requeststep (record_id, verb, from_status, to_status, by_id, on_behalf_of, at, reason, numbers)
SELECT record_id, verb, before, after, by_id, on_behalf_of, at, COALESCE(reason, ''), numbers FROM (
  SELECT s.request_id AS record_id, v.* FROM story s CROSS JOIN LATERAL (VALUES
    (1, 'receive', 'received', 'received', s.owner, s.partner, s.received_at, NULL, '{}'::jsonb),
    (2, 'approve', 'received', 'approved', s.approver, s.partner, s.approved_at, NULL, '{}'),
    (3, 'allocate', 'approved', 'allocated', s.dispatcher, NULL, s.allocated_at, NULL,
        jsonb_build_object('request', s.number, 'device', s.device_number)),
    (4, 'release', 'allocated', 'approved', s.dispatcher, NULL,
        CASE WHEN s.status = 'approved' THEN s.released_at END, NULL, jsonb_build_object('device', s.device_number)),
    (5, 'ship', 'allocated', 'shipped', s.dispatcher, NULL, s.handed_over_at, NULL,
        jsonb_build_object('parcel', s.ident_code)),
    (6, 'record_delivery', 'shipped', 'delivered', NULL, NULL, s.delivered_at, NULL, '{}'),
    (7, s.end_verb, s.end_from, s.status, s.ended_by,
        CASE WHEN s.end_verb IN ('decline', 'withdraw') THEN s.partner END, s.ended_at, s.end_reason, '{}')
  ) v (turn, verb, before, after, by_id, on_behalf_of, at, reason, numbers) WHERE v.at IS NOT NULL
  UNION ALL
  SELECT s.request_id, 8, told.verb, stands.status, stands.status, told.by_id, NULL, told.at, NULL,
         jsonb_build_object('invoice', d.public_number)
  FROM story s JOIN billing_chargeline c ON c.shipment_id = s.shipment_id JOIN issued d ON d.invoice_id = c.invoice_id
  CROSS JOIN LATERAL (VALUES ('billed', d.by_id, d.issued_at), ('paid', NULL, d.settled_at)) told (verb, by_id, at)
  CROSS JOIN LATERAL (SELECT CASE WHEN s.ended_at <= told.at THEN s.status WHEN s.delivered_at <= told.at
                                  THEN 'delivered' ELSE 'shipped' END) stands (status)
  WHERE told.at IS NOT NULL
) steps ORDER BY at, record_id, turn
"""

DEVICE_STEPS = """
INSERT INTO devices_devicestep (record_id, verb, from_status, to_status, by_id, on_behalf_of, at, reason, numbers)
SELECT record_id, verb, before, after, by_id, on_behalf_of, at, '', numbers FROM (
  SELECT l.device_id AS record_id, v.* FROM laptop l CROSS JOIN LATERAL (VALUES
    (1, 'receive', 'received', 'received', l.receiver, NULL::bigint, l.received_at, '{}'::jsonb),
    (2, 'record_erasure', 'received', 'erased', l.eraser, NULL, l.erased_at, '{}'),
    (3, 'mark_ready', 'erased', 'ready', l.checker, NULL, l.ready_at, '{}'),
    (4, l.end_verb, l.end_from, l.status, l.receiver, NULL, l.ended_at, '{}')
  ) v (turn, verb, before, after, by_id, on_behalf_of, at, numbers) WHERE v.at IS NOT NULL
  UNION ALL
  SELECT s.device_id, v.turn, v.verb, v.before, v.after, v.by_id, v.on_behalf_of, v.at,
         jsonb_build_object('request', s.number)
  FROM story s CROSS JOIN LATERAL (VALUES
    (5, 'reserve', 'ready', 'reserved', s.dispatcher, NULL::bigint, s.allocated_at),
    (6, 'release', 'reserved', 'ready', CASE s.status WHEN 'withdrawn' THEN s.ended_by ELSE s.dispatcher END,
        CASE s.status WHEN 'withdrawn' THEN s.partner END, s.released_at),
    (7, 'ship', 'reserved', 'shipped', s.dispatcher, NULL, s.handed_over_at),
    (8, s.end_verb, 'shipped', s.status, s.ended_by, NULL,
        CASE WHEN s.end_verb IN ('record_loss', 'record_return') THEN s.ended_at END)
  ) v (turn, verb, before, after, by_id, on_behalf_of, at) WHERE s.device_id IS NOT NULL AND v.at IS NOT NULL
) steps ORDER BY at, record_id, turn
"""

SHIPMENT_STEPS = """
INSERT INTO shipping_shipmentstep (record_id, verb, from_status, to_status, by_id, on_behalf_of, at, reason, numbers)
SELECT record_id, verb, before, after, by_id, NULL, at, '', numbers FROM (
  SELECT s.shipment_id AS record_id, v.* FROM story s CROSS JOIN LATERAL (VALUES
    (1, 'pack', 'packing', 'packing', s.dispatcher, s.packed_at, jsonb_build_object('request', s.number)),
    (2, 'make_label', 'packing', 'labelled', NULL, s.labelled_at, jsonb_build_object('parcel', s.ident_code)),
    (3, 'close_parcel', 'labelled', 'labelled', s.closer, s.closed_at, '{}'),
    (4, 'hand_over', 'labelled', 'handed_over', s.dispatcher, s.handed_over_at, '{}'),
    (5, 'record_delivery', 'handed_over', 'delivered', NULL, s.delivered_at, '{}'),
    (6, s.end_verb, 'handed_over', s.shipment_status, s.ended_by,
        CASE WHEN s.end_verb IN ('record_loss', 'record_return') THEN s.ended_at END, '{}')
  ) v (turn, verb, before, after, by_id, at, numbers) WHERE v.at IS NOT NULL
) steps ORDER BY at, record_id, turn
"""

INVOICE_STEPS = """
INSERT INTO billing_invoicestep (record_id, verb, from_status, to_status, by_id, on_behalf_of, at, reason, numbers)
SELECT invoice_id, 'issue', 'draft', 'issued', by_id, NULL, issued_at, '', '{}' FROM issued
ORDER BY issued_at, invoice_id
"""
