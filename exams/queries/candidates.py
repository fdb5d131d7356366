"""Reads about candidates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from core.actor import Actor
from core.errors import NotFound
from exams.domain.access import Access, AttemptFacts, Case, Rules, Window, decide_access
from exams.domain.requests import MAY_ASK
from exams.domain.states import AttemptState, CandidateState, SittingState
from exams.models import Accommodation, Attempt, Candidate, Extension, Result, Round, Sitting
from exams.policies import reachable_candidates, reachable_rounds
from notices.queries import Silence, hard_to_reach


@dataclass(frozen=True, slots=True)
class Candidacy:
    """One person's place in one round, as the person's own pages show it."""

    candidate: Candidate
    sitting: Sitting | None
    attempt: Attempt | None
    access: Access | None
    results: tuple[Result, ...]


def candidates_for(actor: Actor) -> QuerySet[Candidate]:
    """Candidates in reach, of rounds in reach for staff, with everything that a row shows."""
    mine = Q(person_id=actor.person_id) if actor.person_id is not None else Q(pk__in=[])
    of_enterprise = Q(enterprise_id__in=actor.reach.enterprises)
    of_rounds = Q(round__in=Round.objects.filter(reachable_rounds(actor)))
    return Candidate.objects.filter(reachable_candidates(actor), mine | of_enterprise | of_rounds).select_related(
        "person",
        "enterprise",
        "area",
        "industry",
        "round__authority",
    )


def candidates_of_round(actor: Actor, exam_round: Round) -> QuerySet[Candidate]:
    """The candidates of one round that are in reach."""
    return candidates_for(actor).filter(round=exam_round)


def get_candidate(actor: Actor, unsafe_candidate_id: str) -> Candidate:
    """The candidate of that public id; raises NotFound when absent or out of reach."""
    found = candidates_for(actor).filter(public_id=unsafe_candidate_id).first()
    if found is None:
        raise NotFound
    return found


def lock_candidate(actor: Actor, unsafe_candidate_id: str) -> Candidate:
    """The candidate, locked, with its round; raises NotFound."""
    found = candidates_for(actor).select_for_update(of=("self",)).filter(public_id=unsafe_candidate_id).first()
    if found is None:
        raise NotFound
    return found


def lock_candidate_row(candidate_pk: int) -> Candidate:
    """By primary key, locked, with its round: for actions whose actor was checked against the candidate before."""
    rows = Candidate.objects.select_for_update(of=("self",)).select_related("round", "person")
    return rows.get(pk=candidate_pk)


def my_candidacies(actor: Actor, now: datetime) -> list[Candidacy]:
    """Everything the person is or was called to, newest first. Six queries, however many there are."""
    if actor.person_id is None:
        return []
    candidates = list(
        Candidate.objects.filter(person_id=actor.person_id)
        .select_related("round__authority")
        .order_by("-round__year", "-round__quarter", "-pk"),
    )
    return _candidacies(candidates, now)


def my_candidacy(actor: Actor, unsafe_candidate_id: str, now: datetime) -> Candidacy:
    """One of the person's own; raises NotFound for anybody else's (A12)."""
    if actor.person_id is None:
        raise NotFound
    own = Candidate.objects.filter(person_id=actor.person_id, public_id=unsafe_candidate_id)
    found = own.select_related("round__authority").first()
    if found is None:
        raise NotFound
    return _candidacies([found], now)[0]


def my_candidate_in(actor: Actor, unsafe_sitting_id: str) -> Candidate:
    """The person's own candidacy that is due in that sitting; raises NotFound."""
    sitting = Sitting.objects.filter(public_id=unsafe_sitting_id).first()
    if sitting is None or actor.person_id is None:
        raise NotFound
    found = Candidate.objects.filter(
        person_id=actor.person_id, round_id=sitting.round_id, sitting_number=sitting.number
    )
    candidate = found.first()
    if candidate is None:
        raise NotFound
    return candidate


def silent_candidates(actor: Actor, exam_round: Round) -> list[tuple[Candidate, Silence]]:
    """Candidates who have yet to sit and whom no text and no mail would reach, with the reason, by enterprise."""
    waiting = candidates_of_round(actor, exam_round).filter(state__in=MAY_ASK)
    silent = hard_to_reach(list(waiting.order_by().values_list("person_id", flat=True)))
    rows = waiting.filter(person__in=silent).order_by("enterprise_name", "pk") if silent else []
    return [(candidate, silent[candidate.person_id]) for candidate in rows]


def case_of(candidate: Candidate, sitting: Sitting, attempt: Attempt | None, *, extra_seconds: int) -> Case:
    """The facts of the one access decision. `candidate.round` must be loaded."""
    return Case(
        candidate=CandidateState(candidate.state),
        rules=rules_of(candidate.round),
        window=window_of(sitting),
        attempt=AttemptFacts(AttemptState(attempt.state), attempt.opened_at) if attempt else None,
        extra_seconds=extra_seconds,
    )


