"""PAPER/1 (draw.md, Papers): unknown before, recomputable after, different for a makeup.

The paper that a candidate gets carries opaque ids and no key; the key file is built beside it and stays on the server.
Both are stored once with their hashes and never built again.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_uppercase
from typing import Any

from core.canonical import canonical_json, canonical_sha256, sha256_hex
from core.scores import display, total
from exams.domain.messages import ItemShape
from exams.errors import BankChanged, NotEnoughItems, PaperDamaged
from question_bank.domain.content import Content
from question_bank.domain.kinds import KINDS, kind_for
from question_bank.domain.kinds.base import MarkingRule
from question_bank.domain.kinds.places import places_of
from question_bank.domain.snapshot import BankSnapshot, ItemRef, SnapshotCell, bank_root
from question_bank.domain.versions import content_sha256

_OPAQUE_CHARS = 16
_NUMERALS = tuple(str(number) for number in range(1, 100))
Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Commitments:
    """What the draw plan published: hex64 each."""

    bank_root: str
    paper_key_commit: str


@dataclass(frozen=True, slots=True)
class PaperSeat:
    """Whose paper: seed of the draw, code announced at the opening, pid of the person, number of the sitting."""

    seed: str
    opening_code: str
    pid: str
    sitting: int


@dataclass(frozen=True, slots=True)
class Heading:
    """What is printed above the items."""

    title: str
    minutes: int
    pass_mark: Decimal
    rule: MarkingRule


@dataclass(frozen=True, slots=True)
class Paper:
    """`body` is what the candidate sees; `key` never leaves the server. Hashes are of the texts, their canonical JSON."""

    body: Json
    body_sha256: str
    key: Json
    key_sha256: str
    content: str
    answer_key: str


def paper_key_commit(key: bytes) -> str:
    """SHA-256("paper-key/1|" + hex(K)): what the plan carries while K is secret."""
    return hashlib.sha256(f"paper-key/1|{key.hex()}".encode("ascii")).hexdigest()


def check_commitments(commitments: Commitments, *, snapshot: BankSnapshot, key: bytes) -> None:
    """Refuses to build from another bank or another key than the plan committed to; raises BankChanged (A11)."""
    if bank_root(snapshot) != commitments.bank_root or paper_key_commit(key) != commitments.paper_key_commit:
        raise BankChanged


def check_contents(snapshot: BankSnapshot, contents: Mapping[str, Content]) -> None:
    """Refuses an item that is missing, or says something else than its version said when committed; raises BankChanged."""
    for cell in snapshot.cells:
        for item in cell.items:
            content = contents.get(item.ref)
            if content is None or content_sha256(content) != item.sha256:
                raise BankChanged


def paper_seed(key: bytes, seat: PaperSeat) -> str:
    """The paper seed, ps = HMAC-SHA256(K, "paper/1|<seed>|<opening code>|<pid>|<sitting>") as hex."""
    message = f"paper/1|{seat.seed}|{seat.opening_code}|{seat.pid}|{seat.sitting}"
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


def choose_items(ps: str, snapshot: BankSnapshot) -> tuple[tuple[SnapshotCell, ItemRef], ...]:
    """The k items of each cell with the smallest item hash, put in paper order; raises NotEnoughItems."""
    chosen: list[tuple[SnapshotCell, ItemRef]] = []
    for cell in snapshot.cells:
        if len(cell.items) < cell.count:
            raise NotEnoughItems(cell=cell.title, asked=cell.count, available=len(cell.items))
        ranked = sorted(cell.items, key=lambda item: _hash("item/1", ps, item.ref))
        chosen.extend((cell, item) for item in ranked[: cell.count])
    return tuple(sorted(chosen, key=lambda pair: _hash("order/1", ps, pair[1].ref)))


def order_options(ps: str, ref: str, options: Sequence[str]) -> tuple[str, ...]:
    """Real option ids of one item in the order of this paper."""
    return tuple(sorted(options, key=lambda option: _hash("opt/1", ps, f"{ref}|{option}")))


def opaque_item_id(ps: str, ref: str) -> str:
    """What the candidate's page calls the item: 64 bits of its order hash, meaningless without K."""
    return _hash("order/1", ps, ref)[:_OPAQUE_CHARS]


def opaque_option_id(ps: str, ref: str, option: str) -> str:
    """What the candidate's page calls the option."""
    return _hash("opt/1", ps, f"{ref}|{option}")[:_OPAQUE_CHARS]


