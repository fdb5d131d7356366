"""A graded paper in the bank's own words, for the item statistics: who answered which version how."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exams.domain.grading import KeyItem, read_key
from question_bank.domain.content import Json
from question_bank.domain.kinds import kind_for
from question_bank.domain.statistics.table import Response

__all__ = ["GradedAttempt", "Response", "responses_of"]

# What was taken out of the score, or given to everybody, says nothing about the question.
_SET_ASIDE = frozenset({"dropped", "granted"})


@dataclass(frozen=True, slots=True)
class GradedAttempt:
    """Stored texts of one attempt: the key file, the marks of its last grading, and the answers; no name."""

    person: str
    group: str
    answer_key: str
    item_marks: str
    answers: Mapping[str, Json]


def responses_of(attempt: GradedAttempt) -> Iterator[Response]:
    """Each judged item with its share of the points, and the answer with real option ids. Raises PaperDamaged."""
    marks = json.loads(attempt.item_marks)
    items, _rule = read_key(json.loads(attempt.answer_key))
    for item in items:
        mark = marks.get(item.id)
        if mark is None or mark["verdict"] in _SET_ASIDE or not item.points:
            continue
        yield Response(
            person=attempt.person,
            item=item.ref,
            fraction=float(mark["mark"]) / float(item.points),
            points=float(item.points),
            answer=_real(item, attempt.answers.get(item.id)),
            group=attempt.group,
        )


def _real(item: KeyItem, answer: Json) -> Json:
    return kind_for(item.kind).map_answer(answer, item.options) if answer else None
