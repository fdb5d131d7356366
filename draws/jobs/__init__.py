"""Background work: the notice of a freeze, the minutes, everything in one file; and finding what was lost."""

import hashlib
import io
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage

from core import clock
from core.actor import system_actor
from core.queue import enqueue, job, sweeper
from draws.actions.minutes import record_document
from draws.jobs.bundle import write_bundle
from draws.jobs.large import task_propose_freeze as task_propose_freeze
from draws.jobs.large import task_run_draw as task_run_draw
from draws.jobs.printing import print_minutes, print_notice
from draws.models import Draw, DrawDocument
from draws.queries import oddities_of, published_seats
from draws.queries.documents import draw_to_print, draws_without, minutes_facts, notice_facts

_BATCH = 50
_JOBS = {
    DrawDocument.Kind.NOTICE: "draws.print_notice",
    DrawDocument.Kind.MINUTES: "draws.print_minutes",
    DrawDocument.Kind.BUNDLE: "draws.pack_bundle",
}


@job("draws.print_notice")
def task_print_notice(draw_id: int) -> str:
    """The notice of a frozen draw (primary key), rendered outside any transaction."""
    draw = draw_to_print(draw_id)
    return _keep(draw, DrawDocument.Kind.NOTICE, io.BytesIO(print_notice(notice_facts(draw))), suffix="pdf")


@job("draws.print_minutes")
def task_print_minutes(draw_id: int) -> str:
    """The minutes as recorded last, then everything packed again with them."""
    draw = draw_to_print(draw_id)
    name = _keep(draw, DrawDocument.Kind.MINUTES, io.BytesIO(print_minutes(minutes_facts(draw))), suffix="pdf")
    enqueue("draws.pack_bundle", draw_id=draw_id)
    return name


@job("draws.pack_bundle")
def task_pack_bundle(draw_id: int) -> str:
    """The files, the program, the printed documents and the log's proofs in one file; and sums that no visitor shall wait for."""
    draw = draw_to_print(draw_id)
    oddities_of(draw)
    published_seats(draw)
    with write_bundle(draw) as packed:
        return _keep(draw, DrawDocument.Kind.BUNDLE, packed, suffix="zip")


@sweeper("draws.print_missing", every_seconds=300)
def task_print_missing() -> int:
    """Documents that were never made."""
    found = 0
    for kind, name in _JOBS.items():
        for draw_id in draws_without(kind).values_list("pk", flat=True)[:_BATCH]:
            enqueue(name, draw_id=draw_id)
            found += 1
    return found


def _keep(draw: Draw, kind: str, content: IO[bytes], *, suffix: str) -> str:
    digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    name = default_storage.save(f"draws/{draw.public_id}/{kind}.{suffix}", File(content))
    actor = system_actor("draws.documents")
    record_document(actor, draw, kind=kind, stored_name=name, size_bytes=size, sha256=digest, now=clock.now())
    return name
