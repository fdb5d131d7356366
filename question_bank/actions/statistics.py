"""Figures of an exam come in, and act: quarantine, suspect keys, counters; then somebody looks and settles."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from question_bank.actions.rules import propose_overexposed
from question_bank.domain.kinds.base import MarkingRule
from question_bank.domain.statistics.report import (
    BELOW_CHANCE,
    KEY_BEATEN,
    NEGATIVE,
    WATCH_CHANCE,
    WATCH_NEGATIVE,
    ItemFigures,
    Report,
    analyse,
)
from question_bank.domain.statistics.table import Response
from question_bank.errors import CommentMissing, FlagSettled
from question_bank.models import ItemAnalysis, ItemFlag, ItemStatistic, ItemUse, QuestionVersion
from question_bank.policies import can_review_questions
from question_bank.queries import latest_statistics_of, lock_flag, version_contents, versions_by_ref
from registry.models import Authority

BATCH: Final = 500
_KIND_OF_REASON: Final = {
    NEGATIVE: ItemFlag.Kind.QUARANTINE,
    BELOW_CHANCE: ItemFlag.Kind.QUARANTINE,
    KEY_BEATEN: ItemFlag.Kind.KEY_SUSPECT,
    WATCH_NEGATIVE: ItemFlag.Kind.WATCH,
    WATCH_CHANCE: ItemFlag.Kind.WATCH,
}


@dataclass(frozen=True, slots=True)
class ExamHeld:
    """Which exam the responses are of. `occasion` names it for its room, for ever the same: `round/<id>/1`."""

    occasion: str
    authority: Authority
    title: str
    held_on: date
    rule: MarkingRule


def record_item_responses(
    actor: Actor, exam: ExamHeld, responses: Sequence[Response], *, now: datetime
) -> ItemAnalysis | None:
    """Computes and keeps the figures of an exam, raises flags, counts how often each version was seen.

    The same responses again change nothing; others (after a regrade) make a further analysis of the same occasion.
    None where nobody answered, or where figures of this exam were recorded from the same responses.
    """
    refs = {response.item for response in responses}
    report = analyse(responses, version_contents(refs), exam.rule)
    if report is None:
        return None
    # Computed outside, so that the lock is not held for seconds.
    with transaction.atomic():
        return _record(actor, exam, report, now=now)


def _record(actor: Actor, exam: ExamHeld, report: Report, *, now: datetime) -> ItemAnalysis | None:
    items, figures = report.items, _plain(asdict(report.paper))
    authority = Authority.objects.select_for_update().get(pk=exam.authority.pk)
    last = ItemAnalysis.objects.filter(occasion=exam.occasion).order_by("-number").first()
    rows = versions_by_ref(item.item for item in items)
    if last is not None and last.figures == figures and _unchanged(last, items, rows):
        return None
    analysis = ItemAnalysis.objects.create(
        authority=authority,
        occasion=exam.occasion,
        number=last.number + 1 if last else 1,
        title=exam.title[:120],
        held_on=exam.held_on,
        people=report.paper.people,
        figures=figures,
        computed_at=now,
    )
    kept = [item for item in items if item.item in rows]
    statistics = ItemStatistic.objects.bulk_create(
        [_statistic(analysis, rows[item.item], item) for item in kept], batch_size=BATCH
    )
    flags = [
        flag
        for statistic, item in zip(statistics, kept, strict=True)
        for flag in _flags(statistic, item.flags, now=now)
    ]
    flags = _not_settled_before(flags)
    ItemFlag.objects.bulk_create(flags, batch_size=BATCH)
    count_uses([rows[item.item] for item in kept])
    proposals = propose_overexposed(actor, authority, now=now)
    details = {"occasion": exam.occasion, "people": report.paper.people, "items": len(kept), "flags": len(flags)}
    details["proposals"] = len(proposals)
    audit(actor, "item_analysis.recorded", analysis, details=details)
    return analysis


def _statistic(analysis: ItemAnalysis, version: QuestionVersion, item: ItemFigures) -> ItemStatistic:
    return ItemStatistic(
        analysis=analysis,
        version=version,
        responses=item.responses,
        facility=_exact(item.facility),
        chance=_exact(item.chance),
        discrimination=_decimal(item.discrimination),
        item_total=_decimal(item.item_total),
        rasch=None if item.rasch is None else Decimal(f"{max(-99, min(99, item.rasch.difficulty)):.3f}"),
        figures=_plain(item.to_json()) | {"flags": list(item.flags)},
    )


def _exact(value: float) -> Decimal:
    return Decimal(f"{value:.4f}")


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else _exact(value)


def _plain(value: Mapping[str, object]) -> dict[str, object]:
    """As JSON would give it back, floats to six places: noise of another processor is no news."""
    return {name: _plain_value(found) for name, found in value.items()}


def _plain_value(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Mapping):
        return _plain(value)
    return [_plain_value(one) for one in value] if isinstance(value, list | tuple) else value


def _unchanged(last: ItemAnalysis, items: Sequence[ItemFigures], rows: Mapping[str, QuestionVersion]) -> bool:
    before = dict(last.statistics.values_list("version_id", "figures"))
    after = {
        rows[item.item].pk: _plain(item.to_json()) | {"flags": list(item.flags)} for item in items if item.item in rows
    }
    return before == after


def _flags(statistic: ItemStatistic, reasons: Sequence[str], *, now: datetime) -> list[ItemFlag]:
    by_kind: dict[str, list[str]] = {}
    for reason in reasons:
        by_kind.setdefault(_KIND_OF_REASON[reason], []).append(reason)
    return [
        ItemFlag(statistic=statistic, version=statistic.version, kind=kind, reasons=found, raised_at=now)
        for kind, found in by_kind.items()
    ]


def _not_settled_before(flags: Sequence[ItemFlag]) -> list[ItemFlag]:
    """Somebody has looked at a regraded exam's flag already, or it is still open: not raised again."""
    if not flags:
        return []
    known = set(
        ItemFlag.objects.filter(
            version__in=[flag.version_id for flag in flags],
            statistic__analysis__occasion=flags[0].statistic.analysis.occasion,
        ).values_list("version_id", "kind")
    )
    return [flag for flag in flags if (flag.version_id, str(flag.kind)) not in known]


