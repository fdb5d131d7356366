"""How many places each stratum gets, in integers only (docs/draw.md, section 6)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256

from draws.domain.plan import FIXED, HAMILTON, Plan
from draws.domain.roster import Row


def eligible_by_stratum(rows: Iterable[Row]) -> dict[str, int]:
    """People without a flag in each stratum of the roster; a stratum of flagged people only counts 0."""
    counts = Counter[str]()
    for row in rows:
        counts[row.stratum] += row.is_eligible
    return dict(counts)


def allocate(plan: Plan, populations: Mapping[str, int], *, seed: str) -> dict[str, int]:
    """Places for each stratum of `populations` by the plan's method; only the systematic one looks at the seed."""
    if not isinstance(plan.seats, int) or plan.method == FIXED:
        table = plan.seats if not isinstance(plan.seats, int) else {}
        return {stratum: table.get(stratum, 0) for stratum in populations}
    if plan.method == HAMILTON:
        return hamilton(populations, plan.seats)
    return systematic(populations, plan.seats, seed=seed)


def hamilton(populations: Mapping[str, int], seats: int) -> dict[str, int]:
    """⌊n·P_h/P⌋ each; the rest to the largest n·P_h mod P, ties to the larger P_h, then to the smaller name."""
    total = sum(populations.values())
    if seats >= total:
        return dict(populations)
    quotas = _floors(populations, seats)
    by_remainder = sorted(populations, key=lambda h: (-(seats * populations[h] % total), -populations[h], h))
    for stratum in by_remainder[: seats - sum(quotas.values())]:
        quotas[stratum] += 1
    return quotas


def systematic(populations: Mapping[str, int], seats: int, *, seed: str) -> dict[str, int]:
    """The same floors; the rest by equal steps along the remainders from a random start: unbiased for small strata."""
    total = sum(populations.values())
    if seats >= total:
        return dict(populations)
    quotas = _floors(populations, seats)
    point = int(sha256(f"alloc-start/1|{seed}".encode("ascii")).hexdigest(), 16) % total
    end = 0
    for stratum in sorted(populations, key=lambda h: (sha256(f"alloc/1|{seed}|{h}".encode("ascii")).hexdigest(), h)):
        end += seats * populations[stratum] % total  # this stratum owns [end - remainder, end)
        if point < end:
            quotas[stratum] += 1
            point += total
    return quotas


def _floors(populations: Mapping[str, int], seats: int) -> dict[str, int]:
    total = sum(populations.values())
    return {stratum: seats * people // total for stratum, people in populations.items()}
