"""Leave and accommodations: requests in reach, one's own, and what is in force."""

from django.db.models import QuerySet

from core.actor import Actor
from core.errors import NotFound
from exams.models import Accommodation, Candidate, Deferral, DeferralFile, Sitting
from exams.queries.candidates import candidates_for


def deferrals_for(actor: Actor) -> QuerySet[Deferral]:
    """Requests for leave of candidates in reach, the oldest first, with what a row shows."""
    rows = Deferral.objects.filter(candidate__in=candidates_for(actor).order_by().values("pk"))
    people = ("requested_by__person", "recommended_by__person", "decided_by__person")
    return rows.select_related("candidate__person", "candidate__round__draw", "replacement", *people)


def get_deferral(actor: Actor, unsafe_deferral_id: str) -> Deferral:
    """The request of that public id; raises NotFound."""
    found = deferrals_for(actor).filter(public_id=unsafe_deferral_id).first()
    if found is None:
        raise NotFound
    return found


def lock_deferral(actor: Actor, unsafe_deferral_id: str) -> Deferral:
    """The request, its candidate locked first; raises NotFound."""
    found = get_deferral(actor, unsafe_deferral_id)
    candidate = Candidate.objects.select_for_update(of=("self",)).select_related("round__draw", "person")
    locked_candidate = candidate.get(pk=found.candidate_id)
    people = ("requested_by__person", "recommended_by__person", "replacement")
    row = Deferral.objects.select_for_update(of=("self",)).select_related(*people).get(pk=found.pk)
    row.candidate = locked_candidate
    return row


def get_deferral_file(actor: Actor, unsafe_file_id: str) -> DeferralFile:
    """A file of a request in reach, or of one's own; raises NotFound."""
    rows = DeferralFile.objects.filter(deferral__in=deferrals_for(actor).order_by().values("pk"))
    found = rows.filter(public_id=unsafe_file_id).select_related("deferral__candidate__round").first()
    if found is None:
        raise NotFound
    return found


def accommodations_for(actor: Actor) -> QuerySet[Accommodation]:
    """Accommodations of candidates in reach, newest first."""
    rows = Accommodation.objects.filter(candidate__in=candidates_for(actor).order_by().values("pk"))
    return rows.select_related("candidate__person", "candidate__round", "requested_by__person", "decided_by__person")


def get_accommodation(actor: Actor, unsafe_accommodation_id: str) -> Accommodation:
    """The request of that public id; raises NotFound."""
    found = accommodations_for(actor).filter(public_id=unsafe_accommodation_id).first()
    if found is None:
        raise NotFound
    return found


def lock_accommodation(actor: Actor, unsafe_accommodation_id: str) -> Accommodation:
    """The request, its candidate locked first; raises NotFound."""
    found = get_accommodation(actor, unsafe_accommodation_id)
    candidates = Candidate.objects.select_for_update(of=("self",)).select_related("round", "person")
    candidate = candidates.get(pk=found.candidate_id)
    rows = Accommodation.objects.select_for_update(of=("self",)).select_related("requested_by__person")
    row = rows.get(pk=found.pk)
    row.candidate = candidate
    return row


def accommodation_in_force(candidate_id: int) -> Accommodation | None:
    """What was granted last to the candidate of that primary key. One query."""
    granted = Accommodation.objects.filter(candidate_id=candidate_id, state=Accommodation.State.GRANTED)
    return granted.order_by("-decided_at", "-pk").first()


def due_sitting(candidate: Candidate) -> Sitting:
    """The sitting that a candidate is called to."""
    return Sitting.objects.get(round_id=candidate.round_id, number=candidate.sitting_number)
