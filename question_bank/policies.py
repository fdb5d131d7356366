"""Who sees questions with their keys, who writes and reviews them, and who only plans with blueprints."""

from django.db.models import Q

from core.actor import AUDITOR, REGULATOR, REVIEWER, TRAINER, Actor
from registry.models import Authority

_NOTHING = Q(pk__in=[])


def can_read_questions(actor: Actor) -> bool:
    """Questions show their keys: trainers and reviewers only (security.md, A29)."""
    return actor.is_system or actor.has_role(TRAINER, REVIEWER)


def can_write_questions(actor: Actor, authority_id: int) -> bool:
    """Writing, revising, importing, submitting, retiring: a trainer of the authority that owns the bank."""
    return actor.is_system or actor.has_role_at(authority_id, TRAINER)


def can_review_questions(actor: Actor, authority_id: int) -> bool:
    """Approving and returning: a reviewer of that authority. That it is not the author is a rule of `domain.life`."""
    return actor.is_system or actor.has_role_at(authority_id, REVIEWER)


def can_write_anywhere(actor: Actor) -> bool:
    """Whether the actor may add questions to some bank."""
    return actor.is_system or actor.has_role(TRAINER)


def can_read_blueprints(actor: Actor) -> bool:
    """Blueprints show counts, never questions."""
    return actor.is_system or actor.has_role(TRAINER, REVIEWER, REGULATOR)


def can_write_blueprints(actor: Actor, authority_id: int) -> bool:
    """A trainer or a regulator of the authority."""
    return actor.is_system or actor.has_role_at(authority_id, TRAINER, REGULATOR)


def reachable_questions(actor: Actor) -> Q:
    """Questions of the authorities at which the actor writes or reviews."""
    if actor.is_system:
        return Q()
    return Q(authority__in=actor.authorities(TRAINER, REVIEWER)) if can_read_questions(actor) else _NOTHING


def reachable_pictures(actor: Actor) -> Q:
    """Pictures of the banks whose questions the actor reads."""
    return reachable_questions(actor)


def reachable_imports(actor: Actor) -> Q:
    """Uploads to the banks that the actor writes."""
    return Q() if actor.is_system else Q(authority__in=actor.authorities(TRAINER))


def reachable_blueprints(actor: Actor) -> Q:
    """Blueprints of the actor's own authorities, and those that a safety office shares with all authorities below it."""
    if actor.is_system:
        return Q()
    own = actor.authorities(TRAINER, REVIEWER, REGULATOR)
    reach = Q(authority__in=own)
    for path in Authority.objects.filter(pk__in=own).values_list("area__path", flat=True):
        steps = path.split("/")
        above = ["/".join(steps[: depth + 1]) for depth in range(len(steps))]
        reach |= Q(authority__kind=Authority.Kind.OFFICE, authority__area__path__in=above)
    return reach


def can_read_analyses(actor: Actor) -> bool:
    """Figures of exams: whoever plans papers. The texts of questions are for those who may read questions."""
    return can_read_blueprints(actor)


def reachable_analyses(actor: Actor) -> Q:
    """Analyses of the authorities at which the actor writes, reviews or plans."""
    return Q() if actor.is_system else Q(authority__in=actor.authorities(TRAINER, REVIEWER, REGULATOR))


def can_set_rules(actor: Actor, authority_id: int) -> bool:
    """How many reviewers, which checklist, which limits: the regulator of the authority decides."""
    return actor.is_system or actor.has_role_at(authority_id, REGULATOR)


def can_read_leaks(actor: Actor) -> bool:
    """Who opened which exam question when: for auditors, and for reviewers within their banks."""
    return actor.is_system or actor.has_role(AUDITOR, REVIEWER)
