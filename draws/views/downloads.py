"""Files to the byte."""

from pathlib import Path

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from draws.actions import Upload
from draws.models import DrawFile
from draws.queries import pieces_of

_NOTHING_RUNS = "sandbox; default-src 'none'"
_AT_ONCE = 4_000_000
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


def published_file_response(request: HttpRequest, file: DrawFile, *, size: int) -> HttpResponseBase:
    """The same of a published file, which never changes: by its hash when the asker has it, in pieces when it is large."""
    etag = f'"{file.sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    kind = CONTENT_TYPES[Path(file.name).suffix]
    pieces = pieces_of(file)
    response: HttpResponseBase = (
        StreamingHttpResponse(pieces, content_type=kind)
        if size > _AT_ONCE
        else HttpResponse(b"".join(pieces), content_type=kind)
    )
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["ETag"] = etag
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
