"""The floor for saving an answer: a view of Django that inserts one row, durably, and nothing else.

Two floors: the smallest row that fits (`bare`), and a row of the journal as long as those that a SAVE writes, from the
JSON that a SAVE sends (`row`). Neither checks who asks, takes a lock, or writes a receipt.

`bench.bare:application` is what granian serves beside the product: the same database settings, the same care for memory,
the two middlewares that the protocol passes as well, one address.
"""

import json
import os
import secrets

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


_ROW = (
    "INSERT INTO exams_answerevent (attempt_id, cid, seq, epoch, item, answer, sha256, client_ms, client_mono_ms,"
    " server_ts, late, sseq, chain, receipt, via)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_HASH, _RECEIPT_CHARS = "0" * 64, 520


@csrf_exempt
@login_not_required
def insert_row(request: HttpRequest, attempt_id: int) -> HttpResponse:
    """The same with the columns of the journal. Its numbers are random: the order of the journal is not kept here."""
    said = json.loads(request.body)
    event = said["events"][0]
    number = secrets.randbits(62)
    answer = json.dumps(event["answer"])
    row = [
        attempt_id,
        f"{said['cid'][:-4]}bare",
        number,
        said["epoch"],
        event["item"],
        answer,
        _HASH,
        event["ms"],
        event["mono"],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ROW, [*row, clock.now(), False, number, _HASH, "r" * _RECEIPT_CHARS, "bare"])
    return JsonResponse({"stored": True}, headers={"Content-Length": "16"})


urlpatterns = [path("bare/<int:attempt_id>", insert), path("row/<int:attempt_id>", insert_row)]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
settings.MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "core.http.NulMiddleware"]
settings.ROOT_URLCONF = "bench.bare"
application = WSGIHandler()
keep_what_is_loaded()
