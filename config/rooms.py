"""Which rooms bring pages and API: those that have the module."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path


def page_patterns() -> list[URLPattern | URLResolver]:
    """`<room>.urls` of each room, whose paths carry the room's own prefixes."""
    return [path("", include(f"{room}.urls")) for room in settings.ROOMS if find_spec(f"{room}.urls")]


def api_patterns() -> list[URLPattern | URLResolver]:
    """`<room>.api.urls` of each room, under /api/v1/."""
    return [
        path("", include(f"{room}.api.urls"))
        for room in settings.ROOMS
        if find_spec(f"{room}.api") and find_spec(f"{room}.api.urls")
    ]
