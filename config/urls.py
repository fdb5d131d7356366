"""All addresses. Each room keeps its own under its own prefixes: /<room>/, /public/<room>/, /my/<room>/."""

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import views
from config.rooms import api_patterns, page_patterns
from core.http import livez, readyz

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("livez", views.public(livez), name="livez"),
    path("readyz", views.public(readyz), name="readyz"),
    path("metrics", views.public(views.metrics), name="metrics"),
    # Chooses a language by cookie and nothing else: without a token, so that caches may keep public pages.
    path("language/", csrf_exempt(views.public(set_language)), name="set_language"),
    path("accounts/", include("accounts.urls.signing_in")),
    path("", include(page_patterns())),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    # The page's script is a request of its own; its few inline styles are let through on this page alone.
    path(
        "api/v1/docs/",
        csp_update({"style-src": [UNSAFE_INLINE]})(SpectacularSwaggerSplitView.as_view(url_name="api_schema")),
        name="api_docs",
    ),
    path("api/v1/", include((api_patterns(), "api"))),
]

if settings.DEMO:
    urlpatterns.append(path("_gallery/", views.gallery, name="gallery"))

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
