"""`manage.py audit verify [--head HASH]`: recompute the chain and name the first broken entry."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from core.audit import first_break, head


class Command(BaseCommand):
    help = "Verifies the hash-chained audit log; exits 1 and names the first broken entry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("operation", choices=["verify", "head"])
        parser.add_argument("--head", default=None, help="a head hash noted earlier, which must still be in the chain")

    def handle(self, *args: object, **options: object) -> None:
        if options["operation"] == "verify":
            expected = options["head"]
            broken = first_break(expected if isinstance(expected, str) else None)
            if broken:
                raise CommandError(f"audit chain broken at entry {broken.sequence}: {broken.problem}")
        count, value = head()
        self.stdout.write(f"{count} entries, head {value}")
