"""When the public map says something else than before, in whatever process that was written."""

from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, connection, models, transaction

from records.triggers import Trigger

INSERT = "AFTER INSERT REFERENCING NEW TABLE AS new_rows"
DELETE = "AFTER DELETE REFERENCING OLD TABLE AS old_rows"
Stamp = tuple[int, int | None]


def tells_the_map(
    name: str, *, on: str = "", columns: Sequence[str] = (), inserted: str = "", when: Sequence[str] = (INSERT, DELETE)
) -> Trigger:
    """Note a change of the map: rows added (those that `inserted` picks, in SQL) or removed, a column changed."""
    changed = [f"AFTER UPDATE OF {', '.join(columns)}"] if columns else []
    new, old = (", ".join(f"{row}.{column}" for column in columns) or "1" for row in ("NEW", "OLD"))
    return Trigger(
        name=name,
        on=on,
        when=[*when, *changed],
        body=f"""
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows{inserted and f" WHERE {inserted}"}) THEN RETURN NULL; END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows) THEN RETURN NULL; END IF;
  ELSIF ({new}) IS NOT DISTINCT FROM ({old}) THEN RETURN NULL;
  END IF;
  INSERT INTO partners_mapchange DEFAULT VALUES;
  RETURN NULL;
END
""",
    )


def _is_gone() -> bool:
    return connection.connection is None or bool(connection.connection.closed)


class MapChangeManager(models.Manager["MapChange"]):
    def stamp(self) -> Stamp:
        """Something that is another one after each commit that changes the map: how many rows, and the last one.

        The last alone would not do: of two transactions, the one that drew the lower number may commit later.

        Django asks a connection first whether it is alive, which would double the price of a page that is kept: this
        question does as well, and is asked once more on a new connection if that one was gone.
        """
        connection.health_check_done = True  # type: ignore[attr-defined]  # of each kind of database
        try:
            return self._count()
        except (InterfaceError, OperationalError):
            if connection.in_atomic_block or not _is_gone():
                raise
            connection.close()
            return self._count()

    def _count(self) -> Stamp:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), max(id) FROM partners_mapchange")
            count, last = cursor.fetchone()
        return count, last

    @transaction.atomic
    def forget(self) -> None:
        """Keep them few, so that counting stays cheap: one takes the place of all that are there."""
        last = self.create()
        self.filter(pk__lt=last.pk).delete()


class MapChange(models.Model):
    """That a statement changed what the map shows; only ever counted.

    Rows and not one counter: nobody waits for anybody to write one.
    """

    objects = MapChangeManager()

    class Meta:
        constraints = [
            tells_the_map(
                "map_follows_agreements", on="partners.Agreement", when=[INSERT], columns=["countersigned_at"]
            ),
            tells_the_map(
                "map_follows_partners",
                on="partners.PartnerStep",
                when=[INSERT],
                inserted="from_status <> to_status",
            ),
            tells_the_map("map_follows_kinds", on="partners.Partner", when=[], columns=["kind"]),
            tells_the_map(
                "map_follows_coverage",
                on="partners.Coverage",
                columns=["partner_id", "commune_id", "valid_from", "valid_to"],
            ),
            tells_the_map(
                "map_follows_communes",
                on="partners.Commune",
                columns=["name", "canton", "valid_from", "valid_to", "successor_id"],
            ),
            tells_the_map("map_follows_places", on="partners.Locality"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
