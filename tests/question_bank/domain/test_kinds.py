from decimal import Decimal

import pytest

from question_bank.domain.content import Content, Option, content_from_json, content_to_json
from question_bank.domain.kinds import KINDS, MarkingRule, Verdict, kind_for, rule_from_json
from question_bank.domain.kinds.base import BLANK, RIGHT, WRONG
from question_bank.domain.kinds.true_false import OPTIONS
from question_bank.errors import AnswerMalformed, ContentMalformed, UnknownKind, UnknownMarkingRule

ABCD = tuple(Option(letter, f"选项内容{letter}") for letter in "abcd")


def content(kind="single_choice", key=("b",), options=ABCD, **over):
    if kind == "true_false":
        options = OPTIONS
    return Content(kind, over.pop("stem", "题干"), options, list(key), **over)


def codes(question):
    return [(problem.place, problem.code) for problem in kind_for(question.kind).validate(question)]


VALID = {
    "single_choice": content("single_choice", ["b"]),
    "multiple_choice": content("multiple_choice", ["a", "c"]),
    "true_false": content("true_false", ["t"]),
}


class TestRegistry:
    def test_unknown_kind_is_refused_by_name(self):
        with pytest.raises(UnknownKind) as refused:
            kind_for("essay")

        assert refused.value.params == {"kind": "essay"}

    @pytest.mark.parametrize("code", VALID)
    def test_each_kind_accepts_its_valid_content(self, code):
        assert codes(VALID[code]) == []

    @pytest.mark.parametrize("code", VALID)
    def test_rendering_shows_neither_key_nor_explanation(self, code):
        secret = "CANARY-KEY"
        question = Content(code, "题干", VALID[code].options, VALID[code].key, explanation=secret)

        rendered = KINDS[code].render(question)

        assert set(rendered) == {"kind", "stem", "options", "input"}
        assert secret not in repr(rendered)

    @pytest.mark.parametrize("code", VALID)
    def test_key_text_is_read_back_as_the_key(self, code):
        question = VALID[code]

        assert list(KINDS[code].read_key(KINDS[code].key_text(question), question)) == question.key

    @pytest.mark.parametrize("code", VALID)
    def test_content_survives_json(self, code):
        assert content_from_json(content_to_json(VALID[code])) == VALID[code]

    @pytest.mark.parametrize(
        "data",
        [
            None,
            [],
            {"kind": 1},
            {"kind": "x", "stem": "y", "options": "ab"},
            {"kind": "x", "stem": "y", "options": [{"id": 1}]},
        ],
    )
    def test_malformed_stored_content_is_refused(self, data):
        with pytest.raises(ContentMalformed):
            content_from_json(data)


class TestValidate:
    @pytest.mark.parametrize(
        ("over", "expected"),
        [
            ({"stem": " "}, ("stem", "stem_empty")),
            ({"stem": "长" * 2001}, ("stem", "stem_too_long")),
            ({"explanation": "长" * 4001}, ("explanation", "explanation_too_long")),
            ({"options": ABCD[:1], "key": ["a"]}, ("options", "options_too_few")),
            ({"options": (*ABCD[:3], Option("d", " "))}, ("options.d", "option_empty")),
            ({"options": (*ABCD[:3], Option("d", "选项内容ａ"))}, ("options.d", "option_repeated")),
            ({"options": (*ABCD[:3], Option("d", "长" * 501))}, ("options.d", "option_too_long")),
            ({"options": tuple(Option(letter, letter) for letter in "abcdefghi")}, ("options", "options_too_many")),
            ({"options": (ABCD[1], ABCD[0])}, ("options", "option_ids")),
            ({"key": []}, ("key", "key_empty")),
            ({"key": ["e"]}, ("key", "key_unknown_option")),
            ({"key": ["a", "b"]}, ("key", "key_too_many")),
        ],
    )
    def test_each_fault_is_named_with_its_place(self, over, expected):
        assert expected in codes(content(**over))

    def test_key_out_of_order_is_refused(self):
        assert codes(content("multiple_choice", ["c", "a"])) == [("key", "key_not_sorted")]

    def test_key_of_another_type_is_refused(self):
        assert codes(Content("single_choice", "题", ABCD, {"a": 1})) == [("key", "key_empty")]

    def test_true_false_with_other_options_is_refused(self):
        assert ("options", "options_fixed") in codes(Content("true_false", "题", ABCD, ["a"]))

    def test_problem_text_fills_in_the_numbers(self):
        [problem] = kind_for("single_choice").validate(content(stem="长" * 2001))

        assert problem.text == "题干不能超过 2000 字，现有 2001 字"


