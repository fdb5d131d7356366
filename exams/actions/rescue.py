"""The rescue file: what a candidate's page offers when nothing else works, uploaded by staff (answers.md, RESCUE)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.canonical import sha256_hex
from core.errors import NotAllowed, NotFound
from exams.actions.journal import VIA_FILE, save_events
from exams.domain.messages import MOST_EVENTS, Save, read_save
from exams.errors import BatchTooLarge, EnvelopeMalformed, RescueFileWrong
from exams.models import Attempt
from exams.policies import can_invigilate
from exams.queries.candidates import candidates_for

FORMAT = "CHOUKAO-RESCUE/1"
MOST_FILE_BYTES = 2 * 1024 * 1024
MOST_FILE_EVENTS = 5000


@dataclass(frozen=True, slots=True)
class Rescued:
    """How many events of the file were new or known and in time, late, and kept as conflicts."""

    stored: int
    late: int
    conflicts: int


def upload_rescue_file(
    actor: Actor,
    unsafe_attempt_id: str,
    content: bytes,
    *,
    clock: Callable[[], datetime],
) -> Rescued:
    """Puts the events of a rescue file on the same path as SAVE, marked `file`; a repeat changes nothing.

    Raises NotFound, NotAllowed, RescueFileWrong (which part), and nothing is stored then.
    """
    attempt = _attempt(actor, unsafe_attempt_id)
    messages = _read(attempt, content)
    statuses: list[str] = []
    for message in messages:
        saved = save_events(attempt.public_id, message, clock=clock, via=VIA_FILE)
        statuses += [result.status for result in saved.settlement.results]
    rescued = Rescued(
        stored=sum(status in {"stored", "stale_epoch"} for status in statuses),
        late=statuses.count("late"),
        conflicts=statuses.count("conflict"),
    )
    with transaction.atomic():
        details = {"file": sha256_hex(content), "stored": rescued.stored, "late": rescued.late}
        audit(actor, "exams.rescue_uploaded", attempt, details={**details, "conflicts": rescued.conflicts})
    return rescued


def _attempt(actor: Actor, unsafe_attempt_id: str) -> Attempt:
    attempt = (
        Attempt.objects.select_related("candidate__round")
        .filter(public_id=unsafe_attempt_id, candidate__in=candidates_for(actor))
        .first()
    )
    if attempt is None:
        raise NotFound
    if not can_invigilate(actor, attempt.candidate.round):
        raise NotAllowed
    return attempt


def _read(attempt: Attempt, content: bytes) -> list[Save]:
    body = _body(content)
    if body.get("format") != FORMAT:
        raise RescueFileWrong(field="format")
    if body.get("attempt") != attempt.public_id:
        raise RescueFileWrong(field="attempt")
    events = body.get("events")
    if not isinstance(events, list) or not 0 < len(events) <= MOST_FILE_EVENTS:
        raise RescueFileWrong(field="events")
    messages: list[Save] = []
    for (cid, epoch), own in groupby(events, key=_lease):
        wires = list(own)
        for start in range(0, len(wires), MOST_EVENTS):
            messages.append(_message({"cid": cid, "epoch": epoch, "events": wires[start : start + MOST_EVENTS]}))
    return messages


def _lease(event: object) -> tuple[object, object]:
    """Each event of the file names the lease that it was written under: one browser may have held several."""
    if not isinstance(event, dict):
        raise RescueFileWrong(field="events")
    return event.get("cid"), event.get("epoch")


def _message(body: Mapping[str, object]) -> Save:
    try:
        return read_save(body, size=0)
    except (EnvelopeMalformed, BatchTooLarge) as refusal:
        raise RescueFileWrong(field=refusal.params.get("field", "events")) from refusal


def _body(content: bytes) -> Mapping[str, object]:
    if len(content) > MOST_FILE_BYTES:
        raise RescueFileWrong(field="size")
    try:
        body = json.loads(content.decode())
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise RescueFileWrong(field="json") from error
    if not isinstance(body, dict):
        raise RescueFileWrong(field="json")
    return body
