"""Logs that never change silently: a database trigger refuses UPDATE and DELETE (house_style section 2).

Every model that inherits `core.models.AppendOnlyModel` is guarded; the guards are (re)installed after each migrate,
so that a table rebuilt by a migration cannot lose its guard.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION choukao_refuse_change() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'append-only table %: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql
"""


def install_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Creates the missing triggers on every guarded table that exists; returns the guarded tables."""
    existing = set(connection.introspection.table_names())
    tables = [table for table in guarded_tables() if table in existing]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
        for table in tables:
            for statement in _create_statements(connection.vendor, table):
                cursor.execute(statement)
    return tables


def dangerously_drop_guards(connection: BaseDatabaseWrapper) -> None:
    """Takes the triggers away. For emptying a test database, and for drills that show what the audit then finds."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in guarded_tables():
            if table in existing:
                for statement in _drop_statements(connection.vendor, table):
                    cursor.execute(statement)


def guarded_tables() -> list[str]:
    """Table names of all append-only models, sorted."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False))


def install_guards_after_migrate(using: str, **_: object) -> None:
    """Receiver of `post_migrate`, once per database."""
    install_guards(connections[using])


def _create_statements(vendor: str, table: str) -> Iterator[str]:
    # Table names come from our own models, never from input.
    if vendor == "postgresql":
        yield (
            f'CREATE OR REPLACE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION choukao_refuse_change()"
        )
        yield (
            f'CREATE OR REPLACE TRIGGER "{table}_no_truncate" BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION choukao_refuse_change()"
        )
        return
    for operation in ("UPDATE", "DELETE"):
        yield (
            f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{operation.lower()}" BEFORE {operation} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, 'append-only table {table}: {operation} refused'); END"
        )


def _drop_statements(vendor: str, table: str) -> Iterator[str]:
    if vendor == "postgresql":
        yield f'DROP TRIGGER IF EXISTS "{table}_append_only" ON "{table}"'
        yield f'DROP TRIGGER IF EXISTS "{table}_no_truncate" ON "{table}"'
        return
    yield f'DROP TRIGGER IF EXISTS "{table}_no_update"'
    yield f'DROP TRIGGER IF EXISTS "{table}_no_delete"'
