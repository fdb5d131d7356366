"""What every list page of the registry shares: paging, page size, sortable heads."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict

SIZES = (25, 50, 100)
DEFAULT_SIZE = 50


@dataclass(frozen=True, slots=True)
class Head:
    """A column head; `sort` is the name in the address, "" where the column does not sort."""

    label: str
    sort: str = ""
    numeric: bool = False


def page_of(request: HttpRequest, queryset: QuerySet[Model]) -> Page[Model]:
    """The page that the address asks for; nonsense leads to the first or the last."""
    size = request.GET.get("size", "")
    per_page = int(size) if size.isascii() and size.isdigit() and int(size) in SIZES else DEFAULT_SIZE
    return Paginator(queryset, per_page).get_page(request.GET.get("page"))


def heads(request: HttpRequest, columns: list[Head]) -> list[dict[str, object]]:
    """The heads as components/table_head.html takes them: a click sorts, another one reverses."""
    current = request.GET.get("sort", "")
    return [
        {
            "label": column.label,
            "numeric": column.numeric,
            "sorted": _direction(column.sort, current),
            "sort_url": _sort_url(request.GET, column.sort, current),
        }
        for column in columns
    ]


def _direction(name: str, current: str) -> str:
    if not name or current.lstrip("-") != name:
        return ""
    return "descending" if current.startswith("-") else "ascending"


def _sort_url(query: QueryDict, name: str, current: str) -> str:
    if not name:
        return ""
    changed = query.copy()
    changed.pop("page", None)
    changed["sort"] = f"-{name}" if current == name else name
    return f"?{changed.urlencode()}"
