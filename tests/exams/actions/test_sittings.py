"""Opening, starting, closing, absence, misconduct, rescue: each with the refusal beside it."""

import json
from datetime import timedelta

import pytest

from core.actor import REGULATOR, system_actor
from core.crypto import seal
from core.errors import NotAllowed, NotFound, SameApprover
from core.models import AuditEntry
from exams.actions import (
    check_in,
    close_sitting,
    confirm_attendance,
    create_makeup,
    open_sitting,
    record_incident,
    sign_misconduct,
    start_attempt,
    upload_rescue_file,
)
from exams.domain.states import AttemptState, CandidateState, RoundState
from exams.errors import (
    AccessRefused,
    BankChanged,
    CandidateNotInState,
    OpeningCodeWrong,
    ReasonMissing,
    RescueFileWrong,
    RoundNotInState,
    SittingNotInState,
    SittingStillRunning,
    SittingWindowPassed,
)
from exams.models import AnswerEvent, Attempt, Incident, Paper, Result
from exams.queries.bank import key_place
from tests.exams.domain.bank import make_bank
from tests.factories.actors import make_actor
from tests.factories.exams import CID, NOW, items_of, lease, make_round, make_stage, right_answers, wire

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("tests")


@pytest.fixture
def stage(db):
    return make_stage(people=2)


def start(stage, code, index=0, now=NOW):
    return start_attempt(stage.actor(index), stage.candidates[index].public_id, opening_code=code, now=now)


# Opening


def test_open_makes_a_code_opens_the_round_and_leaves_an_entry(stage):
    sitting = stage.open()
    stage.exam_round.refresh_from_db()
    assert (sitting.state, sitting.opening_code.isdecimal(), stage.exam_round.state) == ("open", True, RoundState.OPEN)
    assert stage.exam_round.draw.enlarging_ended_at == NOW
    assert AuditEntry.objects.filter(action="exams.sitting_opened").count() == 1
    assert sitting.opening_code not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_open_twice_or_after_the_end_is_refused(stage):
    with pytest.raises(SittingWindowPassed):
        stage.open(now=stage.sitting.hard_end_at)
    stage.open()
    with pytest.raises(SittingNotInState):
        stage.open()


def test_open_by_staff_of_another_authority_is_not_found(stage):
    with pytest.raises(NotFound):
        open_sitting(
            make_actor(REGULATOR, authority=make_stage().exam_round.authority), stage.sitting.public_id, now=NOW
        )


def test_open_with_another_key_than_the_plan_committed_is_refused(stage):
    stage.exam_round.paper_key_sealed = seal("f" * 64, **key_place(stage.exam_round))
    stage.exam_round.save()
    with pytest.raises(BankChanged):
        stage.open()
    stage.sitting.refresh_from_db()
    assert (stage.sitting.state, stage.sitting.opening_code) == ("planned", "")


def test_open_with_another_bank_than_the_plan_committed_is_refused(stage):
    other = make_round(authority=stage.exam_round.authority, quarter=3, bank=make_bank(singles=5))
    stage.exam_round.bank_snapshot = other.bank_snapshot
    stage.exam_round.save()
    with pytest.raises(BankChanged):
        stage.open()


def test_open_the_makeup_before_the_results_are_there_is_refused(stage):
    with pytest.raises(RoundNotInState):
        open_sitting(stage.invigilator, stage.makeup.public_id, now=NOW)


# Starting


def test_start_freezes_a_paper_and_the_clock(stage):
    attempt = start(stage, stage.open().opening_code)
    stage.candidates[0].refresh_from_db()
    assert (attempt.state, attempt.opened_at, attempt.deadline) == ("open", NOW, NOW + timedelta(minutes=60))
    assert (stage.candidates[0].state, Paper.objects.count()) == (CandidateState.SITTING, 1)
    assert len(json.loads(attempt.paper.content)["items"]) == 7


def test_start_with_a_wrong_code_is_refused_and_freezes_nothing(stage):
    stage.open()
    with pytest.raises(OpeningCodeWrong):
        start(stage, "000000" if stage.sitting.opening_code != "000000" else "000001")
    assert not Attempt.objects.exists()


def test_start_online_asks_for_no_code(stage):
    stage.sitting.asks_code = False
    stage.sitting.save()
    stage.open()
    assert start(stage, "").state == "open"


@pytest.mark.parametrize(
    ("minutes", "reason"),
    [(-2, "too_early"), (30, "last_start_passed"), (80, "hard_end_passed")],
)
def test_start_outside_the_window_is_refused_with_its_reason(stage, minutes, reason):
    code = stage.open().opening_code
    with pytest.raises(AccessRefused) as refusal:
        start(stage, code, now=NOW + timedelta(minutes=minutes))
    assert refusal.value.params["reason"] == reason


def test_start_before_the_doors_open_is_refused(stage):
    with pytest.raises(AccessRefused) as refusal:
        start(stage, "")
    assert refusal.value.params["reason"] == "not_opened"


def test_start_of_somebody_elses_exam_is_not_found(stage):
    code = stage.open().opening_code
    with pytest.raises(NotFound):
        start_attempt(stage.actor(1), stage.candidates[0].public_id, opening_code=code, now=NOW)
    with pytest.raises(NotFound):
        start_attempt(stage.invigilator, stage.candidates[0].public_id, opening_code=code, now=NOW)


# Confirming and checking in


