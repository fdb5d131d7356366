from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from question_bank.domain.content import Content, Option
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.exporting import WRITERS, writer_for
from question_bank.domain.importing.check import check_import
from question_bank.domain.importing.formats import parse_file
from question_bank.domain.kinds.true_false import OPTIONS
from question_bank.errors import UnknownFormat

ABCD = tuple(Option(letter, f"选项内容{letter}") for letter in "abcd")
FULL = QuestionDraft(
    Content("single_choice", "=1+1 等于几？", (Option("a", "-2"), Option("b", "+2"), Option("c", "@2")), ["b"], "＝是等号\n第二行"),
    "算术", Decimal("0.35"), "建筑施工", ("principal", "other"), "《安全生产法》第三条", "2021", date(2027, 1, 2), Decimal("1.50"), "自编", "'备注",
)  # fmt: skip
DRAFTS = [
    FULL,
    QuestionDraft(Content("multiple_choice", "多选题的题干在这里", ABCD, ["a", "c"]), "点"),
    QuestionDraft(Content("multiple_choice", "不定项题只有一个答案", ABCD, ["d"]), "点"),
    QuestionDraft(Content("true_false", "判断题的题干在此处", OPTIONS, ["f"]), "点"),
]


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_round_trip_gives_equal_questions(name):
    data = WRITERS[name].write(DRAFTS)

    report = check_import(parse_file(data, f"a.{name}"), industries=["建筑施工"], bank=())

    assert report.rejected == ()
    assert list(report.drafts.values()) == DRAFTS


def test_nothing_selected_is_a_file_with_a_header():
    assert WRITERS["csv"].write([]).decode("utf-8-sig").startswith("题型,题干,选项A")


def test_order_and_bytes_are_stable():
    assert WRITERS["xlsx"].write(DRAFTS) == WRITERS["xlsx"].write([replace(draft) for draft in DRAFTS])


def test_unknown_format_is_refused():
    with pytest.raises(UnknownFormat):
        writer_for("pdf")
