"""Fixtures that every room's tests may use; loaded by tests/conftest.py."""

import pytest

from tests.factories.actors import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """The actors of the access matrix, and the smallest territory that separates them (tests/factories/actors.py)."""
    return make_world()
