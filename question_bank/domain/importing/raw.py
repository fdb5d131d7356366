"""What every format is brought to: one row of texts by column of the template, with what was wrong in the file itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from core.errors import gettext_noop


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row: its number as the spreadsheet shows it (or the line of a text), column, marked sentence."""

    row: int
    column: str
    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The Chinese sentence."""
        return self.message.format(**self.params) if self.params else self.message


@dataclass(frozen=True, slots=True)
class RawQuestion:
    """Texts by column title, as typed; `problems` are faults of the file (a formula without a value, a merged cell)."""

    row: int
    values: Mapping[str, str]
    problems: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was not read: a marked sentence with its {placeholders}."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The Chinese sentence."""
        return self.message.format(**self.params) if self.params else self.message


NOT_TAKEN: Final = gettext_noop("第 {row} 行的{what}未导入")
OPTIONS_NOT_TAKEN: Final = gettext_noop("第 {row} 行有 {count} 个选项，超过 8 个，未导入")


def not_taken(row: int, what: str) -> Note:
    """`what` is a marked word: a kind or a part of a question that the bank has no place for."""
    return Note(NOT_TAKEN, {"row": row, "what": what})


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file brought to rows. `unsupported`: what the file says and the bank has no place for.

    `pictures`: name in the texts (`media:<name>`) → bytes as they came with the file.
    """

    format: str
    questions: tuple[RawQuestion, ...]
    unsupported: tuple[Note, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
