"""The proof that a training needs Windows, as a file."""

from documents.models import StoredFile
from documents.uploads import ENDINGS, detect_media_type


def keep_proof(content: bytes) -> StoredFile:
    """Store a proof under a name that says nothing about the person; the form has looked at its first bytes."""
    media_type = detect_media_type(content) or ""
    return StoredFile.objects.store(content, media_type=media_type, name=f"proof.{ENDINGS[media_type]}")
