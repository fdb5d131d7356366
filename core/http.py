"""Refusals become answers here, once: pages, fragments and API alike (house_style section 5)."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.errors import DomainError, NotFound, NulInAddress
from core.seeded import fresh_token

logger = logging.getLogger(__name__)


def message_of(refusal: DomainError) -> str:
    """The refusal's sentence in the reader's language, with its parameters filled in."""
    text = gettext(refusal.message)
    return text.format(**refusal.params) if refusal.params else text


def refusal_body(refusal: DomainError) -> dict[str, object]:
    """`{code, message, params}`, as the API answers it."""
    params = {
        name: value if isinstance(value, str | int | bool | None) else str(value)
        for name, value in refusal.params.items()
    }
    return {"code": refusal.code, "message": message_of(refusal), "params": params}


@contextmanager
def refusals_on(form: BaseForm) -> Iterator[None]:
    """Shows a refused rule beside the form that caused it. 403 and 404 are not the form's business and pass through."""
    try:
        yield
    except DomainError as refusal:
        if refusal.status in (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN):
            raise
        form.add_error(None, message_of(refusal))


class RefusalSerializer(serializers.Serializer[object]):
    """The shape of every refusal of the API, for its schema."""

    code = serializers.CharField()
    message = serializers.CharField()
    params = serializers.DictField()


class RefusalMiddleware:
    """Turns a DomainError that reached the top into its page; everything else is a defect and passes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        if _wants_json(request):
            return JsonResponse(refusal_body(exception), status=exception.status)
        if exception.status == HTTPStatus.NOT_FOUND:
            raise Http404(exception.code) from exception
        template = "errors/403.html" if exception.status == HTTPStatus.FORBIDDEN else "errors/refused.html"
        return render(
            request, template, {"message": message_of(exception), "code": exception.code}, status=exception.status
        )


class NulMiddleware:
    """A NUL byte in an address names nothing of ours, and PostgreSQL refuses it: 404 and 400 before anybody looks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        in_path = "\x00" in request.path
        if not in_path and "%00" not in request.META.get("QUERY_STRING", ""):
            return self.get_response(request)
        if _wants_json(request):
            refusal = NotFound() if in_path else NulInAddress()
            return JsonResponse(refusal_body(refusal), status=refusal.status)
        if in_path:
            raise Http404("NUL in the path")
        raise BadRequest("NUL in the query string")


class OwnProofMiddleware:
    """Paths that carry their own proof (settings.OWN_PROOF_PATHS) skip every middleware behind this one.

    A login can neither help nor stop them, and saving an answer costs its own statements only: no session, no language,
    no user. What the skipped ones would have said in headers is said here. Their views answer refusals themselves.
    """

    HEADERS: Final = {
        "Cache-Control": "no-store, private",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Frame-Options": "DENY",
    }

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.paths = re.compile(settings.OWN_PROOF_PATHS)
        # A device asks for the same few paths all the time, and walking through every address costs as much as an insert.
        self.resolve = lru_cache(maxsize=8192)(resolve)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.paths.fullmatch(request.path_info):
            return self.get_response(request)
        request.get_host()  # refuses hosts that are not ours
        request.resolver_match = match = self.resolve(request.path_info)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        response.headers["Content-Length"] = str(len(response.content))
        for name, value in self.HEADERS.items():
            response.headers[name] = value
        return response


class PrivatePagesMiddleware:
    """What was made for one person is kept by no cache (security.md, A24); public pages set their own header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        return response


def api_exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: our refusals and DRF's own errors in the one shape `{code, message, params}`."""
    if isinstance(error, DomainError):
        return Response(refusal_body(error), status=error.status)
    if isinstance(error, Http404):
        return Response(refusal_body(NotFound()), status=HTTPStatus.NOT_FOUND)
    response = exception_handler(error, context)
    if response is None or not isinstance(error, APIException):
        return response
    fields = response.data if isinstance(error, ValidationError) else {}
    response.data = {
        "code": str(error.default_code),
        "message": gettext("提交的内容有误，请按提示更正。") if fields else str(error.detail),
        "params": {"fields": fields} if fields else {},
    }
    return response


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Database, migrations and cache are usable: 200, or 503 naming what is not."""
    checks = {"database": _database_answers(), "migrations": _migrations_applied(), "cache": _cache_answers()}
    ready = all(checks.values())
    return JsonResponse({"ready": ready, **checks}, status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrations_applied() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def _cache_answers() -> bool:
    probe = fresh_token(4)
    try:
        cache.set("readyz", probe, 10)
        return bool(cache.get("readyz"))
    except (OSError, DatabaseError):
        return False
