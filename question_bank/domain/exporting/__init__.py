"""The formats that questions leave in. A new format is a module here and one line in `WRITERS`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from question_bank.domain.draft import QuestionDraft
from question_bank.domain.exporting.table import write_csv_table, write_xlsx_table
from question_bank.errors import UnknownFormat


@dataclass(frozen=True, slots=True)
class Writer:
    """How a format is written, and what it cannot carry (column titles), so that the loss is stated."""

    write: Callable[[Sequence[QuestionDraft]], bytes]
    content_type: str
    loses: tuple[str, ...] = ()


WRITERS: Final[Mapping[str, Writer]] = {
    "csv": Writer(write_csv_table, "text/csv; charset=utf-8"),
    "xlsx": Writer(write_xlsx_table, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def writer_for(format_name: str) -> Writer:
    """Raises `UnknownFormat`."""
    try:
        return WRITERS[format_name]
    except KeyError:
        raise UnknownFormat(name=format_name[:60], formats="、".join(WRITERS)) from None


__all__ = ["WRITERS", "Writer", "writer_for"]
