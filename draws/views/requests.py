"""Who asks."""

from django.http import HttpRequest

from core.actor import Actor


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware computed."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
