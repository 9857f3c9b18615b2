from django.http import FileResponse


def send(stored_file):
    """Answer with a stored file, shown and never run; who may see it was asked by the caller."""
    return FileResponse(
        stored_file.path.open("rb"),
        content_type=stored_file.media_type,
        filename=stored_file.name,
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )
