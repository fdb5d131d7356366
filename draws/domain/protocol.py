"""The whole of CHOUKAO-DRAW/1: three files in, the fourth out (docs/draw.md)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

from draws.domain.plan import Plan, check_quotas_fit, parse_plan
from draws.domain.quotas import allocate
from draws.domain.roster import check_lines, read_kinds
from draws.domain.seed import seed_of
from draws.domain.selection import Place, Progress, eligible_in, select_from, write_result
from draws.domain.sources import parse_sources
from draws.errors import PlanRosterDiffers, PlanRowsDiffer, ResultDiffers

PLAN_FILE = "plan.json"
ROSTER_FILE = "roster.csv"
SOURCES_FILE = "sources.txt"
RESULT_FILE = "result.csv"
FILES = (PLAN_FILE, ROSTER_FILE, SOURCES_FILE, RESULT_FILE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a draw gives: the seed, places per stratum, the places in order, and the bytes of result.csv."""

    seed: str
    quotas: Mapping[str, int]
    places: tuple[Place, ...]
    result: bytes


def compute(plan: bytes, roster: bytes, sources: bytes, *, progress: Progress | None = None) -> Outcome:
    """Draws: a pure function of the three files, the same on every machine. Raises the refusals of their parsers.

    `progress` is told how many people of how many have their place decided.
    """
    parsed = parse_plan(plan)
    check_lines(roster)
    _check_roster_is_planned(parsed, roster)
    values = parse_sources(sources, planned=parsed.sources, dice=parsed.dice, fallback=parsed.fallback)
    seed = seed_of(plan, (f"{source}:{value}" for source, value in values))
    kinds = read_kinds(roster)
    eligible = eligible_in(kinds)
    check_quotas_fit(parsed, eligible)
    quotas = allocate(parsed, eligible, seed=seed)
    places = select_from(kinds, quotas, seed=seed, standby=parsed.standby, progress=progress)
    return Outcome(seed, quotas, places, write_result(places))


def _check_roster_is_planned(plan: Plan, roster: bytes) -> None:
    """The roster must be the very bytes that the plan commits to; `roster` has passed `check_lines`, one row a line."""
    found = hashlib.sha256(roster).hexdigest()
    if found != plan.roster_sha256:
        raise PlanRosterDiffers(planned=plan.roster_sha256, found=found)
    rows = roster.count(b"\n") - 1
    if rows != plan.rows:
        raise PlanRowsDiffer(planned=plan.rows, found=rows)


def verify(plan: bytes, roster: bytes, sources: bytes, *, result: bytes) -> Outcome:
    """Recomputes and compares byte for byte; raises ResultDiffers naming the first different line."""
    outcome = compute(plan, roster, sources)
    if outcome.result != result:
        pairs = zip_longest(outcome.result.split(b"\n"), result.split(b"\n"))
        raise ResultDiffers(line=next(line for line, (ours, theirs) in enumerate(pairs, start=1) if ours != theirs))
    return outcome
