"""Marks from a frozen key and the effective answers: exact decimals, again and again the same.

Judging belongs to the question kind (`question_bank.domain.kinds`); here only points are given and summed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.scores import mark_for, round_score, total
from exams.errors import PaperDamaged
from question_bank.domain.content import Json
from question_bank.domain.kinds import kind_for
from question_bank.domain.kinds.base import MarkingRule, rule_from_json


@dataclass(frozen=True, slots=True)
class KeyItem:
    """One item of a stored key file: real key, points, and the way back from opaque option ids."""

    id: str
    ref: str
    cell: str
    kind: str
    points: Decimal
    key: Json
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ItemMark:
    """What one item earned. `verdict` is right, partly, wrong or blank; `fraction` is 0..1."""

    id: str
    ref: str
    cell: str
    verdict: str
    fraction: Decimal
    mark: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Grading:
    """A whole paper graded: the marks in the order of item ids, their sum and the sum that was possible."""

    items: tuple[ItemMark, ...]
    score: Decimal
    full: Decimal

    def count(self, verdict: str) -> int:
        return sum(1 for item in self.items if item.verdict == verdict)


def read_key(key: Mapping[str, Json]) -> tuple[tuple[KeyItem, ...], MarkingRule]:
    """The items and the marking rule of a stored key file (PAPER-KEY/1); raises PaperDamaged."""
    items, rule = key.get("items"), key.get("rule")
    if key.get("v") != "PAPER-KEY/1" or not isinstance(items, dict) or not isinstance(rule, dict):
        raise PaperDamaged
    return tuple(_key_item(item_id, items[item_id]) for item_id in sorted(items)), rule_from_json(rule)


def grade_paper(key: Mapping[str, Json], answers: Mapping[str, Json]) -> Grading:
    """Marks of every item. `answers` maps opaque item id to opaque answer; blank items may be absent."""
    items, rule = read_key(key)
    marks = tuple(_mark(item, answers.get(item.id), rule) for item in items)
    return Grading(marks, total(mark.mark for mark in marks), total(item.points for item in items))


def _mark(item: KeyItem, answer: Json, rule: MarkingRule) -> ItemMark:
    kind = kind_for(item.kind)
    # An emptied multiple choice is as blank as one never touched.
    real = kind.map_answer(answer, item.options) if answer else None
    verdict = kind.judge(item.key, real, rule)
    return ItemMark(
        id=item.id,
        ref=item.ref,
        cell=item.cell,
        verdict=verdict.verdict,
        fraction=verdict.fraction,
        mark=mark_for(verdict.fraction, item.points),
        points=item.points,
    )


def _key_item(item_id: str, stored: Json) -> KeyItem:
    if not isinstance(stored, dict):
        raise PaperDamaged
    return KeyItem(
        id=item_id,
        ref=f"{stored['item']}@{stored['version']}",
        cell=str(stored["cell"]),
        kind=str(stored["kind"]),
        points=round_score(Decimal(str(stored["points"]))),
        key=stored["key"],
        options=_options(stored["options"]),
    )


def _options(stored: Json) -> Mapping[str, str]:
    if not isinstance(stored, dict):
        raise PaperDamaged
    return stored
