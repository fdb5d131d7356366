"""The formats that questions leave in. A new format is a module here and one line in `WRITERS`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from question_bank.domain.draft import QuestionDraft
from question_bank.domain.exporting.moodle_xml import write_moodle_xml
from question_bank.domain.exporting.table import write_csv_table, write_xlsx_table
from question_bank.domain.exporting.texts import write_aiken, write_gift, write_text
from question_bank.domain.importing import columns
from question_bank.domain.kinds import KINDS, kind_for
from question_bank.errors import UnknownFormat


@dataclass(frozen=True, slots=True)
class Writer:
    """How a format is written, which kinds it carries, and the columns that it cannot carry: the loss is stated."""

    write: Callable[[Sequence[QuestionDraft]], bytes]
    content_type: str
    suffix: str
    kinds: frozenset[str] = frozenset(KINDS)
    loses: tuple[str, ...] = ()


_CHOICES: Final = frozenset({"single_choice", "multiple_choice", "true_false"})
_LOST_IN_MOODLE: Final = (
    columns.DIFFICULTY, columns.INDUSTRY, columns.POSTS, columns.LAW_REFERENCE, columns.LAW_EDITION, columns.VALID_UNTIL,
    columns.SOURCE, columns.NOTE,
)  # fmt: skip
_LOST_IN_GIFT: Final = (*_LOST_IN_MOODLE, columns.MARK)
_LOST_IN_AIKEN: Final = (*_LOST_IN_GIFT, columns.KNOWLEDGE_POINT, columns.EXPLANATION)

WRITERS: Final[Mapping[str, Writer]] = {
    "csv": Writer(write_csv_table, "text/csv; charset=utf-8", "csv"),
    "xlsx": Writer(write_xlsx_table, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "text": Writer(write_text, "text/plain; charset=utf-8", "txt"),
    "gift": Writer(write_gift, "text/plain; charset=utf-8", "gift.txt", kinds=_CHOICES, loses=_LOST_IN_GIFT),
    "aiken": Writer(
        write_aiken,
        "text/plain; charset=utf-8",
        "aiken.txt",
        kinds=frozenset({"single_choice"}),
        loses=_LOST_IN_AIKEN,
    ),
    "moodle-xml": Writer(write_moodle_xml, "application/xml", "xml", kinds=_CHOICES, loses=_LOST_IN_MOODLE),
}


def writer_for(format_name: str) -> Writer:
    """Raises `UnknownFormat`."""
    try:
        return WRITERS[format_name]
    except KeyError:
        raise UnknownFormat(name=format_name[:60], formats="、".join(WRITERS)) from None


@dataclass(frozen=True, slots=True)
class Exported:
    """The file, and Chinese sentences about what is not in it."""

    data: bytes
    count: int
    losses: tuple[str, ...]


def export_drafts(drafts: Sequence[QuestionDraft], format_name: str) -> Exported:
    """Writes what the format can carry and says what it cannot. Raises `UnknownFormat`."""
    writer = writer_for(format_name)
    kept = [draft for draft in drafts if draft.content.kind in writer.kinds]
    losses = [f"该格式不能保存：{'、'.join(writer.loses)}"] if writer.loses else []
    for kind in KINDS:
        left_out = sum(draft.content.kind == kind for draft in drafts if kind not in writer.kinds)
        if left_out:
            losses.append(f"该格式没有{kind_for(kind).label}，{left_out} 道未导出")
    return Exported(writer.write(kept), len(kept), tuple(losses))


__all__ = ["WRITERS", "Exported", "Writer", "export_drafts", "writer_for"]
