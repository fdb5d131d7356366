"""What markers read above a candidate's text."""

from exams.domain.items import asked_at
from question_bank.domain.content import Content
from question_bank.domain.kinds import kind_for

CASE = kind_for("case").with_key(
    Content("case", "某企业未办理动火审批即焊接储罐。", (), None),
    "1.【判断 1分】作业前应办理审批\n答案：正确\n2.【简答 3分】直接原因是什么\n答案：未审批即动火（3分）",
)


def test_a_text_of_a_case_is_read_below_its_own_question():
    assert CASE is not None

    assert asked_at(CASE, "2.1") == "某企业未办理动火审批即焊接储罐。\n\n（2）直接原因是什么"


def test_a_text_of_any_other_kind_is_read_below_the_stem():
    assert asked_at(Content("short_answer", "怎样组织应急演练？", (), None), "1") == "怎样组织应急演练？"
