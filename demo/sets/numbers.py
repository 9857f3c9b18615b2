"""Keys and public numbers, drawn from the tables' own sequences as time goes on.

So those of the sets rise together with those that the walk draws in between.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from documents.ident_codes import OWN_PREFIX
from records.numbers import next_of


class Drawing(NamedTuple):
    """What is drawn for a plan when its time comes, and the table that keeps it by the plan's key."""

    table: str
    plans: str
    moment: str
    drawn: str


DRAWINGS = (
    Drawing(
        "numbered_laptop",
        "planned_laptop",
        "received_at",
        f"nextval('devices_device_id_seq') AS device_id, 'D-' || {next_of('device_number')} AS device_number",
    ),
    Drawing(
        "numbered_request",
        "planned_request",
        "received_at",
        "nextval('requests_devicerequest_id_seq') AS request_id,"
        " 'R-' || to_char(received_at AT TIME ZONE 'Europe/Zurich', 'YYYY-')"
        f" || {next_of('request_number')} AS number",
    ),
    Drawing(
        "numbered_allocation",
        "planned_request",
        "allocated_at",
        "nextval('requests_allocation_id_seq') AS allocation_id",
    ),
    Drawing("numbered_shipment", "planned_request", "packed_at", "nextval('shipping_shipment_id_seq') AS shipment_id"),
    Drawing("numbered_label", "planned_request", "labelled_at", "nextval('label_item_number') AS item_number"),
)
BEGIN = "".join(
    f"CREATE INDEX ON {plans} ({moment});"
    f"CREATE TEMP TABLE {table} ON COMMIT DROP AS SELECT key, {drawn} FROM {plans} WITH NO DATA;"
    for table, plans, moment, drawn in DRAWINGS
)
DRAW = "".join(
    f"INSERT INTO {table} SELECT key, {drawn} FROM (SELECT * FROM {plans}"
    f" WHERE {moment} > %(since)s AND {moment} <= %(until)s ORDER BY {moment}, key) plans;"
    for table, plans, moment, drawn in DRAWINGS
)
# What the other statements read: each plan with all its numbers.
JOIN = f"""
CREATE TEMP TABLE laptop ON COMMIT DROP AS
SELECT * FROM planned_laptop JOIN numbered_laptop USING (key);

CREATE TEMP TABLE request ON COMMIT DROP AS
SELECT p.*, request_id, number, device_id, device_number, allocation_id, shipment_id, item_number,
       '{OWN_PREFIX}' || lpad(item_number::text, 8, '0') AS ident_code,
       CASE WHEN handed_over_at IS NULL THEN CASE WHEN labelled_at IS NULL THEN 'packing' ELSE 'labelled' END
            WHEN p.status = 'shipped' THEN 'handed_over' ELSE p.status END AS shipment_status
FROM planned_request p JOIN numbered_request USING (key) LEFT JOIN numbered_allocation USING (key)
LEFT JOIN numbered_shipment USING (key) LEFT JOIN numbered_label USING (key)
LEFT JOIN laptop l ON l.request = p.key;
ANALYZE laptop; ANALYZE request
"""


class Numbers:
    """Draws the numbers of the plans in `planned_laptop` and `planned_request`."""

    def __init__(self) -> None:
        self.drawn_until: datetime | str = "-infinity"
        with connection.cursor() as cursor:
            cursor.execute(BEGIN)

    def draw(self, until: datetime) -> None:
        """Draw for all that happens up to a moment and has no number yet, in the order in which it happens."""
        with connection.cursor() as cursor:
            cursor.execute(DRAW, {"since": self.drawn_until, "until": until})
        self.drawn_until = until

    def join(self) -> None:
        """Bring plans and numbers together in the tables `laptop` and `request`."""
        with connection.cursor() as cursor:
            cursor.execute(JOIN)
