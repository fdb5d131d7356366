"""Files to the byte."""

from django.http import HttpResponse

CONTENT_TYPES = {
    "plan.json": "application/json",
    "roster.csv": "text/csv; charset=us-ascii",
    "sources.txt": "text/plain; charset=us-ascii",
    "result.csv": "text/csv; charset=us-ascii",
    "verify.py": "text/x-python; charset=us-ascii",
}


def file_response(name: str, content: bytes) -> HttpResponse:
    """An attachment with exactly these bytes. `name` is one of the draw's files: it was found under it."""
    response = HttpResponse(content, content_type=CONTENT_TYPES[name])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
