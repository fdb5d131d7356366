"""Who may see and do what about publications. Everything goes by the authority at which a role is held."""

from django.db.models import Q

from core.actor import AUDITOR, REGULATOR, REVIEWER, Actor
from exams.models import Round
from publications.models import Publication

SEES = (REGULATOR, REVIEWER, AUDITOR)
_NOTHING = Q(pk__in=[])


def reachable_publications(actor: Actor) -> Q:
    """Publications of the rounds of the authorities where the actor works on them; the system sees all."""
    if actor.is_system:
        return Q()
    authorities = actor.authorities(*SEES)
    return Q(round__authority_id__in=authorities) if authorities else _NOTHING


def reachable_rounds(actor: Actor) -> Q:
    """The same, from the round."""
    if actor.is_system:
        return Q()
    authorities = actor.authorities(*SEES)
    return Q(authority_id__in=authorities) if authorities else _NOTHING


def can_see_publications(actor: Actor) -> bool:
    """Whether the staff pages of this room are for the actor at all."""
    return actor.has_role(*SEES)


def can_propose(actor: Actor, exam_round: Round) -> bool:
    """Propose, correct, withdraw: the regulator of that authority."""
    return actor.is_system or actor.has_role_at(exam_round.authority_id, REGULATOR)


def can_decide(actor: Actor, publication: Publication) -> bool:
    """Approve or refuse: a reviewer or regulator of that authority; that it is another person is a rule, not a right."""
    return actor.has_role_at(publication.round.authority_id, REVIEWER, REGULATOR)
