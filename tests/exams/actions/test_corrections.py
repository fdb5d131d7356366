from datetime import timedelta
from decimal import Decimal

import pytest

from core.audit import first_break
from core.errors import NotAllowed, NotFound, SameApprover
from core.models import AuditEntry, LogLeaf
from exams.actions import (
    CorrectionDraft,
    apply_key_correction,
    approve_key_correction,
    preview_key_correction,
    propose_key_correction,
    record_incident,
    refuse_key_correction,
    sign_misconduct,
)
from exams.domain.grading import Policy
from exams.domain.states import CandidateState
from exams.errors import (
    CorrectionChanged,
    CorrectionExpired,
    CorrectionPending,
    ItemNotInRound,
    KeyNotUnderstood,
    ProposalDecided,
    ReasonLengthWrong,
    RoundNotInState,
)
from exams.jobs import sweep_corrections
from exams.models import Candidate, Grading, Incident, KeyCorrection, Result
from exams.queries import results_of_round
from exams.queries.corrections import items_of_round
from tests.exams.after import (
    GRADED_AT,
    SYSTEM,
    attempt_of,
    graded_stage,
    item_of_kind,
    published,
    real_key,
    ref_of,
    regulator,
    reviewer,
)
from tests.factories.actors import make_actor
from tests.factories.exams import NOW, items_of, make_stage
from tests.factories.registry import make_authority

pytestmark = pytest.mark.django_db
LATER = GRADED_AT + timedelta(hours=1)


def draft(ref, policy=Policy.FULL_MARKS, key_text="", **over):
    fields = {"reason": "题干引用的条文已修订", "public_note": "一道试题答案有误，已更正", **over}
    return CorrectionDraft(ref, policy, key_text, **fields)


def standings(stage):
    return [
        (state, score) for state, score in Candidate.objects.filter(round=stage.exam_round).order_by("pk")
        .values_list("state", "score")
    ]  # fmt: skip


def correct(stage, wanted, now=LATER):
    """Proposed by a reviewer, approved by a regulator, applied."""
    row = propose_key_correction(reviewer(stage), stage.exam_round.public_id, wanted, now=now)
    approve_key_correction(regulator(stage), row.public_id, difference_sha256=row.difference_sha256, now=now)
    apply_key_correction(SYSTEM, row.pk, now=now)
    row.refresh_from_db()
    return row


@pytest.fixture
def stage():
    # 10 points, pass at 6: one all right, one with four of seven wrong
    return graded_stage(0, 4)


def test_full_marks_for_an_item_that_was_wrong_adds_rows_and_rewrites_none(stage):
    attempt = attempt_of(stage, 1)
    ref = ref_of(attempt, items_of(attempt)[0])
    before = list(Result.objects.order_by("pk").values_list("pk", "outcome", "score"))

    row = correct(stage, draft(ref))

    assert list(Result.objects.order_by("pk").values_list("pk", "outcome", "score"))[: len(before)] == before
    last = Grading.objects.filter(attempt=attempt).last()
    first = Grading.objects.filter(attempt=attempt).first()
    assert (last.number, last.reason, last.answers_sha256) == (
        2,
        f"key correction {row.public_id}",
        first.answers_sha256,
    )
    assert last.score > first.score
    assert last.key_sha256 != first.key_sha256
    assert row.applied_at == LATER
    candidate = Candidate.objects.get(pk=attempt.candidate_id)
    assert candidate.score == last.score
    assert first_break() is None


def test_dry_run_says_what_then_happens_to_each_paper(stage):
    attempt = attempt_of(stage, 1)
    ref = ref_of(attempt, items_of(attempt)[0])
    actor = reviewer(stage)

    for policy in (Policy.FULL_MARKS, Policy.DROP):
        foreseen = preview_key_correction(actor, stage.exam_round.public_id, draft(ref, policy))
        correct(stage, draft(ref, policy))
        for line in foreseen.lines:
            row = Candidate.objects.get(public_id=line.candidate)
            assert (row.score, row.state == "passed") == (line.after, line.passed_after)
    assert KeyCorrection.objects.count() == 2


