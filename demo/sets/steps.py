"""The steps of every record, in the words of the actions and in the order in which they were taken."""

REQUEST_STEPS = """
INSERT INTO requests_requeststep (record_id, verb, from_status, to_status, by_id, on_behalf_of, at, reason, numbers)
SELECT record_id, verb, before, after, by_id, on_behalf_of, at, COALESCE(reason, ''), numbers FROM (
  SELECT r.request_id AS record_id, v.* FROM request r CROSS JOIN LATERAL (VALUES
    (1, 'receive', 'received', 'received', r.owner, r.partner, r.received_at, NULL, '{}'::jsonb),
    (2, 'approve', 'received', 'approved', r.approver, r.partner, r.approved_at, NULL, '{}'),
    (3, 'allocate', 'approved', 'allocated', r.dispatcher, NULL, r.allocated_at, NULL,
        jsonb_build_object('request', r.number, 'device', r.device_number)),
    (4, 'release', 'allocated', 'approved', r.dispatcher, NULL,
        CASE WHEN r.status = 'approved' THEN r.released_at END, NULL, jsonb_build_object('device', r.device_number)),
    (5, 'ship', 'allocated', 'shipped', r.dispatcher, NULL, r.handed_over_at, NULL,
        jsonb_build_object('parcel', r.ident_code)),
    (6, 'record_delivery', 'shipped', 'delivered', NULL, NULL, r.delivered_at, NULL, '{}'),
    (7, r.end_verb, r.end_from, r.status, r.ended_by,
        CASE WHEN r.end_verb IN ('decline', 'withdraw') THEN r.partner END, r.ended_at, r.end_reason, '{}')
  ) v (place, verb, before, after, by_id, on_behalf_of, at, reason, numbers) WHERE v.at IS NOT NULL
  UNION ALL
  SELECT r.request_id, 8, 'billed', stands.status, stands.status, i.by_id, NULL, i.issued_at, NULL,
         jsonb_build_object('invoice', i.public_number)
  FROM charged c JOIN request r USING (key) JOIN issued i ON i.bill_to = c.bill_to AND i.period = c.period
  CROSS JOIN LATERAL (SELECT CASE WHEN r.ended_at <= i.issued_at THEN r.status WHEN r.delivered_at <= i.issued_at
                                  THEN 'delivered' ELSE 'shipped' END) stands (status)
) steps ORDER BY at, record_id, place
"""

DEVICE_STEPS = """
INSERT INTO devices_devicestep (record_id, verb, from_status, to_status, by_id, on_behalf_of, at, reason, numbers)
SELECT record_id, verb, before, after, by_id, on_behalf_of, at, '', numbers FROM (
  SELECT l.device_id AS record_id, v.* FROM laptop l CROSS JOIN LATERAL (VALUES
    (1, 'receive', 'received', 'received', l.receiver, NULL::bigint, l.received_at, '{}'::jsonb),
    (2, 'record_erasure', 'received', 'erased', l.eraser, NULL, l.erased_at, '{}'),
    (3, 'mark_ready', 'erased', 'ready', l.checker, NULL, l.ready_at, '{}'),
    (4, l.end_verb, l.end_from, l.status, l.receiver, NULL, l.ended_at, '{}')
  ) v (place, verb, before, after, by_id, on_behalf_of, at, numbers) WHERE v.at IS NOT NULL
  UNION ALL
  SELECT r.device_id, v.place, v.verb, v.before, v.after, v.by_id, v.on_behalf_of, v.at,
         jsonb_build_object('request', r.number)
  FROM request r CROSS JOIN LATERAL (VALUES
    (5, 'reserve', 'ready', 'reserved', r.dispatcher, NULL::bigint, r.allocated_at),
    (6, 'release', 'reserved', 'ready', CASE r.status WHEN 'withdrawn' THEN r.ended_by ELSE r.dispatcher END,
        CASE r.status WHEN 'withdrawn' THEN r.partner END, r.released_at),
    (7, 'ship', 'reserved', 'shipped', r.dispatcher, NULL, r.handed_over_at),
    (8, r.end_verb, 'shipped', r.status, r.ended_by, NULL,
        CASE WHEN r.end_verb IN ('record_loss', 'record_return') THEN r.ended_at END)
  ) v (place, verb, before, after, by_id, on_behalf_of, at) WHERE r.device_id IS NOT NULL AND v.at IS NOT NULL
) steps ORDER BY at, record_id, place
"""

SHIPMENT_STEPS = """
INSERT INTO shipping_shipmentstep (record_id, verb, from_status, to_status, by_id, on_behalf_of, at, reason, numbers)
SELECT record_id, verb, before, after, by_id, NULL, at, '', numbers FROM (
  SELECT r.shipment_id AS record_id, v.* FROM request r CROSS JOIN LATERAL (VALUES
    (1, 'pack', 'packing', 'packing', r.dispatcher, r.packed_at, jsonb_build_object('request', r.number)),
    (2, 'make_label', 'packing', 'labelled', NULL, r.labelled_at, jsonb_build_object('parcel', r.ident_code)),
    (3, 'close_parcel', 'labelled', 'labelled', r.closer, r.closed_at, '{}'),
    (4, 'hand_over', 'labelled', 'handed_over', r.dispatcher, r.handed_over_at, '{}'),
    (5, 'record_delivery', 'handed_over', 'delivered', NULL, r.delivered_at, '{}'),
    (6, r.end_verb, 'handed_over', r.shipment_status, r.ended_by,
        CASE WHEN r.end_verb IN ('record_loss', 'record_return') THEN r.ended_at END, '{}')
  ) v (place, verb, before, after, by_id, at, numbers) WHERE v.at IS NOT NULL
) steps ORDER BY at, record_id, place
"""

INVOICE_STEPS = """
INSERT INTO billing_invoicestep (record_id, verb, from_status, to_status, by_id, on_behalf_of, at, reason, numbers)
SELECT invoice_id, 'issue', 'draft', 'issued', by_id, NULL, issued_at, '', '{}' FROM issued
ORDER BY issued_at, invoice_id
"""

STEPS = (REQUEST_STEPS, DEVICE_STEPS, SHIPMENT_STEPS, INVOICE_STEPS)
