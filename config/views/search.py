"""The search box of the staff frame: enterprises, people and rounds by name or number."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.navigation import found_for, may_search
from core.actor import Actor
from core.errors import NotAllowed

MAX_TEXT = 60


def search(request: HttpRequest) -> HttpResponse:
    """Hits in reach; nothing for an empty text. Raises NotAllowed for those who reach no regulated row."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not may_search(actor):
        raise NotAllowed
    text = request.GET.get("q", "").strip()[:MAX_TEXT]
    found = found_for(actor, text) if text else []
    return render(request, "config/search.html", {"search_text": text, "found": found})
