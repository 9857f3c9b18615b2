"""What may be uploaded, judged by its first bytes and never by its name; pure."""

from typing import IO

from django.utils.translation import gettext as _

LARGEST = 10 * 1024 * 1024  # bytes
BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
WORKBOOK = "application/octet-stream"  # kept as it came: only its own reader opens it
WORKBOOK_BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods; the second is refused in its own words
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


def workbook_fault(file: IO[bytes], size: int) -> str:
    """The same for a workbook: .xlsx, .ods or text such as CSV. What stands in it is judged by `workbooks.read`."""
    if size > LARGEST:
        return _("This file is larger than 10 MB.")
    beginning = file.read(1024)
    file.seek(0)
    if beginning.startswith(WORKBOOK_BEGINNINGS) or beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    if not beginning.strip():
        return _("This file is empty.")
    if b"\0" in beginning or detect_media_type(beginning) or beginning.startswith((b"{\\rtf", b"<")):
        return _("This is no workbook. .xlsx, .ods and CSV are read.")
    return ""
