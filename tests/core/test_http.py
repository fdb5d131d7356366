"""Refusals as answers, and the health addresses."""

import json

import pytest
from django import forms
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from rest_framework.exceptions import NotAuthenticated, Throttled, ValidationError

from core.errors import ConfirmationMismatch, DomainError, NotAllowed, NotFound, SameApprover, Stale
from core.http import PrivatePagesMiddleware, RefusalMiddleware, api_exception_handler, refusal_body, refusals_on

REQUEST = RequestFactory()


def _middleware() -> RefusalMiddleware:
    return RefusalMiddleware(lambda request: HttpResponse())


def test_refusal_body_has_code_text_and_plain_parameters() -> None:
    assert refusal_body(ConfirmationMismatch(expected="2026Q4")) == {
        "code": "confirmation_mismatch",
        "message": "输入的确认内容不符，应输入“2026Q4”。未做任何更改。",
        "params": {"expected": "2026Q4"},
    }


@pytest.mark.parametrize(("refusal", "status"), [(NotFound, 404), (NotAllowed, 403), (Stale, 409), (SameApprover, 422)])
def test_api_exception_handler_gives_each_family_its_status(refusal: type[DomainError], status: int) -> None:
    answer = api_exception_handler(refusal(), {})

    assert answer is not None
    assert (answer.status_code, answer.data["code"], set(answer.data)) == (
        status,
        refusal.code,
        {"code", "message", "params"},
    )


def test_api_exception_handler_keeps_the_shape_for_the_frameworks_own_errors() -> None:
    errors = [Http404(), ValidationError({"name": ["必填"]}), NotAuthenticated(), Throttled()]

    answers = [api_exception_handler(error, {}) for error in errors]

    assert [(answer.status_code, set(answer.data)) for answer in answers if answer] == [
        (status, {"code", "message", "params"}) for status in (404, 400, 401, 429)
    ]
    assert answers[1] is not None
    assert answers[1].data["params"] == {"fields": {"name": ["必填"]}}


def test_api_exception_handler_leaves_defects_alone() -> None:
    assert api_exception_handler(KeyError("x"), {}) is None


def test_refusals_on_shows_the_rule_beside_the_form_and_lets_the_others_pass() -> None:
    form = forms.Form({})
    assert form.is_valid()

    with refusals_on(form):
        raise SameApprover

    assert form.non_field_errors() == [SameApprover.message]
    for passing in (NotFound, NotAllowed):
        with pytest.raises(passing), refusals_on(form):
            raise passing
    with pytest.raises(KeyError), refusals_on(form):
        raise KeyError("defect")


def test_refusal_middleware_answers_json_where_json_is_wanted() -> None:
    for request in (REQUEST.get("/api/v1/x"), REQUEST.get("/x", headers={"accept": "application/json"})):
        answer = _middleware().process_exception(request, Stale())
        assert answer is not None
        assert (answer.status_code, json.loads(answer.content)["code"]) == (409, "stale")


def test_refusal_middleware_turns_absent_into_404_and_leaves_defects_alone() -> None:
    with pytest.raises(Http404):
        _middleware().process_exception(REQUEST.get("/x"), NotFound())
    assert _middleware().process_exception(REQUEST.get("/x"), KeyError("x")) is None


def test_private_pages_are_kept_by_no_cache_and_public_ones_keep_their_own_word() -> None:
    def answer(request: object) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": "public, max-age=60"})

    assert (
        PrivatePagesMiddleware(lambda request: HttpResponse())(REQUEST.get("/"))["Cache-Control"] == "no-store, private"
    )
    assert PrivatePagesMiddleware(answer)(REQUEST.get("/"))["Cache-Control"] == "public, max-age=60"


def test_livez_touches_no_database() -> None:
    answer = Client().get("/livez")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_names_what_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()) == (
        200,
        {"ready": True, "database": True, "migrations": True, "cache": True},
    )

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("no cache")

    monkeypatch.setattr(type(cache._connections[cache._alias]), "set", fail)
    broken = Client().get("/readyz")

    assert (broken.status_code, broken.json()) == (
        503, {"ready": False, "database": True, "migrations": True, "cache": False},
    )  # fmt: skip


@pytest.mark.django_db
def test_security_headers_stand_on_every_answer() -> None:
    headers = Client().get("/accounts/login/").headers

    assert headers["Cache-Control"].startswith(("no-store", "max-age=0"))
    policy = headers["Content-Security-Policy"]
    assert all(
        part in policy
        for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'")
    )
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
