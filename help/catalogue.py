"""The articles that come along: their table in `articles.toml`, their texts in `articles/<slug>.<language>.md`."""

import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
TEXTS = FOLDER / "articles"


class Text(NamedTuple):
    """What an article says in one language; the body is Markdown."""

    title: str
    summary: str
    body: str


class Entry(NamedTuple):
    """An article's place, what else to read, and its texts by language."""

    slug: str
    section: str
    position: int
    related: list[str]
    texts: dict[str, Text]


def entries() -> Iterator[Entry]:
    """All of them, in their order."""
    table = tomllib.loads((FOLDER / "articles.toml").read_text(encoding="utf-8"))
    for position, (slug, row) in enumerate(table.items(), 1):
        texts = {path.name.split(".")[1]: read(path) for path in sorted(TEXTS.glob(f"{slug}.*.md"))}
        yield Entry(slug, row["section"], position, row["related"], texts)


def read(path: Path) -> Text:
    """A file's title (`# …`), first paragraph and the rest."""
    heading, summary, body = [*path.read_text(encoding="utf-8").strip().split("\n\n", 2), "", ""][:3]
    return Text(heading.removeprefix("# ").strip(), " ".join(summary.split()), tidy(body))


def tidy(text: str) -> str:
    """A text as it is kept: composed letters, one kind of line break, nothing at its ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
