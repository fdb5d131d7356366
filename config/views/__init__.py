"""Pages of the house as a whole: home, language, errors."""

from config.views.errors import bad_request, csrf_failure, forbidden, not_found, server_error
from config.views.gallery import gallery
from config.views.home import home
from config.views.metrics import metrics
from config.views.public import public
from config.views.search import search

__all__ = [
    "bad_request",
    "csrf_failure",
    "forbidden",
    "gallery",
    "home",
    "metrics",
    "not_found",
    "public",
    "search",
    "server_error",
]
