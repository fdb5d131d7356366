"""Blueprints, what the bank holds for them, and committed snapshots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from core.actor import Actor
from core.errors import DomainError, NotAllowed, NotFound
from question_bank.domain import blueprint as rules
from question_bank.domain.content import Content
from question_bank.domain.kinds import MarkingRule, rule_from_json
from question_bank.domain.snapshot import BankSnapshot as SnapshotContent
from question_bank.domain.snapshot import ItemRef, sample_items, snapshot_from_text
from question_bank.errors import BlueprintInfeasible, BlueprintUnbalanced
from question_bank.models import BankSnapshot, Blueprint, BlueprintCell, EnemyPair, Pool, Question, QuestionState
from question_bank.policies import can_read_blueprints, reachable_blueprints
from question_bank.queries.questions import version_contents
from question_bank.queries.rules import overexposed, rules_of
from question_bank.queries.statistics import measured_difficulty, quarantined_versions
from registry.models import Authority


@dataclass(frozen=True, slots=True)
class SampleItem:
    """A question of a sample paper: its public id, what it says with its key, and its `item@version`."""

    question_id: str
    content: Content
    ref: str


def check_may_read_blueprints(actor: Actor) -> None:
    """Raises NotAllowed for those who do not plan papers."""
    if not can_read_blueprints(actor):
        raise NotAllowed


def blueprints_for(actor: Actor) -> QuerySet[Blueprint]:
    """The blueprints that the actor may plan with, with their cells."""
    return (
        Blueprint.objects.filter(reachable_blueprints(actor))
        .select_related("authority")
        .prefetch_related("cells__knowledge_points", "cells__industries", "cells__must_include")
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
    return rules.Blueprint(
        blueprint.title, tuple(_cell_value(cell) for cell in blueprint.cells.all()), blueprint.tolerance
    )


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
        must_include=tuple(sorted(question.public_id for question in cell.must_include.all())),
    )


def marking_rule_of(blueprint: Blueprint) -> MarkingRule:
    """The rule that its papers print."""
    return rule_from_json(blueprint.marking_rule)


def bank_items(authority: Authority, *, on: date) -> list[rules.Item]:
    """What may be drawn into official papers on a day: approved, in the exam pool, still valid, not in quarantine, not seen
    too often. In order of their ids.
    """
    limit = rules_of(authority).exposure_limit
    questions = Question.objects.filter(
        Q(current__valid_until=None) | Q(current__valid_until__gte=on),
        authority=authority,
        pool=Pool.EXAM,
        state=QuestionState.APPROVED,
    ).exclude(current__in=quarantined_versions())
    if limit is not None:
        questions = questions.exclude(pk__in=overexposed(authority, limit))
    rows = questions.order_by("public_id").values_list(
        "public_id",
        "current__number",
        "current__content_sha256",
        "current__kind",
        "current__knowledge_point__name",
        "current__difficulty",
        "current__industry__name",
        "current__posts",
        "current__use__papers",
        "current__use__fraction_sum",
    )
    return [_item(row) for row in rows]


def _item(row: tuple[Any, ...]) -> rules.Item:
    item, number, sha256, kind, point, difficulty, industry, posts, papers, earned = row
    seen = papers or 0
    measured = measured_difficulty(seen, earned) if seen else None
    ref = ItemRef(item, number, sha256)
    return rules.Item(ref, kind, point, difficulty, industry or "", tuple(posts), measured, seen)


def bank_index(authority: Authority, *, on: date) -> rules.BankIndex:
    """The same, sorted for building blueprints."""
    return rules.index_bank(bank_items(authority, on=on))


def enemies_in(authority: Authority) -> list[tuple[str, str]]:
    """Pairs of public ids that no paper has together."""
    pairs = EnemyPair.objects.filter(first__authority=authority)
    return list(pairs.values_list("first__public_id", "second__public_id"))


def enemies_of(question: Question) -> list[Question]:
    """The questions that are never in one paper with this one."""
    pairs = EnemyPair.objects.filter(Q(first=question) | Q(second=question)).values_list("first_id", "second_id")
    others = {key for pair in pairs for key in pair} - {question.pk}
    return list(Question.objects.filter(pk__in=others).select_related("current").order_by("pk"))


def cells_requiring(question: Question) -> QuerySet[BlueprintCell]:
    """The cells of blueprints whose every paper has the question."""
    return BlueprintCell.objects.filter(must_include=question).select_related("blueprint")


def cells_for(question: Question) -> QuerySet[BlueprintCell]:
    """Cells of live, unused blueprints of the same authority that could require the question."""
    kind = question.current.kind if question.current else ""
    return (
        BlueprintCell.objects.filter(
            blueprint__authority_id=question.authority_id,
            blueprint__is_active=True,
            blueprint__snapshots=None,
            kind=kind,
        )
        .exclude(must_include=question)
        .select_related("blueprint")
        .order_by("blueprint__title", "position")
    )


def blueprint_feasibility(blueprint: Blueprint, *, on: date) -> tuple[rules.CellFeasibility, ...]:
    """The table shown before use: what each cell asks and what the bank of the blueprint's authority holds on a day."""
    return outlook_of(blueprint, on=on).lines


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a blueprint would give today: the table, what all its papers have in common, or why there are none."""

    lines: tuple[rules.CellFeasibility, ...]
    figures: rules.Figures | None
    refusal: DomainError | None


def outlook_of(blueprint: Blueprint, *, on: date) -> Outlook:
    """The outlook of a saved blueprint on a day."""
    return _outlook(blueprint_value(blueprint), blueprint.authority, on=on)


def cells_outlook(
    authority: Authority, cells: Sequence[rules.Cell], *, tolerance: Decimal | None = None, on: date
) -> Outlook:
    """The same for cells that are not saved yet."""
    return _outlook(rules.Blueprint("", tuple(cells), tolerance), authority, on=on)


def _outlook(value: rules.Blueprint, authority: Authority, *, on: date) -> Outlook:
    bank, enemies = bank_index(authority, on=on), enemies_in(authority)
    lines = rules.feasibility(value, bank, enemies)
    try:
        return Outlook(lines, rules.assemble(value, bank, enemies).figures, None)
    except (BlueprintInfeasible, BlueprintUnbalanced) as refusal:
        return Outlook(lines, None, refusal)


def snapshot_content(snapshot: BankSnapshot) -> SnapshotContent:
    """A committed snapshot as a plain value."""
    return snapshot_from_text(snapshot.content)


def snapshots_of(blueprint: Blueprint) -> QuerySet[BankSnapshot]:
    """The commitments made on a blueprint, newest first, without their content."""
    return blueprint.snapshots.defer("content")


def sample_paper(blueprint: Blueprint, seed: str, *, on: date) -> list[tuple[rules.Cell, list[SampleItem]]]:
    """One paper that the blueprint could give on a day, with keys, for those who may read questions.

    Raises BlueprintInfeasible, BlueprintUnbalanced.
    """
    value = blueprint_value(blueprint)
    bank = bank_index(blueprint.authority, on=on)
    snapshot = rules.build_snapshot(value, bank, enemies_in(blueprint.authority))
    drawn = sample_items(snapshot, seed)
    contents = version_contents(item.ref for _, items in drawn for item in items)
    found: dict[str, list[SampleItem]] = {cell.code: [] for cell in value.cells}
    for stratum, items in drawn:
        # A cell that was cut for balance is `2.1`, `2.2` … in the snapshot.
        found[stratum.code.partition(".")[0]] += [SampleItem(item.item, contents[item.ref], item.ref) for item in items]
    return [(cell, found[cell.code]) for cell in value.cells]
