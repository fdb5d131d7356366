from datetime import timedelta

import pytest

from core.errors import NotAllowed, NotFound
from exams.actions import (
    answer_appeal,
    file_appeal,
    record_incident,
    sign_misconduct,
    take_appeal,
    withdraw_appeal,
)
from exams.domain.appeals import AppealState
from exams.errors import (
    AppealClosed,
    AppealExists,
    AppealNotYet,
    AppealTooLate,
    AppealUnchanged,
    HandlerInvolved,
    ReasonLengthWrong,
)
from exams.models import AnswerEvent, Appeal, Incident
from exams.queries.after import after_tasks
from exams.queries.appeals import appeals_for, recounts
from notices.models import Notice
from tests.exams.actions.test_corrections import correct, draft
from tests.exams.after import GRADED_AT, attempt_of, graded_stage, items_of, published, ref_of, regulator, reviewer
from tests.factories.actors import make_actor
from tests.factories.registry import make_authority

pytestmark = pytest.mark.django_db
PUBLISHED_AT = GRADED_AT + timedelta(days=1)
SOON = PUBLISHED_AT + timedelta(hours=1)
GROUNDS = "我认为第三大题的评分有误，请复核"
ANSWER = "已核对作答记录和试卷，重新计算的分数与原成绩一致。"


@pytest.fixture
def stage():
    stage = graded_stage(0, 4)
    published(stage, now=PUBLISHED_AT)
    return stage


def filed(stage, index=1, now=SOON):
    return file_appeal(stage.actor(index), stage.candidates[index].public_id, grounds=GROUNDS, now=now)


def test_appeal_is_filed_taken_and_answered_with_reasons_and_notices(stage):
    row = filed(stage)
    handler = regulator(stage)
    assert [task.title for task in after_tasks(handler, SOON)] == ["处理成绩复核"]

    take_appeal(handler, row.public_id, now=SOON)
    answer_appeal(handler, row.public_id, outcome=AppealState.UPHELD, answer=ANSWER, now=SOON)

    row.refresh_from_db()
    assert (row.state, row.answer, row.taken_by_id, row.answered_by_id) == (
        "upheld", ANSWER, handler.user_id, handler.user_id,
    )  # fmt: skip
    told = Notice.objects.filter(person=stage.candidates[1].person).order_by("pk").values_list("title", flat=True)
    assert list(told) == ["已收到成绩复核申请", "成绩复核结果：维持原成绩"]
    assert after_tasks(handler, SOON) == []


def test_appeal_is_for_the_person_once_and_in_time(stage):
    candidate = stage.candidates[1].public_id
    for grounds in ("", "短", "长" * 1001, " \n " * 40):
        with pytest.raises(ReasonLengthWrong):
            file_appeal(stage.actor(1), candidate, grounds=grounds, now=SOON)
    with pytest.raises(NotFound):
        file_appeal(stage.actor(0), candidate, grounds=GROUNDS, now=SOON)
    with pytest.raises(NotAllowed):
        file_appeal(stage.regulator, candidate, grounds=GROUNDS, now=SOON)
    with pytest.raises(AppealTooLate):
        filed(stage, now=PUBLISHED_AT + timedelta(days=5, seconds=1))
    assert not Appeal.objects.exists()

    row = filed(stage, now=PUBLISHED_AT + timedelta(days=5))
    with pytest.raises(AppealExists):
        filed(stage)
    withdraw_appeal(stage.actor(1), row.public_id, now=SOON)
    with pytest.raises(AppealExists):
        filed(stage)


def test_appeal_before_the_publication_is_refused():
    stage = graded_stage(4)
    with pytest.raises(AppealNotYet):
        filed(stage, 0)


def test_appeal_is_answered_by_somebody_who_had_no_part_in_the_score(stage):
    candidate = stage.candidates[1]
    accuser, second = stage.invigilator, regulator(stage)
    incident = record_incident(
        accuser, candidate.public_id, kind=Incident.Kind.MISCONDUCT, description="夹带", now=PUBLISHED_AT
    )
    sign_misconduct(second, incident.public_id, now=PUBLISHED_AT)
    row = filed(stage)

    with pytest.raises(HandlerInvolved):
        take_appeal(second, row.public_id, now=SOON)
    for stranger in (make_actor("regulator", authority=make_authority()), stage.invigilator, stage.actor(0)):
        with pytest.raises(NotFound):
            take_appeal(stranger, row.public_id, now=SOON)
    handler = reviewer(stage)
    take_appeal(handler, row.public_id, now=SOON)
    with pytest.raises(AppealClosed):
        take_appeal(regulator(stage), row.public_id, now=SOON)
    with pytest.raises(NotAllowed):
        answer_appeal(regulator(stage), row.public_id, outcome=AppealState.UPHELD, answer=ANSWER, now=SOON)


def test_appeal_says_changed_only_after_the_result_changed(stage):
    row = filed(stage)
    handler = regulator(stage)
    with pytest.raises(AppealClosed):
        answer_appeal(handler, row.public_id, outcome=AppealState.UPHELD, answer=ANSWER, now=SOON)
    take_appeal(handler, row.public_id, now=SOON)
    for outcome in (AppealState.WITHDRAWN, AppealState.FILED):
        with pytest.raises(AppealClosed):
            answer_appeal(handler, row.public_id, outcome=outcome, answer=ANSWER, now=SOON)
    with pytest.raises(AppealUnchanged):
        answer_appeal(handler, row.public_id, outcome=AppealState.CHANGED, answer=ANSWER, now=SOON)

    attempt = attempt_of(stage, 1)
    correct(stage, draft(ref_of(attempt, items_of(attempt)[0])), now=SOON)

    with pytest.raises(AppealUnchanged):
        answer_appeal(handler, row.public_id, outcome=AppealState.UPHELD, answer=ANSWER, now=SOON)
    answer_appeal(
        handler, row.public_id, outcome=AppealState.CHANGED, answer="一道题答案更正，成绩相应提高。", now=SOON
    )
    assert Appeal.objects.get().state == "changed"
    # the new result is another one, and may be disputed in its own time
    filed(stage)


def test_recount_agrees_until_the_journal_is_touched(stage):
    candidate = stage.candidates[1]
    assert [one.agrees for one in recounts(candidate)] == [True]

    event = AnswerEvent.objects.filter(attempt__candidate=candidate).last()
    entries = list(AnswerEvent.objects.filter(attempt__candidate=candidate))
    assert event in entries
    attempt_of(stage, 1).__class__.objects.filter(candidate=candidate).update(answers={})

    (found,) = recounts(candidate)
    assert (found.journal_holds, found.paper_holds, found.agrees) == (True, True, False)


def test_appeals_are_listed_for_staff_of_the_round_only(stage):
    row = filed(stage)
    assert list(appeals_for(regulator(stage))) == [row]
    assert list(appeals_for(make_actor("regulator", authority=make_authority()))) == []
    assert list(appeals_for(stage.actor(1))) == []
