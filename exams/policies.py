"""Who may see and do what about rounds, sittings and candidates."""

from django.db.models import Q

from core.actor import AUDITOR, INVIGILATOR, REGULATOR, REVIEWER, Actor, Region
from exams.models import Candidate, Round

_SEES_ROUNDS = (REGULATOR, REVIEWER, INVIGILATOR, AUDITOR)
_NOBODY = Q(pk__in=[])


def reachable_rounds(actor: Actor) -> Q:
    """Rounds of the authorities at which the actor holds a staff role; the system sees all."""
    if actor.is_system:
        return Q()
    authorities = actor.authorities(*_SEES_ROUNDS)
    return Q(authority_id__in=authorities) if authorities else _NOBODY


def reachable_candidates(actor: Actor) -> Q:
    """Candidates inside one of the actor's regions, of the actor's enterprises, or the actor in person."""
    if actor.is_system:
        return Q()
    reach = _NOBODY
    for region in actor.reach.regions:
        reach |= _inside(region)
    if actor.reach.enterprises:
        reach |= Q(enterprise_id__in=actor.reach.enterprises)
    if actor.reach.person is not None:
        reach |= Q(person_id=actor.reach.person)
    return reach


def can_see_rounds(actor: Actor) -> bool:
    return actor.is_system or actor.has_role(*_SEES_ROUNDS)


def can_plan_rounds(actor: Actor) -> bool:
    """Whether there is any authority for which the actor could plan one."""
    return actor.has_role(REGULATOR)


def can_plan_round_at(actor: Actor, authority_id: int) -> bool:
    return actor.is_system or actor.has_role_at(authority_id, REGULATOR)


def can_run_round(actor: Actor, exam_round: Round) -> bool:
    """Draw, notify, close, list the makeup: the regulator of that authority."""
    return can_plan_round_at(actor, exam_round.authority_id)


def can_invigilate(actor: Actor, exam_round: Round) -> bool:
    """Open and close sittings, check people in, ask for extra time, record incidents."""
    return actor.is_system or actor.has_role_at(exam_round.authority_id, INVIGILATOR, REGULATOR)


def can_countersign(actor: Actor, exam_round: Round) -> bool:
    """The second signature under extra time and misconduct; that it is another person is checked with the request."""
    return actor.has_role_at(exam_round.authority_id, INVIGILATOR, REGULATOR, REVIEWER)


def is_own_candidacy(actor: Actor, candidate: Candidate) -> bool:
    """Whether the actor is the person who sits."""
    return actor.person_id is not None and candidate.person_id == actor.person_id


def _inside(region: Region) -> Q:
    inside = Q()
    if region.areas is not None:
        inside &= Q(area_id__in=region.areas)
    if region.industries is not None:
        inside &= Q(industry_id__in=region.industries)
    return inside
