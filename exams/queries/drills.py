"""Reads of exams that count for nothing: the practice pool they draw from, whose they are, what came of them."""

import json
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from core.actor import INVIGILATOR, REGULATOR, Actor
from core.errors import NotAllowed, NotFound
from core.scores import display
from exams.domain.drills import ITEMS, KINDS, PracticeItem, answers_of, practice_item
from exams.domain.grading import ItemMark, grade_paper
from exams.models import Drill, DrillMode, DrillState
from question_bank.models import Pool, Question, QuestionState
from question_bank.queries import version_contents
from registry.models import Appointment, Authority, Enterprise
from registry.queries import enterprises_for

_MOST_ITEMS: Final = 500


@dataclass(frozen=True, slots=True)
class ReviewedItem:
    """One item after the end: what was asked, chosen and right, and why. Practice items may be shown in full."""

    number: int
    stem: str
    verdict: str
    mark: str
    chosen: tuple[str, ...]
    right: tuple[str, ...]
    explanation: str
    law_reference: str


def practice_items(authority: Authority) -> list[PracticeItem]:
    """Approved items of the practice pool, of this authority if it has enough, else of all: practice is no secret.

    Nothing of the exam pool, not even what was retired: a paper committed earlier may still hold it.
    """
    questions = Question.objects.filter(
        pool=Pool.PRACTICE, state=QuestionState.APPROVED, current__kind__in=KINDS
    ).order_by("public_id")
    own = questions.filter(authority=authority)
    rows = list(
        (own if own.count() >= ITEMS else questions).values_list(
            "public_id", "current__number", "current__content_sha256", "current__law_reference"
        )[:_MOST_ITEMS]
    )
    contents = version_contents([f"{item}@{number}" for item, number, _sha, _law in rows])
    return [
        practice_item((item, number, sha256), contents[f"{item}@{number}"], law_reference=law)
        for item, number, sha256, law in rows
    ]


def drills_for(actor: Actor) -> QuerySet[Drill]:
    """On-the-spot exams of enterprises in reach, for those who hold them."""
    _check_may_hold(actor)
    found = Drill.objects.filter(mode=DrillMode.SPOT, enterprise__in=enterprises_for(actor))
    return found.select_related("person", "enterprise", "opened_by", "authority")


def get_spot_drill(actor: Actor, unsafe_drill_id: str) -> Drill:
    """An on-the-spot exam in reach; raises NotFound, NotAllowed."""
    found = drills_for(actor).filter(public_id=unsafe_drill_id).first()
    if found is None:
        raise NotFound
    return found


def my_drills(actor: Actor) -> QuerySet[Drill]:
    """The person's own, newest first; rehearsals and what an inspector held."""
    if actor.person_id is None:
        return Drill.objects.none()
    return Drill.objects.filter(person_id=actor.person_id).exclude(state=DrillState.WAITING).order_by("-pk")


def find_drill(unsafe_drill_id: str) -> Drill | None:
    """The drill that the caller proved to hold."""
    return Drill.objects.select_related("person", "enterprise", "authority").filter(public_id=unsafe_drill_id).first()


def spot_authority(actor: Actor) -> Authority:
    """The authority in whose name the actor holds on-the-spot exams; raises NotAllowed."""
    _check_may_hold(actor)
    found = Authority.objects.filter(pk__in=actor.authorities(REGULATOR, INVIGILATOR)).order_by("pk").first()
    if found is None:
        raise NotAllowed
    return found


def people_of(enterprise: Enterprise) -> QuerySet[Appointment]:
    """Who holds a post there now."""
    held = Appointment.objects.filter(enterprise=enterprise, valid_to=None)
    return held.select_related("person").order_by("post", "person__name_sort_key")


def review_of(drill: Drill) -> list[ReviewedItem]:
    """Every item with what was chosen and what is right; only of a drill that is over (else NotFound)."""
    if drill.state != DrillState.DONE:
        raise NotFound
    body, key = json.loads(drill.content), json.loads(drill.answer_key)
    answers = answers_of(drill.answers)
    marks = {mark.id: mark for mark in grade_paper(key, answers).items}
    return [_reviewed(item, key, marks[item["id"]], answer=answers.get(item["id"])) for item in body["items"]]


def _check_may_hold(actor: Actor) -> None:
    if not actor.has_role(REGULATOR, INVIGILATOR):
        raise NotAllowed


def _reviewed(item: dict[str, Any], key: dict[str, Any], mark: ItemMark, *, answer: object) -> ReviewedItem:
    own, notes = key["items"][item["id"]], key["notes"][item["id"]]
    right = set(own["key"])
    return ReviewedItem(
        number=item["number"],
        stem=item["stem"],
        verdict=mark.verdict,
        mark=display(mark.mark),
        chosen=_texts(item, set(answer) if isinstance(answer, list) else set()),
        right=_texts(item, {opaque for opaque, real in own["options"].items() if real in right}),
        explanation=notes["explanation"],
        law_reference=notes["law"],
    )


def _texts(item: dict[str, Any], chosen: set[Any]) -> tuple[str, ...]:
    return tuple(f"{option['label']}. {option['text']}" for option in item["options"] if option["id"] in chosen)
