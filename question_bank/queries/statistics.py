"""Analyses of exams, figures of questions, flags that wait; within an actor's reach."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum

from core.actor import REVIEWER, TRAINER, Actor
from core.errors import NotAllowed, NotFound
from question_bank.models import (
    ItemAnalysis,
    ItemFlag,
    ItemStatistic,
    ItemUse,
    Question,
    QuestionState,
    QuestionVersion,
)
from question_bank.policies import can_read_analyses, reachable_analyses, reachable_questions

# From so many answers on, what people did counts more than what the author guessed.
FEWEST_TO_CALIBRATE = 20


def check_may_read_analyses(actor: Actor) -> None:
    """Raises NotAllowed for those who neither plan papers nor write or review questions."""
    if not can_read_analyses(actor):
        raise NotAllowed


def is_readable(actor: Actor, authority_id: int) -> bool:
    """Whether the actor reads the questions, with keys, of this very bank."""
    return actor.is_system or authority_id in actor.authorities(TRAINER, REVIEWER)


def analyses_for(actor: Actor) -> QuerySet[ItemAnalysis]:
    """The newest analysis of each exam that the actor reaches, newest exam first."""
    newest = ItemAnalysis.objects.filter(occasion=OuterRef("occasion")).order_by("-number").values("pk")[:1]
    return ItemAnalysis.objects.filter(reachable_analyses(actor), pk=Subquery(newest)).select_related("authority")


def get_analysis(actor: Actor, analysis_id: str) -> ItemAnalysis:
    """One analysis by public id, older ones of an exam too. Raises NotFound."""
    try:
        return (
            ItemAnalysis.objects.filter(reachable_analyses(actor))
            .select_related("authority")
            .get(public_id=analysis_id)
        )
    except ItemAnalysis.DoesNotExist:
        raise NotFound


def statistics_of_analysis(analysis: ItemAnalysis) -> QuerySet[ItemStatistic]:
    """Its rows with version and question."""
    return analysis.statistics.select_related("version__question", "version__knowledge_point").prefetch_related("flags")


def statistics_of_question(question: Question) -> QuerySet[ItemStatistic]:
    """What each exam said about each version of a question, newest exam first."""
    return (
        ItemStatistic.objects.filter(version__question=question)
        .select_related("analysis", "version")
        .order_by("-analysis__held_on", "-analysis__number")
    )


def latest_statistics_of(version_keys: Iterable[int]) -> dict[int, list[ItemStatistic]]:
    """Version primary key → its row in the newest analysis of each exam."""
    newest: dict[tuple[int, str], ItemStatistic] = {}
    rows = ItemStatistic.objects.filter(version__in=list(version_keys)).select_related("analysis").defer("figures")
    for row in rows.order_by("analysis__number"):
        newest[row.version_id, row.analysis.occasion] = row
    found: dict[int, list[ItemStatistic]] = {}
    for row in newest.values():
        found.setdefault(row.version_id, []).append(row)
    return found


def versions_by_ref(refs: Iterable[str]) -> dict[str, QuestionVersion]:
    """`item@version` → the version, with its question; unknown refs are left out. For figures that are on their way in."""
    wanted = set(refs)
    items = {ref.partition("@")[0] for ref in wanted}
    rows = QuestionVersion.objects.filter(question__public_id__in=items).select_related("question").defer("content")
    found = {f"{row.question.public_id}@{row.number}": row for row in rows}
    return {ref: row for ref, row in found.items() if ref in wanted}


def open_flags() -> Q:
    """Flags that still act: not settled, and about what the question says now, unless it is retired."""
    return Q(settled_at=None, version=F("version__question__current")) & ~Q(
        version__question__state=QuestionState.RETIRED
    )


def flags_of(question: Question) -> QuerySet[ItemFlag]:
    """All flags of a question, newest first."""
    return (
        ItemFlag.objects.filter(version__question=question)
        .select_related("statistic__analysis", "version", "settled_by")
        .order_by("-pk")
    )


def lock_flag(actor: Actor, flag_id: str) -> ItemFlag:
    """One flag of a question in reach, locked for update. Raises NotFound."""
    questions = Question.objects.filter(reachable_questions(actor))
    try:
        return (
            ItemFlag.objects.select_for_update(of=("self",))
            .filter(version__question__in=questions)
            .select_related("version__question")
            .get(public_id=flag_id)
        )
    except ItemFlag.DoesNotExist:
        raise NotFound


def quarantined_versions() -> QuerySet[ItemFlag, Any]:
    """Primary keys of versions that are not to be drawn until somebody has looked."""
    return ItemFlag.objects.filter(settled_at=None, kind=ItemFlag.Kind.QUARANTINE).values("version")


def acting_versions() -> QuerySet[ItemFlag, Any]:
    """Primary keys of versions with a flag that acts, of any kind, and that nobody has settled."""
    return ItemFlag.objects.filter(settled_at=None).exclude(kind=ItemFlag.Kind.WATCH).values("version")


def watched_versions() -> QuerySet[ItemFlag, Any]:
    """Primary keys of versions with figures that may be chance, and that nobody has looked at."""
    return ItemFlag.objects.filter(settled_at=None, kind=ItemFlag.Kind.WATCH).values("version")


def papers_of(question: Question) -> int:
    """Official papers that showed the question, all versions together."""
    return ItemUse.objects.filter(version__question=question).aggregate(all=Sum("papers"))["all"] or 0


def measured_difficulty(papers: int, earned: Decimal) -> Decimal | None:
    """Share of the points that people missed, 0..1; None before enough of them answered. `earned` is a sum of shares."""
    if papers < FEWEST_TO_CALIBRATE:
        return None
    return (1 - earned / papers).quantize(Decimal("0.0001"))
