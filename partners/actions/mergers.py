"""Communes that go up in others: announced by a file, and taking place on their day."""

from collections.abc import Iterable
from itertools import groupby

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from partners.models import Commune, CommuneMutation, Coverage
from records import clock

AT_ONCE = 2000
# The places of a commune that has gone up in another lie there; two of a name that meet add up their shares.
# Removed and written, not changed: that is what the map looks at.
MOVE_PLACES = """
WITH moved AS (
  DELETE FROM partners_locality place USING partners_commune commune
  WHERE commune.bfs_no = place.commune_id AND commune.bfs_no = ANY(%s) AND commune.successor_id IS NOT NULL
  RETURNING place.postcode, place.name, place.share, place.language, commune.successor_id
)
INSERT INTO partners_locality (postcode, name, commune_id, share, language)
SELECT postcode, name, successor_id, sum(share), min(language) FROM moved GROUP BY postcode, name, successor_id
ON CONFLICT (postcode, name, commune_id) DO UPDATE SET share = partners_locality.share + excluded.share
"""


def announce_mutations(mutations: Iterable[CommuneMutation]) -> None:
    """Write down what takes place on its day, or did; what is past takes place with the next look, also once more."""
    CommuneMutation.objects.bulk_create(
        {row.key: row for row in mutations}.values(),
        AT_ONCE,
        update_conflicts=True,
        unique_fields=["old_no", "day"],
        update_fields=["new_no", "new_name", "canton", "taken_at"],
    )


@transaction.atomic(savepoint=False)
def take_due_mutations() -> list[CommuneMutation]:
    """Let take place what has come to its day, day by day, as one may lead to the next; what did so now.

    Also again where a register brought a number back that had gone up in another: there are never two.
    """
    CommuneMutation.objects.lock()
    is_back = Exists(Commune.objects.live().filter(pk=OuterRef("old_no")).exclude(pk=OuterRef("new_no")))
    due = CommuneMutation.objects.filter(Q(taken_at=None) | Q(is_back), day__lte=clock.today()).order_by("day", "pk")
    if not (taken := list(due)):
        return []
    communes = Commune.objects.in_bulk([number for row in taken for number in (row.old_no, row.new_no)])
    for _day, rows in groupby(taken, key=lambda row: row.day):
        _merge(list(rows), communes)
    CommuneMutation.objects.filter(pk__in=[row.pk for row in taken]).update(taken_at=clock.now())
    return taken


def _merge(rows: list[CommuneMutation], communes: dict[int, Commune]) -> None:
    """Close the communes that went up in others; who spoke for one speaks for the one that follows it."""
    followers, closed, merged_into = {}, [], {}
    for row in rows:
        before = communes.get(row.old_no)
        follower = communes.setdefault(row.new_no, Commune(bfs_no=row.new_no, language=Commune.Language.DE))
        if follower._state.adding and before:
            follower.language = before.language
        follower.name, follower.canton, follower.valid_from = row.new_name, row.canton, row.day
        followers[row.new_no] = follower
        if before and before is not follower:
            before.valid_to, before.successor_id = row.day, row.new_no
            closed.append(before)
            merged_into[before.pk] = row.new_no
    Commune.objects.bulk_create(
        followers.values(),
        AT_ONCE,
        update_conflicts=True,
        unique_fields=["bfs_no"],
        update_fields=["name", "canton", "valid_from"],
    )
    if not closed:
        return
    Commune.objects.bulk_update(closed, ["valid_to", "successor"], AT_ONCE)
    spoken_for = list(Coverage.objects.filter(commune__in=closed, valid_to=None).select_related("commune"))
    Coverage.objects.bulk_create(
        [
            Coverage(
                partner_id=old.partner_id,
                commune=followers[merged_into[old.commune_id]],
                valid_from=followers[merged_into[old.commune_id]].valid_from or clock.today(),
                came_by_merger=True,
                for_whom=old.for_whom,
            )
            for old in spoken_for
        ],
        AT_ONCE,
        ignore_conflicts=True,
    )
    for old in spoken_for:
        old.valid_to = old.commune.valid_to
    Coverage.objects.bulk_update(spoken_for, ["valid_to"], AT_ONCE)
    with connection.cursor() as cursor:
        cursor.execute(MOVE_PLACES, [[commune.pk for commune in closed]])
