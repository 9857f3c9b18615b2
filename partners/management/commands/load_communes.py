import csv
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from io import StringIO
from operator import attrgetter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from partners.models import Commune, Coverage, Locality
from records import clock

REGISTER = Path(__file__).resolve().parents[2] / "data" / "localities.csv"
NOT_COMMUNES = {2391, 5391, 5394}  # Staatswald Galm and the two lakes' common land
LANGUAGES = set(Commune.Language.values)
AT_ONCE = 2000
COLUMNS = ("postcode", "name", "commune_id", "share", "language")
PLACE = {"postcode", "locality", "bfs_no", "commune", "canton", "share", "language"}
MUTATION = {"old_no", "new_no", "new_name", "canton", "date"}
NUMBER, NAME = re.compile(r"[0-9]{1,4}"), re.compile(r"[^\0]{1,60}")
WELL_FORMED = {
    "bfs_no": NUMBER,
    "old_no": NUMBER,
    "new_no": NUMBER,
    "locality": NAME,
    "commune": NAME,
    "new_name": NAME,
    "postcode": re.compile(r"[0-9]{4}"),
    "canton": re.compile(r"([A-Z]{2})?"),
    "language": re.compile(r"[^\0]*"),
    "share": re.compile(r"100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}


class Command(BaseCommand):
    help = (
        "Loads the register of communes and postcodes; can be repeated. "
        "Example: manage.py load_communes --mutations mergers.csv"
    )

    def add_arguments(self, parser):
        parser.add_argument("--localities", type=Path, default=REGISTER, help="postcode,locality,bfs_no,… as shipped")
        parser.add_argument("--mutations", type=Path, help="old_no,new_no,new_name,canton,date")

    @transaction.atomic
    def handle(self, *, localities, mutations, verbosity, **options):
        rows = [row for row in _read(localities, PLACE) if row["canton"] and int(row["bfs_no"]) not in NOT_COMMUNES]
        communes = _communes(rows)
        known = set(Commune.objects.values_list("bfs_no", "name", "canton", "language"))
        Commune.objects.bulk_create(
            [row for row in communes if (row.bfs_no, row.name, row.canton, row.language) not in known],
            AT_ONCE,
            update_conflicts=True,
            unique_fields=["bfs_no"],
            update_fields=["name", "canton", "language"],
        )
        if mutations:
            self._merge_all(_read(mutations, MUTATION), mutations)
        localities = _localities(rows)
        if set(Locality.objects.values_list(*COLUMNS)) != set(map(attrgetter(*COLUMNS), localities)):
            Locality.objects.all().delete()
            Locality.objects.bulk_create(localities, AT_ONCE)
        if verbosity:
            self.stdout.write(f"{len(communes)} communes, {len(rows)} places.")

    def _merge_all(self, rows, path):
        """Merge year by year, as one may lead to the next; what lies in the future changes nothing before its day."""
        _refuse_rings(rows, path)
        days = sorted({row["date"] for row in rows})
        to_come = [day for day in days if date.fromisoformat(day) > clock.today()]
        for day in days:
            if day not in to_come:
                _merge([row for row in rows if row["date"] == day])
        if to_come:
            self.stderr.write(f"Not merged yet, load the file again on that day: {', '.join(to_come)}.")


def _refuse_rings(rows, path):
    """Refuse a commune that would follow itself, in this file or with what is known: nobody would find an end."""
    successors = dict(Commune.objects.filter(successor__isnull=False).values_list("pk", "successor"))
    numbered = sorted(enumerate(rows, start=2), key=lambda pair: pair[1]["date"])
    for line, row in numbered:
        old, new = int(row["old_no"]), int(row["new_no"])
        if old == new:  # another name alone
            continue
        successors[old] = new
        seen = {old}
        while new in successors and new not in seen:
            seen.add(new)
            new = successors[new]
        if new in seen:
            raise CommandError(f"{path}, line {line}: {old} would follow itself.")


def _read(path, columns):
    """The rows of a file; what is not well formed is refused by its line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CommandError(f"{path}, line {line}: this is not UTF-8.") from error
    lines = csv.DictReader(StringIO(text, newline=""))
    try:
        if missing := sorted(columns - set(lines.fieldnames or [])):
            raise CommandError(f"{path} lacks the columns {', '.join(missing)}.")
        return [_checked(row, columns, f"{path}, line {lines.line_num}") for row in lines]
    except csv.Error as error:
        raise CommandError(f"{path}, line {lines.line_num + 1}: {error}.") from error


def _checked(row, columns, place):
    for name in sorted(columns):
        if not _is_well_formed(name, row[name] or ""):
            raise CommandError(f"{place}: {name} can't be {row[name] or 'empty'}.")
    return row


def _is_well_formed(name, text):
    if not WELL_FORMED[name].fullmatch(text):
        return False
    if name == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            return False
    return True


def _communes(rows):
    """One commune per BFS number, in the language of its largest share of addresses."""
    shares = defaultdict(lambda: defaultdict(Decimal))
    found = {}
    for row in rows:
        number = int(row["bfs_no"])
        found.setdefault(number, row)
        shares[number][row["language"]] += Decimal(row["share"])
    communes = []
    for number, row in sorted(found.items()):
        known = {language: share for language, share in shares[number].items() if language in LANGUAGES}
        language = max(known, key=known.get, default=Commune.Language.DE)
        communes.append(Commune(bfs_no=number, name=row["commune"], canton=row["canton"], language=language))
    return communes


def _localities(rows):
    """The places, each in the commune that follows where one has merged; two that meet there add up their shares."""
    followers = dict(Commune.objects.filter(successor__isnull=False).values_list("pk", "successor"))
    places = {}
    for row in rows:
        number = int(row["bfs_no"])
        while number in followers:
            number = followers[number]
        place = places.setdefault(
            (row["postcode"], row["locality"], number),
            Locality(
                postcode=row["postcode"],
                name=row["locality"],
                commune_id=number,
                share=0,
                language=row["language"] if row["language"] in LANGUAGES else "",
            ),
        )
        place.share += Decimal(row["share"])
    return places.values()


def _merge(rows):
    """Close the communes that went up in others; who spoke for one speaks for the one that follows it."""
    old = Commune.objects.in_bulk([int(row["old_no"]) for row in rows])
    followers, closed = {}, []
    for row in rows:
        before, number, day = old.get(int(row["old_no"])), int(row["new_no"]), date.fromisoformat(row["date"])
        language = before.language if before else Commune.Language.DE
        followers[number] = Commune(
            bfs_no=number, name=row["new_name"], canton=row["canton"], language=language, valid_from=day
        )
        if before and before.pk != number:
            before.valid_to, before.successor_id = day, number
            closed.append(before)
    Commune.objects.bulk_create(
        followers.values(),
        AT_ONCE,
        update_conflicts=True,
        unique_fields=["bfs_no"],
        update_fields=["name", "canton", "valid_from"],
    )
    Commune.objects.bulk_update(closed, ["valid_to", "successor"], AT_ONCE)
    spoken_for = list(Coverage.objects.filter(commune__in=closed, valid_to=None).select_related("commune"))
    Coverage.objects.bulk_create(
        [
            Coverage(partner_id=row.partner_id, commune_id=row.commune.successor_id, valid_from=row.commune.valid_to)
            for row in spoken_for
        ],
        AT_ONCE,
        ignore_conflicts=True,
    )
    for row in spoken_for:
        row.valid_to = row.commune.valid_to
    Coverage.objects.bulk_update(spoken_for, ["valid_to"], AT_ONCE)
