"""The map's answers, kept in this process for as long as nothing that they show has changed.

A stamp is read for each answer (`partners.models.MapChange`). When it is another one the figures are worked out anew;
pages are written and packed anew only when these differ.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date
from typing import NamedTuple

import brotli

from partners.models import MapChange
from partners.models.map_change import Stamp
from records import clock

from . import data as figures
from . import search
from .data import MapData
from .search import Names

MOST = 32  # answers, of some 150 KB
QUALITY = 9  # of Brotli's 11: a tenth of a second, not a whole one


class Answer:
    """A finished page: packed once, for every reader the same."""

    def __init__(self, digest: str, content: str) -> None:
        self.digest = digest
        plain = content.encode()
        self.etag = hashlib.sha256(plain).hexdigest()[:24]
        self.brotli = brotli.compress(plain, quality=QUALITY)
        self._gzip: bytes | None = None

    @property
    def plain(self) -> bytes:
        return brotli.decompress(self.brotli)

    @property
    def gzip(self) -> bytes:
        if self._gzip is None:
            self._gzip = gzip.compress(self.plain, 9, mtime=0)
        return self._gzip


class _Current(NamedTuple):
    stamp: Stamp
    today: date
    data: MapData


_current: _Current | None = None
_names: tuple[MapData, Names] | None = None
_answers: OrderedDict[Hashable, Answer] = OrderedDict()
_lock = threading.RLock()  # one thread works things out, the others wait for it


def current() -> MapData:
    """The figures as of now; one query if nothing has changed."""
    global _current  # noqa: PLW0603
    stamp, today = MapChange.objects.stamp(), clock.today()  # read before what it stands for
    with _lock:
        if _current is None or (_current.stamp, _current.today) != (stamp, today):
            _current = _Current(stamp, today, figures.read())
        return _current.data


def names() -> Names:
    """What one can look for, as of now."""
    global _names  # noqa: PLW0603
    data = current()
    with _lock:
        if _names is None or _names[0] is not data:
            _names = (data, search.read(data))
        return _names[1]


def answer(key: Hashable, data: MapData, write: Callable[[], str]) -> Answer:
    """The finished answer of this key for these figures; `write` is called when there is none."""
    with _lock:
        found = _answers.get(key)
        if found is None or found.digest != data.digest:
            found = _answers[key] = Answer(data.digest, write())
        _answers.move_to_end(key)
        while len(_answers) > MOST:
            _answers.popitem(last=False)
        return found
