"""Who was present at the ceremony; and noting the files that jobs have made of what is recorded."""

from datetime import datetime

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.canonical import canonical_sha256
from core.errors import NotAllowed
from core.queue import enqueue
from draws.actions.announcing import say_in_public
from draws.actions.prepare import check_state
from draws.domain.minutes import read_present
from draws.errors import MinutesPlaceMissing
from draws.models import Draw, DrawDocument, DrawState, Minutes
from draws.policies import can_prepare
from draws.queries import lock_draw

PLACE_LENGTH = range(2, 101)
REMARKS_LENGTH = 1000


@transaction.atomic
def record_minutes(
    actor: Actor, draw_id: str, *, place: str, present: str, remarks: str = "", now: datetime
) -> Minutes:
    """Writes down who was present (`present`: a line `name，capacity` for each); again to correct, the earlier stays on record.

    Raises NotFound, NotAllowed, WrongDrawState, MinutesPlaceMissing, MinutesEmpty, MinutesLineWrong, MinutesTooLong.
    """
    draw = lock_draw(actor, draw_id)
    if not can_prepare(actor, draw):
        raise NotAllowed
    check_state(draw, DrawState.DRAWN)
    if len(place.strip()) not in PLACE_LENGTH:
        raise MinutesPlaceMissing
    people = [{"name": person.name, "capacity": person.capacity} for person in read_present(present)]
    row = Minutes.objects.create(
        draw=draw,
        number=draw.minutes.count() + 1,
        place=place.strip(),
        present=people,
        remarks=remarks.strip()[:REMARKS_LENGTH],
        recorded_by_id=actor.user_id,
        recorded_at=now,
    )
    said = {"minutes": row.number, "minutes_sha256": canonical_sha256([row.place, row.present, row.remarks])}
    audit(actor, "draw.minutes_recorded", draw, details=said)
    say_in_public(draw, "draw.minutes", said, now=now)
    enqueue("draws.print_minutes", draw_id=draw.pk)
    return row


@transaction.atomic
def record_document(
    actor: Actor, draw: Draw, *, kind: str, stored_name: str, size_bytes: int, sha256: str, now: datetime
) -> DrawDocument:
    """Notes a file that was made; the newest of its kind counts."""
    document = DrawDocument.objects.create(
        draw=draw, kind=kind, stored_name=stored_name, size_bytes=size_bytes, sha256=sha256, created_at=now
    )
    audit(actor, "draw.document_made", draw, details={"kind": kind, "sha256": sha256})
    return document
