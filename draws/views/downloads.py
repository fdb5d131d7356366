"""Files to the byte."""

from pathlib import Path

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse

from draws.actions import Upload

_NOTHING_RUNS = "sandbox; default-src 'none'"
CONTENT_TYPES = {
    ".json": "application/json",
    ".csv": "text/csv; charset=us-ascii",
    ".txt": "text/plain; charset=us-ascii",
    ".py": "text/x-python; charset=us-ascii",
}


def file_response(name: str, content: bytes) -> HttpResponse:
    """An attachment with exactly these bytes. `name` is one of the draw's files: it was found under it."""
    response = HttpResponse(content, content_type=CONTENT_TYPES[Path(name).suffix])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def stored_file_response(stored_name: str, *, file_name: str, content_type: str) -> FileResponse:
    """A file of the store as a download: nothing of it runs on our pages."""
    content = default_storage.open(stored_name)
    response = FileResponse(content, as_attachment=True, filename=file_name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _NOTHING_RUNS
    return response


def read_upload(file: UploadedFile) -> Upload:
    """What a file field of a form gives, for an action."""
    return Upload(file.name or "file", file.read())
