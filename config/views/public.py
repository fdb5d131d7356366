"""Marks what needs no login. Every public address is listed in tests/config/test_access_matrix.py."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view without the login middleware's demand."""
    marked: Callable[..., HttpResponse] = login_not_required(view)
    return marked