def rules_of(exam_round: Round) -> Rules:
    """How long an attempt of this round lasts."""
    return Rules(duration_seconds=exam_round.minutes * 60, grace_seconds=exam_round.grace_seconds)


def window_of(sitting: Sitting) -> Window:
    """The times of a sitting."""
    return Window(sitting.opens_at, sitting.last_start_at, sitting.hard_end_at, SittingState(sitting.state))


def extra_seconds_of(sitting: Sitting, attempt: Attempt | None, *, candidate_id: int | None = None) -> int:
    """Approved extra time: of the whole sitting, of this attempt, and the accommodation of its candidate.

    Before there is an attempt the candidate is named by primary key.
    """
    concerned = Q(attempt=None) | Q(attempt=attempt) if attempt else Q(attempt=None)
    granted = Extension.objects.filter(concerned, sitting=sitting).exclude(approved_at=None)
    extended = granted.aggregate(total=Sum("seconds"))["total"] or 0
    candidate = attempt.candidate_id if attempt else candidate_id
    return extended + (_accommodated([candidate]).get(candidate, 0) if candidate is not None else 0)


def live_attempt(candidate: Candidate, sitting: Sitting) -> Attempt | None:
    """The attempt that counts in that sitting, if one was begun."""
    return candidate.attempts.filter(sitting=sitting).exclude(state=AttemptState.VOID).first()


def annotate_progress(candidates: QuerySet[Candidate]) -> QuerySet[Candidate]:
    """Adds of the newest attempt: `attempt_id`, `attempt_state`, `deadline`, `event_count` (0 before the first)."""
    newest = Attempt.objects.filter(candidate=OuterRef("pk")).exclude(state=AttemptState.VOID).order_by("-pk")
    return candidates.annotate(
        attempt_public_id=Subquery(newest.values("public_id")[:1]),
        attempt_state=Subquery(newest.values("state")[:1]),
        attempt_opened_at=Subquery(newest.values("opened_at")[:1]),
        attempt_deadline=Subquery(newest.values("deadline")[:1]),
        attempt_next_sseq=Subquery(newest.values("next_sseq")[:1]),
    )


def names_of(public_ids: Iterable[str]) -> dict[str, str]:
    """Names by public id, for pages whose rows were checked against the reach before."""
    rows = Candidate.objects.filter(public_id__in=list(public_ids))
    return dict(rows.values_list("public_id", "person__name"))


def _candidacies(candidates: list[Candidate], now: datetime) -> list[Candidacy]:
    rounds = [candidate.round_id for candidate in candidates]
    sittings = {(row.round_id, row.number): row for row in Sitting.objects.filter(round__in=rounds)}
    attempts = {
        (row.candidate_id, row.sitting_id): row
        for row in Attempt.objects.filter(candidate__in=candidates).exclude(state=AttemptState.VOID)
    }
    results: dict[int, list[Result]] = {}
    for result in (
        Result.objects.filter(candidate__in=candidates).select_related("sitting").order_by("sitting__number", "number")
    ):
        results.setdefault(result.candidate_id, []).append(result)
    extras = _extra_seconds(list(sittings.values()))
    accommodated = _accommodated([candidate.pk for candidate in candidates])
    found = []
    for candidate in candidates:
        sitting = sittings.get((candidate.round_id, candidate.sitting_number))
        attempt = attempts.get((candidate.pk, sitting.pk)) if sitting else None
        access = None
        if sitting is not None:
            extra = extras.get((sitting.pk, None), 0) + (extras.get((sitting.pk, attempt.pk), 0) if attempt else 0)
            extra += accommodated.get(candidate.pk, 0)
            access = decide_access(case_of(candidate, sitting, attempt, extra_seconds=extra), now=now)
        found.append(Candidacy(candidate, sitting, attempt, access, tuple(results.get(candidate.pk, ()))))
    return found


def _extra_seconds(sittings: list[Sitting]) -> Mapping[tuple[int, int | None], int]:
    rows = (
        Extension.objects.filter(sitting__in=sittings)
        .exclude(approved_at=None)
        .order_by()
        .values_list("sitting_id", "attempt_id")
        .annotate(total=Sum("seconds"))
    )
    return {(sitting, attempt): total for sitting, attempt, total in rows}


def _accommodated(candidates: Iterable[int]) -> dict[int, int]:
    """Extra seconds by primary key of the candidate, of what was granted last. One query."""
    granted = Accommodation.objects.filter(candidate_id__in=list(candidates), state=Accommodation.State.GRANTED)
    rows = granted.order_by("decided_at", "pk").values_list("candidate_id", "extra_minutes")
    return {candidate: minutes * 60 for candidate, minutes in rows}
