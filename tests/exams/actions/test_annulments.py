"""A misconduct that is taken back on appeal: by two people who had no part in it, and everything else follows."""

from datetime import timedelta
from decimal import Decimal

import pytest

from certificates.models import Certificate
from core.errors import NotAllowed, NotFound, SameApprover
from core.models import AuditEntry
from exams.actions import (
    answer_appeal,
    close_sitting,
    decide_annulment,
    file_appeal,
    finish_grading,
    grade_attempt,
    propose_annulment,
    record_incident,
    sign_misconduct,
    take_appeal,
)
from exams.actions.annulments import apply_annulment
from exams.domain.appeals import AppealState
from exams.errors import (
    AppealClosed,
    AppealStepsOpen,
    AppealUnchanged,
    HandlerInvolved,
    NothingToAnnul,
    ProposalDecided,
    ReasonLengthWrong,
)
from exams.jobs import sweep_annulments
from exams.models import Annulment, Attempt, Incident, Result
from publications.actions import approve_publication
from publications.models import Publication
from publications.queries.snapshots import parsed
from tests.exams.after import GRADED_AT, SYSTEM, attempt_of, graded_stage, hand_in, published, regulator, reviewer
from tests.factories.actors import actor_of, make_actor
from tests.factories.exams import NOW, lease, make_stage, right_answers, send, wire
from tests.factories.registry import make_authority
from tests.publications.actions.test_key_corrections import publish

pytestmark = pytest.mark.django_db
PUBLISHED_AT = GRADED_AT + timedelta(days=1)
SOON = PUBLISHED_AT + timedelta(hours=1)
REASON = "监控录像显示该纸条不是考生的"
GROUNDS = "纸条不是我的，请调取监控录像核对"
SCORE, INVALID = Annulment.Effect.SCORE, Annulment.Effect.INVALID


def accuse(stage, index=0, now=NOW):
    """Misconduct recorded by the invigilator, signed by a regulator; returns who signed."""
    candidate = stage.candidates[index].public_id
    incident = record_incident(
        stage.invigilator, candidate, kind=Incident.Kind.MISCONDUCT, description="桌上有纸条", now=now
    )
    second = regulator(stage)
    sign_misconduct(second, incident.public_id, now=now)
    return second


def appealed(stage, index=0):
    """Filed, and taken by a reviewer, who is returned with the appeal."""
    row = file_appeal(stage.actor(index), stage.candidates[index].public_id, grounds=GROUNDS, now=SOON)
    handler = reviewer(stage)
    take_appeal(handler, row.public_id, now=SOON)
    return row, handler


@pytest.fixture
def stage():
    """A passer whose misconduct was signed after the exam."""
    stage = graded_stage(0, pass_mark=Decimal("8.00"))
    accuse(stage, now=GRADED_AT)
    published(stage, now=PUBLISHED_AT)
    return stage


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def annul(stage, handler, row, effect=SCORE):
    annulment = propose_annulment(handler, row.public_id, effect=effect, reason=REASON, now=SOON)
    return decide_annulment(
        regulator(stage), annulment.public_id, approve=True, note="同意，证据充分，予以撤销", now=SOON
    )


def results(stage, index=0):
    return list(Result.objects.filter(candidate=stage.candidates[index]).values_list("outcome", "score"))


def test_misconduct_taken_back_gives_the_score_back_and_publication_and_certificate_follow(time_machine, commit):
    stage = graded_stage(0, pass_mark=Decimal("8.00"))
    candidate = stage.candidates[0]
    time_machine.move_to(PUBLISHED_AT, tick=False)
    accuse(stage, now=GRADED_AT)
    publish(stage, commit, PUBLISHED_AT)
    assert not Certificate.objects.exists()
    row, handler = appealed(stage)

    with commit():
        annul(stage, handler, row)
    candidate.refresh_from_db()
    assert (candidate.state, candidate.score) == ("passed", Decimal("10.00"))
    assert [outcome for outcome, _score in results(stage)] == ["passed", "misconduct", "passed"]
    with commit():
        answer_appeal(
            handler, row.public_id, outcome=AppealState.CHANGED, answer="违纪认定已撤销，成绩恢复。", now=SOON
        )

    put = Publication.objects.get(state=Publication.State.PROPOSED)
    assert (put.proposed_by, put.correction_note) == (None, "经成绩复核更正")
    from_now = Publication.objects.get(state=Publication.State.PUBLISHED)
    assert [line.state for line in parsed(from_now.snapshot.content).rows] == ["misconduct"]
    assert candidate.person.name not in put.correction_note
    with commit():
        approve_publication(reviewer(stage), put.public_id, snapshot_sha256=put.snapshot.sha256, now=SOON)
    corrected = Publication.objects.get(state=Publication.State.PUBLISHED)
    assert [line.state for line in parsed(corrected.snapshot.content).rows] == ["passed"]
    assert Certificate.objects.get().person == candidate.person


