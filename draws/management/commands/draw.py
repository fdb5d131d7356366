"""`manage.py draw compute DIR` makes result.csv from the three files; `manage.py draw verify DIR` recomputes and compares."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from core.errors import DomainError
from core.http import message_of
from draws.domain.protocol import FILES, RESULT_FILE, Outcome, compute, verify


class Command(BaseCommand):
    help = "Computes or verifies a draw (CHOUKAO-DRAW/1) from the files of a folder. Touches no database."
    requires_system_checks: ClassVar[list[str]] = []  # type: ignore[misc]  # works without a database or a build

    def add_arguments(self, parser: ArgumentParser) -> None:
        modes = parser.add_subparsers(dest="mode", required=True, metavar="compute|verify")
        for mode, text in (
            ("compute", "plan.json, roster.csv, sources.txt → result.csv"),
            ("verify", "all four files"),
        ):
            modes.add_parser(mode, help=text).add_argument("folder", type=Path, help="folder with the files")

    def handle(self, *_args: Any, mode: str, folder: Path, **_options: Any) -> None:
        try:
            outcome = _compute(folder) if mode == "compute" else _verify(folder)
        except DomainError as refusal:
            raise CommandError(message_of(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        seats = sum(place.is_seat for place in outcome.places)
        self.stdout.write(f"seed {outcome.seed}")
        self.stdout.write(f"{RESULT_FILE}: {seats} called, {len(outcome.places) - seats} in reserve")


def _compute(folder: Path) -> Outcome:
    plan, roster, sources = ((folder / name).read_bytes() for name in FILES[:3])
    outcome = compute(plan, roster, sources)
    (folder / RESULT_FILE).write_bytes(outcome.result)
    return outcome


def _verify(folder: Path) -> Outcome:
    plan, roster, sources, result = ((folder / name).read_bytes() for name in FILES)
    return verify(plan, roster, sources, result=result)
