"""Starting an attempt: the paper is built and frozen, the clock starts, the journal begins."""

import hmac
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext

from core.actor import Actor
from core.audit import audit
from exams.actions.papers import paper_for
from exams.domain.access import REASON_TEXTS, Decision, decide_access
from exams.domain.entry import is_entry_code
from exams.domain.journal import genesis
from exams.domain.states import CandidateState, move_candidate
from exams.errors import AccessRefused, OpeningCodeWrong, TooManyGuesses
from exams.models import Attempt, Candidate, Paper, Sitting
from exams.queries.candidates import case_of
from exams.queries.starting import lock_start

MOST_GUESSES: Final = 5
GUESS_SECONDS: Final = 300


def start_attempt(actor: Actor, unsafe_candidate_id: str, *, opening_code: str, now: datetime) -> Attempt:
    """Begins the actor's own exam, or returns the attempt already begun: the clock never starts twice.

    Raises NotFound for anybody else's candidacy, AccessRefused with its reason, OpeningCodeWrong, TooManyGuesses.
    """
    guesses = f"exams.code_guesses:{actor.person_id}"
    if cache.get(guesses, 0) >= MOST_GUESSES:
        raise TooManyGuesses(minutes=GUESS_SECONDS // 60)
    try:
        return _start(actor, unsafe_candidate_id, opening_code=opening_code, now=now)
    except OpeningCodeWrong:
        # Counted after the transaction, which took everything else back.
        cache.set(guesses, cache.get(guesses, 0) + 1, GUESS_SECONDS)
        raise


@transaction.atomic
def _start(actor: Actor, unsafe_candidate_id: str, *, opening_code: str, now: datetime) -> Attempt:
    start = lock_start(actor.person_id, unsafe_candidate_id)
    candidate, sitting = start.candidate, start.sitting
    if start.live_attempt is not None:
        return Attempt.objects.get(pk=start.live_attempt)
    access = decide_access(case_of(candidate, sitting, None, extra_seconds=start.extra_seconds), now=now)
    if access.decision is not Decision.START or access.deadline is None:
        raise AccessRefused(reason=access.reasons[0], text=gettext(REASON_TEXTS[access.reasons[0]]))
    if sitting.asks_code and not _code_fits(sitting, opening_code, now):
        raise OpeningCodeWrong
    attempt = begin_writing(candidate, sitting, deadline=access.deadline, now=now, paper=start.paper)
    audit(actor, "exams.attempt_started", attempt, details={"paper": attempt.paper.sha256, "sitting": sitting.number})
    return attempt


def begin_writing(
    candidate: Candidate, sitting: Sitting, *, deadline: datetime, now: datetime, paper: Paper | None = None
) -> Attempt:
    """Paper, attempt and the candidate's state; part of the caller's transaction, the candidate is locked.

    `paper` is the one that was built ahead, where the caller has it.
    """
    frozen = paper or paper_for(candidate, sitting, now=now)
    attempt = _begin(candidate, sitting, frozen, deadline=deadline, now=now)
    candidate.state = move_candidate(
        CandidateState(candidate.state),
        CandidateState.SITTING,
        sitting=candidate.sitting_number,
    )
    candidate.state_changed_at = now
    candidate.save(update_fields=["state", "state_changed_at"])
    return attempt


def _code_fits(sitting: Sitting, typed: str, now: datetime) -> bool:
    if sitting.rotates_code:
        return is_entry_code(settings.SECRET_KEY.encode(), sitting.public_id, typed, now=now)
    return hmac.compare_digest(sitting.opening_code.encode(), typed.strip().encode())


def _begin(candidate: Candidate, sitting: Sitting, paper: Paper, *, deadline: datetime, now: datetime) -> Attempt:
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
