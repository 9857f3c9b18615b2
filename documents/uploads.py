"""What may be uploaded, judged by its first bytes and never by its name; pure."""

LARGEST = 10 * 1024 * 1024  # bytes
BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def media_type_of(content: bytes) -> str | None:
    """PDF, JPEG or PNG; None for anything else."""
    return next((found for beginning, found in BEGINNINGS.items() if content.startswith(beginning)), None)
