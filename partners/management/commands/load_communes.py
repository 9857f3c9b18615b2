import csv
import hashlib
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from io import StringIO
from operator import attrgetter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import F

from partners.actions import announce_mutations, take_due_mutations
from partners.models import Commune, CommuneMutation, Locality, RegisterLoad
from records import clock
from records.text import typographic

DATA = Path(__file__).resolve().parents[2] / "data"
REGISTER, MERGED = DATA / "localities.csv", DATA / "mutations.csv"  # and what led to it from the year before
NOT_COMMUNES = {2391, 5391, 5394}  # Staatswald Galm and the two lakes' common land
LANGUAGES = set(Commune.Language.values)
AT_ONCE = 2000
COLUMNS = ("postcode", "name", "commune_id", "share", "language")
PLACE = {"postcode", "locality", "bfs_no", "commune", "canton", "share", "language"}
MUTATION = {"old_no", "new_no", "new_name", "canton", "date"}
NAMES = {"locality", "commune", "new_name"}
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
        names = {number: str(Commune(name=name, canton=canton)) for number, name, canton, _language in known}
        Commune.objects.bulk_create(
            [row for row in communes if (row.bfs_no, row.name, row.canton, row.language) not in known],
            AT_ONCE,
            update_conflicts=True,
            unique_fields=["bfs_no"],
            update_fields=["name", "canton", "language"],
        )
        made = set()
        if mutations or localities == REGISTER:
            made = self._announce(mutations or MERGED, again=bool(mutations))
        merged = list(map(str, take_due_mutations()))
        for mutation in merged if verbosity else ():
            self.stdout.write(f"Merged: {mutation}.")
        _refuse_what_is_missing({commune.pk for commune in communes} | made)
        _report(localities, communes, names, merged)
        localities = _localities(rows)
        if set(Locality.objects.values_list(*COLUMNS)) != set(map(attrgetter(*COLUMNS), localities)):
            Locality.objects.all().delete()
            Locality.objects.bulk_create(localities, AT_ONCE)
        if verbosity:
            self.stdout.write(f"{len(communes)} communes, {len(rows)} places.")

    def _announce(self, path, *, again):
        """Note what the file says and give back the numbers it makes; what lies in the future waits for its day.

        With `again`, what has taken place does so once more, as by a register that wrote its old name over it.
        """
        rows = _read(path, MUTATION)
        if again:  # in the shipped file there is none
            _refuse_rings(rows, path)
        mutations = [
            CommuneMutation(
                old_no=int(row["old_no"]),
                new_no=int(row["new_no"]),
                new_name=row["new_name"],
                canton=row["canton"],
                day=date.fromisoformat(row["date"]),
            )
            for row in rows
        ]
        known = {row.key for row in CommuneMutation.objects.all()} if not again else set()
        if new := [row for row in mutations if row.key not in known]:
            announce_mutations(new)
        to_come = sorted({str(row.day) for row in mutations if row.day > clock.today()})
        if to_come:
            self.stderr.write(f"Takes place automatically on its day: {', '.join(to_come)}.")
        return {row.new_no for row in mutations}


def _report(path, communes, names, merged):
    """Keep what the load changed, for the admins to read; nothing where nothing changed."""
    changes = {
        "new": [f"{row.pk} {row}" for row in communes if row.pk not in names],
        "renamed": [f"{row.pk} {names[row.pk]} → {row}" for row in communes if names.get(row.pk, str(row)) != str(row)],
        "merged": merged,
    }
    if any(changes.values()):
        first = {kind: lines[: RegisterLoad.MOST] for kind, lines in changes.items()}
        counts = {kind: len(lines) for kind, lines in changes.items()}
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        RegisterLoad.objects.create(file=path.name[:200], sha256=digest, counts=counts, **first)


def _refuse_what_is_missing(numbers):
    """Refuse a register that lacks a commune that is live here, before there are two for one ground.

    What a merger made is known, though a register of the year before lacks it.
    """
    unknown = [commune for commune in Commune.objects.live().order_by("pk") if commune.pk not in numbers]
    made = defaultdict(set)
    for old, new in CommuneMutation.objects.values_list("old_no", "new_no") if unknown else ():
        made[new].add(old)

    def is_known(number, seen=()):
        """Whether the register has it, or a commune that went up in it."""
        if number in numbers:
            return True
        return number not in seen and any(is_known(old, (*seen, number)) for old in made[number])

    if missing := [commune for commune in unknown if not is_known(commune.pk)]:
        named = ", ".join(f"{commune.pk} {commune}" for commune in missing)
        raise CommandError(f"The register lacks what is live here: {named}. Say in --mutations what follows.")


def _refuse_rings(rows, path):
    """Refuse a commune that would follow itself, in this file or with what is known: nobody would find an end."""
    to_come = CommuneMutation.objects.filter(taken_at=None).exclude(old_no=F("new_no")).order_by()
    merged = Commune.objects.filter(successor__isnull=False).order_by()
    successors = dict(merged.values_list("pk", "successor").union(to_come.values_list("old_no", "new_no")))
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
    return row | {name: typographic(row[name]) for name in columns & NAMES}


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