def test_confirm_is_the_persons_own_word(stage):
    candidate = stage.candidates[0]
    assert confirm_attendance(stage.actor(0), candidate.public_id, now=NOW).confirmed_at == NOW
    with pytest.raises(CandidateNotInState):
        confirm_attendance(stage.actor(0), candidate.public_id, now=NOW)
    with pytest.raises(NotAllowed):
        confirm_attendance(stage.regulator, stage.candidates[1].public_id, now=NOW)


def test_check_in_is_the_invigilators(stage):
    candidate = stage.candidates[0]
    with pytest.raises(NotAllowed):
        check_in(stage.actor(0), candidate.public_id, now=NOW)
    assert check_in(stage.invigilator, candidate.public_id, now=NOW).state == CandidateState.CHECKED_IN


# Closing


def test_close_while_somebody_writes_is_refused(stage):
    stage.open()
    stage.start(0)
    with pytest.raises(SittingStillRunning):
        close_sitting(
            stage.invigilator, stage.sitting.public_id, now=stage.sitting.last_start_at + timedelta(seconds=1)
        )


def test_close_while_somebody_may_still_begin_is_refused(stage):
    stage.open()
    with pytest.raises(SittingStillRunning):
        close_sitting(stage.invigilator, stage.sitting.public_id, now=NOW)


def test_close_after_the_last_start_marks_who_never_came(stage):
    stage.open()
    after = stage.sitting.last_start_at + timedelta(seconds=1)
    close_sitting(stage.invigilator, stage.sitting.public_id, now=after)
    assert list(Result.objects.values_list("outcome", "score")) == [("absent", None), ("absent", None)]
    for candidate in stage.candidates:
        candidate.refresh_from_db()
        assert candidate.state == CandidateState.ABSENT


def test_makeup_before_the_round_is_graded_is_refused(stage):
    with pytest.raises(RoundNotInState):
        create_makeup(stage.regulator, stage.exam_round.public_id, now=NOW)


# Misconduct


def misconduct(stage, index=0):
    return record_incident(
        stage.invigilator,
        stage.candidates[index].public_id,
        kind=Incident.Kind.MISCONDUCT,
        description="使用夹带材料",
        now=NOW,
    )


def test_misconduct_counts_once_a_second_person_signed_it(stage):
    stage.open()
    attempt = stage.start(0)
    incident = misconduct(stage)
    stage.candidates[0].refresh_from_db()
    assert stage.candidates[0].state == CandidateState.SITTING
    with pytest.raises(SameApprover):
        sign_misconduct(stage.invigilator, incident.public_id, now=NOW)
    sign_misconduct(stage.regulator, incident.public_id, now=NOW)
    stage.candidates[0].refresh_from_db()
    attempt.refresh_from_db()
    assert (stage.candidates[0].state, attempt.state) == (CandidateState.MISCONDUCT, AttemptState.VOID)
    assert Result.objects.get().outcome == "misconduct"


def test_misconduct_without_words_is_refused(stage):
    with pytest.raises(ReasonMissing):
        record_incident(
            stage.invigilator,
            stage.candidates[0].public_id,
            kind=Incident.Kind.MISCONDUCT,
            description=" ",
            now=NOW,
        )


# The rescue file


@pytest.fixture
def attempt(stage):
    stage.open()
    attempt = stage.start(0)
    lease(attempt)
    return attempt


def rescue_file(attempt, /, **changes):
    right = right_answers(attempt)
    events = [
        {"cid": CID, "epoch": 1, **wire(seq, item, right[item])} for seq, item in enumerate(items_of(attempt), start=1)
    ]
    return json.dumps(
        {"format": "CHOUKAO-RESCUE/1", "attempt": attempt.public_id, "events": events, **changes}
    ).encode()


def rescue(stage, attempt, content):
    return upload_rescue_file(stage.invigilator, attempt.public_id, content, clock=lambda: NOW)


def test_rescue_file_is_stored_like_a_save_and_marked(stage, attempt):
    assert rescue(stage, attempt, rescue_file(attempt)).stored == 7
    assert set(AnswerEvent.objects.values_list("via", flat=True)) == {"file"}
    assert rescue(stage, attempt, rescue_file(attempt)).stored == 7
    assert AnswerEvent.objects.count() == 7


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"attempt": "0" * 32}, "attempt"),
        ({"format": "other"}, "format"),
        ({"events": []}, "events"),
        ({"events": ["x"]}, "events"),
        ({"events": [{"cid": "short", "epoch": 1}]}, "cid"),
        ({"events": [{"cid": CID, "epoch": "1"}]}, "epoch"),
    ],
)
def test_rescue_file_of_another_shape_is_refused_and_stores_nothing(stage, attempt, changes, field):
    with pytest.raises(RescueFileWrong) as refusal:
        rescue(stage, attempt, rescue_file(attempt, **changes))
    assert refusal.value.params == {"field": field}
    assert not AnswerEvent.objects.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b" " * (2 * 1024 * 1024 + 1)])
def test_rescue_file_of_rubbish_is_refused(stage, attempt, content):
    with pytest.raises(RescueFileWrong):
        rescue(stage, attempt, content)


def test_rescue_by_the_candidate_is_not_allowed(stage, attempt):
    with pytest.raises(NotAllowed):
        upload_rescue_file(stage.actor(0), attempt.public_id, rescue_file(attempt), clock=lambda: NOW)
