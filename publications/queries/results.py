"""What the exam room knows of a round, as the plain rows that snapshots are built from."""

from datetime import date

from django.db.models import Max
from django.utils import timezone

from core.actor import system_actor
from exams.models import CandidateState, Result, Round, Sitting
from exams.queries import candidates_of_round, results_of_round
from publications.domain.deadlines import NAMES_SHOWN_DAYS, PUBLISH_WITHIN_WORKING_DAYS, due_date
from publications.domain.snapshot import BuiltSnapshot, CandidateResult, Correction, RoundFacts, build_snapshot
from publications.errors import NothingToPublish, ResultsIncomplete
from registry.models import Authority

_READER = system_actor("publications.read_results")


def build_for_round(exam_round: Round, *, version: int, correction: Correction | None = None) -> BuiltSnapshot:
    """The snapshot of the results as they stand now. The caller has checked the actor against the round.

    Raises NothingToPublish, ResultsIncomplete, PrivateDatumFound. Writes nothing.
    """
    results = candidate_results(exam_round)
    if not results:
        raise NothingToPublish
    missing = candidates_of_round(_READER, exam_round).count() - len(results)
    if missing:
        raise ResultsIncomplete(count=missing)
    return build_snapshot(
        round_facts(exam_round),
        results,
        version=version,
        correction=correction,
        full_name_basis=full_name_basis(exam_round.authority),
    )


def candidate_results(exam_round: Round) -> list[CandidateResult]:
    """Everybody's standing result, and those on leave (缓考)."""
    standing = [
        CandidateResult(
            full_name=row.candidate.person.name,
            enterprise=row.candidate.enterprise_name,
            uscc=row.candidate.uscc,
            industry=row.candidate.industry.name,
            street=row.candidate.area.name,
            post=row.candidate.post,
            state=row.outcome,
            score=row.score,
            is_must_sit=row.is_must_sit,
            is_makeup=row.sitting_number > 1,
        )
        for row in results_of_round(exam_round)
    ]
    deferred = [
        CandidateResult(
            full_name=candidate.person.name,
            enterprise=candidate.enterprise_name,
            uscc=candidate.uscc,
            industry=candidate.industry.name,
            street=candidate.area.name,
            post=candidate.post,
            state=CandidateState.DEFERRED.value,
            score=None,
            is_must_sit=candidate.is_must_sit,
            is_makeup=False,
        )
        for candidate in candidates_of_round(_READER, exam_round).filter(state=CandidateState.DEFERRED)
    ]
    return [*standing, *deferred]


def round_facts(exam_round: Round) -> RoundFacts:
    """The head of the snapshot. Two queries, one more with a draw."""
    held = Sitting.objects.filter(round=exam_round, results__isnull=False).distinct().order_by("number")
    draw = exam_round.draw
    result_file = draw.files.filter(name="result.csv").values_list("sha256", flat=True).first() if draw else None
    return RoundFacts(
        round_id=exam_round.public_id,
        code=exam_round.code,
        year=exam_round.year,
        quarter=exam_round.quarter,
        title=exam_round.title,
        authority=exam_round.authority.name,
        total_mark=exam_round.total_mark,
        pass_mark=exam_round.pass_mark,
        held_on=tuple(timezone.localtime(sitting.opens_at).date().isoformat() for sitting in held),
        draw_id=draw.public_id if draw else "",
        plan_sha256=draw.plan_sha256 if draw else "",
        roster_sha256=draw.roster_sha256 if draw else "",
        result_sha256=result_file or "",
    )


def full_name_basis(authority: Authority) -> str:
    """The legal basis that the authority recorded for publishing full names; empty: names are masked."""
    return str(authority.settings.get("full_name_basis", "")).strip()


def names_shown_days(authority: Authority) -> int:
    """Days for which rows of people stay on the page."""
    return _whole_number(authority, "names_days", NAMES_SHOWN_DAYS)


def publication_due_on(exam_round: Round) -> date | None:
    """The working day by which the round is to be published, counted from its last first-sitting result."""
    recorded = Result.objects.filter(sitting__round=exam_round, sitting__number=1).aggregate(last=Max("recorded_at"))[
        "last"
    ]
    if recorded is None:
        return None
    return due_date(
        timezone.localtime(recorded).date(),
        working_days=_whole_number(exam_round.authority, "publish_working_days", PUBLISH_WITHIN_WORKING_DAYS),
        holidays=_dates(exam_round.authority, "holidays"),
        extra_workdays=_dates(exam_round.authority, "workdays"),
    )


def _whole_number(authority: Authority, key: str, default: int) -> int:
    value = authority.settings.get(key, default)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else default


def _dates(authority: Authority, key: str) -> frozenset[date]:
    values = authority.settings.get(key, [])
    return frozenset(date.fromisoformat(value) for value in values if isinstance(value, str))
