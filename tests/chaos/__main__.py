"""`make chaos`, or `python -m tests.chaos [--on sqlite] [--short] [--mutants all] [--seed N]`: a table; 1 on a violation."""

import argparse
import os
import secrets
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import django
from django.conf import settings

from tests.chaos import servers


def main(arguments: Sequence[str]) -> int:
    """One run of the product, and with `--mutants` one for each mutant, which must be found out."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--on", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--short", action="store_true", help="fewer restarts, a thousand answers: within a minute")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    parser.add_argument("--saves", type=int)
    parser.add_argument("--people", type=int)
    parser.add_argument("--mutants", choices=["none", "all", "only"], default="none")
    options = parser.parse_args(arguments)
    folder = servers.temporary_folder()
    database = servers.Postgres(folder) if options.on == "postgresql" else servers.Sqlite(folder)
    try:
        database.create()
        # Django reads its settings once: the address of the database comes first.
        os.environ |= {"DATABASE_URL": database.url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        django.setup()
        # A pool would hand out connections to a server that was killed since.
        settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
        return _play(options, database, folder)
    finally:
        database.stop()
        if "CHAOS_KEEP" in os.environ:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _play(options: argparse.Namespace, database: servers.Postgres | servers.Sqlite, folder: Path) -> int:
    from tests.chaos import mutants, nemesis, run, world  # noqa: PLC0415 - models can be imported only now

    world.migrate(world.app_env(database.url, folder))
    failed = False
    if options.mutants != "only":
        outcome = run.play(
            run.Plan(
                database=database,
                folder=folder,
                people=options.people or (12 if options.short else 60),
                saves=options.saves or (1_000 if options.short else 10_000),
                seed=options.seed,
                faults=nemesis.SHORT if options.short else tuple(nemesis.FAULTS),
            ),
        )
        print(outcome.table(), flush=True)
        failed = bool(outcome.violations)
    if options.mutants != "none":
        failed = not mutants.all_are_found_out(database, folder, seed=options.seed) or failed
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
