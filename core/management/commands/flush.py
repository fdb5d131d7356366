"""Emptying the database is for tests only: the logs are append-only."""

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import flush
from django.db import connections

from core.append_only import dangerously_drop_guards


class Command(flush.Command):
    def handle(self, **options: object) -> None:
        if not settings.TESTING:
            raise CommandError("refused: this database holds append-only logs. Make a new database instead.")
        dangerously_drop_guards(connections[str(options["database"])])
        super().handle(**options)
