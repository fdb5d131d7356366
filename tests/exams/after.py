"""Rounds in which papers were handed in and graded: what everything after the exam starts from."""

import json
from datetime import datetime, timedelta
from typing import Any

from core.actor import REGULATOR, REVIEWER, Actor, system_actor
from exams.actions import close_sitting, finish_grading, grade_attempt, mark_published
from exams.models import Attempt, Round, RoundState
from tests.exams.submitting import submit
from tests.factories.actors import make_actor
from tests.factories.exams import NOW, Stage, items_of, lease, make_stage, right_answers, send, wire

SYSTEM = system_actor("tests")
GRADED_AT = NOW + timedelta(minutes=80)


def real_key(attempt: Attempt) -> dict[str, dict[str, Any]]:
    """Opaque item → what the stored key says of it."""
    items: dict[str, dict[str, Any]] = json.loads(attempt.paper.answer_key)["items"]
    return items


def ref_of(attempt: Attempt, item: str) -> str:
    """`item@version` behind an opaque item."""
    stored = real_key(attempt)[item]
    return f"{stored['item']}@{stored['version']}"


def item_of_kind(attempt: Attempt, kind: str, place: int = 0) -> str:
    """An opaque item of that kind."""
    return sorted(item for item, stored in real_key(attempt).items() if stored["kind"] == kind)[place]


def wrong_answer(attempt: Attempt, item: str) -> list[str]:
    """One option that the key does not hold."""
    stored = real_key(attempt)[item]
    return [next(opaque for opaque, real in sorted(stored["options"].items()) if real not in stored["key"])]


def hand_in(attempt: Attempt, answers: dict[str, Any], now: datetime = NOW) -> Attempt:
    """Everything in one message, then SUBMIT."""
    lease(attempt, now=now)
    if answers:
        send(attempt, *(wire(seq, item, answers[item]) for seq, item in enumerate(sorted(answers), start=1)), now=now)
    return submit(attempt, answers, last_seq=len(answers), now=now)


def graded_stage(*wrong: int, **over: Any) -> Stage:
    """One candidate for each number: so many items answered wrongly, the rest rightly; closed and graded."""
    stage = make_stage(people=len(wrong), **over)
    stage.open()
    for index, number in enumerate(wrong):
        attempt = stage.start(index)
        answers: dict[str, Any] = dict(right_answers(attempt))
        for item in items_of(attempt)[:number]:
            answers[item] = wrong_answer(attempt, item)
        hand_in(attempt, answers)
        grade_attempt(SYSTEM, attempt.pk, reason="after closing", now=NOW)
    close_sitting(SYSTEM, stage.sitting.public_id, now=GRADED_AT)
    finish_grading(SYSTEM, stage.exam_round.public_id, now=GRADED_AT)
    stage.exam_round.refresh_from_db()
    for candidate in stage.candidates:
        candidate.refresh_from_db()
    return stage


def published(stage: Stage, now: datetime = GRADED_AT) -> Round:
    """The round as after an approved publication."""
    mark_published(SYSTEM, stage.exam_round.public_id, now=now)
    stage.exam_round.refresh_from_db()
    assert stage.exam_round.state == RoundState.PUBLISHED
    return stage.exam_round


def attempt_of(stage: Stage, index: int = 0) -> Attempt:
    """The attempt of that candidate in the first sitting."""
    return Attempt.objects.select_related("paper", "sitting", "candidate").get(
        candidate=stage.candidates[index], sitting=stage.sitting
    )


def reviewer(stage: Stage) -> Actor:
    """Another reviewer of the round's authority."""
    return make_actor(REVIEWER, authority=stage.exam_round.authority)


def regulator(stage: Stage) -> Actor:
    """Another regulator of the round's authority."""
    return make_actor(REGULATOR, authority=stage.exam_round.authority)