def build_paper(
    ps: str,
    snapshot: BankSnapshot,
    contents: Mapping[str, Content],
    *,
    heading: Heading,
) -> Paper:
    """The frozen paper and its key; raises NotEnoughItems.

    `contents` maps `item@version` of every item of the snapshot to its content, and has passed `check_contents`.
    """
    drawn = choose_items(ps, snapshot)
    items: list[Json] = []
    keys: Json = {}
    for number, (cell, ref) in enumerate(drawn, start=1):
        content = contents[ref.ref]
        item = _public_item(ps, ref, content=content)
        items.append({**item, "number": number, "mark": display(cell.mark)})
        keys[opaque_item_id(ps, ref.ref)] = _key_item(ps, ref, content=content, cell=cell)
    body: Json = {
        "title": heading.title,
        "minutes": heading.minutes,
        "pass": display(heading.pass_mark),
        "total": display(total(cell.mark for cell, _ in drawn)),
        "rule": _printed_rules(heading.rule, drawn, contents),
        "items": items,
    }
    key: Json = {"v": "PAPER-KEY/1", "rule": heading.rule.to_json(), "items": keys}
    text, answer_key = canonical_json(body), canonical_json(key)
    return Paper(body, sha256_hex(text), key, sha256_hex(answer_key), content=text, answer_key=answer_key)


def _printed_rules(
    rule: MarkingRule, drawn: Sequence[tuple[SnapshotCell, ItemRef]], contents: Mapping[str, Content]
) -> str:
    """The marking rule, and how the kinds that it does not speak of earn their marks."""
    present = {contents[ref.ref].kind for _, ref in drawn}
    return "".join([rule.label, *(kind.note for code, kind in KINDS.items() if code in present)])


def check_paper(paper: Paper) -> None:
    """Raises PaperDamaged when a stored paper or key no longer matches the hash it was frozen with (A59)."""
    if canonical_sha256(paper.body) != paper.body_sha256 or canonical_sha256(paper.key) != paper.key_sha256:
        raise PaperDamaged


def item_shapes(body: Json) -> dict[str, ItemShape]:
    """What SAVE may carry for each item of a stored paper body."""
    items = body["items"]
    if not isinstance(items, list):
        raise PaperDamaged
    return {item["id"]: _shape(item) for item in items}


def _shape(item: Json) -> ItemShape:
    options = item["options"]
    if not isinstance(options, list):
        raise PaperDamaged
    places = places_of(item)  # type: ignore[arg-type]
    if places:
        return ItemShape(kind=str(item["kind"]), options=frozenset(), most=len(places), places=places)
    most = len(options) if item["input"] == "checkbox" else 1
    return ItemShape(kind=str(item["kind"]), options=frozenset(option["id"] for option in options), most=most)


def _public_item(ps: str, ref: ItemRef, *, content: Content) -> Json:
    kind = kind_for(content.kind)
    shown = dict(kind.render(content))
    item: dict[str, Any] = {"id": opaque_item_id(ps, ref.ref), "kind": shown.pop("kind"), "section": kind.label}
    parts = shown.pop("parts", None)
    item |= _opaque(ps, ref, shown, shuffles=kind.shuffles_options)
    if isinstance(parts, list):
        item["parts"] = [_opaque(ps, ref, part, shuffles=kind_for(part["kind"]).shuffles_options) for part in parts]
    return item


def _opaque(ps: str, ref: ItemRef, shown: Mapping[str, object], *, shuffles: bool) -> Json:
    """What a kind renders, with ids that mean nothing without K and options in the order of this paper."""
    item = dict(shown)
    for side, labels in (("options", ascii_uppercase), ("targets", _NUMERALS)):
        listed = shown.get(side)
        if isinstance(listed, list):
            texts = {option["id"]: option["text"] for option in listed}
            order = order_options(ps, ref.ref, tuple(texts)) if shuffles else tuple(texts)
            item[side] = [
                {"id": opaque_option_id(ps, ref.ref, option), "label": labels[place], "text": texts[option]}
                for place, option in enumerate(order)
            ]
    return item


def _shown_ids(shown: Mapping[str, object]) -> Iterator[str]:
    """Every id of an option or target that a rendered item carries, its parts included."""
    for side in ("options", "targets", "parts"):
        listed = shown.get(side)
        for entry in listed if isinstance(listed, list) else ():
            if side == "parts":
                yield from _shown_ids(entry)
            else:
                yield entry["id"]


def _key_item(ps: str, ref: ItemRef, *, content: Content, cell: SnapshotCell) -> Json:
    return {
        "item": ref.item,
        "version": ref.version,
        "sha256": ref.sha256,
        "cell": cell.code,
        "kind": content.kind,
        "points": format(Decimal(cell.mark), "f"),
        "key": content.key,
        "options": {
            opaque_option_id(ps, ref.ref, option): option
            for option in _shown_ids(kind_for(content.kind).render(content))
        },
    }


def _hash(label: str, ps: str, rest: str) -> str:
    return hashlib.sha256(f"{label}|{ps}|{rest}".encode()).hexdigest()
