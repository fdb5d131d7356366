"""Pages of long lists: number and size are in the address."""

from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

SIZES: Final = (20, 50, 100)


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """The asked page of `rows`; a size or number that makes no sense gives the nearest that does."""
    asked = request.GET.get("size", "")
    size = int(asked) if asked in {str(size) for size in SIZES} else SIZES[0]
    return Paginator(rows, size).get_page(request.GET.get("page"))
