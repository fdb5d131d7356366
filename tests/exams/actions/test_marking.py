"""Texts that people mark, on a paper with one short answer: blind, by two, a third where they differ."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.errors import NotAllowed, NotFound
from exams.actions import close_sitting, finish_grading, give_mark, grade_attempt
from exams.errors import MarkedAlready, MarkOutOfRange
from exams.jobs import sweep_ungraded
from exams.models import Grading, ManualItem, ManualMark, Round
from exams.queries.marking import blind_text, get_manual_item, next_to_mark, waiting_for, workloads
from question_bank.domain.content import Content
from question_bank.domain.snapshot import BankSnapshot, ItemRef, SnapshotCell
from question_bank.domain.versions import content_sha256
from tests.exams.after import GRADED_AT, SYSTEM, hand_in, item_of_kind, reviewer
from tests.exams.domain.bank import make_bank
from tests.factories.accounts import make_role
from tests.factories.actors import make_actor
from tests.factories.exams import NOW, make_stage, right_answers
from tests.factories.registry import make_authority

pytestmark = pytest.mark.django_db
TEXT = "先切断电源，再报告班组长"


def bank_with_text():
    snapshot, contents = make_bank()
    content = Content(
        "short_answer",
        "发现冲床漏电，应当怎么办？",
        (),
        {
            "reference": "断电（3分）\n报告（2分）",
            "rubric": [{"text": "断电", "points": "3"}, {"text": "报告", "points": "2"}],
        },
    )
    ref = ItemRef("q00", 1, content_sha256(content))
    cell = SnapshotCell("Q", "简答", "short_answer", 1, Decimal(5), (ref,))
    return BankSnapshot((*snapshot.cells, cell)), {**contents, ref.ref: content}


@pytest.fixture
def stage():
    stage = make_stage(bank=bank_with_text(), pass_mark=Decimal(13))
    stage.open()
    attempt = stage.start(0)
    text = item_of_kind(attempt, "short_answer")
    answers = {item: given for item, given in right_answers(attempt).items() if item != text}
    hand_in(attempt, {**answers, text: [f"1={TEXT}"]})
    assert grade_attempt(SYSTEM, attempt.pk, reason="after closing", now=NOW) is None
    return stage


def marker(stage, role="trainer"):
    return make_actor(role, authority=stage.exam_round.authority)


def test_paper_with_a_text_waits_for_markers_and_the_round_with_it(stage):
    (row,) = ManualItem.objects.all()
    assert (row.state, row.points, row.attempt.graded_at) == ("open", Decimal("5.00"), None)
    close_sitting(SYSTEM, stage.sitting.public_id, now=GRADED_AT)
    assert finish_grading(SYSTEM, stage.exam_round.public_id, now=GRADED_AT) is False
    assert sweep_ungraded() == 0
    assert ManualItem.objects.count() == 1


def test_two_markers_who_agree_decide_and_the_paper_is_graded(stage, django_capture_on_commit_callbacks):
    row = ManualItem.objects.get()
    first, second = marker(stage), reviewer(stage)
    assert [(one.total, one.done, one.mine) for one in workloads(first)] == [(1, 0, 1)]

    give_mark(first, row.public_id, mark=Decimal(4), comment="缺一步", now=NOW)
    assert next_to_mark(first, stage.exam_round.public_id) is None
    assert next_to_mark(second, stage.exam_round.public_id) == row
    with pytest.raises(MarkedAlready):
        give_mark(first, row.public_id, mark=Decimal(5), now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        give_mark(second, row.public_id, mark=Decimal(3), now=NOW)

    row.refresh_from_db()
    assert (row.state, row.fraction) == ("done", Decimal("0.7"))
    assert Grading.objects.get().score == Decimal("13.50")
    stage.candidates[0].refresh_from_db()
    assert (stage.candidates[0].state, stage.candidates[0].score) == ("passed", Decimal("13.50"))
    assert grade_attempt(SYSTEM, row.attempt_id, reason="again", now=NOW).number == 1
    with pytest.raises(MarkedAlready):
        give_mark(marker(stage), row.public_id, mark=Decimal(5), now=NOW)


def test_two_markers_who_differ_are_decided_by_a_third(stage, django_capture_on_commit_callbacks):
    row = ManualItem.objects.get()
    give_mark(marker(stage), row.public_id, mark=Decimal(1), now=NOW)
    give_mark(marker(stage), row.public_id, mark=Decimal(5), now=NOW)
    row.refresh_from_db()
    assert (row.state, Grading.objects.count()) == ("third", 0)
    third = marker(stage)
    assert blind_text(third, get_manual_item(third, row.public_id)).needs_third

    with django_capture_on_commit_callbacks(execute=True):
        give_mark(third, row.public_id, mark=Decimal(4), now=NOW)

    assert Grading.objects.get().score == Decimal("14.50")
    assert list(ManualMark.objects.values_list("slot", "mark")) == [(1, 1), (2, 5), (3, 4)]


def test_desk_is_blind(stage):
    row = ManualItem.objects.get()
    actor = marker(stage)
    give_mark(reviewer(stage), row.public_id, mark=Decimal(2), comment="甲的评语", now=NOW)

    seen = blind_text(actor, get_manual_item(actor, row.public_id))

    shown = replace(seen, row=None)
    person = stage.candidates[0].person
    assert TEXT in str(shown)
    assert "断电" in str(shown)
    assert not any(secret in str(shown) for secret in (person.name, stage.candidates[0].public_id, "甲的评语", "slot"))


def test_marks_out_of_range_and_strangers_are_refused(stage):
    row = ManualItem.objects.get()
    for mark in ("5.5", "-1", "0.3"):
        with pytest.raises(MarkOutOfRange):
            give_mark(marker(stage), row.public_id, mark=Decimal(mark), now=NOW)
    for stranger in (make_actor("trainer", authority=make_authority()), stage.regulator, stage.actor(0)):
        with pytest.raises(NotFound):
            give_mark(stranger, row.public_id, mark=Decimal(1), now=NOW)
        assert not waiting_for(stranger).exists()
    make_role(stage.user(), "trainer", authority=stage.exam_round.authority)
    own = stage.actor(0)
    with pytest.raises((NotFound, NotAllowed)):
        give_mark(own, row.public_id, mark=Decimal(5), now=NOW)
    assert not ManualMark.objects.exists()
    assert Round.objects.count() == 1
