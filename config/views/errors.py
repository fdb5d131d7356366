"""Error pages: what happened, what it means for you, what to do now, a number for support."""

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from core.errors import NotFound
from core.http import refusal_body


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse(refusal_body(NotFound()), status=404)
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", {"number": _support_number()}, status=403)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, f"errors/{status}.html", {"number": _support_number()}, status=status)


def _support_number() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:8]
