from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from question_bank.domain.content import Content, Option
from question_bank.domain.draft import QuestionDraft, check_draft
from question_bank.domain.exporting import WRITERS, export_drafts, writer_for
from question_bank.domain.importing import columns
from question_bank.domain.importing.check import check_import
from question_bank.domain.importing.formats import parse_file
from question_bank.domain.importing.formats.lines import UNSORTED
from question_bank.domain.kinds import KINDS
from question_bank.domain.kinds.choices import OPTION_IDS
from question_bank.domain.kinds.true_false import OPTIONS
from question_bank.errors import UnknownFormat
from tests.question_bank.domain.test_written_kinds import SAMPLES

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
    *(QuestionDraft(content, "点") for content in SAMPLES.values()),
]
NAMES = {"qti-2.1": "a.zip", "qti-2.2": "a.zip", "qti-3.0": "a.zip", "moodle-xml": "a.xml", "text": "a.txt"}
PARSED_AS = {"qti-2.1": "qti", "qti-2.2": "qti", "qti-3.0": "qti"}
RESET = {
    columns.DIFFICULTY: {"difficulty": Decimal("0.50")}, columns.INDUSTRY: {"industry": ""}, columns.POSTS: {"posts": ()},
    columns.LAW_REFERENCE: {"law_reference": ""}, columns.LAW_EDITION: {"law_edition": ""},
    columns.VALID_UNTIL: {"valid_until": None}, columns.SOURCE: {"source": ""}, columns.NOTE: {"note": ""},
    columns.MARK: {"mark": Decimal(1)}, columns.KNOWLEDGE_POINT: {"knowledge_point": UNSORTED},
}  # fmt: skip


def carried(draft, name):
    """What the format says it can carry of a draft."""
    if name == "moodle-xml" and draft.content.kind == "ordering":
        # Moodle writes the answers in their right order; which letter an author gave them is not kept.
        texts = [{o.id: o.text for o in draft.content.options}[option] for option in draft.content.key]
        options = tuple(Option(option_id, text) for option_id, text in zip(OPTION_IDS, texts, strict=False))
        draft = replace(draft, content=replace(draft.content, options=options, key=[o.id for o in options]))
    for column in WRITERS[name].loses:
        if column == columns.EXPLANATION:
            draft = replace(draft, content=replace(draft.content, explanation=""))
        draft = replace(draft, **RESET.get(column, {}))
    return draft


def back(drafts, name):
    exported = export_drafts(drafts, name)
    found = parse_file(exported.data, NAMES.get(name, f"a.{name}"), PARSED_AS.get(name, name))
    return exported, check_import(found, industries=["建筑施工"], bank=())


@pytest.mark.parametrize("name", WRITERS)
def test_round_trip_gives_equal_questions_for_what_the_format_carries(name):
    exported, report = back(DRAFTS, name)

    assert report.rejected == ()
    expected = [carried(draft, name) for draft in DRAFTS if WRITERS[name].carries(draft)]
    assert [*report.drafts.values()] == expected
    assert exported.count == len(expected)
    assert bool(exported.losses) == bool(WRITERS[name].loses)


@pytest.mark.parametrize("name", ["csv", "xlsx", "docx", "text"])
def test_own_formats_carry_every_kind(name):
    _exported, report = back(DRAFTS, name)

    assert {draft.content.kind for draft in report.drafts.values()} == set(KINDS)


# Words of people; what a format uses as a sign is among the letters on purpose.
WORDS = (
    st.text(
        st.sampled_from("安全生产法第一二三条应当甲乙丙ABCxy0189=~#{}:%&<>\"'《》、。（）%-+/ "),
        min_size=1,
        max_size=24,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: any(letter.isalnum() for letter in text))
)
PLAIN = st.text("安全生产方针预防为主综合治理应急救援", min_size=2, max_size=10)


@st.composite
def drafts(draw):
    kind = draw(
        st.sampled_from(
            ["single_choice", "multiple_choice", "true_false", "fill_in", "matching", "ordering", "short_answer"]
        )
    )
    stem = f"题干{draw(WORDS)}"
    options = ()
    if kind in {"single_choice", "multiple_choice", "matching", "ordering"}:
        texts = draw(
            st.lists(
                WORDS, min_size=2, max_size=5, unique_by=lambda text: "".join(filter(str.isalnum, text)).casefold()
            )
        )
        options = tuple(Option(option_id, f"项{text}") for option_id, text in zip(OPTION_IDS, texts, strict=False))
    ids = [option.id for option in options]
    bare = Content(kind, stem, OPTIONS if kind == "true_false" else options, None, draw(st.one_of(st.just(""), PLAIN)))
    key = {
        "single_choice": lambda: draw(st.sampled_from(ids)).upper(),
        "multiple_choice": lambda: "、".join(draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))).upper(),
        "true_false": lambda: draw(st.sampled_from(["正确", "错误"])),
        "fill_in": lambda: "|".join(draw(st.lists(PLAIN, min_size=1, max_size=3, unique=True))),
        "matching": lambda: "；".join(f"{one.upper()}-{draw(PLAIN)}{one}" for one in ids),
        "ordering": lambda: "".join(ids).upper(),
        "short_answer": lambda: draw(PLAIN) + "（2分）",
    }[kind]()
    content = KINDS[kind].with_key(bare, key)
    return QuestionDraft(content, draw(PLAIN), mark=Decimal(draw(st.integers(1, 10))))


@pytest.mark.parametrize("name", WRITERS)
@given(draft=drafts())
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
def test_any_question_comes_back_as_it_went(name, draft):
    if check_draft(draft) or not WRITERS[name].carries(draft):
        return
    _exported, report = back([draft], name)

    assert [*report.drafts.values()] == [carried(draft, name)], [problem.text for problem in report.rejected]


def test_nothing_selected_is_a_file_with_a_header():
    assert WRITERS["csv"].write([], {}).decode("utf-8-sig").startswith("题型,题干,选项A")


@pytest.mark.parametrize("name", ["xlsx", "docx", "qti-3.0"])
def test_order_and_bytes_are_stable(name):
    kept = [draft for draft in DRAFTS if WRITERS[name].carries(draft)]

    assert WRITERS[name].write(kept, {}) == WRITERS[name].write([replace(draft) for draft in kept], {})


def test_losses_are_said_by_kind():
    exported = export_drafts(DRAFTS, "aiken")

    assert exported.count == 1
    assert "该格式不能保存这样的判断题，1 道未导出" in [loss.text for loss in exported.losses]


def test_unknown_format_is_refused():
    with pytest.raises(UnknownFormat):
        writer_for("pdf")