def test_stopped_paper_counts_as_far_as_it_was_written(commit):
    stage = make_stage(people=2, pass_mark=Decimal("8.00"))
    stage.open()
    attempt = stage.start(0)
    answers = dict(list(right_answers(attempt).items())[:2])
    lease(attempt)
    send(attempt, *(wire(seq, item, answers[item]) for seq, item in enumerate(sorted(answers), start=1)))
    other = hand_in(stage.start(1), {})
    grade_attempt(SYSTEM, other.pk, reason="after closing", now=NOW)
    accuse(stage)
    assert Attempt.objects.get(pk=attempt.pk).state == "void"
    with commit():
        close_sitting(SYSTEM, stage.sitting.public_id, now=GRADED_AT)
    finish_grading(SYSTEM, stage.exam_round.public_id, now=GRADED_AT)
    published(stage, now=PUBLISHED_AT)
    row, handler = appealed(stage)

    with commit():
        annul(stage, handler, row)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.answers, attempt.finished_at) == ("timed_out", answers, NOW)
    assert attempt.final_receipt
    outcome, score = results(stage)[-1]
    assert (outcome, score > 0) == ("failed", True)
    stage.candidates[0].refresh_from_db()
    # who is below the pass mark is called to the makeup like everybody else
    assert (stage.candidates[0].state, stage.candidates[0].sitting_number) == ("makeup", 2)


def test_invalid_instead_of_a_cut_short_score_leads_to_the_makeup(stage, commit):
    row, handler = appealed(stage)
    with commit():
        annul(stage, handler, row, effect=INVALID)
    assert results(stage)[-1] == ("invalid", None)
    stage.candidates[0].refresh_from_db()
    assert (stage.candidates[0].state, stage.candidates[0].score) == ("makeup", None)


def test_annulment_takes_two_who_had_no_part_in_the_misconduct(stage):
    row = file_appeal(stage.actor(0), stage.candidates[0].public_id, grounds=GROUNDS, now=SOON)
    handler = reviewer(stage)
    with pytest.raises(NotAllowed):
        propose_annulment(handler, row.public_id, effect=SCORE, reason=REASON, now=SOON)
    take_appeal(handler, row.public_id, now=SOON)
    for stranger in (stage.actor(0), stage.invigilator, make_actor("regulator", authority=make_authority())):
        with pytest.raises(NotFound):
            propose_annulment(stranger, row.public_id, effect=SCORE, reason=REASON, now=SOON)
    for reason in ("", "短", " \n" * 30, "长" * 1001):
        with pytest.raises(ReasonLengthWrong):
            propose_annulment(handler, row.public_id, effect=SCORE, reason=reason, now=SOON)
    annulment = propose_annulment(handler, row.public_id, effect=SCORE, reason=REASON, now=SOON)
    with pytest.raises(NothingToAnnul):
        propose_annulment(handler, row.public_id, effect=INVALID, reason=REASON, now=SOON)

    def decide(actor):
        return decide_annulment(actor, annulment.public_id, approve=True, note="同意撤销，理由充分属实", now=SOON)

    signer = Incident.objects.get().signed_by
    with pytest.raises(SameApprover):
        decide(handler)
    with pytest.raises(HandlerInvolved):
        decide(actor_of(signer))
    with pytest.raises(NotFound):
        decide(stage.invigilator)
    with pytest.raises(AppealStepsOpen):
        answer_appeal(handler, row.public_id, outcome=AppealState.UPHELD, answer="维持原来的认定，理由如下。", now=SOON)
    assert results(stage)[-1] == ("misconduct", None)
    decide(regulator(stage))
    with pytest.raises(ProposalDecided):
        decide(regulator(stage))
    assert AuditEntry.objects.filter(action__startswith="exams.annulment").count() == 2


def test_annulment_refused_changes_nothing_and_may_be_put_forward_again(stage):
    row, handler = appealed(stage)
    first = propose_annulment(handler, row.public_id, effect=SCORE, reason=REASON, now=SOON)
    refused = decide_annulment(
        regulator(stage), first.public_id, approve=False, note="录像不清楚，不能说明问题", now=SOON
    )
    assert (refused.state, results(stage)[-1]) == ("refused", ("misconduct", None))
    with pytest.raises(ProposalDecided):
        apply_annulment(SYSTEM, first.pk, now=SOON)
    propose_annulment(handler, row.public_id, effect=SCORE, reason=REASON, now=SOON)
    assert Annulment.objects.count() == 2


def test_annulment_is_of_a_misconduct_in_an_appeal_under_review():
    stage = graded_stage(0, 4)
    published(stage, now=PUBLISHED_AT)
    row, handler = appealed(stage, 1)
    with pytest.raises(NothingToAnnul):
        propose_annulment(handler, row.public_id, effect=SCORE, reason=REASON, now=SOON)
    answer_appeal(handler, row.public_id, outcome=AppealState.UPHELD, answer="已核对，成绩没有变动。", now=SOON)
    with pytest.raises(AppealClosed):
        propose_annulment(handler, row.public_id, effect=SCORE, reason=REASON, now=SOON)


def test_annulment_whose_job_was_lost_is_applied_once_by_the_sweeper(stage):
    row, handler = appealed(stage)
    annulment = annul(stage, handler, row)
    assert results(stage)[-1] == ("misconduct", None)
    with pytest.raises(AppealStepsOpen):
        answer_appeal(
            handler, row.public_id, outcome=AppealState.CHANGED, answer="违纪认定已撤销，成绩恢复。", now=SOON
        )

    assert (sweep_annulments(), sweep_annulments()) == (1, 0)
    assert apply_annulment(SYSTEM, annulment.pk, now=SOON) is True
    assert len(results(stage)) == 3
    with pytest.raises(AppealUnchanged):
        answer_appeal(handler, row.public_id, outcome=AppealState.UPHELD, answer="维持原来的认定，理由如下。", now=SOON)
    assert attempt_of(stage).state == "submitted"
