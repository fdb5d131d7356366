"""Search finds Chinese of any length, in both databases, and only what is asked for."""

import pytest

from question_bank.actions import revise_question
from question_bank.forms import QuestionFilter
from question_bank.queries import questions_for
from tests.factories.question_bank import WRITTEN_AT, make_draft, make_question


def found(world, **query):
    rows = QuestionFilter(query, queryset=questions_for(world.actor("trainer"))).qs
    return {row.current.stem for row in rows}


@pytest.fixture
def bank(world):
    make_question(world.authority, stem="有限空间作业应当先通风、再检测、后作业")
    make_question(world.authority, stem="动火作业须经审批", law_reference="《消防法》第二十一条")
    make_question(world.authority, stem="ABC 干粉灭火器的压力表指针应在绿区内")
    make_question(world.authority, stem="它以“消”结尾，消")
    make_question(world.other_authority, stem="别处的有限空间")
    return world


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("有限空间", {"有限空间作业应当先通风、再检测、后作业"}),
        ("作业", {"有限空间作业应当先通风、再检测、后作业", "动火作业须经审批"}),
        ("通风 检测", {"有限空间作业应当先通风、再检测、后作业"}),
        # Punctuation, width and case do not matter.
        ("先通风再检测", {"有限空间作业应当先通风、再检测、后作业"}),
        ("ａｂｃ干粉", {"ABC 干粉灭火器的压力表指针应在绿区内"}),
        ("火", {"动火作业须经审批", "ABC 干粉灭火器的压力表指针应在绿区内"}),
        # The law is found by its words, and the very last letter of a text is found too.
        ("消防法", {"动火作业须经审批"}),
        ("尾消", {"它以“消”结尾，消"}),
        # The same letters in another order are something else.
        ("空间有限", set()),
        ("量子", set()),
        # Nothing that the database could take for more than letters.
        ("%", None),
        ('" OR "', None),
        ("_", None),
        ("' OR 1=1 --", set()),
    ],
)
def test_words_find_what_contains_them(bank, text, stems):
    everything = {row.current.stem for row in questions_for(bank.actor("trainer"))}

    # A search without letters is no search.
    assert found(bank, text=text) == (everything if stems is None and text != '" OR "' else stems or set())


def test_law_is_compared_as_written(bank):
    assert found(bank, law="《消防法》第二十一条") == {"动火作业须经审批"}
    assert found(bank, law="第二十一") == {"动火作业须经审批"}
    assert found(bank, law="第十二条") == set()


def test_a_revision_is_found_by_its_new_words_alone(world):
    question = make_question(world.authority, stem="旧的说法在这里")

    revise_question(
        world.actor("trainer"), question.public_id, make_draft(stem="新的写法在此处"), seen_version=1, now=WRITTEN_AT
    )

    assert found(world, text="旧的说法") == set()
    assert found(world, text="新的写法") == {"新的写法在此处"}
