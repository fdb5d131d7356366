"""The end of a round: blocked by what is open, then closed for good."""

from datetime import timedelta

import pytest

from core.errors import ConfirmationMismatch, NotAllowed, NotFound
from exams.actions import answer_appeal, archive_round, file_appeal, propose_key_correction, take_appeal
from exams.domain.appeals import AppealState
from exams.errors import AppealNotYet, AppealTimeRunning, FollowUpsOpen, RoundNotInState, SittingsLeft
from exams.models import Round, SittingState
from oversight.actions import archive
from oversight.models import FollowUp
from oversight.queries.archive import blockers
from tests.exams.actions.test_appeals import ANSWER, GROUNDS
from tests.exams.actions.test_corrections import draft
from tests.exams.after import (
    GRADED_AT,
    SYSTEM,
    attempt_of,
    graded_stage,
    items_of,
    published,
    ref_of,
    regulator,
    reviewer,
)
from tests.factories.actors import make_actor
from tests.factories.registry import make_authority

pytestmark = pytest.mark.django_db
LATER = GRADED_AT + timedelta(days=30)


@pytest.fixture
def stage():
    stage = graded_stage(0)
    published(stage)
    return stage


def codes(stage, now=LATER):
    stage.exam_round.refresh_from_db()
    return [blocker.code for blocker in blockers(stage.exam_round, now)]


def close_makeup(stage):
    stage.makeup.__class__.objects.filter(pk=stage.makeup.pk).update(state=SittingState.CLOSED)


def test_round_is_archived_once_everything_is_done_and_nothing_moves_afterwards(stage):
    actor, code, at = regulator(stage), stage.exam_round.code, stage.exam_round.public_id
    appeal = file_appeal(stage.actor(0), stage.candidates[0].public_id, grounds=GROUNDS, now=GRADED_AT)
    waiting = propose_key_correction(
        reviewer(stage), at, draft(ref_of(attempt_of(stage), items_of(attempt_of(stage))[0])), now=GRADED_AT
    )
    step = FollowUp.objects.create(
        authority=stage.exam_round.authority,
        candidate=stage.candidates[0],
        step="talk",
        due_on=GRADED_AT.date(),
        opened_at=GRADED_AT,
    )
    soon = GRADED_AT + timedelta(days=1)
    assert codes(stage, soon) == [
        "sittings_left", "appeal_time_running", "appeals_open", "corrections_open", "follow_ups_open",
    ]  # fmt: skip
    with pytest.raises(SittingsLeft):
        archive(actor, at, confirmation=code, now=soon)

    close_makeup(stage)
    with pytest.raises(AppealTimeRunning):
        archive(actor, at, confirmation=code, now=soon)
    take_appeal(actor, appeal.public_id, now=soon)
    answer_appeal(actor, appeal.public_id, outcome=AppealState.UPHELD, answer=ANSWER, now=soon)
    waiting.__class__.objects.filter(pk=waiting.pk).update(state="refused")
    with pytest.raises(FollowUpsOpen):
        archive(actor, at, confirmation=code, now=LATER)
    FollowUp.objects.filter(pk=step.pk).update(state=FollowUp.State.DONE)
    assert codes(stage) == []

    archive(actor, at, confirmation=f" {code} ", now=LATER)

    stage.exam_round.refresh_from_db()
    assert (stage.exam_round.state, stage.exam_round.archived_at) == ("archived", LATER)
    with pytest.raises(RoundNotInState):
        archive(actor, at, confirmation=code, now=LATER)
    with pytest.raises(RoundNotInState):
        propose_key_correction(
            reviewer(stage), at, draft(ref_of(attempt_of(stage), items_of(attempt_of(stage))[0])), now=LATER
        )
    with pytest.raises(AppealNotYet):
        file_appeal(stage.actor(0), stage.candidates[0].public_id, grounds=GROUNDS, now=LATER)


def test_archive_is_for_the_regulator_of_the_round_who_types_its_code(stage):
    close_makeup(stage)
    code, at = stage.exam_round.code, stage.exam_round.public_id
    with pytest.raises(ConfirmationMismatch):
        archive(regulator(stage), at, confirmation="2026Q1", now=LATER)
    with pytest.raises(NotAllowed):
        archive(reviewer(stage), at, confirmation=code, now=LATER)
    with pytest.raises(NotFound):
        archive(make_actor("regulator", authority=make_authority()), at, confirmation=code, now=LATER)
    assert Round.objects.get(public_id=at).state == "published"
    archive_round(SYSTEM, at, open_follow_ups=0, now=LATER)
    assert Round.objects.get(public_id=at).state == "archived"
