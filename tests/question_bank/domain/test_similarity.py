from hypothesis import given
from hypothesis import strategies as st

from question_bank.domain.content import Content, Option
from question_bank.domain.similarity import THRESHOLD, Near, near_duplicates, normal_text, similarity


def text(stem, *options, kind="single_choice"):
    return normal_text(
        Content(kind, stem, tuple(Option("abcdefgh"[index], option) for index, option in enumerate(options)), [])
    )


STEM = "生产经营单位的主要负责人未履行安全生产管理职责导致发生一般事故的，处上一年年收入百分之（ ）的罚款。"
OPTIONS = ("四十", "六十", "八十", "一百")


def test_punctuation_width_case_and_option_order_do_not_matter():
    assert text("ＧＢ 6441，分类（　）", "甲", "乙") == text("gb6441分类。", "乙。", "甲")


def test_kinds_are_never_alike():
    assert similarity(text("x" * 30, kind="single_choice"), text("x" * 30, kind="true_false")) == 0.0


def test_one_changed_word_is_near():
    assert similarity(text(STEM, *OPTIONS), text(STEM.replace("一般", "较大"), *OPTIONS)) >= THRESHOLD


def test_two_questions_about_one_article_are_not_near():
    other = "发生一般事故的，由应急管理部门对主要负责人处以罚款，其数额按上一年年收入的比例计算，这一比例是（ ）。"

    assert similarity(text(STEM, *OPTIONS), text(other, "百分之三十", "百分之四十", "百分之五十")) < THRESHOLD


def test_bank_and_earlier_rows_are_searched():
    bank = [("bank-1", text(STEM, *OPTIONS))]
    file = [
        ("2", text(STEM, *OPTIONS)),
        ("3", text("完全不同的题目，讲的是消防通道", "甲")),
        ("4", text("完全不同的题目，讲的是消防通道", "甲")),
    ]

    assert near_duplicates(bank, file) == (Near("2", "bank-1", 1.0), Near("4", "3", 1.0))


def test_one_character_texts_are_compared():
    assert near_duplicates([("a", text("甲"))], [("b", text("甲")), ("c", text("乙"))]) == (Near("b", "a", 1.0),)


@given(st.lists(st.text(alphabet="甲乙丙", min_size=1, max_size=12), min_size=1, max_size=12))
def test_prefix_filter_finds_what_comparing_all_pairs_finds(stems):
    entries = [(str(index), text(stem)) for index, stem in enumerate(stems)]
    expected = {
        name
        for index, (name, left) in enumerate(entries)
        if any(similarity(left, right) >= THRESHOLD for _, right in entries[:index])
    }

    assert {near.name for near in near_duplicates([], entries)} == expected
