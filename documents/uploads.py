"""What may be uploaded, judged by its first bytes and never by its name; pure."""

from typing import IO

from django.utils.translation import gettext as _

LARGEST = 10 * 1024 * 1024  # bytes
BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def detect_media_type(content: bytes) -> str | None:
    """PDF, JPEG or PNG; None for anything else."""
    return next((found for beginning, found in BEGINNINGS.items() if content.startswith(beginning)), None)


def fault(file: IO[bytes], size: int) -> str:
    """Why a file of so many bytes is not taken, as a sentence; empty if it is. It is read from its beginning again."""
    if size > LARGEST:
        return _("This file is larger than 10 MB.")
    beginning = file.read(16)
    file.seek(0)
    return "" if detect_media_type(beginning) else _("This is neither a PDF nor a photo (JPEG, PNG).")
