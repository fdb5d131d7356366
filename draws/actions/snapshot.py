"""The snapshot of the population: who is in the roster, under which pid, written in bulk. A million people fit in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from core.actor import Actor
from core.crypto import seal_many
from core.seeded import fresh_token
from draws.actions.bulk import write_rows
from draws.domain.drafting import Draft, pids_of
from draws.domain.roster import Kind
from draws.models import Draw, RosterEntry
from draws.queries import POST_OF_LETTER, SALT_COLUMN, SALT_TABLE, SealedPool, SealedPost, letter_of, sealed_pool
from registry.queries import opened_id_numbers

Progress = Callable[[int, int], None]
_BATCH: Final = 20_000  # and how often the bar moves
_COLUMNS: Final = "draw proposal person enterprise post pid salt_sealed stratum lots flag".split()
_LOTS: Final = 1
_SALT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`roster`: roster.csv, made of the draft; `asked` is what the rules and flags were when it was taken.

    `appointments`: how many were read, no fewer than there are people.
    """

    draft: Draft
    roster: bytes
    appointments: int
    asked: object


def silent(_done: int, _total: int) -> None:
    """For those who wait without a bar."""


def take_snapshot(actor: Actor, draw: Draw, *, on: date, progress: Progress = silent) -> Snapshot:
    """Reads the population of a day and gives everybody a fresh salt and a pid. Writes nothing.

    `progress` is told how far it is: the first half of a bar of twice as many steps as there are appointments.
    Raises RosterStratumInvalid, PersonalFieldInvalid, DraftChanged.
    """
    asked = asked_of(draw)
    pool = sealed_pool(actor, draw, on=on)
    total = pool.appointments()
    draft = Draft()
    numbers: dict[object, int] = {}
    for batch in pool.batches(_BATCH):
        _add(batch, draft, pool=pool, numbers=numbers, round_label=draw.round_code)
        progress(min(len(draft), total), 2 * total)
    return Snapshot(draft, draft.roster(), max(total, len(draft)), asked)


def asked_of(draw: Draw) -> object:
    """What decides a snapshot besides the registry; compared again before it is written."""
    flags: list[tuple[int, datetime | None]] = list(draw.flags.order_by("pk").values_list("pk", "approved_at"))
    return draw.parameters, flags


def store_entries(draw: Draw, snapshot: Snapshot, *, progress: Progress) -> None:
    """Writes the rows of the draw's current proposal; salts are sealed as they go. `progress`: the second half of the bar."""
    write_rows(RosterEntry, _COLUMNS, _entries(draw, snapshot, progress))


def _add(
    batch: Sequence[SealedPost], draft: Draft, *, pool: SealedPool, numbers: dict[object, int], round_label: str
) -> None:
    # `numbers`: what a stratum and a flag are made of → the number of the kind of row, so that each is made once.
    documents = opened_id_numbers([post[9] for post in batch], [post[7] for post in batch])
    identities = [
        (post[8], document, post[2], letter_of(post)) for post, document in zip(batch, documents, strict=True)
    ]
    random = fresh_token(_SALT_BYTES * len(batch))
    salts = [random[start : start + 2 * _SALT_BYTES] for start in range(0, len(random), 2 * _SALT_BYTES)]
    pids = pids_of(identities, salts, round_label=round_label)
    for post, pid, salt in zip(batch, pids, salts, strict=True):
        made_of = post[3:7], pool.flags.of(post[0])
        number = numbers.get(made_of)
        if number is None:
            number = numbers[made_of] = draft.kind_number(Kind(pool.stratum_of(post), _LOTS, made_of[1]))
        draft.add(pid, bytes.fromhex(salt), post[0], post[1], number)


def _entries(draw: Draw, snapshot: Snapshot, progress: Progress) -> Iterator[tuple[Any, ...]]:
    done = 2 * snapshot.appointments - len(snapshot.draft)
    for batch in snapshot.draft.batches(_BATCH):
        pids, salts = [row[0] for row in batch], [row[1] for row in batch]
        boxes = seal_many(salts, table=SALT_TABLE, column=SALT_COLUMN, rows=pids)
        for (pid, _, person, enterprise, kind), box in zip(batch, boxes, strict=True):
            post = _POSTS[kind.stratum[-1]]
            yield draw.pk, draw.proposal, person, enterprise, post, pid, box, kind.stratum, kind.lots, kind.flag
        done += len(batch)
        progress(done, 2 * snapshot.appointments)


_POSTS = {letter: str(post) for letter, post in POST_OF_LETTER.items()}
