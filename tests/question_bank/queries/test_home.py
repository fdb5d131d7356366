from datetime import UTC, date, datetime

import pytest

from question_bank.actions import stage_import
from question_bank.queries.home import navigation_for, tasks_for
from tests.factories.question_bank import make_question

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
    [("trainer", ["试题", "导入试题", "组卷方案"]), ("reviewer", ["试题", "组卷方案"]), ("regulator", ["组卷方案"]), ("candidate", []), ("auditor", [])],
)  # fmt: skip
def test_navigation_shows_only_what_the_role_can_do(world, name, titles):
    assert [item.title for item in navigation_for(world.actor(name))] == titles
