"""What a client may send: the shape and limits of SAVE, OPEN and SUBMIT (answers.md, Messages).

A wrong envelope is refused whole. A wrong event inside a good envelope becomes a `Malformed`, which is kept as a
conflict: one broken answer never blocks the good ones behind it in the outbox.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.canonical import canonical_json, sha256_hex
from exams.errors import BatchTooLarge, EnvelopeMalformed
from question_bank.domain.kinds.places import Place, fits

MOST_EVENTS = 50
MOST_BYTES = 48 * 1024
MOST_SEQ = 1_000_000
MOST_EPOCH = 10_000
MOST_ANSWER_CHARS = 16 * 1024
# Milliseconds that a JavaScript number holds exactly.
_MOST_CLIENT_MS = 2**53
_MOST_RECEIPT_CHARS = 2048
_CID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ItemShape:
    """What an answer to one item of one paper may look like: opaque option ids, and how many of them; or its places."""

    kind: str
    options: frozenset[str]
    most: int
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """The complete answer of one item at one moment. `answer` is None when it was cleared; `answer_json` is its one
    spelling, which is stored and hashed. Times are milliseconds. `proof` is a receipt that the client says it was given.
    """

    seq: int
    item: str
    answer: object
    answer_json: str
    answer_sha256: str
    client_ms: int | None = None
    client_mono_ms: int | None = None
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Malformed:
    """An event that cannot be used: `code` says why, `raw` is what came, `seq` is there if it could be read."""

    seq: int | None
    code: str
    raw: object


@dataclass(frozen=True, slots=True)
class Save:
    """One SAVE message. `events` are still raw: they are read one by one against the paper."""

    epoch: int
    cid: str
    events: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """One OPEN message: a device asks to write. `takeover` when another one holds the lease and shall lose it."""

    cid: str
    takeover: bool = False


@dataclass(frozen=True, slots=True)
class Submit:
    """One SUBMIT message: what the client believes it delivered."""

    epoch: int
    cid: str
    last_seq: int
    items: Mapping[str, str] = field(default_factory=dict)


def read_open(body: object) -> Open:
    """Reads an OPEN body; raises EnvelopeMalformed."""
    fields = _object(body)
    takeover = fields.get("takeover", False)
    if not isinstance(takeover, bool):
        raise EnvelopeMalformed(field="takeover")
    return Open(cid=_cid(fields), takeover=takeover)


def read_save(body: object, *, size: int) -> Save:
    """Reads a SAVE body of `size` bytes; raises BatchTooLarge (413) or EnvelopeMalformed (422)."""
    if size > MOST_BYTES:
        raise BatchTooLarge(events=MOST_EVENTS, kilobytes=MOST_BYTES // 1024)
    fields = _object(body)
    events = fields.get("events")
    if not isinstance(events, list) or not events:
        raise EnvelopeMalformed(field="events")
    if len(events) > MOST_EVENTS:
        raise BatchTooLarge(events=MOST_EVENTS, kilobytes=MOST_BYTES // 1024)
    return Save(epoch=_integer(fields, "epoch", most=MOST_EPOCH), cid=_cid(fields), events=tuple(events))


def read_submit(body: object) -> Submit:
    """Reads a SUBMIT body; raises EnvelopeMalformed."""
    fields = _object(body)
    items = fields.get("items")
    if not isinstance(items, dict) or len(items) > 1000:
        raise EnvelopeMalformed(field="items")
    if not all(len(item) <= 64 and isinstance(sha, str) and _HASH.fullmatch(sha) for item, sha in items.items()):
        raise EnvelopeMalformed(field="items")
    return Submit(
        epoch=_integer(fields, "epoch", most=MOST_EPOCH),
        cid=_cid(fields),
        last_seq=_integer(fields, "last_seq", least=0, most=MOST_SEQ),
        items=items,
    )


def read_events(save: Save, items: Mapping[str, ItemShape]) -> tuple[Event | Malformed, ...]:
    """The events of a message in their order, each against the paper's items."""
    return tuple(read_event(raw, items) for raw in save.events)


def read_event(raw: object, items: Mapping[str, ItemShape]) -> Event | Malformed:
    """One event against the paper's items. Never raises: whatever came is either usable or a kept conflict."""
    if not isinstance(raw, dict):
        return Malformed(None, "event_malformed", raw)
    seq = raw.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 1 <= seq <= MOST_SEQ:
        return Malformed(None, "seq_malformed", raw)
    item = raw.get("item")
    if not isinstance(item, str) or item not in items:
        return Malformed(seq, "item_unknown", raw)
    if "answer" not in raw or not answer_fits(raw["answer"], items[item]):
        return Malformed(seq, "answer_malformed", raw)
    answer = normal_answer(raw["answer"], items[item])
    answer_json = canonical_json(answer)
    return Event(
        seq=seq,
        item=item,
        answer=answer,
        answer_json=answer_json,
        answer_sha256=sha256_hex(answer_json),
        client_ms=_milliseconds(raw.get("ms")),
        client_mono_ms=_milliseconds(raw.get("mono")),
        proof=_proof(raw.get("receipt")),
    )


def answer_fits(answer: object, shape: ItemShape) -> bool:
    """Whether the answer has the shape its item asks for: null, or a list of that item's own option ids, each once,
    or a list of `place=value` entries for that item's places.
    """
    if answer is None:
        return True
    if shape.places:
        return fits(answer, shape.places) and _is_small_json(answer)
    if shape.options:
        return _is_choice(answer, shape)
    return isinstance(answer, list | dict) and _is_small_json(answer)


def normal_answer(answer: object, shape: ItemShape) -> object:
    """The one spelling that is stored and hashed: entries ascending, none is null (the client does the same)."""
    return sorted(answer) or None if (shape.options or shape.places) and isinstance(answer, list) else answer


def _is_choice(answer: object, shape: ItemShape) -> bool:
    if not isinstance(answer, list) or len(answer) > shape.most:
        return False
    if not all(isinstance(option, str) for option in answer):
        return False
    return len(set(answer)) == len(answer) and shape.options.issuperset(answer)


def _is_small_json(answer: object) -> bool:
    """Open answers: texts of people, so anything that JSON can carry without floats, up to a size."""
    try:
        text = canonical_json(answer)
    except (TypeError, ValueError):
        return False
    return len(text) <= MOST_ANSWER_CHARS


def _object(body: object) -> Mapping[str, object]:
    if not isinstance(body, dict):
        raise EnvelopeMalformed(field="body")
    return body


def _cid(fields: Mapping[str, object]) -> str:
    cid = fields.get("cid")
    if not isinstance(cid, str) or not _CID.fullmatch(cid):
        raise EnvelopeMalformed(field="cid")
    return cid


def _integer(fields: Mapping[str, object], name: str, *, most: int, least: int = 1) -> int:
    value = fields.get(name)
    # bool is an int in Python, and true is not a sequence number.
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise EnvelopeMalformed(field=name)
    return value


def _proof(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _MOST_RECEIPT_CHARS else ""


def _milliseconds(value: object) -> int | None:
    """Client clocks decide nothing (answers.md), so a senseless one is dropped and never costs the answer."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not -_MOST_CLIENT_MS < value < _MOST_CLIENT_MS:
        return None
    return int(value)
