"""Headers of public answers: short public caching, an ETag by hash, and no page of a signed-in reader in any cache."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers

from core.canonical import sha256_hex

PAGE_SECONDS = 60
FILE_SECONDS = 300


def public_page(
    request: HttpRequest, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """Renders a public page. For a reader without session it holds nothing personal, so that caches may keep it.

    No CSRF token is written into it: the only form of the frame chooses the language, which needs none.
    """
    if request.user.is_authenticated:
        return render(request, template, context, status=status)
    page = render(request, template, {**context, "csrf_token": ""}, status=status)
    return _cacheable(request, page, seconds=PAGE_SECONDS, etag=sha256_hex(page.content))


def public_file(request: HttpRequest, content: bytes, *, content_type: str, file_name: str) -> HttpResponse:
    """A download with the hash of its own bytes as ETag. Not for search engines: it leaves when names leave (A52)."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response["X-Robots-Tag"] = "noindex, noarchive"
    response["Access-Control-Allow-Origin"] = "*"
    return _cacheable(request, response, seconds=FILE_SECONDS, etag=sha256_hex(content))


def _cacheable(request: HttpRequest, response: HttpResponse, *, seconds: int, etag: str) -> HttpResponse:
    response["ETag"] = f'"{etag}"'
    response["Cache-Control"] = f"public, max-age={seconds}"
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    if response.status_code != 200:
        return response
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    assert answer is not None
    return answer  # type: ignore[return-value]
