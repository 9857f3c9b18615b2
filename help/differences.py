"""What differs between two texts, word by word, as a person reads it."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple

WORD = re.compile(r"\s+|\w+|[^\w\s]")
LONGEST = 3000  # signs: of a longer paragraph that has changed, all of it is shown as changed


class Piece(NamedTuple):
    """A stretch of text that is in both ("same"), in the new one only ("added") or in the old one only ("removed")."""

    kind: str
    text: str


def difference(old: str, new: str) -> list[list[Piece]]:
    """The paragraphs of both texts in order, each in pieces."""
    before, after = _paragraphs(old), _paragraphs(new)
    found: list[list[Piece]] = []
    for kind, i, k, j, m in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [[Piece("same", paragraph)] for paragraph in before[i:k]]
        else:
            found += [list(_pieces(*pair)) for pair in zip_longest(before[i:k], after[j:m], fillvalue="")]
    return found


def _paragraphs(text: str) -> list[str]:
    return [paragraph for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph]


def _pieces(old: str, new: str) -> Iterator[Piece]:
    if not old or not new or max(len(old), len(new)) > LONGEST:
        yield from (Piece(kind, text) for kind, text in (("removed", old), ("added", new)) if text)
        return
    before, after = WORD.findall(old), WORD.findall(new)
    for kind, i, k, j, m in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(before[i:k]))
        else:
            changed = (("removed", "".join(before[i:k])), ("added", "".join(after[j:m])))
            yield from (Piece(each, text) for each, text in changed if text)
