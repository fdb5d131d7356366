"""What a candidate may look back at once the result is public: nothing but the score, points by topic, or the paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.scores import total
from exams.domain.items import Content
from question_bank.domain.content import Json
from question_bank.domain.kinds import kind_for


class Review(StrEnum):
    """What the round shows, the weakest first."""

    SCORE = "score"
    POINTS = "points"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class TopicLine:
    """One knowledge point of one paper."""

    topic: str
    items: int
    earned: Decimal
    possible: Decimal

    @property
    def percent(self) -> int:
        return int(100 * self.earned / self.possible) if self.possible else 100


@dataclass(frozen=True, slots=True)
class ReviewedOption:
    """One option as the candidate saw it."""

    label: str
    text: str
    is_given: bool
    is_right: bool


@dataclass(frozen=True, slots=True)
class ReviewedItem:
    """One item of the paper: only its marks while it may be asked again, all of it afterwards."""

    number: int
    section: str
    topic: str
    verdict: str
    mark: Decimal
    points: Decimal
    is_open: bool = False
    stem: str = ""
    options: tuple[ReviewedOption, ...] = ()
    given_text: str = ""
    key_text: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What the decision depends on. `is_over`: no sitting of the round is left in which the bank is used again."""

    level: Review
    is_published: bool
    is_graded: bool
    is_over: bool


def may_see_topics(case: Case) -> bool:
    """Points by knowledge point: published, graded, and the round says so."""
    return case.is_published and case.is_graded and case.level is not Review.SCORE


def may_see_items(case: Case) -> bool:
    """The items themselves, each once the bank has retired it: only when nobody sits any more."""
    return may_see_topics(case) and case.level is Review.FULL and case.is_over


def by_topic(items: Sequence[ReviewedItem]) -> tuple[TopicLine, ...]:
    """Sums, the weakest topic first."""
    topics = sorted({item.topic for item in items})
    lines = [_line(topic, [item for item in items if item.topic == topic]) for topic in topics]
    return tuple(sorted(lines, key=lambda line: (line.percent, line.topic)))


@dataclass(frozen=True, slots=True)
class Stored:
    """What the attempt keeps of one item: as the paper showed it, as the key file judges it, the answer, the content."""

    body: Mapping[str, Json]
    key: Mapping[str, Json]
    answer: Json
    content: Content


def opened(item: ReviewedItem, stored: Stored) -> ReviewedItem:
    """The item with everything; answers that are texts are shown as they were written."""
    mapping = stored.key.get("options")
    real = mapping if isinstance(mapping, dict) else {}
    key, answer, content = stored.key.get("key"), stored.answer, stored.content
    right = set(key) if isinstance(key, list) else set()
    given = set(answer) if isinstance(answer, list) else set()
    shown = stored.body.get("options")
    options = tuple(
        ReviewedOption(
            label=str(option["label"]),
            text=str(option["text"]),
            is_given=option["id"] in given,
            is_right=real.get(option["id"]) in right,
        )
        for option in (shown if isinstance(shown, list) else [])
        if isinstance(option, dict)
    )
    return ReviewedItem(
        number=item.number,
        section=item.section,
        topic=item.topic,
        verdict=item.verdict,
        mark=item.mark,
        points=item.points,
        is_open=True,
        stem=content.stem,
        options=options,
        given_text="" if options else "；".join(text.partition("=")[2] or text for text in sorted(map(str, given))),
        key_text="" if options else kind_for(content.kind).key_text(content),
        explanation=content.explanation,
    )


def _line(topic: str, items: Sequence[ReviewedItem]) -> TopicLine:
    return TopicLine(topic, len(items), total(item.mark for item in items), total(item.points for item in items))
