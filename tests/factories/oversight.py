"""Candidates who did not pass the makeup, and their follow-ups."""

from datetime import timedelta
from typing import Any

from core.actor import system_actor
from exams.models import Candidate, Round
from oversight.actions import open_follow_up
from oversight.models import FollowUp
from tests.factories.exams import make_candidate, make_sitting
from tests.factories.publications import GRADED_AT, make_graded_round, make_result

SYSTEM = system_actor("tests")
NOW = GRADED_AT + timedelta(days=8)


def make_failed_candidate(exam_round: Round | None = None, **over: Any) -> Candidate:
    """Failed the exam and the makeup."""
    exam_round = exam_round or make_graded_round()
    makeup = exam_round.sittings.filter(number=2).first() or make_sitting(exam_round, number=2, state="closed")
    candidate = make_candidate(exam_round, **over)
    make_result(candidate, outcome="failed", score=60)
    make_result(candidate, sitting=makeup, outcome="failed", score=70)
    return candidate


def make_follow_up(candidate: Candidate | None = None, **over: Any) -> FollowUp:
    """The first step for such a candidate; fields can be set afterwards."""
    follow_up = open_follow_up(SYSTEM, (candidate or make_failed_candidate()).pk, now=NOW)
    if over:
        FollowUp.objects.filter(pk=follow_up.pk).update(**over)
        follow_up.refresh_from_db()
    return follow_up
