"""Starting an attempt: the paper is built and frozen, the clock starts, the journal begins."""

import hmac
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from core.actor import Actor
from core.audit import audit
from core.errors import NotFound
from exams.domain.access import REASON_TEXTS, Decision, decide_access
from exams.domain.journal import genesis
from exams.domain.papers import Heading, PaperSeat, build_paper, paper_seed
from exams.domain.papers import Paper as BuiltPaper
from exams.domain.states import CandidateState, move_candidate
from exams.errors import AccessRefused, OpeningCodeWrong
from exams.models import Attempt, Candidate, Paper, Sitting
from exams.queries.bank import bank_of, paper_key_of
from exams.queries.candidates import case_of, extra_seconds_of, live_attempt


@transaction.atomic
def start_attempt(actor: Actor, unsafe_candidate_id: str, *, opening_code: str, now: datetime) -> Attempt:
    """Begins the actor's own exam, or returns the attempt already begun: the clock never starts twice.

    Raises NotFound for anybody else's candidacy, AccessRefused with its reason, OpeningCodeWrong.
    """
    candidate = _lock_own(actor, unsafe_candidate_id)
    sitting = Sitting.objects.get(round_id=candidate.round_id, number=candidate.sitting_number)
    attempt = live_attempt(candidate, sitting)
    if attempt is not None:
        return attempt
    extra = extra_seconds_of(sitting, None)
    access = decide_access(case_of(candidate, sitting, None, extra_seconds=extra), now=now)
    if access.decision is not Decision.START or access.deadline is None:
        raise AccessRefused(reason=access.reasons[0], text=gettext(REASON_TEXTS[access.reasons[0]]))
    if sitting.asks_code and not hmac.compare_digest(sitting.opening_code.encode(), opening_code.strip().encode()):
        raise OpeningCodeWrong
    attempt = _begin(candidate, sitting, deadline=access.deadline, now=now)
    candidate.state = move_candidate(
        CandidateState(candidate.state),
        CandidateState.SITTING,
        sitting=candidate.sitting_number,
    )
    candidate.state_changed_at = now
    candidate.save(update_fields=["state", "state_changed_at"])
    audit(actor, "exams.attempt_started", attempt, details={"paper": attempt.paper.sha256, "sitting": sitting.number})
    return attempt


def _lock_own(actor: Actor, unsafe_candidate_id: str) -> Candidate:
    if actor.person_id is None:
        raise NotFound
    candidate = (
        Candidate.objects.select_for_update(of=("self",))
        .select_related("round__draw", "round__bank_snapshot")
        .filter(public_id=unsafe_candidate_id, person_id=actor.person_id)
        .first()
    )
    if candidate is None:
        raise NotFound
    return candidate


def _begin(candidate: Candidate, sitting: Sitting, *, deadline: datetime, now: datetime) -> Attempt:
    built = _build(candidate, sitting)
    paper = Paper.objects.create(
        candidate=candidate,
        sitting=sitting,
        content=built.content,
        sha256=built.body_sha256,
        answer_key=built.answer_key,
        created_at=now,
    )
    attempt = Attempt(
        candidate=candidate,
        sitting=sitting,
        paper=paper,
        opened_at=now,
        deadline=deadline,
        grace_seconds=candidate.round.grace_seconds,
    )
    attempt.head = genesis(attempt.public_id, paper.sha256).head
    attempt.save(force_insert=True)
    return attempt


def _build(candidate: Candidate, sitting: Sitting) -> BuiltPaper:
    exam_round, bank = candidate.round, bank_of(candidate.round)
    seat = PaperSeat(
        seed=exam_round.draw.seed if exam_round.draw else "",
        opening_code=sitting.opening_code,
        pid=candidate.pid,
        sitting=sitting.number,
    )
    heading = Heading(exam_round.title, exam_round.minutes, exam_round.pass_mark, bank.rule)
    return build_paper(paper_seed(paper_key_of(exam_round), seat), bank.snapshot, bank.contents, heading=heading)
