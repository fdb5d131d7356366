"""Blueprints, and the commitment of the bank that papers are drawn from."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound
from question_bank.domain import blueprint as rules
from question_bank.domain.kinds import MarkingRule, Problem
from question_bank.domain.snapshot import bank_root, snapshot_text
from question_bank.errors import BlueprintInUse, BlueprintInvalid, EnemyOfItself
from question_bank.models import BankSnapshot, Blueprint, BlueprintCell, EnemyPair, KnowledgePoint
from question_bank.policies import can_write_blueprints, can_write_questions
from question_bank.queries import (
    bank_index,
    blueprint_value,
    enemies_in,
    get_blueprint,
    get_question,
    is_in_use,
    lock_blueprint,
)
from registry.models import Authority, Industry

TITLE_CHARS = 80


@transaction.atomic
def create_blueprint(
    actor: Actor,
    authority: Authority,
    title: str,
    *,
    cells: Sequence[rules.Cell],
    marking_rule: MarkingRule = MarkingRule(),  # noqa: B008 - frozen
    tolerance: Decimal | None = None,
    now: datetime,
) -> Blueprint:
    """A new blueprint of the authority; `tolerance` is a share of the total, 0..1. Raises NotAllowed, BlueprintInvalid."""
    _check_may_write(actor, authority.pk)
    _check(authority, title, cells, own=None)
    row = Blueprint.objects.create(
        authority=authority,
        title=title,
        tolerance=tolerance,
        marking_rule=marking_rule.to_json(),
        created_at=now,
        updated_at=now,
    )
    _write_cells(row, cells)
    audit(actor, "blueprint.created", row, details=_summary(cells))
    return row


@transaction.atomic
def change_blueprint(
    actor: Actor,
    blueprint_id: str,
    *,
    title: str,
    cells: Sequence[rules.Cell],
    marking_rule: MarkingRule,
    tolerance: Decimal | None = None,
    now: datetime,
) -> Blueprint:
    """Replaces title, rule, tolerance and cells; what must be included stays with the cell of that code.

    Raises NotFound, NotAllowed, BlueprintInUse, BlueprintInvalid.
    """
    row = lock_blueprint(actor, blueprint_id)
    _check_may_write(actor, row.authority_id)
    if is_in_use(row):
        raise BlueprintInUse
    _check(row.authority, title, cells, own=row.pk)
    row.title, row.marking_rule, row.tolerance, row.updated_at = title, marking_rule.to_json(), tolerance, now
    row.save(update_fields=["title", "marking_rule", "tolerance", "updated_at"])
    required = {cell.code: list(cell.must_include.all()) for cell in row.cells.all()}
    row.cells.all().delete()
    _write_cells(row, cells)
    for cell in row.cells.all():
        cell.must_include.set(required.get(cell.code, []))
    audit(actor, "blueprint.changed", row, details=_summary(cells))
    return row


@transaction.atomic
def archive_blueprint(actor: Actor, blueprint_id: str, *, now: datetime) -> Blueprint:
    """Takes it out of the lists for new rounds. Raises NotFound, NotAllowed."""
    row = lock_blueprint(actor, blueprint_id)
    _check_may_write(actor, row.authority_id)
    row.is_active, row.updated_at = False, now
    row.save(update_fields=["is_active", "updated_at"])
    audit(actor, "blueprint.archived", row)
    return row


@transaction.atomic
def commit_bank_snapshot(actor: Actor, blueprint_id: str, *, now: datetime) -> BankSnapshot:
    """Fixes which versions each cell may draw; the hash goes into the plan of the draw.

    Anybody who may plan with the blueprint may commit. Raises NotFound, BlueprintInvalid, BlueprintInfeasible,
    BlueprintUnbalanced.
    """
    row = get_blueprint(actor, blueprint_id)
    blueprint = blueprint_value(row)
    _refuse(rules.check_blueprint(blueprint))
    bank = bank_index(row.authority, on=timezone.localtime(now).date())
    assembly = rules.assemble(blueprint, bank, enemies_in(row.authority))
    content = assembly.snapshot
    snapshot = BankSnapshot.objects.create(
        blueprint=row,
        content=snapshot_text(content),
        bank_root=bank_root(content),
        item_count=content.item_count,
        figures=assembly.figures.to_json(),
        created_at=now,
    )
    audit(
        actor,
        "bank_snapshot.committed",
        snapshot,
        details={"bank_root": snapshot.bank_root, "items": content.item_count},
    )
    return snapshot


@transaction.atomic
def require_question(
    actor: Actor, cell_id: tuple[str, str], question_id: str, *, required: bool, now: datetime
) -> None:
    """Every paper of the blueprint has this question in the cell (blueprint id, cell code), or no longer.

    For those who may read the question as well as write the blueprint. Raises NotFound, NotAllowed, BlueprintInUse,
    BlueprintInvalid.
    """
    blueprint_id, code = cell_id
    row = lock_blueprint(actor, blueprint_id)
    _check_may_write(actor, row.authority_id)
    question = get_question(actor, question_id)
    if is_in_use(row):
        raise BlueprintInUse
    cell = row.cells.filter(code=code).first()
    if cell is None or question.authority_id != row.authority_id:
        raise NotFound
    if required and (question.current is None or question.current.kind != cell.kind):
        raise BlueprintInvalid(problems=f"该试题的题型与题组“{cell.title}”不符")
    if required and cell.must_include.count() >= cell.count:
        raise BlueprintInvalid(problems=f"题组“{cell.title}”只有 {cell.count} 题，必考题已满")
    (cell.must_include.add if required else cell.must_include.remove)(question)
    row.updated_at = now
    row.save(update_fields=["updated_at"])
    details = {"cell": code, "question": question.public_id, "required": required}
    audit(actor, "blueprint.question_required", row, details=details)


@transaction.atomic
def set_enemies(actor: Actor, question_id: str, other_id: str, *, enemies: bool, now: datetime) -> None:
    """The two questions are never in one paper, or may be again. Raises NotFound, NotAllowed, EnemyOfItself."""
    question, other = get_question(actor, question_id), get_question(actor, other_id)
    for one in (question, other):
        if not can_write_questions(actor, one.authority_id):
            raise NotAllowed
    if question.pk == other.pk or question.authority_id != other.authority_id:
        raise EnemyOfItself
    first, second = sorted((question.pk, other.pk))
    if enemies:
        EnemyPair.objects.get_or_create(
            first_id=first, second_id=second, defaults={"created_by_id": actor.user_id, "created_at": now}
        )
    else:
        EnemyPair.objects.filter(first_id=first, second_id=second).delete()
    audit(actor, "question.enemies_set", question, details={"other": other.public_id, "enemies": enemies})


def _check_may_write(actor: Actor, authority_id: int) -> None:
    if not can_write_blueprints(actor, authority_id):
        raise NotAllowed


def _check(authority: Authority, title: str, cells: Sequence[rules.Cell], *, own: int | None) -> None:
    if not title.strip() or len(title) > TITLE_CHARS:
        raise BlueprintInvalid(problems=f"名称应为 1 至 {TITLE_CHARS} 字")
    if Blueprint.objects.filter(authority=authority, title=title).exclude(pk=own or 0).exists():
        raise BlueprintInvalid(problems=f"已有名为“{title}”的组卷方案，请换一个名称")
    _refuse(rules.check_blueprint(rules.Blueprint(title, tuple(cells))))


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise BlueprintInvalid(problems="；".join(problem.text for problem in problems))


def _write_cells(row: Blueprint, cells: Sequence[rules.Cell]) -> None:
    points = {point.name: point for point in KnowledgePoint.objects.all()}
    industries = {industry.name: industry for industry in Industry.objects.all()}
    for position, cell in enumerate(cells, start=1):
        unknown = [name for name in cell.knowledge_points if name not in points]
        unknown += [name for name in cell.industries if name not in industries]
        if unknown:
            raise BlueprintInvalid(problems=f"题组“{cell.title}”中的“{'、'.join(unknown)}”不存在")
        written = BlueprintCell.objects.create(
            blueprint=row,
            position=position,
            code=cell.code,
            title=cell.title,
            kind=cell.kind,
            count=cell.count,
            mark=cell.mark,
            posts=list(cell.posts),
            difficulty_from=cell.difficulty_from,
            difficulty_to=cell.difficulty_to,
        )
        written.knowledge_points.set(points[name] for name in cell.knowledge_points)
        written.industries.set(industries[name] for name in cell.industries)


def _summary(cells: Sequence[rules.Cell]) -> dict[str, object]:
    return {"cells": [{"code": cell.code, "kind": cell.kind, "count": cell.count, "mark": cell.mark} for cell in cells]}
