"""The bank as a plan commits to it: which versions each cell of a paper may draw (draw.md, Papers: PAPER/1)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.canonical import canonical_json, sha256_hex
from question_bank.domain.content import Json
from question_bank.errors import ContentMalformed

ALGORITHM: Final = "CHOUKAO-BANK/1"


@dataclass(frozen=True, slots=True)
class ItemRef:
    """One version of one question: the question's public id, the version's number, the hash of its content."""

    item: str
    version: int
    sha256: str

    @property
    def ref(self) -> str:
        """`item@version`, as PAPER/1 hashes it."""
        return f"{self.item}@{self.version}"


@dataclass(frozen=True, slots=True)
class SnapshotCell:
    """A cell with its candidates for the paper, sorted by `ref`. `count` of them are drawn, `mark` points each."""

    code: str
    title: str
    kind: str
    count: int
    mark: Decimal
    items: tuple[ItemRef, ...]


@dataclass(frozen=True, slots=True)
class BankSnapshot:
    """All cells, in the order of the blueprint. No item is in two cells."""

    cells: tuple[SnapshotCell, ...]

    @property
    def item_count(self) -> int:
        return sum(len(cell.items) for cell in self.cells)

    @property
    def total_mark(self) -> Decimal:
        """Points of a full paper."""
        return sum((cell.mark * cell.count for cell in self.cells), Decimal(0))

    def to_json(self) -> dict[str, Json]:
        """A plain dictionary; `snapshot_from_json` is its inverse."""
        return {
            "alg": ALGORITHM,
            "cells": [
                {
                    "code": cell.code,
                    "title": cell.title,
                    "kind": cell.kind,
                    "count": cell.count,
                    "mark": format(cell.mark, "f"),
                    "items": [f"{item.ref}:{item.sha256}" for item in cell.items],
                }
                for cell in self.cells
            ],
        }


def bank_root(snapshot: BankSnapshot) -> str:
    """SHA-256 of the snapshot's canonical JSON (no final newline), as 64 hex digits: what the plan publishes."""
    return sha256_hex(snapshot_text(snapshot))


def snapshot_text(snapshot: BankSnapshot) -> str:
    """The canonical JSON itself, as it is stored."""
    return canonical_json(snapshot.to_json())


def snapshot_from_text(text: str) -> BankSnapshot:
    """Reads the stored text. Raises `ContentMalformed`."""
    return snapshot_from_json(json.loads(text))


def snapshot_from_json(data: Json) -> BankSnapshot:
    """Reads `to_json`. Raises `ContentMalformed` with the place that is wrong."""
    if not isinstance(data, Mapping) or data.get("alg") != ALGORITHM:
        raise ContentMalformed(place="alg")
    cells = data.get("cells")
    if not isinstance(cells, Sequence) or isinstance(cells, str):
        raise ContentMalformed(place="cells")
    return BankSnapshot(tuple(_cell(cell) for cell in cells))


def _cell(data: Json) -> SnapshotCell:
    match data:
        case {
            "code": str(code),
            "title": str(title),
            "kind": str(kind),
            "count": int(count),
            "mark": str(mark),
            "items": [*items],
        }:
            return SnapshotCell(code, title, kind, count, Decimal(mark), tuple(_item(item) for item in items))
    raise ContentMalformed(place="cells")


def _item(text: Json) -> ItemRef:
    match text.replace("@", ":").split(":") if isinstance(text, str) else None:
        case [item, version, digest] if version.isdigit():
            return ItemRef(item, int(version), digest)
    raise ContentMalformed(place="items")


def sample_items(snapshot: BankSnapshot, seed: str) -> tuple[tuple[SnapshotCell, tuple[ItemRef, ...]], ...]:
    """A paper as it might be drawn, for staff to look at: cell by cell, chosen by hashes of the seed. Never an official one."""
    return tuple((cell, _smallest(cell, seed)) for cell in snapshot.cells)


def _smallest(cell: SnapshotCell, seed: str) -> tuple[ItemRef, ...]:
    ranked = sorted(cell.items, key=lambda item: sha256_hex(f"sample/1|{seed}|{item.ref}"))
    return tuple(ranked[: cell.count])
