"""After K is revealed every stored paper is built again from what is public; a difference is an alarm."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.canonical import canonical_sha256
from core.errors import NotAllowed
from core.models import AuditEntry
from core.public_log import append_leaf
from exams.actions.papers import built_paper
from exams.domain.papers import Commitments, check_commitments
from exams.domain.recomputation import COMMITMENT, Place, StoredPaper, differing_places
from exams.errors import BankChanged, ProposalDecided, ReasonMissing
from exams.models import Paper, PaperAlarm, Round
from exams.policies import can_handle_alarms
from exams.queries.alarms import lock_alarm
from exams.queries.bank import Bank, bank_of

logger = logging.getLogger(__name__)
_CHUNK = 200
ALARM = "exams.papers_differ"
CALM = "exams.papers_recomputed"


@dataclass(frozen=True, slots=True)
class Difference:
    """A paper that is not what the revealed key gives, or (without a paper) a bank or key that was never committed."""

    paper: Paper | None
    found_sha256: str
    places: tuple[Place, ...]


def recompute_papers(actor: Actor, round_pk: int, *, now: datetime) -> list[Difference]:
    """What revealed key, seed, opening codes and committed bank do not give: each an alarm in the record of the round.

    Said in the public log and the audit the first time, and again when something new is found; nothing is mended.
    May run as often as one likes. Does nothing before the key is revealed.
    """
    exam_round = Round.objects.select_related("draw", "bank_snapshot", "authority").get(pk=round_pk)
    if not exam_round.paper_key_revealed or exam_round.draw is None:
        return []
    key = bytes.fromhex(exam_round.paper_key_revealed)
    total = Paper.objects.filter(candidate__round=exam_round).count()
    try:
        bank = _committed_bank(exam_round, key)
    except BankChanged:
        found = canonical_sha256([exam_round.paper_key_revealed, exam_round.draw.bank_root])
        differing = [Difference(None, found, (Place(COMMITMENT, 0, ""),))]
    else:
        differing = list(_differences(exam_round, bank, key=key, now=now))
    _tell(actor, exam_round, total, differing=differing, now=now)
    return differing


@transaction.atomic
def handle_paper_alarm(actor: Actor, unsafe_alarm_id: str, *, note: str, now: datetime) -> PaperAlarm:
    """Somebody looked into it, and writes down what it was. The alarm stays in the record.

    Raises NotFound, NotAllowed, ProposalDecided, ReasonMissing.
    """
    alarm = lock_alarm(actor, unsafe_alarm_id)
    if not can_handle_alarms(actor, alarm.round):
        raise NotAllowed
    if alarm.handled_at is not None:
        raise ProposalDecided
    if not 2 <= len(note.strip()) <= 500:
        raise ReasonMissing
    alarm.handled_by_id, alarm.handled_at, alarm.note = actor.user_id, now, note.strip()
    alarm.save(update_fields=["handled_by", "handled_at", "note"])
    audit(actor, "exams.paper_alarm_handled", alarm.round, details={"alarm": alarm.public_id}, reason=alarm.note)
    return alarm


def _committed_bank(exam_round: Round, key: bytes) -> Bank:
    if exam_round.draw is None:
        raise BankChanged
    bank = bank_of(exam_round)
    committed = Commitments(bank_root=exam_round.draw.bank_root, paper_key_commit=exam_round.draw.paper_key_commit)
    check_commitments(committed, snapshot=bank.snapshot, key=key)
    return bank


def _differences(exam_round: Round, bank: Bank, *, key: bytes, now: datetime) -> Iterator[Difference]:
    papers = Paper.objects.filter(candidate__round=exam_round).select_related("candidate", "sitting").order_by("pk")
    for paper in papers.iterator(_CHUNK):
        paper.candidate.round = exam_round
        again = built_paper(paper.candidate, paper.sitting, bank=bank, key=key, now=now)
        stored = StoredPaper(paper.content, paper.sha256, paper.answer_key)
        places = differing_places(stored, StoredPaper(again.content, again.sha256, again.answer_key))
        if places:
            found = canonical_sha256([paper.pk, paper.content, paper.sha256, paper.answer_key])
            yield Difference(paper, found, places)


@transaction.atomic
def _tell(actor: Actor, exam_round: Round, total: int, *, differing: list[Difference], now: datetime) -> None:
    # Two runs at once would both find something new.
    Round.objects.select_for_update().get(pk=exam_round.pk)
    known = set(exam_round.paper_alarms.values_list("found_sha256", flat=True))
    new = [one for one in differing if one.found_sha256 not in known]
    told = AuditEntry.objects.filter(action__in=[ALARM, CALM], object_id=exam_round.public_id).exists()
    if told and not new:
        return
    PaperAlarm.objects.bulk_create(
        PaperAlarm(
            round=exam_round,
            paper=one.paper,
            found_sha256=one.found_sha256,
            places=[place.to_json() for place in one.places],
            found_at=now,
        )
        for one in new
    )
    found = [{"paper": one.paper and one.paper.sha256, "places": [p.to_json() for p in one.places]} for one in new]
    audit(actor, ALARM if differing else CALM, exam_round, details={"papers": total, "differing": found})
    said = {"authority": exam_round.authority.code, "round": exam_round.code}
    append_leaf("papers.recomputed", {**said, "papers": total, "differing": len(differing)}, now=now)
    if differing:
        logger.error("round %s: %d of %d papers differ from recomputation", exam_round.code, len(differing), total)
