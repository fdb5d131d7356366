"""The API against everything that its own schema allows, and much that it does not: no 500, no undocumented answer."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.authtoken.models import Token
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from core.actor import REGULATOR
from tests.factories.actors import World

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _open_connection() -> Iterator[None]:
    """Requests must not close the connection that holds the test's transaction; Django's own test client sees to that too."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


schema = schemathesis.openapi.from_dict(SchemaGenerator(api_version="1").get_schema(public=True))
schema.app = application
thorough = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


OPERATIONS = [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_api_without_login_answers_only_what_is_documented(operation: Any) -> None:
    _try(operation, {})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_api_of_a_regulator_answers_only_what_is_documented(operation: Any, world: World) -> None:
    token, _ = Token.objects.get_or_create(user=world.users[REGULATOR])
    _try(operation, {"Authorization": f"Token {token.key}"})


def _try(operation: Any, headers: Mapping[str, str]) -> None:
    """Calls the operation with generated input, what its schema allows and what it does not."""

    @thorough
    @given(case=operation.as_strategy())
    def answers(case: Any) -> None:
        cache.clear()  # the throttle is not what is asked about here
        case.call_and_validate(headers=dict(headers), checks=CHECKS)

    answers()
