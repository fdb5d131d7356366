"""What is on record about people, beyond the rounds of the actor's own authority."""

from django.db.models import Q, QuerySet

from core.actor import Actor
from exams.domain.states import RoundState
from exams.models import Candidate
from exams.policies import supervised_candidates
from exams.queries.candidates import candidates_for

_PUBLISHED = (RoundState.PUBLISHED.value, RoundState.ARCHIVED.value)


def recorded_candidates(actor: Actor) -> QuerySet[Candidate]:
    """`candidates_for`, and for regulators and reviewers also those candidates in their region whom another authority
    examined, once that round is published: a street reads in its enterprises' files what the district published.
    """
    published = Candidate.objects.filter(supervised_candidates(actor), round__state__in=_PUBLISHED)
    known = Q(pk__in=candidates_for(actor).order_by().values("pk")) | Q(pk__in=published.values("pk"))
    return Candidate.objects.filter(known).select_related(
        "person", "enterprise", "area", "industry", "round__authority"
    )
