"""Kinds with places on a paper: opaque ids out, answers back, marks; nothing of a key on the way."""

import json
from decimal import Decimal

import pytest

from core.canonical import canonical_json
from exams.domain.grading import grade_paper
from exams.domain.messages import Malformed, read_event
from exams.domain.papers import Heading, PaperSeat, build_paper, item_shapes, paper_seed
from question_bank.domain.kinds import KINDS
from question_bank.domain.kinds.base import MarkingRule
from question_bank.domain.snapshot import BankSnapshot, ItemRef, SnapshotCell
from question_bank.domain.versions import content_sha256
from tests.question_bank.domain.test_written_kinds import SAMPLES

SEAT = PaperSeat(seed="5" * 64, opening_code="314159", pid="7" * 64, sitting=1)
PS = paper_seed(bytes(32), SEAT)
RIGHT = {
    "fill_in": ["1=安全第一", "2=预防为主"],
    "numeric": ["unit=m", "value=3.5"],
    "matching": ["a=1", "b=2"],
    "ordering": ["1=c", "2=b", "3=a"],
    "short_answer": ["1=停止作业"],
    "case": ["1=1.b", "2.1=违章动火", "3.a=3.1", "3.b=3.2"],
}
FRACTIONS = {"short_answer": (Decimal(0), "manual"), "case": (Decimal("0.75"), "manual")}


@pytest.fixture(scope="module")
def paper():
    cells = []
    contents = {}
    for code, content in SAMPLES.items():
        ref = ItemRef(f"item-{code}", 1, content_sha256(content))
        contents[ref.ref] = content
        cells.append(SnapshotCell(code, KINDS[code].label, code, 1, Decimal(4), (ref,)))
    heading = Heading("抽考", 60, Decimal(12), MarkingRule())
    return build_paper(PS, BankSnapshot(tuple(cells)), contents, heading=heading)


def item_of(paper, code):
    return next(item for item in paper.body["items"] if item["kind"] == code)


def opaque_answer(paper, code):
    """The right answer as the candidate's page would send it."""
    item = item_of(paper, code)
    real_to_opaque = {real: opaque for opaque, real in paper.key["items"][item["id"]]["options"].items()}
    entries = []
    for entry in RIGHT[code]:
        place, _, value = entry.partition("=")
        head, _, tail = place.partition(".")
        if code == "matching":
            place = real_to_opaque[place]
        elif tail and f"{head}.{tail}" in real_to_opaque:
            place = f"{head}.{real_to_opaque[f'{head}.{tail}']}"
        entries.append(f"{place}={real_to_opaque.get(value, value)}")
    return entries


@pytest.mark.parametrize("code", RIGHT)
def test_right_answer_in_opaque_ids_is_read_and_judged(paper, code):
    item = item_of(paper, code)
    raw = {"seq": 1, "item": item["id"], "answer": opaque_answer(paper, code), "ms": 1, "mono": 1}
    event = read_event(raw, item_shapes(paper.body))

    assert not isinstance(event, Malformed)
    mark = next(mark for mark in grade_paper(paper.key, {item["id"]: event.answer}).items if mark.id == item["id"])
    assert (mark.fraction, mark.verdict) == FRACTIONS.get(code, (Decimal(1), "right"))


def test_paper_tells_nothing_of_a_key_and_prints_how_marks_are_earned(paper):
    text = json.dumps(paper.body, ensure_ascii=False)

    for secret in ("安全第一", "停止作业", "违章动火", "±", '"key"', "reference", "tolerance"):
        assert secret not in text
    assert "匹配题按配对正确的比例得分" in paper.body["rule"]
    real = {option for stored in paper.key["items"].values() for option in stored["options"].values()}
    shown = {
        entry["id"] for item in paper.body["items"] for side in ("options", "targets") for entry in item.get(side, ())
    }
    assert not shown & real
    assert canonical_json(paper.body) == paper.content


@pytest.mark.parametrize("answer", [["1"], ["99=x"], {"1": "x"}, ["1=" + "长" * 201], ["1=甲", "1=乙"]])
def test_answer_to_places_that_are_not_there_is_a_conflict(paper, answer):
    item = item_of(paper, "fill_in")
    event = read_event({"seq": 1, "item": item["id"], "answer": answer, "ms": 1, "mono": 1}, item_shapes(paper.body))

    assert isinstance(event, Malformed)
    assert event.code == "answer_malformed"


def test_answer_is_stored_in_one_spelling(paper):
    item = item_of(paper, "fill_in")
    shapes = item_shapes(paper.body)
    both = [
        read_event({"seq": 1, "item": item["id"], "answer": answer, "ms": 1, "mono": 1}, shapes).answer_sha256
        for answer in (["2=乙", "1=甲"], ["1=甲", "2=乙"])
    ]

    assert both[0] == both[1]
