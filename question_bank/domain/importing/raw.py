"""What every format is brought to: one row of texts by column of the template, with what was wrong in the file itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
class Parsed:
    """A file brought to rows. `unsupported`: what the file says and the bank has no place for, in Chinese sentences."""

    format: str
    questions: tuple[RawQuestion, ...]
    unsupported: tuple[str, ...] = ()