def test_replaced_key_takes_the_pass_from_those_who_answered_the_old_one():
    stage = graded_stage(0, 0, pass_mark=Decimal("10.00"))
    attempt = attempt_of(stage)
    ref = ref_of(attempt, item_of_kind(attempt, "single_choice"))
    others = {candidate.pk for candidate in stage.candidates if ref in {
        ref_of(attempt_of(stage, index), item) for index, one in enumerate(stage.candidates) if one == candidate
        for item in items_of(attempt_of(stage, index))
    }}  # fmt: skip

    correct(stage, draft(ref, Policy.REPLACE, "A"))

    lost = set(Candidate.objects.filter(round=stage.exam_round, state="failed").values_list("pk", flat=True))
    assert lost == others
    assert attempt.candidate_id in lost
    assert {row.outcome for row in results_of_round(stage.exam_round) if row.candidate.pk in lost} == {"failed"}


def test_accept_also_lowers_nobody_and_raises_who_answered_the_other(stage):
    attempt = attempt_of(stage, 1)
    item = items_of(attempt)[0]
    stored = real_key(attempt)[item]
    given = [real for opaque, real in stored["options"].items() if opaque in attempt.answers[item]]
    spelled = {"t": "正确", "f": "错误"}.get(given[0], given[0].upper())
    before = [score for _state, score in standings(stage)]

    correct(stage, draft(ref_of(attempt, item), Policy.ACCEPT_ALSO, spelled))

    after = [score for _state, score in standings(stage)]
    assert after == [before[0], before[1] + Decimal(stored["points"])]


def test_correction_after_publication_goes_on_the_public_log_without_the_item(stage):
    published(stage)
    attempt = attempt_of(stage, 1)
    ref = ref_of(attempt, items_of(attempt)[0])

    row = correct(stage, draft(ref))

    leaf = LogLeaf.objects.filter(kind="key.corrected").get()
    assert row.difference_sha256 in leaf.content
    assert ref.partition("@")[0] not in leaf.content


def test_approval_is_for_another_person_in_time_and_for_what_was_shown(stage):
    attempt = attempt_of(stage, 1)
    ref = ref_of(attempt, items_of(attempt)[0])
    proposer, approver = reviewer(stage), regulator(stage)
    row = propose_key_correction(proposer, stage.exam_round.public_id, draft(ref), now=LATER)
    shown = row.difference_sha256

    with pytest.raises(SameApprover):
        approve_key_correction(proposer, row.public_id, difference_sha256=shown, now=LATER)
    with pytest.raises(CorrectionChanged):
        approve_key_correction(approver, row.public_id, difference_sha256="0" * 64, now=LATER)
    with pytest.raises(CorrectionExpired):
        approve_key_correction(approver, row.public_id, difference_sha256=shown, now=LATER + timedelta(hours=25))
    for stranger in (make_actor("regulator", authority=make_authority()), stage.invigilator, stage.actor(0)):
        with pytest.raises(NotFound):
            approve_key_correction(stranger, row.public_id, difference_sha256=shown, now=LATER)
    with pytest.raises(CorrectionPending):
        propose_key_correction(proposer, stage.exam_round.public_id, draft(ref), now=LATER)
    assert Grading.objects.filter(attempt=attempt).count() == 1

    approve_key_correction(approver, row.public_id, difference_sha256=shown, now=LATER)
    with pytest.raises(ProposalDecided):
        approve_key_correction(approver, row.public_id, difference_sha256=shown, now=LATER)


def test_approval_refuses_a_dry_run_that_another_correction_made_untrue(stage):
    attempt = attempt_of(stage, 1)
    first, second = (ref_of(attempt, item) for item in items_of(attempt)[:2])
    waiting = propose_key_correction(reviewer(stage), stage.exam_round.public_id, draft(first), now=LATER)
    correct(stage, draft(second))

    with pytest.raises(CorrectionChanged):
        approve_key_correction(
            regulator(stage), waiting.public_id, difference_sha256=waiting.difference_sha256, now=LATER
        )


