"""What every page knows: whether this is the demo, the reader's reach, the navigation."""

from django.conf import settings
from django.http import HttpRequest


def page_context(request: HttpRequest) -> dict[str, object]:
    """Context of the frames (docs/interface.md)."""
    return {"is_demo": settings.DEMO, "navigation": [], "reach_label": ""}
