"""Triggers that refuse to change what a draw has committed to, once it is frozen (docs/draw.md, section 11).

The files themselves are append-only tables; this guards the columns that lead to them.
"""

from collections.abc import Iterator

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_TABLE = "draws_draw"
# Once frozen: what was committed. Once drawn: the seed as well, and the state stays.
_COMMITTED = (
    "authority_id",
    "year",
    "quarter",
    "serial",
    "parameters",
    "is_demo",
    "bank_root",
    "paper_key_commit",
    "proposal",
    "roster_sha256",
    "plan_sha256",
    "proposed_by_id",
    "frozen_by_id",
    "frozen_at",
    "sources_from",
)
_DRAWN = ("seed", "drawn_at")
_MESSAGE = "a frozen draw cannot be changed"

_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION choukao_keep_frozen_draw() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql
"""


def install_guards(connection: BaseDatabaseWrapper) -> None:
    """Creates or replaces the trigger, when the table exists."""
    if _TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def install_guards_after_migrate(using: str, **_: object) -> None:
    """Receiver of `post_migrate`: a table that a migration rebuilt has lost its trigger."""
    install_guards(connections[using])


def _statements(vendor: str) -> Iterator[str]:
    # Column names come from above, never from input.
    different = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    cast = "::text" if vendor == "postgresql" else ""  # json has no equality in PostgreSQL, its text has
    frozen = " OR ".join(f"OLD.{column}{cast} {different} NEW.{column}{cast}" for column in _COMMITTED)
    drawn = " OR ".join(f"OLD.{column} {different} NEW.{column}" for column in (*_DRAWN, "state"))
    condition = f"(OLD.frozen_at IS NOT NULL AND ({frozen})) OR (OLD.seed <> '' AND ({drawn}))"
    if vendor == "postgresql":
        yield _POSTGRES_FUNCTION
        yield (
            f"CREATE OR REPLACE TRIGGER {_TABLE}_frozen BEFORE UPDATE ON {_TABLE} FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION choukao_keep_frozen_draw()"
        )
        return
    yield f"DROP TRIGGER IF EXISTS {_TABLE}_frozen"
    yield (
        f"CREATE TRIGGER {_TABLE}_frozen BEFORE UPDATE ON {_TABLE} FOR EACH ROW "
        f"WHEN ({condition}) BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    )