def count_uses(versions: Sequence[QuestionVersion]) -> None:
    """Writes the counters of the versions anew from their statistics; part of the caller's transaction."""
    found = latest_statistics_of([version.pk for version in versions])
    uses = []
    for version in versions:
        statistics = found.get(version.pk, [])
        uses.append(
            ItemUse(
                version=version,
                papers=sum(one.responses for one in statistics),
                occasions=len(statistics),
                fraction_sum=sum((one.facility * one.responses for one in statistics), Decimal(0)),
                last_on=max((one.analysis.held_on for one in statistics), default=None),
            )
        )
    ItemUse.objects.bulk_create(
        uses,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["version"],
        update_fields=["papers", "occasions", "fraction_sum", "last_on"],
    )


@transaction.atomic
def settle_flag(actor: Actor, flag_id: str, *, comment: str, now: datetime) -> ItemFlag:
    """A reviewer has looked: the version may be drawn again, or its key stands, for the reason given.

    A question that is at fault is revised or retired instead, which ends the matter by itself. Raises NotFound,
    NotAllowed, FlagSettled, CommentMissing.
    """
    flag = lock_flag(actor, flag_id)
    if not can_review_questions(actor, flag.version.question.authority_id):
        raise NotAllowed
    if flag.settled_at is not None:
        raise FlagSettled
    if len(comment.strip()) < 2:
        raise CommentMissing
    flag.settled_at, flag.settled_by_id, flag.comment = now, actor.user_id, comment.strip()
    flag.save(update_fields=["settled_at", "settled_by", "comment"])
    details = {"kind": flag.kind, "version": flag.version.number, "reasons": flag.reasons}
    audit(actor, "item_flag.settled", flag.version.question, details=details, reason=comment)
    return flag
