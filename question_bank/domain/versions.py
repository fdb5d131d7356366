"""A version is what its canonical JSON says: its hash, and what changed between two of them."""

import difflib
from dataclasses import dataclass
from typing import Final, Literal

from core.canonical import canonical_sha256
from core.errors import gettext_noop
from question_bank.domain.content import Content, content_to_json
from question_bank.domain.kinds import kind_for

Operation = Literal["same", "removed", "added"]


def content_sha256(content: Content) -> str:
    """SHA-256 of the canonical JSON of the content, as 64 hex digits."""
    return canonical_sha256(content_to_json(content))


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters that stayed, went or came."""

    operation: Operation
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A part of the question that differs. `part`: `stem`, `options.c`, `key`, `explanation`, `kind`, or a fact's name."""

    part: str
    label: str
    pieces: tuple[Piece, ...]


PART_LABELS: Final = {
    "kind": gettext_noop("题型"),
    "stem": gettext_noop("题干"),
    "key": gettext_noop("答案"),
    "explanation": gettext_noop("解析"),
    "difficulty": gettext_noop("难度"),
    "knowledge_point": gettext_noop("知识点"),
    "industry": gettext_noop("行业"),
    "posts": gettext_noop("适用人员"),
    "law_reference": gettext_noop("法规依据"),
    "law_edition": gettext_noop("法规版本"),
    "valid_until": gettext_noop("有效期至"),
    "mark": gettext_noop("分值"),
    "source": gettext_noop("来源"),
    "note": gettext_noop("备注"),
}


def content_parts(content: Content) -> dict[str, str]:
    """Part → text, in reading order. An option's part is `options.c`."""
    kind = kind_for(content.kind)
    parts = {"kind": kind.label, "stem": content.stem}
    parts |= {f"options.{option.id}": option.text for option in content.options}
    return parts | {"key": kind.key_text(content), "explanation": content.explanation}


def differences(before: dict[str, str], after: dict[str, str]) -> tuple[Change, ...]:
    """What changed between two versions given as part → text (`content_parts`, and facts by the names of PART_LABELS)."""
    order = list(dict.fromkeys([*before, *after]))
    return tuple(
        Change(part, _label(part), text_pieces(before.get(part, ""), after.get(part, "")))
        for part in order
        if before.get(part, "") != after.get(part, "")
    )


def text_pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts as runs of characters: together, removed and same give `before`, added and same give `after`."""
    pieces: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", before[start:end]))
            continue
        pieces += _pieces("removed", before[start:end]) + _pieces("added", after[new_start:new_end])
    return tuple(pieces)


def _pieces(operation: Operation, text: str) -> list[Piece]:
    return [Piece(operation, text)] if text else []


def _label(part: str) -> str:
    if part.startswith("options."):
        return f"选项{part.removeprefix('options.').upper()}"
    return PART_LABELS.get(part, part)
