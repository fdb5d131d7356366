"""Paging of the API's lists: what is asked wrongly is refused, not answered with another page."""

import pytest
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from core.pagination import MOST_ROWS, StrictPagination


def asked(**query: str) -> Request:
    return Request(APIRequestFactory().get("/", query))


def test_rows_are_paged_as_asked() -> None:
    pages = StrictPagination()

    assert pages.paginate_queryset(list(range(10)), asked(limit="3", offset="4")) == [4, 5, 6]
    assert pages.paginate_queryset(list(range(100)), asked()) == list(range(50))
    assert pages.paginate_queryset(list(range(100)), asked(limit="", offset="")) == list(range(50))


@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize("value", ["abc", "-1", "1.5", "9" * 40, "１e3"])
def test_malformed_page_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        StrictPagination().paginate_queryset(list(range(10)), asked(**{name: value}))

    assert list(refused.value.detail) == [name]


@pytest.mark.parametrize("limit", ["0", str(MOST_ROWS + 1)])
def test_limit_outside_its_bounds_is_refused(limit: str) -> None:
    with pytest.raises(ValidationError):
        StrictPagination().paginate_queryset(list(range(10)), asked(limit=limit))
