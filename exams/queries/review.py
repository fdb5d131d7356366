"""One's own paper after the publication, as far as the round and the bank let it be seen."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exams.domain.review import (
    Case,
    Review,
    ReviewedItem,
    Stored,
    TopicLine,
    by_topic,
    may_see_items,
    may_see_topics,
    opened,
)
from exams.domain.states import SittingState
from exams.models import Attempt, AttemptState, Candidate, RoundState
from exams.queries.rounds import latest_grading
from question_bank.queries import version_contents, version_topics

_PUBLIC = (RoundState.PUBLISHED, RoundState.ARCHIVED)


@dataclass(frozen=True, slots=True)
class PaperReview:
    """One attempt: sums by knowledge point, and the items, open or not; empty where the round shows scores alone."""

    attempt: Attempt
    score: Decimal
    topics: tuple[TopicLine, ...]
    items: tuple[ReviewedItem, ...]


def reviews_of(candidate: Candidate) -> list[PaperReview]:
    """Every graded attempt of the candidate that may be looked back at; `candidate.round` must be loaded."""
    exam_round = candidate.round
    level, is_published = Review(exam_round.review), exam_round.state in _PUBLIC
    if level is Review.SCORE or not is_published:
        return []
    is_over = not exam_round.sittings.exclude(state=SittingState.CLOSED).exists()
    closed = candidate.attempts.filter(state__in=[AttemptState.SUBMITTED, AttemptState.TIMED_OUT])
    attempts = closed.select_related("paper", "sitting").order_by("pk")
    found = []
    for attempt in attempts:
        case = Case(level, is_published, attempt.graded_at is not None, is_over)
        if may_see_topics(case) and (one := _review(attempt, shows_items=may_see_items(case))) is not None:
            found.append(one)
    return found


def may_review(candidate: Candidate) -> bool:
    """Whether there is anything to look back at beside the score. One query at most."""
    exam_round = candidate.round
    if exam_round.review == Review.SCORE or exam_round.state not in _PUBLIC:
        return False
    return candidate.attempts.exclude(graded_at=None).exists()


def _review(attempt: Attempt, *, shows_items: bool) -> PaperReview | None:
    grading = latest_grading(attempt)
    if grading is None:
        return None
    marks = json.loads(grading.item_marks)
    body = {item["id"]: item for item in json.loads(attempt.paper.content)["items"]}
    keys = json.loads(attempt.paper.answer_key)["items"]
    topics = version_topics(one["ref"] for one in marks.values())
    items = [
        _item(body[item], marks[item], topics.get(marks[item]["ref"], ("", False))[0], points=keys[item]["points"])
        for item in sorted(body, key=lambda item: int(body[item]["number"]))
        if item in marks
    ]
    if shows_items:
        free = {item for item in marks if topics.get(marks[item]["ref"], ("", False))[1]}
        contents = version_contents(marks[item]["ref"] for item in free)
        ids = {int(body[item]["number"]): item for item in body}
        items = [
            opened(one, Stored(body[item], keys[item], attempt.answers.get(item), contents[marks[item]["ref"]]))
            if (item := ids[one.number]) in free and marks[item]["ref"] in contents
            else one
            for one in items
        ]
    return PaperReview(attempt, grading.score, by_topic(items), tuple(items) if shows_items else ())


def _item(body: dict[str, Any], mark: dict[str, Any], topic: str, *, points: str) -> ReviewedItem:
    return ReviewedItem(
        number=int(body["number"]),
        section=str(body["section"]),
        topic=topic,
        verdict=str(mark["verdict"]),
        mark=Decimal(str(mark["mark"])),
        points=Decimal(points),
    )
