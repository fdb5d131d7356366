"""The snapshot of the population: who is in the roster, under which pid, written in bulk. A million people fit in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection

from core.actor import Actor
from core.crypto import seal
from core.seeded import fresh_token
from draws.domain.pool import Post
from draws.domain.roster import Identity, RowTuple, pid_of
from draws.models import Draw, RosterEntry
from draws.queries import POST_OF_LETTER, SALT_COLUMN, SALT_TABLE, acting_for, rows_to_be
from registry.queries import identities_of

Progress = Callable[[int, int], None]
_BATCH = 5000
_COLUMNS = "draw_id proposal person_id enterprise_id post pid salt_sealed stratum lots flag".split()
_LOTS = 1

# pid, stratum, flag, person, enterprise, post letter, salt: a tuple, because there are very many.
Drafted = tuple[str, str, str, int, int, str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Rows in the order of pids; `asked` is what the rules and flags were when it was taken."""

    rows: Sequence[Drafted]
    eligible: dict[str, int]
    asked: object

    def roster_rows(self) -> Iterator[RowTuple]:
        return ((pid, stratum, _LOTS, flag) for pid, stratum, flag, *_ in self.rows)


def silent(_done: int, _total: int) -> None:
    """For those who wait without a bar."""


def take_snapshot(actor: Actor, draw: Draw, *, on: date, progress: Progress = silent) -> Snapshot:
    """Reads the population of a day and gives everybody a fresh salt and a pid. Writes nothing.

    Raises RosterStratumInvalid, PersonalFieldInvalid.
    """
    asked = asked_of(draw)
    pool = rows_to_be(actor, draw, on=on)
    total = len(pool)
    acting = acting_for(actor, draw.authority)
    rows: list[Drafted] = []
    eligible: dict[str, int] = {}
    while pool:
        batch = pool[-_BATCH:]
        del pool[-_BATCH:]  # what is drafted is not needed twice in memory
        documents = identities_of(acting, [post.person for post, _, _ in batch])
        for post, stratum, flag in batch:
            rows.append(_draft(post, stratum, flag, document=documents[post.person], round_label=draw.round_code))
            eligible[stratum] = eligible.get(stratum, 0) + (not flag)
        progress(len(rows), total)
    rows.sort()
    return Snapshot(rows, eligible, asked)


def asked_of(draw: Draw) -> object:
    """What decides a snapshot besides the registry; compared again before it is written."""
    flags: list[tuple[int, datetime | None]] = list(draw.flags.order_by("pk").values_list("pk", "approved_at"))
    return draw.parameters, flags


def store_entries(draw: Draw, rows: Iterable[Drafted]) -> None:
    """Writes the rows of the draw's current proposal: by COPY on PostgreSQL, in batches elsewhere."""
    ready = (_columns(draw, row) for row in rows)
    table = RosterEntry._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
                for row in ready:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(_COLUMNS))
        statement = f"INSERT INTO {table} ({', '.join(_COLUMNS)}) VALUES ({places})"  # noqa: S608 - names of our model  # nosec B608
        while batch := list(islice(ready, _BATCH)):
            cursor.executemany(statement, batch)


def _draft(post: Post, stratum: str, flag: str, *, document: tuple[str, str], round_label: str) -> Drafted:
    salt = fresh_token(32)
    pid = pid_of(Identity(*document, post.credit_code, post.post), round_label=round_label, salt=salt)
    return pid, stratum, flag, post.person, post.enterprise, post.post, salt


def _columns(draw: Draw, row: Drafted) -> tuple[Any, ...]:
    pid, stratum, flag, person, enterprise, letter, salt = row
    sealed = seal(salt, table=SALT_TABLE, column=SALT_COLUMN, row=pid)
    return draw.pk, draw.proposal, person, enterprise, _POSTS[letter], pid, sealed, stratum, _LOTS, flag


_POSTS = {letter: str(post) for letter, post in POST_OF_LETTER.items()}
