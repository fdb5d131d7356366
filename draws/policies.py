"""Who may do what with a draw: regulators prepare, another regulator or a reviewer of the same authority approves."""

from django.db.models import Q

from core.actor import AUDITOR, INVIGILATOR, REGULATOR, REVIEWER, Actor
from draws.models import Draw, DrawState

_WATCHING = (REGULATOR, REVIEWER, INVIGILATOR, AUDITOR)
_CONDUCTING = (REGULATOR, REVIEWER)


def reachable_draws(actor: Actor) -> Q:
    """Draws of the authorities at which the actor works; all of them for the system."""
    return Q() if actor.is_system else Q(authority__in=actor.authorities(*_WATCHING))


def can_watch(actor: Actor) -> bool:
    """Whether the staff pages of draws concern the actor at all."""
    return actor.is_system or actor.has_role(*_WATCHING)


def can_prepare_at(actor: Actor, authority_id: int) -> bool:
    """Whether the actor plans draws of this authority."""
    return actor.has_role_at(authority_id, REGULATOR)


def can_prepare(actor: Actor, draw: Draw) -> bool:
    """Whether the actor may change parameters, ask for flags, propose the freeze and cancel."""
    return can_prepare_at(actor, draw.authority_id)


def can_conduct(actor: Actor, draw: Draw) -> bool:
    """Whether the actor may approve what another asked for, type sources and draw."""
    return actor.has_role_at(draw.authority_id, *_CONDUCTING)


def awaits_sources(draw: Draw) -> bool:
    """Whether sources may be typed: for a draw, or to show what a cancelled plan would have given."""
    is_dead_plan = draw.state == DrawState.CANCELLED and draw.frozen_at is not None and not draw.seed
    return draw.state == DrawState.FROZEN or is_dead_plan


def can_see_people(actor: Actor, draw: Draw) -> bool:
    """Whether names behind pids are shown: to those who run the draw and those who check identities."""
    return actor.is_system or actor.has_role_at(draw.authority_id, REGULATOR, REVIEWER, INVIGILATOR)


def public_draws_condition() -> Q:
    """What everybody may see: everything that was ever frozen, cancelled draws included."""
    return Q(frozen_at__isnull=False, state__in=[DrawState.FROZEN, DrawState.DRAWN, DrawState.CANCELLED])
