"""Draws in every state, made through the actions by two people of one authority."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.actor import REGULATOR, REVIEWER, Actor
from draws.actions import approve_freeze, prepare_draw, propose_freeze, run_draw, type_source
from draws.domain.parameters import DrawParameters
from draws.models import Draw
from registry.models import Authority, Industry, Post
from tests.factories.actors import make_actor
from tests.factories.registry import make_appointment, make_area, make_authority, make_enterprise, make_industry

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
# Three working days after NOW, at the close of the window (18:00 in the district), and a little later.
AFTER_WINDOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC) + timedelta(minutes=1)
SOURCES = ("SSQ:2026136", "DLT:26136", "PL5:26313")
VALUES = ("03.07.12.19.25.32+08", "02.11.17.28.33+04.09", "1.0.9.9.7")


@dataclass(frozen=True, slots=True)
class Cast:
    """An authority, its street, and the two people whom every step needs."""

    authority: Authority
    industry: Industry
    regulator: Actor
    reviewer: Actor


def make_cast() -> Cast:
    """An authority over one street, with a regulator and a reviewer."""
    authority = make_authority(area=make_area(code="430602201", name="金鹗山街道"))
    return Cast(
        authority=authority,
        industry=make_industry(code="BUILD", name="建筑业"),
        regulator=make_actor(REGULATOR, authority=authority),
        reviewer=make_actor(REVIEWER, authority=authority),
    )


def make_population(cast: Cast, people: int, *, post: str = Post.PRINCIPAL) -> list[Any]:
    """So many people, each with an own enterprise in the cast's street; returns their appointments."""
    return [
        make_appointment(post=post, enterprise=make_enterprise(area=cast.authority.area, industry=cast.industry))
        for _ in range(people)
    ]


def make_parameters(**over: Any) -> DrawParameters:
    """Three public lotteries, 65 bits; two places, one reserve."""
    return replace(DrawParameters(seats=2, standby=1, sources=SOURCES), **over)


def make_draft(cast: Cast, **over: Any) -> Draw:
    """A draft for 2026Q4; `parameters` or single ones of them."""
    draw_fields = {
        name: over.pop(name) for name in ("year", "quarter", "bank_root", "paper_key_commit", "now") if name in over
    }
    return prepare_draw(
        cast.regulator,
        authority_id=cast.authority.pk,
        parameters=make_parameters(**over),
        **{"year": 2026, "quarter": 4, "now": NOW} | draw_fields,
    )


def make_proposed(cast: Cast, **over: Any) -> Draw:
    """A draft whose freeze the regulator has proposed."""
    return propose_freeze(cast.regulator, make_draft(cast, **over).public_id, now=over.get("now", NOW))


def make_frozen(cast: Cast, **over: Any) -> Draw:
    """Frozen by the reviewer at NOW; sources may be typed from AFTER_WINDOW."""
    draw = make_proposed(cast, **over)
    return approve_freeze(cast.reviewer, draw.public_id, plan_sha256=draw.plan_sha256, now=over.get("now", NOW))


def type_all(actor: Actor, draw: Draw, values: tuple[str, ...] = VALUES, *, now: datetime = AFTER_WINDOW) -> None:
    """One person types all sources."""
    for position, value in enumerate(values):
        type_source(actor, draw.public_id, position=position, value=value, now=now)


def make_drawn(cast: Cast, **over: Any) -> Draw:
    """Drawn after both have typed the same."""
    draw = make_frozen(cast, **over)
    later = max(draw.sources_from, AFTER_WINDOW)
    type_all(cast.regulator, draw, now=later)
    type_all(cast.reviewer, draw, now=later)
    return run_draw(cast.regulator, draw.public_id, now=later)
