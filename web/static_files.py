"""How static files lie on the server: ours packed, under names that change with what is in them."""

from collections.abc import Iterable, Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Of packages, and on the page of the API at most: with their source maps 14 MB, which take 22 s to pack.
UNTOUCHED = ("django_htmx/", "drf_spectacular_sidecar/", "rest_framework/")
TEXT = (".css", ".js", ".svg")


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Brotli and gzip beside each file, and names that a browser may keep for ever; others' files stay as they are."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        ours = {name: place for name, place in paths.items() if not name.startswith(UNTOUCHED)}
        yield from super().post_process(ours, dry_run, **options)

    def stored_name(self, name: str) -> str:
        """Names as they are in the code, too, before anything is collected: a shell or a benchmark shows no browser."""
        if name.startswith(UNTOUCHED) or not self.hashed_files:
            return name
        return super().stored_name(name)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Only what a browser asks for: by the name that we gave it, and not the fonts of our paper."""
        asked_for = {name for name in self.hashed_files.values() if name.endswith(TEXT)}
        yield from super().compress_files(asked_for.intersection(paths))
