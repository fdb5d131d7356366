"""Which rooms bring pages, API, navigation and home cards: those that have the module."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path


def page_patterns() -> list[URLPattern | URLResolver]:
    """`<room>.urls` of each room, whose paths carry the room's own prefixes."""
    return [path("", include(f"{room}.urls")) for room in settings.ROOMS if find_spec(f"{room}.urls")]


def api_patterns() -> list[URLPattern | URLResolver]:
    """`<room>.api.urls` of each room, under /api/v1/."""
    return [path("", include(f"{room}.api.urls")) for room in settings.ROOMS if _has(room, "api", "urls")]


@cache
def home_modules() -> tuple[ModuleType, ...]:
    """`<room>.queries.home` of each room that has something to say on the home page or in the navigation."""
    return tuple(import_module(f"{room}.queries.home") for room in settings.ROOMS if _has(room, "queries", "home"))


def _has(room: str, package: str, module: str) -> bool:
    return bool(find_spec(f"{room}.{package}")) and bool(find_spec(f"{room}.{package}.{module}"))
