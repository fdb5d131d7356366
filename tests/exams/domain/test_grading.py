from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.domain.grading import grade_paper
from exams.domain.papers import Heading, PaperSeat, build_paper, paper_seed
from exams.errors import PaperDamaged
from question_bank.domain.kinds.base import MarkingRule
from tests.exams.domain.bank import make_bank

SNAPSHOT, CONTENTS = make_bank()
PS = paper_seed(bytes(32), PaperSeat("5" * 64, "1", "7" * 64, 1))


def a_paper(rule=None):
    return build_paper(PS, SNAPSHOT, CONTENTS, heading=Heading("卷", 60, Decimal(6), rule or MarkingRule()))


PAPER = a_paper()
KEYS = PAPER.key["items"]
OPAQUE = {item: {real: opaque for opaque, real in stored["options"].items()} for item, stored in KEYS.items()}


def answer(item, *real):
    return sorted(OPAQUE[item][option] for option in real)


def of_kind(kind):
    return sorted(item for item, stored in KEYS.items() if stored["kind"] == kind)


ALL_RIGHT = {item: answer(item, *stored["key"]) for item, stored in KEYS.items()}


def test_everything_right_earns_the_full_mark():
    grading = grade_paper(PAPER.key, ALL_RIGHT)
    assert (grading.score, grading.full, grading.count("right")) == (Decimal("10.00"), Decimal("10.00"), 7)


def test_nothing_answered_earns_zero_and_counts_as_blank():
    grading = grade_paper(PAPER.key, {})
    assert (grading.score, grading.count("blank"), grading.count("wrong")) == (Decimal("0.00"), 7, 0)


def test_emptied_multiple_choice_is_blank_like_one_never_touched():
    item = of_kind("multiple_choice")[0]
    assert grade_paper(PAPER.key, {item: []}) == grade_paper(PAPER.key, {})


@pytest.mark.parametrize(
    ("rule", "ticked", "mark"),
    [
        (MarkingRule(), "ac", "2.00"),
        (MarkingRule(), "a", "0.00"),
        (MarkingRule(), "abc", "0.00"),
        (MarkingRule("subset"), "a", "1.00"),
        (MarkingRule("subset"), "ab", "0.00"),
        (MarkingRule("subset", Decimal("0.333")), "c", "0.67"),
        (MarkingRule("proportional"), "a", "1.00"),
        (MarkingRule("proportional"), "abc", "1.00"),
        (MarkingRule("proportional"), "abcd", "0.00"),
    ],
)
def test_multiple_choice_earns_what_the_printed_rule_says(rule, ticked, mark):
    paper, item = a_paper(rule), of_kind("multiple_choice")[0]
    assert paper.body["rule"] == rule.label
    assert grade_paper(paper.key, {item: answer(item, *ticked)}).score == Decimal(mark)


@pytest.mark.parametrize(
    ("kind", "right", "wrong", "mark"),
    [("single_choice", "b", "a", "1.00"), ("true_false", "t", "f", "1.50")],
)
def test_single_choice_and_judgement_are_right_or_wrong(kind, right, wrong, mark):
    item = of_kind(kind)[0]
    assert grade_paper(PAPER.key, {item: answer(item, right)}).score == Decimal(mark)
    graded = grade_paper(PAPER.key, {item: answer(item, wrong)})
    assert (graded.score, graded.count("wrong")) == (Decimal("0.00"), 1)


@given(st.dictionaries(st.sampled_from(sorted(KEYS)), st.sampled_from([(), ("a",), ("b",), ("a", "c")])))
def test_grading_again_is_the_same_and_the_sum_of_its_parts(chosen):
    answers = {
        item: sorted(OPAQUE[item][real] for real in reals if real in OPAQUE[item]) for item, reals in chosen.items()
    }
    grading = grade_paper(PAPER.key, answers)
    assert grading == grade_paper(PAPER.key, dict(reversed(answers.items())))
    assert grading.score == sum(item.mark for item in grading.items)
    assert Decimal(0) <= grading.score <= grading.full


@pytest.mark.parametrize(
    "damaged",
    [
        {},
        {"v": "PAPER-KEY/2", "items": {}, "rule": {}},
        {"v": "PAPER-KEY/1", "items": [], "rule": {}},
        {"v": "PAPER-KEY/1", "items": {"x": []}, "rule": {}},
    ],
)
def test_key_file_of_another_shape_is_refused(damaged):
    with pytest.raises(PaperDamaged):
        grade_paper(damaged, {})