def test_refused_correction_changes_nothing_and_says_why(stage):
    attempt = attempt_of(stage, 1)
    actor = reviewer(stage)
    row = propose_key_correction(
        actor, stage.exam_round.public_id, draft(ref_of(attempt, items_of(attempt)[0])), now=LATER
    )

    with pytest.raises(ReasonLengthWrong):
        refuse_key_correction(regulator(stage), row.public_id, note="不", now=LATER)
    refuse_key_correction(regulator(stage), row.public_id, note="条文并未修订，原答案无误", now=LATER)

    row.refresh_from_db()
    assert (row.state, row.decision_note) == ("refused", "条文并未修订，原答案无误")
    with pytest.raises(ProposalDecided):
        apply_key_correction(SYSTEM, row.pk, now=LATER)
    assert Grading.objects.filter(attempt=attempt).count() == 1


def test_applying_twice_and_the_sweeper_after_a_crash_add_nothing(stage):
    attempt = attempt_of(stage, 1)
    row = correct(stage, draft(ref_of(attempt, items_of(attempt)[0])))
    gradings, results = Grading.objects.count(), Result.objects.count()

    apply_key_correction(SYSTEM, row.pk, now=LATER)
    KeyCorrection.objects.filter(pk=row.pk).update(applied_at=None)
    assert sweep_corrections() == 1
    assert sweep_corrections() == 0

    assert (Grading.objects.count(), Result.objects.count()) == (gradings, results)


def test_who_waits_for_the_makeup_and_passes_after_all_is_spared_it():
    stage = graded_stage(4)
    attempt = attempt_of(stage)
    Candidate.objects.filter(pk=attempt.candidate_id).update(state=CandidateState.MAKEUP, sitting_number=2)

    for item in items_of(attempt)[:4]:
        correct(stage, draft(ref_of(attempt, item)))

    assert standings(stage) == [("passed", Decimal("10.00"))]


def test_misconduct_is_not_undone_by_a_regrading(stage):
    attempt = attempt_of(stage, 1)
    incident = record_incident(
        stage.invigilator, attempt.candidate.public_id, kind=Incident.Kind.MISCONDUCT, description="夹带", now=LATER
    )
    sign_misconduct(stage.regulator, incident.public_id, now=LATER)

    correct(stage, draft(ref_of(attempt, items_of(attempt)[0])))

    outcomes = {row.candidate.pk: row.outcome for row in results_of_round(stage.exam_round)}
    assert outcomes[attempt.candidate_id] == "misconduct"
    assert Candidate.objects.get(pk=attempt.candidate_id).state == "misconduct"


def test_proposals_are_refused_with_what_is_wrong(stage):
    attempt = attempt_of(stage, 1)
    single = ref_of(attempt, item_of_kind(attempt, "single_choice"))
    actor, exam_round = reviewer(stage), stage.exam_round.public_id

    def attempted(wanted, who=actor, where=exam_round):
        return propose_key_correction(who, where, wanted, now=LATER)

    for key_text in ("", "Z", "B", "甲乙丙", "A、C"):
        with pytest.raises(KeyNotUnderstood):
            attempted(draft(single, Policy.REPLACE, key_text))
    for ref in ("", "nobody@1", "s00", "%@%", "\x00@1"[1:]):
        with pytest.raises(ItemNotInRound):
            attempted(draft(ref))
    for bad in ({"reason": "短"}, {"public_note": "长" * 501}):
        with pytest.raises(ReasonLengthWrong):
            attempted(draft(single, **bad))
    for who in (stage.regulator, stage.invigilator):
        with pytest.raises(NotAllowed):
            attempted(draft(single), who=who)
    with pytest.raises(NotFound):
        attempted(draft(single), who=make_actor("reviewer", authority=make_authority()))
    assert not KeyCorrection.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="exams.key_correction").exists()


def test_proposal_before_the_sitting_is_over_is_refused():
    stage = make_stage()
    stage.open()
    with pytest.raises(RoundNotInState):
        propose_key_correction(reviewer(stage), stage.exam_round.public_id, draft("s00@1"), now=NOW)


def test_items_of_a_round_count_papers_right_answers_and_corrections(stage):
    attempt = attempt_of(stage, 1)
    ref = ref_of(attempt, items_of(attempt)[0])
    correct(stage, draft(ref, Policy.DROP))

    items = {item.ref: item for item in items_of_round(stage.exam_round)}

    assert sum(item.papers for item in items.values()) == 14
    assert items[ref].corrections == 1
    assert all(0 <= item.right_percent <= 100 for item in items.values())