class TestReadAnswer:
    def test_order_and_repetition_do_not_matter(self):
        question = VALID["multiple_choice"]

        assert kind_for("multiple_choice").read_answer(question, ["c", "a", "a"]) == ("a", "c")

    @pytest.mark.parametrize("code", VALID)
    @pytest.mark.parametrize("raw", [None, []])
    def test_nothing_ticked_is_blank(self, code, raw):
        assert KINDS[code].read_answer(VALID[code], raw) is None

    @pytest.mark.parametrize("code", VALID)
    @pytest.mark.parametrize("raw", ["b", 1, True, {"a": 1}, ["z"], [1], [None], [["a"]], ["A"], ["a"] * 9])
    def test_what_cannot_belong_is_refused(self, code, raw):
        with pytest.raises(AnswerMalformed):
            KINDS[code].read_answer(VALID[code], raw)

    @pytest.mark.parametrize("code", ["single_choice", "true_false"])
    def test_two_ticks_where_one_is_possible_are_refused(self, code):
        ids = list(VALID[code].option_ids())[:2]

        with pytest.raises(AnswerMalformed):
            KINDS[code].read_answer(VALID[code], ids)

    def test_mapping_renames_and_sorts(self):
        kind = kind_for("multiple_choice")

        assert kind.map_answer(("x", "y"), {"x": "c", "y": "a"}) == ("a", "c")
        assert kind.map_answer(None, {}) is None
        with pytest.raises(AnswerMalformed):
            kind.map_answer(("z",), {"x": "a"})


class TestJudge:
    @pytest.mark.parametrize(
        ("code", "answer", "expected"),
        [
            ("single_choice", ("b",), RIGHT),
            ("single_choice", ("a",), WRONG),
            ("single_choice", None, BLANK),
            ("multiple_choice", ("a", "c"), RIGHT),
            ("multiple_choice", ("a",), WRONG),
            ("multiple_choice", ("a", "b", "c"), WRONG),
            ("multiple_choice", None, BLANK),
            ("true_false", ("t",), RIGHT),
            ("true_false", ("f",), WRONG),
            ("true_false", None, BLANK),
        ],
    )
    def test_by_default_all_or_nothing(self, code, answer, expected):
        assert KINDS[code].judge(VALID[code].key, answer, MarkingRule()) == expected

    @pytest.mark.parametrize(
        ("rule", "answer", "expected"),
        [
            ("proportional", ("a", "c", "d"), RIGHT),
            ("proportional", ("a", "c"), Verdict(Decimal(2) / 3, "partly")),
            ("proportional", ("a", "b", "c"), Verdict(Decimal(1) / 3, "partly")),
            ("proportional", ("a", "b"), WRONG),
            ("proportional", ("b",), WRONG),
            ("subset", ("a", "c"), Verdict(Decimal("0.5"), "partly")),
            ("subset", ("a", "b"), WRONG),
            ("subset", ("a", "b", "c", "d"), WRONG),
        ],
    )
    def test_partial_credit_follows_the_printed_rule(self, rule, answer, expected):
        assert kind_for("multiple_choice").judge(["a", "c", "d"], answer, MarkingRule(rule)) == expected

    def test_three_thirds_are_exactly_one(self):
        verdicts = kind_for("multiple_choice").judge(["a", "b", "c"], ("a", "b", "c"), MarkingRule("proportional"))

        assert verdicts.fraction == Decimal(1)

    def test_rule_survives_json_and_says_its_percentage(self):
        rule = MarkingRule("subset", Decimal("0.25"))

        assert rule_from_json(rule.to_json()) == rule
        assert "25%" in rule.label

    @pytest.mark.parametrize("data", [{"code": "guess"}, {"code": "subset", "subset_fraction": "1.5"}])
    def test_unknown_rule_is_refused(self, data):
        with pytest.raises(UnknownMarkingRule):
            rule_from_json(data)


class TestReadKey:
    @pytest.mark.parametrize(
        "spelling",
        ["A,B,C", "A、C、B", "ACB", "A|B|C", "1,2,3", "abc", "ＡＢＣ", "a b c", "A；B；C", "A，B，C", "A/B/C", "123",
         "答案：ABC", "正确答案:A、B、C。", "(A)(B)(C)", "A. B. C.", "选ABC", "A和B和C", "A&B&C", "①②③".replace("①②③", "1、2、3")],
    )  # fmt: skip
    def test_every_habit_of_multiple_choice_is_understood(self, spelling):
        assert kind_for("multiple_choice").read_key(spelling, content("multiple_choice")) == ["a", "b", "c"]

    @pytest.mark.parametrize("spelling", ["B", "b", "2", "Ｂ", "B.", "(B)", "（B）", "答案：B", "选项内容b", "B项"])
    def test_every_habit_of_single_choice_is_understood(self, spelling):
        assert kind_for("single_choice").read_key(spelling, content()) == ["b"]

    @pytest.mark.parametrize("spelling", ["", "略", "见教材", "A9", "0", "甲", "A,9", "是"])
    def test_what_is_no_choice_is_not_guessed(self, spelling):
        assert kind_for("single_choice").read_key(spelling, content()) is None

    @pytest.mark.parametrize(
        "spelling", ["正确", "对", "√", "T", "Ｔ", "true", "TRUE", "是", "✓", "Y", "1", "对。", "（√）"]
    )
    def test_true_in_every_habit(self, spelling):
        assert kind_for("true_false").read_key(spelling, VALID["true_false"]) == ["t"]

    @pytest.mark.parametrize("spelling", ["错误", "错", "×", "F", "Ｆ", "false", "否", "✗", "N", "0", "X", "不正确"])
    def test_false_in_every_habit(self, spelling):
        assert kind_for("true_false").read_key(spelling, VALID["true_false"]) == ["f"]

    @pytest.mark.parametrize("spelling", ["", "A", "也许", "2", "正确错误"])
    def test_neither_true_nor_false_is_not_guessed(self, spelling):
        assert kind_for("true_false").read_key(spelling, VALID["true_false"]) is None
