"""Graded rounds with results, and publications of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.actor import REGULATOR, REVIEWER, Actor
from exams.models import Candidate, Result, Round, RoundState
from publications.actions import approve_publication, propose_publication
from publications.models import Publication
from tests.factories.actors import make_actor
from tests.factories.exams import make_candidate, make_round, make_sitting
from tests.factories.registry import make_enterprise, make_person

GRADED_AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
NOW = GRADED_AT + timedelta(hours=2)
# Names whose parts must be found nowhere in public: the last two characters are nobody's ordinary word.
CANARIES = ("张甪旯", "李亍彳", "王豸虍", "赵屮彡", "孙夊廴", "欧阳冖彐")


def make_graded_round(**over: Any) -> Round:
    """A graded round of 100 points with one result per canary: five passed (86, 87 …) and the last one absent."""
    names = over.pop("names", CANARIES)
    authority = over.pop("authority", None)
    exam_round = make_round(**{"state": RoundState.GRADED, "total_mark": Decimal(100), "pass_mark": Decimal(80)} | over)
    if authority is not None:
        # Afterwards, because make_round gives every authority the same blueprint and quarter of draw.
        exam_round.authority = authority
        exam_round.save(update_fields=["authority"])
    sitting = make_sitting(exam_round, state="closed")
    enterprise = make_enterprise()
    for index, name in enumerate(names):
        candidate = make_candidate(exam_round, person=make_person(name=name), enterprise=enterprise)
        absent = index == len(names) - 1
        make_result(
            candidate, sitting=sitting, outcome="absent" if absent else "passed", score=None if absent else 86 + index
        )
    return exam_round


def make_result(candidate: Candidate, **over: Any) -> Result:
    """The next result of a candidate; the candidate's state follows, as the exam room does it."""
    sitting = over.pop("sitting", None) or candidate.round.sittings.get(number=1)
    score = over.pop("score", None)
    fields = {
        "number": Result.objects.filter(candidate=candidate, sitting=sitting).count() + 1,
        "outcome": "passed",
        "score": None if score is None else Decimal(score),
        "reason": "评分",
        "recorded_at": GRADED_AT,
    }
    result = Result.objects.create(candidate=candidate, sitting=sitting, **{**fields, **over})
    candidate.state, candidate.score = result.outcome, result.score
    candidate.save(update_fields=["state", "score"])
    return result


def make_regulator(exam_round: Round) -> Actor:
    """A regulator of the round's authority."""
    return make_actor(REGULATOR, authority=exam_round.authority)


def make_reviewer(exam_round: Round) -> Actor:
    """A reviewer of the round's authority."""
    return make_actor(REVIEWER, authority=exam_round.authority)


def make_proposed(exam_round: Round | None = None, *, now: datetime = NOW) -> Publication:
    """A proposal of a graded round."""
    exam_round = exam_round or make_graded_round()
    return propose_publication(make_regulator(exam_round), exam_round.public_id, now)


def make_published(exam_round: Round | None = None, *, now: datetime = NOW) -> Publication:
    """A round whose scores are public since `now`, proposed and approved by two people."""
    row = make_proposed(exam_round, now=now)
    return approve_publication(make_reviewer(row.round), row.public_id, snapshot_sha256=row.snapshot.sha256, now=now)
