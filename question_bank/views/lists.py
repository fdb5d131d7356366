"""Paging and sorting that all lists here share."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

SIZES = (20, 50, 100)
# Further down nobody looks: filters and words are for that.
LISTED = 1000


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """The page that the address asks for; nonsense gives the first, too far the last."""
    size = request.GET.get("size", "")
    return Paginator(rows, int(size) if size in {str(known) for known in SIZES} else SIZES[0]).get_page(
        request.GET.get("page")
    )


def listed_page(request: HttpRequest, rows: QuerySet[Any], *, whole: QuerySet[Any]) -> tuple[Page[Any], bool]:
    """A page of at most LISTED rows, and whether there were more.

    Counting and sorting all that a wide filter finds in a large bank costs more than anybody reads: the first keys in
    their order are asked for, then the rows of one page, with everything that they show, from `whole`.
    """
    keys = list(rows.values_list("pk", flat=True)[: LISTED + 1])
    size = request.GET.get("size", "")
    page: Page[Any] = Paginator(
        keys[:LISTED], int(size) if size in {str(known) for known in SIZES} else SIZES[0]
    ).get_page(request.GET.get("page"))
    found = whole.in_bulk(list(page.object_list))
    page.object_list = [found[key] for key in page.object_list]
    return page, len(keys) > LISTED


def sorted_by(request: HttpRequest, rows: QuerySet[Any], orders: Mapping[str, str]) -> QuerySet[Any]:
    """Sorted by `?sort=name` or `?sort=-name`; names that are not on the list are ignored."""
    wanted = request.GET.get("sort", "")
    field = orders.get(wanted.removeprefix("-"))
    if field is None:
        return rows
    return rows.order_by(f"-{field}" if wanted.startswith("-") else field, "-pk")


def columns_of(request: HttpRequest, columns: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Head cells from (label, sort name); an empty name is not sortable."""
    wanted = request.GET.get("sort", "")
    return [_column(request, label, name, wanted) for label, name in columns]


def _column(request: HttpRequest, label: str, name: str, wanted: str) -> dict[str, str]:  # noqa: PLR0917 - plain data
    if not name:
        return {"label": label}
    query = request.GET.copy()
    query["sort"] = f"-{name}" if wanted == name else name
    query.pop("page", None)
    state = {name: "ascending", f"-{name}": "descending"}.get(wanted, "none")
    return {"label": label, "sort_url": f"?{query.urlencode()}", "sorted": state}
