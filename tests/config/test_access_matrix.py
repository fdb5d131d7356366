"""Every address against every actor. An address that no room lists in tests/access/<room>.py fails here."""

import copy
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.permissions import AllowAny
from rest_framework.test import APIClient

from tests import access
from tests.access import ACTORS, API_LOGIN, LOGIN, Row
from tests.factories.actors import World, make_world

_FOLDER = Path(access.__file__).parent


def _addresses(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, Any, str]]:
    """(name, view, route) of every address that Django resolves."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _addresses(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name or ''}", pattern.callback, str(pattern.pattern)


def _matrix() -> dict[str, tuple[Row, ...]]:
    merged: dict[str, tuple[Row, ...]] = {}
    for file in sorted(_FOLDER.glob("*.py")):
        if file.stem == "__init__":
            continue
        rows = importlib.import_module(f"tests.access.{file.stem}").MATRIX
        twice = merged.keys() & rows.keys()
        assert not twice, f"listed twice, again in {file.name}: {sorted(twice)}"
        merged |= {name: row if isinstance(row, tuple) else (row,) for name, row in rows.items()}
    return merged


ADDRESSES = {name: view for name, view, _route in _addresses()}
MATRIX = _matrix()
CASES = [(name, row) for name, rows in MATRIX.items() for row in rows if name in ADDRESSES]


def _api_methods(view: Any) -> frozenset[str]:
    """Methods of an API view, in lower case; empty for a page."""
    cls = getattr(view, "cls", None)
    if cls is None:
        return frozenset()
    named = getattr(view, "actions", None) or [name for name in cls.http_method_names if hasattr(cls, name)]
    return frozenset(named) - {"options", "head"}


def _is_public(view: Any) -> bool:
    cls = getattr(view, "cls", None)
    if cls is not None:
        return any(issubclass(permission, AllowAny) for permission in cls.permission_classes)
    return not getattr(view, "login_required", True)


def test_every_address_has_a_name() -> None:
    assert [route for name, _view, route in _addresses() if not name or name.endswith(":")] == []


def test_every_address_is_in_the_matrix() -> None:
    assert sorted(ADDRESSES.keys() - MATRIX.keys()) == []


def test_matrix_lists_no_address_that_is_gone() -> None:
    assert sorted(MATRIX.keys() - ADDRESSES.keys()) == []


def test_every_method_of_the_api_is_in_the_matrix() -> None:
    missing = {
        name: sorted(methods)
        for name, view in ADDRESSES.items()
        if (methods := _api_methods(view) - {row.method for row in MATRIX.get(name, ())})
    }
    assert missing == {}


def test_public_addresses_are_those_listed_as_public() -> None:
    open_to_all = {name for name, view in ADDRESSES.items() if _is_public(view)}
    listed = {
        name for name, rows in MATRIX.items() for row in rows if row.expected_of("anonymous") not in (LOGIN, API_LOGIN)
    }
    assert sorted(open_to_all) == sorted(listed)


@dataclass(frozen=True, slots=True)
class Stage:
    """The world, made once for all rows, and everybody's open browser and API client."""

    world: World
    pages: dict[str, Client]
    api: dict[str, APIClient]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """One transaction around the rows' own: each row is rolled back to here, and all of it at the end."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        world = make_world()
        yield Stage(
            world,
            pages={name: world.client(name) for name in ACTORS},
            api={name: world.api_client(name) for name in ACTORS},
        )
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("name", "row"),
    CASES,
    ids=[f"{row.method}-{name}-{number}" for number, (name, row) in enumerate(CASES)],
)
@pytest.mark.django_db
def test_access_is_as_listed(stage: Stage, name: str, row: Row) -> None:
    world = copy.deepcopy(stage.world)  # a row may change the objects it is given
    url = reverse(name, kwargs=row.kwargs(world))
    data = row.data(world)
    clients = stage.api if name.startswith("api:") else stage.pages

    answers = {actor: _ask(clients[actor], url, row=row, data=data) for actor in ACTORS}

    expected = {actor: row.expected_of(actor) for actor in ACTORS}
    wrong = {
        actor: (answers[actor], expected[actor]) for actor in ACTORS if not _agrees(answers[actor], expected[actor])
    }
    assert wrong == {}, f"{row.method} {url}: (answer, expected)"


def _ask(client: Client, url: str, *, row: Row, data: dict[str, Any]) -> int | str:
    cookies = client.cookies.copy()
    with transaction.atomic():
        target = f"{url}?{'&'.join(f'{key}={value}' for key, value in row.query.items())}" if row.query else url
        options = {"format": "json"} if isinstance(client, APIClient) and row.method != "get" else {}
        response = getattr(client, row.method)(target, data or None, **options)
        transaction.set_rollback(True)
    client.cookies = cookies  # what the answer set was rolled back with it
    location = response.headers.get("Location", "")
    return LOGIN if location.startswith(f"{resolve_url(settings.LOGIN_URL)}?") else response.status_code


def _agrees(answer: int | str, expected: Any) -> bool:
    return answer in expected if isinstance(expected, frozenset) else answer == expected
