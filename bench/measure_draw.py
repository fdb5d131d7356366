"""How long a draw takes, against the least that its hashes and sorting can take."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator

from bench.registry import Figure, measurement, median_seconds
from core.canonical import canonical_json
from draws.domain.protocol import compute

PEOPLE = 200_000
STRATA = 240
PICKED = 10_000
SOURCES = b"SSQ:2026023:03.07.12.19.25.33+08\nDLT:26023:02.11.17.28.35+04.09\nFC3D:2026060:0.3.7\n"


def make_roster(people: int, strata: int) -> bytes:
    """A roster.csv of so many people, spread evenly."""
    pids = sorted(hashlib.sha256(f"person {number}".encode()).hexdigest() for number in range(people))
    lines = [f"{pid},A{number % strata:03d}-430602-P,1,\n" for number, pid in enumerate(pids)]
    return ("pid,stratum,lots,flag\n" + "".join(lines)).encode()


def make_plan(roster: bytes, people: int, *, picked: int) -> bytes:
    """Its plan.json, with largest remainders and two reserves."""
    plan = {
        "alg": "CHOUKAO-DRAW/1",
        "n": picked,
        "quota": "hamilton",
        "roster_sha256": hashlib.sha256(roster).hexdigest(),
        "round": "2026Q1",
        "rows": people,
        "sources": ["SSQ:2026023", "DLT:26023", "FC3D:2026060"],
        "standby": 2,
        "verify_sha256": "0" * 64,
    }
    return f"{canonical_json(plan)}\n".encode()


def bare(roster: bytes, share: int) -> list[tuple[str, str]]:
    """Tickets and selection alone, unchecked: the floor for any implementation in plain Python."""
    strata = defaultdict(list)
    for line in roster.decode().splitlines()[1:]:
        pid, stratum, _lots, _flag = line.split(",")
        strata[stratum].append((hashlib.sha256(f"draw/1|seed|{pid}|1".encode()).hexdigest(), pid))
    return [person for stratum in sorted(strata) for person in sorted(strata[stratum])[:share]]


@measurement("draw")
def measure_draw() -> Iterator[Figure]:
    """Compute result.csv from the three files."""
    roster = make_roster(PEOPLE, STRATA)
    plan = make_plan(roster, PEOPLE, picked=PICKED)
    floor = median_seconds(lambda: bare(roster, PICKED // STRATA), repeats=3)
    seconds = median_seconds(lambda: compute(plan, roster, SOURCES), repeats=3)
    words = f"tickets and sorting alone ({floor:.2f} s)"
    yield Figure(f"draw {PICKED} of {PEOPLE} people", seconds, "s", words, floor)
