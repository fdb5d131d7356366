"""Very many rows in one go: COPY on PostgreSQL, one INSERT for each batch on SQLite. The only place of this room that knows either.

No instances, no defaults of the model, no signals: the caller gives every column. Constraints and triggers hold as ever.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Model

_COPIED_AT_ONCE: Final = 50_000
# So many new rows change what the planner of PostgreSQL should think of a table.
_MANY: Final = 10_000
_INSERTED_AT_ONCE: Final = 5000
_CACHE_KIB: Final = 65_536


def write_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes rows whose values are in the order of `columns`, within the caller's transaction.

    They are taken one after another as they are written: an iterator is never held in full.
    """
    known = {field.name: field for field in model._meta.concrete_fields}
    fields = [known[column] for column in columns]
    table = connection.ops.quote_name(model._meta.db_table)
    into = f"{table} ({', '.join(connection.ops.quote_name(str(field.column)) for field in fields)})"
    ready = iter(_adapted(fields, rows))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            if _copy(cursor, into, ready) > _MANY:
                cursor.execute(f"ANALYZE {table}")  # or it would plan for the table of before until the next autovacuum
        else:
            places = ", ".join(["%s"] * len(fields))
            _insert(cursor, f"INSERT INTO {into} VALUES ({places})", ready)  # noqa: S608 - names of our model  # nosec B608


def _adapted(fields: "Sequence[Field[Any, Any]]", rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    # Everything but moments and days goes to the driver as it is.
    known = {
        "DateTimeField": connection.ops.adapt_datetimefield_value,
        "DateField": connection.ops.adapt_datefield_value,
    }
    adapters = [known.get(field.get_internal_type()) for field in fields]
    if not any(adapters):
        return rows
    return ([adapt(value) if adapt else value for adapt, value in zip(adapters, row, strict=True)] for row in rows)


def _copy(cursor: CursorWrapper, into: str, rows: Iterator[Sequence[Any]]) -> int:
    # Foreign keys are checked as the rows come, not in one silent stretch at commit with all of them waiting in memory.
    written = 0
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    while (first := next(rows, None)) is not None:
        with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            copy.write_row(first)
            for row in islice(rows, _COPIED_AT_ONCE - 1):
                copy.write_row(row)
        written += cursor.rowcount
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return written


def _insert(cursor: CursorWrapper, statement: str, rows: Iterator[Sequence[Any]]) -> None:
    with _large_cache(cursor):
        while batch := list(islice(rows, _INSERTED_AT_ONCE)):
            cursor.executemany(statement, batch)


@contextmanager
def _large_cache(cursor: CursorWrapper) -> Iterator[None]:
    # Pages of the indexes that rows are spread over stay in memory, instead of being written and read for each batch.
    cursor.execute("PRAGMA cache_size")
    before = cursor.fetchone()[0]
    cursor.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA cache_size = {before}")
