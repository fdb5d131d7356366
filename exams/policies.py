"""Who may see and do what about rounds, sittings and candidates."""

from django.db.models import Q

from core.actor import AUDITOR, INVIGILATOR, REGULATOR, REVIEWER, TRAINER, Actor, Region
from exams.models import Candidate, Round

_SEES_ROUNDS = (REGULATOR, REVIEWER, INVIGILATOR, AUDITOR)
_KEYHOLDERS = (REGULATOR, REVIEWER, INVIGILATOR)
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


def supervised_candidates(actor: Actor) -> Q:
    """Candidates inside a region where the actor is regulator or reviewer, whichever authority examined them."""
    reach = _NOBODY
    for grant in actor.grants:
        if grant.role in (REGULATOR, REVIEWER) and grant.region is not None:
            reach |= _inside(grant.region)
    return reach


def can_see_rounds(actor: Actor) -> bool:
    return actor.is_system or actor.has_role(*_SEES_ROUNDS)


def works_on_rounds(actor: Actor) -> bool:
    """Whether there can be any round in reach: the auditor of the whole house reads the audit chain, not rounds."""
    return bool(actor.authorities(*_SEES_ROUNDS))


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


def keyholding_authorities(actor: Actor) -> frozenset[int]:
    """Authorities at which the actor may keep one of the two shares of a paper key."""
    return frozenset(actor.authorities(*_KEYHOLDERS))


def can_keep_key(actor: Actor, exam_round: Round) -> bool:
    """Keep and type a share of K: whoever works on the rounds of that authority; that there are two is a rule."""
    return actor.has_role_at(exam_round.authority_id, *_KEYHOLDERS)


def reachable_alarms(actor: Actor) -> Q:
    """Alarms of the recomputation, for those who run, review or audit the round; the system sees all."""
    if actor.is_system:
        return Q()
    authorities = actor.authorities(REGULATOR, REVIEWER, AUDITOR)
    return Q(round__authority_id__in=authorities) if authorities else _NOBODY


def can_see_alarms(actor: Actor, exam_round: Round) -> bool:
    """What the recomputation of papers found."""
    return actor.is_system or actor.has_role_at(exam_round.authority_id, REGULATOR, REVIEWER, AUDITOR)


def can_handle_alarms(actor: Actor, exam_round: Round) -> bool:
    """Write down what an alarm was: a regulator or reviewer of that authority. An auditor reads."""
    return actor.has_role_at(exam_round.authority_id, REGULATOR, REVIEWER)


def reachable_corrections(actor: Actor) -> Q:
    """Key corrections of rounds where the actor approves, proposes or audits; the system sees all."""
    if actor.is_system:
        return Q()
    authorities = actor.authorities(REGULATOR, REVIEWER, AUDITOR)
    return Q(round__authority_id__in=authorities) if authorities else _NOBODY


def can_see_corrections(actor: Actor, exam_round: Round) -> bool:
    """What was corrected, and what it did: those who decide, and the auditor of that authority."""
    return actor.is_system or actor.has_role_at(exam_round.authority_id, REGULATOR, REVIEWER, AUDITOR)


def can_propose_correction(actor: Actor, exam_round: Round) -> bool:
    """Whoever may see questions with their keys: the reviewer of that authority."""
    return actor.has_role_at(exam_round.authority_id, REVIEWER)


def can_decide_correction(actor: Actor, exam_round: Round) -> bool:
    """A regulator or reviewer of that authority; that it is another person is a rule, not a right."""
    return actor.has_role_at(exam_round.authority_id, REGULATOR, REVIEWER)


def reachable_appeals(actor: Actor) -> Q:
    """Appeals against results of rounds where the actor decides or audits; the system sees all."""
    if actor.is_system:
        return Q()
    authorities = actor.authorities(REGULATOR, REVIEWER, AUDITOR)
    return Q(candidate__round__authority_id__in=authorities) if authorities else _NOBODY


def can_see_appeals(actor: Actor) -> bool:
    """Whether the staff pages of appeals are for the actor at all."""
    return actor.has_role(REGULATOR, REVIEWER, AUDITOR)


def can_handle_appeals(actor: Actor, exam_round: Round) -> bool:
    """A regulator or reviewer of that authority; that they had no part in the score is a rule, not a right."""
    return actor.has_role_at(exam_round.authority_id, REGULATOR, REVIEWER)


def reachable_marking(actor: Actor) -> Q:
    """Texts to mark of rounds at whose authority the actor trains or reviews."""
    authorities = actor.authorities(TRAINER, REVIEWER)
    return Q(attempt__sitting__round__authority_id__in=authorities) if authorities else _NOBODY


def can_see_marking(actor: Actor) -> bool:
    """Whether the marking desk is for the actor at all."""
    return actor.has_role(TRAINER, REVIEWER)


def can_mark(actor: Actor, exam_round: Round) -> bool:
    """Trainers and reviewers of that authority: they know the questions."""
    return actor.has_role_at(exam_round.authority_id, TRAINER, REVIEWER)


def can_decide_requests(actor: Actor, exam_round: Round) -> bool:
    """Leave and accommodations: a regulator or reviewer of that authority, another person than who asked."""
    return actor.has_role_at(exam_round.authority_id, REGULATOR, REVIEWER)


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
