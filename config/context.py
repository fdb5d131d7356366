"""What every page knows: whether this is the demo, the reader's reach, the navigation. Computed only where shown."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.queries import ANONYMOUS
from config.navigation import navigation_for
from core.actor import Actor


def page_context(request: HttpRequest) -> dict[str, object]:
    """Context of the frames (docs/interface.md)."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return {
        "is_demo": settings.DEMO,
        "navigation": SimpleLazyObject(lambda: navigation_for(actor, request.path)),
        "may_use_staff_pages": SimpleLazyObject(lambda: actor.is_staff),
    }
