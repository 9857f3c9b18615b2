"""What must be there on the machine, said by every command before it starts."""

import ctypes

from django.core.checks import Error, register

# WeasyPrint loads these by name and no wheel carries them: the same as in bin/_bootstrap and in the Dockerfile.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
LINE = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(LIBRARIES.values())}"


def _is_there(library):
    try:
        return bool(ctypes.CDLL(library))
    except OSError:
        return False


@register("machine")
def pdfs_can_be_made(app_configs, **options):
    """Name the line that installs what WeasyPrint needs; without it every PDF is a failed job."""
    if all(map(_is_there, LIBRARIES)):
        return []
    return [Error("System packages for PDFs are missing.", hint=f"As root, run: {LINE}", id="config.E001")]
