"""Blueprints, what the bank holds for them, and committed snapshots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from core.actor import Actor
from core.errors import NotAllowed, NotFound
from question_bank.domain import blueprint as rules
from question_bank.domain.content import Content
from question_bank.domain.kinds import MarkingRule, rule_from_json
from question_bank.domain.snapshot import BankSnapshot as SnapshotContent
from question_bank.domain.snapshot import ItemRef, sample_items, snapshot_from_text
from question_bank.models import BankSnapshot, Blueprint, BlueprintCell, Pool, Question, QuestionState
from question_bank.policies import can_read_blueprints, reachable_blueprints
from question_bank.queries.questions import version_contents
from registry.models import Authority


@dataclass(frozen=True, slots=True)
class SampleItem:
    """A question of a sample paper: its public id, and what it says with its key."""

    question_id: str
    content: Content


def check_may_read_blueprints(actor: Actor) -> None:
    """Raises NotAllowed for those who do not plan papers."""
    if not can_read_blueprints(actor):
        raise NotAllowed


def blueprints_for(actor: Actor) -> QuerySet[Blueprint]:
    """The blueprints that the actor may plan with, with their cells."""
    return (
        Blueprint.objects.filter(reachable_blueprints(actor))
        .select_related("authority")
        .prefetch_related("cells__knowledge_points", "cells__industries")
    )


def get_blueprint(actor: Actor, blueprint_id: str) -> Blueprint:
    """One of `blueprints_for`, by public id. Raises NotFound."""
    try:
        return blueprints_for(actor).get(public_id=blueprint_id)
    except Blueprint.DoesNotExist:
        raise NotFound


def lock_blueprint(actor: Actor, blueprint_id: str) -> Blueprint:
    """The same, locked for update. Raises NotFound."""
    try:
        return (
            Blueprint.objects.select_for_update(of=("self",))
            .filter(reachable_blueprints(actor))
            .select_related("authority")
            .get(public_id=blueprint_id)
        )
    except Blueprint.DoesNotExist:
        raise NotFound


def is_in_use(blueprint: Blueprint) -> bool:
    """Whether a plan was committed on it, so that it must stay as it is."""
    return blueprint.snapshots.exists()


def blueprint_value(blueprint: Blueprint) -> rules.Blueprint:
    """The blueprint as a plain value."""
    return rules.Blueprint(blueprint.title, tuple(_cell_value(cell) for cell in blueprint.cells.all()))


def _cell_value(cell: BlueprintCell) -> rules.Cell:
    return rules.Cell(
        code=cell.code,
        title=cell.title,
        kind=cell.kind,
        count=cell.count,
        mark=cell.mark,
        knowledge_points=tuple(point.name for point in cell.knowledge_points.all()),
        difficulty_from=cell.difficulty_from,
        difficulty_to=cell.difficulty_to,
        industries=tuple(industry.name for industry in cell.industries.all()),
        posts=tuple(cell.posts),
    )


def marking_rule_of(blueprint: Blueprint) -> MarkingRule:
    """The rule that its papers print."""
    return rule_from_json(blueprint.marking_rule)


def bank_items(authority: Authority, *, on: date) -> list[rules.Item]:
    """What may be drawn into official papers on a day: approved, in the exam pool, still valid. In order of their ids."""
    questions = Question.objects.filter(
        Q(current__valid_until=None) | Q(current__valid_until__gte=on),
        authority=authority,
        pool=Pool.EXAM,
        state=QuestionState.APPROVED,
    )
    rows = questions.order_by("public_id").values_list(
        "public_id",
        "current__number",
        "current__content_sha256",
        "current__kind",
        "current__knowledge_point__name",
        "current__difficulty",
        "current__industry__name",
        "current__posts",
    )
    return [
        rules.Item(ItemRef(item, number, sha256), kind, point, difficulty, industry or "", tuple(posts))
        for item, number, sha256, kind, point, difficulty, industry, posts in rows
    ]


def blueprint_feasibility(blueprint: Blueprint, *, on: date) -> tuple[rules.CellFeasibility, ...]:
    """The table shown before use: what each cell asks and what the bank of the blueprint's authority holds on a day."""
    return rules.feasibility(blueprint_value(blueprint), bank_items(blueprint.authority, on=on))


def cells_feasibility(
    authority: Authority,
    cells: Sequence[rules.Cell],
    *,
    on: date,
) -> tuple[rules.CellFeasibility, ...]:
    """The same for cells that are not saved yet."""
    return rules.feasibility(rules.Blueprint("", tuple(cells)), bank_items(authority, on=on))


def snapshot_content(snapshot: BankSnapshot) -> SnapshotContent:
    """A committed snapshot as a plain value."""
    return snapshot_from_text(snapshot.content)


def snapshots_of(blueprint: Blueprint) -> QuerySet[BankSnapshot]:
    """The commitments made on a blueprint, newest first, without their content."""
    return blueprint.snapshots.defer("content")


def sample_paper(blueprint: Blueprint, seed: str, *, on: date) -> list[tuple[rules.Cell, list[SampleItem]]]:
    """One paper that the blueprint could give on a day, with keys, for those who may read questions.

    Raises BlueprintInfeasible.
    """
    value = blueprint_value(blueprint)
    snapshot = rules.build_snapshot(value, bank_items(blueprint.authority, on=on))
    drawn = sample_items(snapshot, seed)
    contents = version_contents(item.ref for _, items in drawn for item in items)
    cells = {cell.code: cell for cell in value.cells}
    return [(cells[cell.code], [SampleItem(item.item, contents[item.ref]) for item in items]) for cell, items in drawn]
