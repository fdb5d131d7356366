"""Follow-ups in reach."""

from datetime import date

from django.db.models import Q, QuerySet

from core.actor import Actor
from core.errors import NotAllowed, NotFound
from exams.models import Candidate, CandidateState
from exams.queries import recorded_candidates
from oversight.domain.ladder import DUE_SOON
from oversight.models import FollowUp
from oversight.policies import can_see_follow_ups
from registry.models import Authority

MAKEUP = 2
_NOT_PASSED = (
    CandidateState.FAILED,
    CandidateState.ABSENT,
    CandidateState.MISCONDUCT,
    CandidateState.INVALID,
    CandidateState.FOLLOW_UP,
)


def check_may_see(actor: Actor) -> None:
    """Raises NotAllowed for those who have no business with follow-ups."""
    if not can_see_follow_ups(actor):
        raise NotAllowed


def follow_ups_for(actor: Actor) -> QuerySet[FollowUp]:
    """Follow-ups of candidates in reach, the most urgent first, with what a row shows."""
    return FollowUp.objects.filter(candidate__in=recorded_candidates(actor).order_by().values("pk")).select_related(
        "authority",
        "candidate__person",
        "candidate__enterprise",
        "candidate__area",
        "candidate__industry",
        "candidate__round",
        "done_by",
    )


def get_follow_up(actor: Actor, unsafe_follow_up_id: str) -> FollowUp:
    """One of `follow_ups_for`; raises NotFound."""
    found = follow_ups_for(actor).filter(public_id=unsafe_follow_up_id).first()
    if found is None:
        raise NotFound
    return found


def lock_follow_up(actor: Actor, unsafe_follow_up_id: str) -> FollowUp:
    """The same, locked; raises NotFound."""
    found = follow_ups_for(actor).select_for_update(of=("self",)).filter(public_id=unsafe_follow_up_id).first()
    if found is None:
        raise NotFound
    return found


def filtered(follow_ups: QuerySet[FollowUp], *, text: str, step: str, state: str, today: date) -> QuerySet[FollowUp]:
    """Narrows a list. `state`: open, overdue, soon (due within seven days), done, or empty for all."""
    if text:
        words = Q(candidate__enterprise_name__icontains=text) | Q(candidate__person__name__icontains=text)
        follow_ups = follow_ups.filter(words)
    if step:
        follow_ups = follow_ups.filter(step=step)
    if state == "done":
        return follow_ups.filter(state=FollowUp.State.DONE)
    if state:
        follow_ups = follow_ups.filter(state=FollowUp.State.OPEN)
    if state == "overdue":
        return follow_ups.filter(due_on__lt=today)
    if state == "soon":
        return follow_ups.filter(due_on__gte=today, due_on__lte=today + DUE_SOON)
    return follow_ups


def candidate_to_follow_up(candidate_id: int) -> Candidate | None:
    """The candidate (primary key) locked, if they sat or missed the makeup without passing; else None."""
    return (
        Candidate.objects.select_for_update(of=("self",))
        .select_related("round__authority")
        .filter(pk=candidate_id, state__in=_NOT_PASSED, results__sitting__number=MAKEUP)
        .first()
    )


def has_open_follow_up(candidate_id: int) -> bool:
    """Whether anything is to be done about the candidate of that primary key."""
    return FollowUp.objects.filter(candidate_id=candidate_id, state=FollowUp.State.OPEN).exists()


def candidates_without_follow_up() -> QuerySet[Candidate]:
    """Whoever did not pass the makeup and for whom nothing was opened: what the sweeper looks for."""
    return Candidate.objects.filter(
        state__in=_NOT_PASSED,
        results__sitting__number=MAKEUP,
        follow_ups=None,
    ).distinct()


def days_by_step(authority: Authority) -> dict[str, int]:
    """The days that the authority set for each step; steps that it did not set are missing."""
    days = authority.settings.get("follow_up_days", {})
    if not isinstance(days, dict):
        return {}
    return {str(step): value for step, value in days.items() if isinstance(value, int) and value > 0}
