"""The floor for saving an answer: a view of Django that inserts one row, durably, and nothing else.

`bench.bare:application` is what granian serves beside the product: the same database settings, the same care for memory,
the two middlewares that the protocol passes as well, one address.
"""

import os

import django
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.memory import keep_what_is_loaded
from core import clock

_INSERT = (
    "INSERT INTO exams_conflictevent (attempt_id, cid, seq, code, payload, server_ts) VALUES (%s, %s, %s, %s, %s, %s)"
)


@csrf_exempt
@login_not_required
def insert(request: HttpRequest, attempt_id: int) -> HttpResponse:
    """One row, one statement, one commit."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [attempt_id, "bare", None, "bare", request.body.decode(), clock.now()])
    return JsonResponse({"stored": True}, headers={"Content-Length": "16"})


urlpatterns = [path("bare/<int:attempt_id>", insert)]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
settings.MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "core.http.NulMiddleware"]
settings.ROOT_URLCONF = "bench.bare"
application = WSGIHandler()
keep_what_is_loaded()
