"""Kinds whose answers have places: fill-in, numeric, matching, ordering, short answer, case."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.domain.content import Content, Option, content_from_json, content_to_json
from question_bank.domain.kinds import KINDS, ManualTask, MarkingRule, Verdict
from question_bank.domain.kinds.base import Criterion
from question_bank.domain.kinds.case import parts_of
from question_bank.domain.kinds.fill_in import same_form
from question_bank.domain.kinds.places import places_of
from question_bank.domain.kinds.units import converted, read_quantity, read_unit
from question_bank.errors import AnswerMalformed

RULE = MarkingRule()
CASE_TEXT = """1.【单选 2分】谁负全面责任
A. 班组长
B. 主要负责人
答案：B
2.【简答】事故的直接原因是什么
答案：违章动火（2分）
没有监护（1分）
3.【匹配】找出对应的灭火器
A. 电气火灾
B. 油类火灾
答案：A-二氧化碳；B-泡沫；-清水"""


def made(kind, stem="题干", options=(), key=""):
    bare = Content(kind, stem, tuple(Option("abcdefgh"[i], text) for i, text in enumerate(options)), None)
    content = KINDS[kind].with_key(bare, key)
    assert content is not None, key
    return content


SAMPLES = {
    "fill_in": made("fill_in", "坚持____、____的方针", (), "安全第一|安全为先；预防为主"),
    "numeric": made("numeric", "高度是多少", (), "3.5±0.1 m（填单位）"),
    "matching": made("matching", "配对", ("电气火灾", "油类火灾"), "A-二氧化碳；B-泡沫；-清水"),
    "ordering": made("ordering", "排序", ("撤离", "报警", "断电"), "C、B、A"),
    "short_answer": made("short_answer", "怎么办", (), "停止作业（2分）\n撤离（1分）"),
    "case": made("case", "某企业发生火灾", (), CASE_TEXT),
}


def judged(content, *entries):
    kind = KINDS[content.kind]
    verdict = kind.judge(content.key, kind.read_answer(content, list(entries)), RULE)
    return verdict.verdict, verdict.fraction


@pytest.mark.parametrize("code", SAMPLES)
def test_sample_is_valid_and_survives_json_and_its_own_spelling(code):
    content, kind = SAMPLES[code], KINDS[code]

    assert kind.validate(content) == ()
    assert content_from_json(content_to_json(content)) == content
    bare = Content(code, content.stem, content.options, None)
    assert kind.with_key(bare, kind.key_text(content)) == content


@pytest.mark.parametrize("code", SAMPLES)
def test_candidate_sees_no_key(code):
    shown = repr(KINDS[code].render(SAMPLES[code]))

    for secret in ("安全第一", "0.1", "停止作业", "违章动火", "没有监护", "'key'", "reference"):
        assert secret not in shown


@pytest.mark.parametrize("code", SAMPLES)
@pytest.mark.parametrize("raw", [None, []])
def test_blank_answer_is_blank_and_waits_for_nobody(code, raw):
    kind, content = KINDS[code], SAMPLES[code]
    answer = kind.read_answer(content, raw)

    assert answer is None
    assert kind.judge(content.key, answer, RULE) == Verdict(Decimal(0), "blank")
    assert kind.tasks(content.key, answer) == ()


@pytest.mark.parametrize("code", SAMPLES)
@pytest.mark.parametrize(
    "raw", [["99=x"], ["x"], ["1="], "1=a", {"1": "a"}, [1], ["1=a", "1=b"], ["1=\x00"], ["1=\ud800"]]
)
def test_answer_that_cannot_belong_to_the_item_is_refused(code, raw):
    with pytest.raises(AnswerMalformed):
        KINDS[code].read_answer(SAMPLES[code], raw)


class TestFillIn:
    @pytest.mark.parametrize(
        ("entries", "expected"),
        [
            (("1=安全第一", "2=预防为主"), ("right", 1)),
            (("1= 安全 第一。", "2=《预防为主》"), ("right", 1)),
            (("1=安全为先", "2=综合治理"), ("partly", Decimal("0.5"))),
            (("1=预防为主", "2=安全第一"), ("wrong", 0)),
            (("2=预防为主",), ("partly", Decimal("0.5"))),
        ],
    )
    def test_each_blank_earns_its_share(self, entries, expected):
        assert judged(SAMPLES["fill_in"], *entries) == expected

    def test_blanks_in_any_order_are_matched_best(self):
        content = made("fill_in", "列举", (), "不分顺序：甲|乙；甲")

        assert judged(content, "1=甲", "2=乙") == ("right", 1)
        assert judged(content, "1=甲", "2=甲") == ("right", 1)
        assert judged(content, "1=乙", "2=丙") == ("partly", Decimal("0.5"))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("３米", "3.0 m"),
            ("ＡＢＣ", "abc"),
            ("1,000元", "1000 元"),
            ("50％", "50%"),
            ("安全、第一", "安全第一"),
            ("2M", "2m"),
        ],
    )
    def test_spellings_that_mean_the_same(self, one, other):
        assert same_form(one) == same_form(other)

    @pytest.mark.parametrize(("one", "other"), [("3米", "3厘米"), ("1.5", "15"), ("安全", "安全第一"), ("-5℃", "5℃")])
    def test_spellings_that_do_not(self, one, other):
        assert same_form(one) != same_form(other)

    def test_stem_with_another_number_of_blanks_is_refused(self):
        problems = KINDS["fill_in"].validate(made("fill_in", "坚持____的方针", (), "甲；乙"))

        assert [(problem.place, problem.code) for problem in problems] == [("key", "blanks_differ")]


class TestNumeric:
    @pytest.mark.parametrize(
        ("entries", "verdict"),
        [
            (("value=3.5", "unit=m"), "right"),
            (("value=3.6", "unit=米"), "right"),
            (("value=３５０", "unit=cm"), "right"),
            (("value=3.5米",), "right"),
            (("value=3.5",), "wrong"),
            (("value=3.61", "unit=m"), "wrong"),
            (("value=3.5", "unit=kg"), "wrong"),
            (("value=大约三米半",), "wrong"),
        ],
    )
    def test_tolerance_and_unit(self, entries, verdict):
        assert judged(SAMPLES["numeric"], *entries)[0] == verdict

    def test_tolerance_in_percent_and_printed_unit(self):
        content = made("numeric", "压力", (), "2±5% MPa")

        assert [judged(content, f"value={value}")[0] for value in ("2.1", "1.9", "2.11", "2000kPa")] == [
            "right", "right", "wrong", "right",
        ]  # fmt: skip
        assert KINDS["numeric"].render(content)["unit"] == "MPa"

    def test_unit_that_is_printed_needs_no_place(self):
        with pytest.raises(AnswerMalformed):
            KINDS["numeric"].read_answer(made("numeric", "压力", (), "2 MPa"), ["unit=MPa"])

    @pytest.mark.parametrize("text", ["", "很多", "3.5±", "3..5", "±2", "1e5"])
    def test_unreadable_key_is_none(self, text):
        assert KINDS["numeric"].read_key(text, SAMPLES["numeric"]) is None


class TestUnits:
    def test_same_dimension_converts_exactly(self):
        assert converted(Decimal("1.5"), "MPa", "kPa") == 1500
        assert converted(Decimal(1), "MPa", "m") is None
        assert read_unit("立方米") == "m³"
        assert read_unit(" ㎥ ") == "m³"
        assert read_quantity("３．５０ 米") == (Decimal("3.50"), "m")

    @given(st.text(max_size=40))
    def test_any_text_is_read_or_left(self, text):
        quantity = read_quantity(text)
        assert quantity is None or (quantity[0].is_finite() and isinstance(quantity[1], str))


class TestMatchingAndOrdering:
    def test_pairs_earn_their_share(self):
        content = SAMPLES["matching"]

        assert judged(content, "a=1", "b=2") == ("right", 1)
        assert judged(content, "a=1", "b=3") == ("partly", Decimal("0.5"))
        assert judged(content, "b=1") == ("wrong", 0)

    def test_order_earns_by_neighbours(self):
        content = SAMPLES["ordering"]

        assert judged(content, "1=c", "2=b", "3=a") == ("right", 1)
        assert judged(content, "1=b", "2=a", "3=c") == ("partly", Decimal("0.5"))
        assert judged(content, "1=a", "2=b", "3=c") == ("wrong", 0)

    def test_one_option_in_two_places_is_refused(self):
        with pytest.raises(AnswerMalformed):
            KINDS["ordering"].read_answer(SAMPLES["ordering"], ["1=a", "2=a"])

    @pytest.mark.parametrize(("kind", "key"), [("matching", "A-甲"), ("matching", "A-甲；B-甲"), ("ordering", "AB")])
    def test_incomplete_key_is_named(self, kind, key):
        assert [problem.place for problem in KINDS[kind].validate(made(kind, "题", ("甲", "乙", "丙"), key))] == ["key"]


class TestMarkedByPeople:
    def test_short_answer_waits_and_then_counts(self):
        content, kind = SAMPLES["short_answer"], KINDS["short_answer"]
        answer = kind.read_answer(content, ["1=停止作业"])

        assert kind.judge(content.key, answer, RULE) == Verdict(Decimal(0), "manual", Decimal(1))
        assert kind.tasks(content.key, answer) == (
            ManualTask(
                "1", Decimal(1), "停止作业", "停止作业（2分）\n撤离（1分）",
                (Criterion("停止作业", Decimal(2)), Criterion("撤离", Decimal(1))),
            ),
        )  # fmt: skip
        assert kind.judge_marked(content.key, answer, RULE, marks={"1": Decimal("0.5")}) == Verdict(
            Decimal("0.5"), "partly"
        )

    def test_case_weighs_its_parts_and_waits_for_the_text(self):
        content, kind = SAMPLES["case"], KINDS["case"]
        answer = kind.read_answer(content, ["1=1.b", "2.1=违章动火", "3.3.a=3.1"])

        assert kind.judge(content.key, answer, RULE) == Verdict(Decimal("0.625"), "manual", Decimal("0.25"))
        [task] = kind.tasks(content.key, answer)
        assert (task.place, task.share, task.answer) == ("2.1", Decimal("0.25"), "违章动火")
        marked = kind.judge_marked(content.key, answer, RULE, marks={"2.1": Decimal(1)})
        assert marked == Verdict(Decimal("0.875"), "partly")

    def test_case_without_text_is_judged_at_once(self):
        content, kind = SAMPLES["case"], KINDS["case"]

        assert kind.judge(content.key, kind.read_answer(content, ["1=1.b"]), RULE) == Verdict(Decimal("0.5"), "partly")

    def test_case_of_thirds_adds_up_to_one(self):
        text = "\n".join(f"{number}.【判断】对吗{number}\n答案：正确" for number in (1, 2, 3))
        content = made("case", "三问", (), text)

        assert judged(content, "1=1.t", "2=2.t", "3=3.t") == ("right", 1)

    def test_fault_of_a_part_is_named_with_its_number(self):
        content = made("case", "题", (), "1.【单选】问\nA. 甲\nB. 乙\n答案：C")
        [problem] = KINDS["case"].validate(content)

        assert (problem.place, problem.code, problem.params["number"]) == ("key", "part_faulty", 1)

    @pytest.mark.parametrize("text", ["", "没有小题", "1.【名词解释】什么\n答案：x", "1.【单选】问\n答案：看不懂"])
    def test_unreadable_parts_are_none(self, text):
        assert KINDS["case"].with_key(Content("case", "题", (), None), text) is None

    def test_places_and_parts_of_a_case(self):
        shown = KINDS["case"].render(SAMPLES["case"])

        assert set(places_of(shown)) == {"1", "2.1", "3.3.a", "3.3.b"}
        assert [part.weight for part in parts_of(SAMPLES["case"])] == [2, 1, 1]


@pytest.mark.parametrize("code", SAMPLES)
@given(data=st.data())
def test_any_answer_that_fits_is_judged_between_nothing_and_all(code, data):
    kind, content = KINDS[code], SAMPLES[code]
    places = places_of(kind.render(content))
    values = {
        place: data.draw(
            st.sampled_from(sorted(spec.choices))
            if spec.choices
            else st.text("甲乙12.m安全第一", min_size=1, max_size=8)
        )
        for place, spec in places.items()
    }
    raw = [f"{place}={value}" for place, value in values.items()]
    if code == "ordering" and len(set(values.values())) < len(values):
        return
    verdict = kind.judge(content.key, kind.read_answer(content, raw), RULE)

    assert 0 <= verdict.fraction <= 1
    assert verdict.fraction + verdict.waiting <= 1
