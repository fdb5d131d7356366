from datetime import UTC, date, datetime

import pytest

from core.actor import system_actor
from question_bank.actions import ExamHeld, propose_practice, record_item_responses, revise_question, stage_import
from question_bank.domain.kinds.base import MarkingRule
from question_bank.queries.home import navigation_for, tasks_for
from tests.factories.question_bank import make_draft, make_question
from tests.question_bank.actions.test_statistics import answers_of

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FILE = "题型,题干,选项A,选项B,答案,知识点\n单选,安全生产工作的方针是什么,甲,乙,A,方针\n".encode()


def told(world, name):
    return [(task.title, task.count, task.urgency) for task in tasks_for(world.actor(name), NOW)]


@pytest.fixture
def bank(world):
    make_question(world.authority)
    make_question(world.authority, state="in_review")
    make_question(world.authority, state="approved", valid_until=date(2026, 11, 22))
    make_question(world.authority, state="approved", valid_until=date(2026, 11, 23))
    make_question(world.other_authority, state="in_review")
    stage_import(world.actor("trainer"), world.authority, ("a.csv", FILE), pool="exam", now=NOW)
    return world


def test_trainer_is_told_about_drafts_expiry_and_open_imports(bank):
    assert told(bank, "trainer") == [
        ("处理过期试题", 1, "overdue"),
        ("提交试题草稿", 1, "info"),
        ("确认试题导入", 1, "info"),
    ]


def test_reviewer_is_told_what_waits_in_own_bank(bank):
    assert told(bank, "reviewer") == [("审核试题", 1, "due")]


@pytest.mark.parametrize("name", ["candidate", "regulator", "auditor", "system_admin"])
def test_nobody_else_is_told_anything(bank, name):
    assert told(bank, name) == []


def test_empty_bank_asks_for_nothing(world):
    assert told(world, "trainer") == told(world, "reviewer") == []


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("trainer", ["试题", "导入试题", "组卷方案", "试题分析", "转入练习题库", "知识点", "法规变化"]),
        ("reviewer", ["试题", "组卷方案", "试题分析", "转入练习题库", "知识点", "法规变化", "查看记录"]),
        ("regulator", ["组卷方案", "试题分析", "题库规则"]),
        ("candidate", []),
        ("auditor", ["查看记录"]),
    ],
)
def test_navigation_shows_only_what_the_role_can_do(world, name, titles):
    assert [item.title for item in navigation_for(world.actor(name))] == titles


class TestFiguresThatAct:
    @pytest.fixture
    def analysed(self, world):
        """Eight questions; the last sorts people the wrong way round, and its key is beaten."""
        questions = [make_question(world.authority, state="approved") for _ in range(8)]
        exam = ExamHeld("round/x/1", world.authority, "抽考", date(2026, 11, 23), MarkingRule())
        record_item_responses(system_actor("tests"), exam, answers_of(questions, backwards=[7]), now=NOW)
        return questions

    def test_a_suspect_key_is_on_the_regulators_desk_before_publication(self, world, analysed):
        assert told(world, "regulator") == [("核对存疑的答案", 1, "due")]
        assert told(world, "other_regulator") == []

    def test_the_reviewer_looks_at_what_is_held_and_at_proposals(self, world, analysed):
        propose_practice(world.actor("trainer"), analysed[0].public_id, reason="曝光", now=NOW)

        assert told(world, "reviewer") == [
            ("核对存疑的答案", 1, "due"),
            ("复核暂停使用的试题", 1, "due"),
            ("审批转入练习题库", 1, "due"),
        ]

    def test_a_revision_ends_it_for_everybody(self, world, analysed):
        revise_question(world.actor("trainer"), analysed[7].public_id, make_draft(), seen_version=1, now=NOW)

        assert told(world, "regulator") == told(world, "reviewer") == []
