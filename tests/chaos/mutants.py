"""Five broken products. What was acknowledged and lost is healed by the devices: it betrays itself by a second receipt.

The checker must find each of them out; a harness that cannot is no evidence."""

from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from tests.chaos import run
from tests.chaos.servers import Postgres, Sqlite

_MUTATED = "tests.chaos.mutated:application"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule broken, the faults that bring it to light, and the words of the checker that must appear."""

    name: str
    betrayed_by: tuple[str, ...]
    faults: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    target: str = _MUTATED
    statement: str = ""


MUTANTS = (
    Mutant("receipt before commit", ("another receipt", "acknowledged and lost"), ("application killed",) * 2,
           {"CHAOS_MUTANT": "receipt_before_commit"}),
    Mutant("synchronous_commit off", ("another receipt", "acknowledged and lost"), ("database killed in mid-save",) * 2,
           {"PGOPTIONS": "-c synchronous_commit=off"}, "config.wsgi:application"),
    Mutant("last arrival wins", ("are not the effective ones",), (), {"CHAOS_MUTANT": "last_arrival_wins"}),
    Mutant("time taken before the lock", ("time runs backwards",), ("second device takes over",) * 3,
           {"CHAOS_MUTANT": "time_before_the_lock"}),
    # Last, because the database loses a constraint with it.
    Mutant("no de-duplication", ("times:",), (), {"CHAOS_MUTANT": "no_deduplication"}, _MUTATED,
           "ALTER TABLE exams_answerevent DROP CONSTRAINT event_once"),
)  # fmt: skip


def all_are_found_out(database: Postgres | Sqlite, folder: Path, *, seed: int) -> bool:
    """Play every mutant and print what the checker said of it."""
    found = [_is_found_out(mutant, database, folder, seed=seed) for mutant in MUTANTS]
    return all(found)


def _is_found_out(mutant: Mutant, database: Postgres | Sqlite, folder: Path, *, seed: int) -> bool:
    if mutant.statement:
        with connection.cursor() as cursor:
            cursor.execute(mutant.statement)
        connection.close()
    outcome = run.play(
        run.Plan(
            database=database,
            folder=folder,
            people=9,
            saves=250,
            seed=seed,
            faults=mutant.faults,
            target=mutant.target,
            env=mutant.env,
        ),
    )
    found = [text for text in outcome.violations if any(word in text for word in mutant.betrayed_by)]
    words = (
        f"found out, {len(found)} times: {found[0]}" if found else f"NOT FOUND OUT ({len(outcome.violations)} others)"
    )
    print(f"mutant {mutant.name}: {words}", flush=True)
    return bool(found)
