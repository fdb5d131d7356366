"""Extra time: two people, effective at once, also for those whom the sweeper has closed already."""

from datetime import timedelta

import pytest

from core.actor import REVIEWER, system_actor
from core.errors import NotAllowed, NotFound, SameApprover
from exams.actions import approve_extension, close_overdue_attempt, request_extension
from exams.domain.states import AttemptState, CandidateState
from exams.errors import ExtensionWrong, ProposalDecided, ReasonMissing
from exams.models import Extension
from tests.exams.submitting import submit
from tests.factories.actors import make_actor
from tests.factories.exams import NOW, items_of, lease, make_stage, right_answers, send, wire

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("tests")


@pytest.fixture
def stage(db):
    stage = make_stage(people=2)
    stage.open()
    return stage


def ask(stage, attempt=None, *, minutes=10, reason="停电十分钟", actor=None):
    return request_extension(
        actor or stage.invigilator,
        stage.sitting.public_id,
        unsafe_attempt_id=attempt.public_id if attempt else None,
        minutes=minutes,
        reason=reason,
        now=NOW,
    )


def approve(stage, extension, *, now=NOW):
    return approve_extension(stage.regulator, extension.public_id, now=now)


def test_extension_of_one_attempt_moves_its_deadline_and_nobody_elses(stage):
    one, other = stage.start(0), stage.start(1)
    approve(stage, ask(stage, one))
    before = other.deadline
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.deadline, other.deadline) == (NOW + timedelta(minutes=70), before)


def test_extension_of_the_sitting_reaches_those_who_write_and_those_who_start_later(stage):
    one = stage.start(0)
    approve(stage, ask(stage))
    one.refresh_from_db()
    assert one.deadline == NOW + timedelta(minutes=70)
    assert stage.start(1).deadline == NOW + timedelta(minutes=70)


def test_extension_that_nobody_approved_changes_nothing(stage):
    one = stage.start(0)
    ask(stage, one)
    one.refresh_from_db()
    assert one.deadline == NOW + timedelta(minutes=60)


def test_extension_approved_by_who_asked_is_refused(stage):
    extension = ask(stage)
    with pytest.raises(SameApprover):
        approve_extension(stage.invigilator, extension.public_id, now=NOW)
    assert Extension.objects.get().approved_at is None


def test_extension_approved_twice_is_refused_and_counts_once(stage):
    one, extension = stage.start(0), ask(stage)
    approve(stage, extension)
    with pytest.raises(ProposalDecided):
        approve(stage, extension)
    one.refresh_from_db()
    assert one.deadline == NOW + timedelta(minutes=70)


@pytest.mark.parametrize(
    ("minutes", "reason", "error"),
    [(0, "停电", ExtensionWrong), (121, "停电", ExtensionWrong), (5, " 停 ", ReasonMissing)],
)
def test_extension_with_senseless_input_is_refused(stage, minutes, reason, error):
    with pytest.raises(error):
        ask(stage, minutes=minutes, reason=reason)
    assert not Extension.objects.exists()


def test_extension_by_somebody_without_the_right_is_refused(stage):
    with pytest.raises(NotAllowed):
        ask(stage, actor=make_actor(REVIEWER, authority=stage.exam_round.authority))
    with pytest.raises(NotFound):
        ask(stage, actor=stage.actor(0))


def test_extension_for_an_attempt_of_another_sitting_is_not_found(stage):
    with pytest.raises(NotFound):
        request_extension(
            stage.invigilator,
            stage.sitting.public_id,
            unsafe_attempt_id="0" * 32,
            minutes=5,
            reason="停电",
            now=NOW,
        )


def test_extension_after_the_closing_opens_the_attempt_again(stage, django_capture_on_commit_callbacks):
    attempt = stage.start(0)
    lease(attempt)
    item = items_of(attempt)[0]
    extension = ask(stage, attempt, minutes=30)
    after = attempt.deadline + timedelta(minutes=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert close_overdue_attempt(SYSTEM, attempt.pk, now=after)
    late = send(attempt, wire(1, item, right_answers(attempt)[item]), now=after)
    assert late.settlement.results[0].status == "late"
    with django_capture_on_commit_callbacks(execute=True):
        approve(stage, extension, now=after)
    attempt.refresh_from_db()
    stage.candidates[0].refresh_from_db()
    assert (attempt.state, attempt.finished_at, attempt.final_receipt) == (AttemptState.OPEN, None, "")
    assert stage.candidates[0].state == CandidateState.SITTING
    # What was late is in time now, and the candidate goes on.
    answers = {item: right_answers(attempt)[item]}
    submit(attempt, answers, last_seq=1, now=after + timedelta(minutes=1))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.answers) == (AttemptState.SUBMITTED, answers)


def test_extension_that_no_longer_leaves_time_folds_late_answers_in_and_grades_again(
    stage, django_capture_on_commit_callbacks
):
    attempt = stage.start(0)
    lease(attempt)
    item = items_of(attempt)[0]
    extension = ask(stage, attempt, minutes=2)
    closed_at = attempt.deadline + timedelta(minutes=1)
    with django_capture_on_commit_callbacks(execute=True):
        close_overdue_attempt(SYSTEM, attempt.pk, now=closed_at)
    send(attempt, wire(1, item, right_answers(attempt)[item]), now=closed_at)
    with django_capture_on_commit_callbacks(execute=True):
        approve(stage, extension, now=attempt.deadline + timedelta(minutes=5))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.answers) == (AttemptState.TIMED_OUT, {item: right_answers(attempt)[item]})
    assert list(attempt.gradings.values_list("number", flat=True)) == [1, 2]
    assert attempt.gradings.get(number=1).score == 0 < attempt.gradings.get(number=2).score
