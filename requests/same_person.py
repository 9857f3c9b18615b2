"""Who may be the same person, without anybody reading who it is: marks made of a name and a year of birth; pure.

Two requests that share a mark may be for one person, however the name is written: with or without accents, as "ue" or
"ü", the words in another order, with a middle name or without. A mark can't be turned back without the key.
"""

import hashlib
import hmac
import re
import unicodedata
from itertools import combinations, product

MOST = 6  # words of a name
INSIDE = re.compile(r"['’‘ʼ´`\u200c\u200d]")  # stand within a word and don't divide it
STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "a", "œ": "o", "ı": "i"})  # which Unicode leaves whole
DIGRAPHS = {"ae": "a", "oe": "o", "ue": "u"}  # an umlaut as it is written without one


def words_of(name: str) -> list[str]:
    """The words of a name as they are compared: without capitals, accents and apostrophes, in order of letters."""
    apart = unicodedata.normalize("NFKD", INSIDE.sub("", name).casefold().translate(STROKES))
    plain = "".join(sign if _is_letter(sign) else " " for sign in apart if not unicodedata.combining(sign))
    words = plain.split()
    return sorted({re.sub("ae|oe|ue", lambda found: DIGRAPHS[found[0]], word) for word in words})[:MOST]


def marks(first_name: str, last_name: str, birth_year: int | None, *, key: bytes) -> set[str]:
    """A mark for each word of the first name beside each of the last one, with the year, in hexadecimal digits.

    Where all stands in one field, for each two of its words; of a single word one mark.
    """
    first, last = words_of(first_name), words_of(last_name)
    if first and last:
        pairs = {tuple(sorted(pair)) for pair in product(first, last)}
    else:
        words = first or last
        pairs = set(combinations(words, 2)) or {(word,) for word in words}
    return {_mark(" ".join(pair), birth_year, key) for pair in pairs}


def _is_letter(sign: str) -> bool:
    """Whether it belongs to a word; in Indic scripts signs for vowels do."""
    return sign.isalpha() or unicodedata.category(sign).startswith("M")


def _mark(words: str, birth_year: int | None, key: bytes) -> str:
    return hmac.new(key, f"{words} {birth_year or ''}".encode(), hashlib.sha256).hexdigest()
