"""The marking desk: which texts wait for whom, and what a marker may see of them: nothing of the person."""

import json
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.queries import identity_of_user
from core.actor import Actor
from core.canonical import canonical_sha256
from core.errors import NotFound
from exams.domain.grading import Decided, manual_tasks
from exams.domain.items import ManualTask, asked_at
from exams.models import Candidate, ManualItem, ManualMark, Round
from exams.policies import reachable_marking
from exams.queries.corrections import amendments_of
from question_bank.queries import version_contents


@dataclass(frozen=True, slots=True)
class Workload:
    """One round on the desk: texts in all, decided, and those that wait for this marker."""

    round: Round
    total: int
    done: int
    mine: int


@dataclass(frozen=True, slots=True)
class BlindText:
    """What a marker sees. `number` of `total` counts within what waits for this marker."""

    row: ManualItem
    stem: str
    task: ManualTask
    points: Decimal
    needs_third: bool
    left: int


def manual_items_for(actor: Actor) -> QuerySet[ManualItem]:
    """Texts of rounds at whose authority the actor marks; never of the actor's own papers."""
    rows = ManualItem.objects.filter(reachable_marking(actor))
    if actor.person_id is not None:
        rows = rows.exclude(attempt__candidate__person_id=actor.person_id)
    return rows


def waiting_for(actor: Actor) -> QuerySet[ManualItem]:
    """Texts that this person has not marked yet and that need one more mark; those with a mark first, then by age."""
    waiting = manual_items_for(actor).exclude(state=ManualItem.State.DONE)
    waiting = waiting.exclude(Exists(_same_text(actor.user_id))).exclude(appeal__taken_by_id=actor.user_id)
    return waiting.annotate(given=Count("marks")).order_by("-given", "pk")


def workloads(actor: Actor) -> list[Workload]:
    """Every round with texts to mark, the newest first. Three queries."""
    rows = (
        manual_items_for(actor)
        .values("attempt__sitting__round")
        .annotate(total=Count("pk"), done=Count("pk", filter=Q(state=ManualItem.State.DONE)))
        .order_by()
    )
    counts = {row["attempt__sitting__round"]: (row["total"], row["done"]) for row in rows}
    mine: dict[int, int] = {}
    for pk in waiting_for(actor).values_list("attempt__sitting__round", flat=True):
        mine[pk] = mine.get(pk, 0) + 1
    rounds = Round.objects.filter(pk__in=counts).select_related("authority").order_by("-year", "-quarter", "pk")
    return [Workload(one, *counts[one.pk], mine.get(one.pk, 0)) for one in rounds]


def next_to_mark(actor: Actor, unsafe_round_id: str) -> ManualItem | None:
    """The next text of that round for this marker, or None."""
    return waiting_for(actor).filter(attempt__sitting__round__public_id=unsafe_round_id).first()


def get_manual_item(actor: Actor, unsafe_item_id: str) -> ManualItem:
    """The text of that public id; raises NotFound."""
    rows = manual_items_for(actor).select_related("attempt__paper", "attempt__sitting__round", "attempt__candidate")
    found = rows.filter(public_id=unsafe_item_id).first()
    if found is None:
        raise NotFound
    return found


def lock_manual_item(actor: Actor, unsafe_item_id: str) -> ManualItem:
    """The text, locked; raises NotFound."""
    found = get_manual_item(actor, unsafe_item_id)
    row = ManualItem.objects.select_for_update(of=("self",)).get(pk=found.pk)
    row.attempt = found.attempt
    return row


def blind_text(actor: Actor, row: ManualItem) -> BlindText:
    """The stem, the text and the rubric; raises NotFound when the answer was changed since."""
    attempt = row.attempt
    key = json.loads(attempt.paper.answer_key)
    decided = Decided(amendments_of(attempt.sitting.round_id))
    for item, task in manual_tasks(key, attempt.answers, decided):
        if (item.id, task.place, canonical_sha256(task.answer)) == (row.item, row.place, row.answers_sha256):
            content = version_contents([row.ref]).get(row.ref)
            stem = asked_at(content, task.place) if content else ""
            left = waiting_for(actor).filter(attempt__sitting__round_id=attempt.sitting.round_id).count()
            return BlindText(row, stem, task, row.points, row.state == ManualItem.State.THIRD, left)
    raise NotFound


def barred_from(row: ManualItem) -> frozenset[str]:
    """Who may not mark a text anew: whoever marked it before, and who handles the appeal. Identities of people."""
    if row.generation == 1:
        return frozenset()
    same = {"item": row.item, "place": row.place, "answers_sha256": row.answers_sha256}
    earlier = ManualItem.objects.filter(attempt=row.attempt_id, generation__lt=row.generation, **same)
    marks = ManualMark.objects.filter(manual_item__in=earlier).select_related("marker__person")
    handler = row.appeal.taken_by if row.appeal else None
    return frozenset(identity_of_user(user) for user in (*(one.marker for one in marks), handler) if user)


def texts_of(candidate: Candidate) -> QuerySet[ManualItem]:
    """Every text of a candidate that people marked, the newest marking of each last, with its marks."""
    rows = ManualItem.objects.filter(attempt__candidate=candidate).order_by("attempt_id", "item", "place", "generation")
    return rows.select_related("attempt__sitting").prefetch_related("marks")


def _same_text(user_id: int | None) -> QuerySet[ManualMark]:
    """Marks of that person for the same text, in whatever generation."""
    same = {f"manual_item__{name}": OuterRef(name) for name in ("attempt", "item", "place", "answers_sha256")}
    return ManualMark.objects.filter(marker_id=user_id, **same)


def undecided_of(attempt_pk: int) -> int:
    """How many texts of an attempt still wait."""
    return ManualItem.objects.filter(attempt_id=attempt_pk).exclude(state=ManualItem.State.DONE).count()
