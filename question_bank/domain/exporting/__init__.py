"""The formats that questions leave in. A new format is a module here and one line in `WRITERS`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.exporting.docx import write_docx
from question_bank.domain.exporting.moodle_xml import write_moodle_xml
from question_bank.domain.exporting.qti import qti_writer
from question_bank.domain.exporting.table import write_csv_table, write_xlsx_table
from question_bank.domain.exporting.texts import write_aiken, write_gift, write_text
from question_bank.domain.importing import columns
from question_bank.domain.importing.raw import Note
from question_bank.domain.kinds import KINDS, kind_for
from question_bank.domain.kinds.fill_in import blanks_of, is_any_order
from question_bank.domain.kinds.numeric import fields_of
from question_bank.domain.rich import picture_names, texts_of
from question_bank.errors import UnknownFormat

LOSES_COLUMNS: Final = gettext_noop("该格式不能保存：{columns}")
LOSES_QUESTIONS: Final = gettext_noop("该格式不能保存这样的{kind}，{count} 道未导出")
LOSES_PICTURES: Final = gettext_noop("图片不在文件里，只写了编号：导回同一题库时图片还在，导入别处时没有")


@dataclass(frozen=True, slots=True)
class Writer:
    """How a format is written, which questions it carries, and the columns that it cannot carry: the loss is stated."""

    write: Callable[[Sequence[QuestionDraft], Mapping[str, bytes]], bytes]
    label: str
    content_type: str
    suffix: str
    carries: Callable[[QuestionDraft], bool]
    loses: tuple[str, ...] = ()
    has_pictures: bool = False


def _everything(draft: QuestionDraft) -> bool:
    return True


def _single_choice(draft: QuestionDraft) -> bool:
    return draft.content.kind == "single_choice"


def _in_gift(draft: QuestionDraft) -> bool:
    content = draft.content
    match content.kind:
        case "fill_in":
            return len(blanks_of(content.key)) == 1
        case "numeric":
            fields = fields_of(content.key)
            return not fields["unit"] and fields["tolerance_kind"] == "absolute"
        case "short_answer":
            return not content.explanation
    return content.kind not in {"ordering", "case"}


def _in_moodle(draft: QuestionDraft) -> bool:
    return draft.content.kind != "case" and not is_any_order(draft.content.key)


def _in_qti(draft: QuestionDraft) -> bool:
    return draft.content.kind != "case" and not (
        draft.content.kind == "numeric" and fields_of(draft.content.key)["asks_unit"] == "yes"
    )


_LOST_IN_MOODLE: Final = (
    columns.DIFFICULTY, columns.INDUSTRY, columns.POSTS, columns.LAW_REFERENCE, columns.LAW_EDITION, columns.VALID_UNTIL,
    columns.SOURCE, columns.NOTE,
)  # fmt: skip
_LOST_IN_GIFT: Final = (*_LOST_IN_MOODLE, columns.MARK)
_LOST_IN_QTI: Final = (*_LOST_IN_MOODLE, columns.KNOWLEDGE_POINT)
_LOST_IN_AIKEN: Final = (*_LOST_IN_GIFT, columns.KNOWLEDGE_POINT, columns.EXPLANATION)
_TEXT: Final = "text/plain; charset=utf-8"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"


def _qti(version: str) -> Writer:
    return Writer(
        qti_writer(version), f"QTI {version}", "application/zip", "zip", _in_qti, loses=_LOST_IN_QTI, has_pictures=True
    )


WRITERS: Final[Mapping[str, Writer]] = {
    "csv": Writer(write_csv_table, "CSV", "text/csv; charset=utf-8", "csv", _everything),
    "xlsx": Writer(write_xlsx_table, "Excel", f"{_OFFICE}.spreadsheetml.sheet", "xlsx", _everything),
    "docx": Writer(write_docx, "Word", f"{_OFFICE}.wordprocessingml.document", "docx", _everything, has_pictures=True),
    "text": Writer(write_text, gettext_noop("纯文本"), _TEXT, "txt", _everything),
    "gift": Writer(write_gift, "GIFT", _TEXT, "gift.txt", _in_gift, loses=_LOST_IN_GIFT),
    "aiken": Writer(write_aiken, "Aiken", _TEXT, "aiken.txt", _single_choice, loses=_LOST_IN_AIKEN),
    "moodle-xml": Writer(
        write_moodle_xml, "Moodle XML", "application/xml", "xml", _in_moodle, loses=_LOST_IN_MOODLE, has_pictures=True
    ),
    "qti-2.1": _qti("2.1"),
    "qti-2.2": _qti("2.2"),
    "qti-3.0": _qti("3.0"),
}


def writer_for(format_name: str) -> Writer:
    """Raises `UnknownFormat`."""
    try:
        return WRITERS[format_name]
    except KeyError:
        raise UnknownFormat(name=format_name[:60], formats="、".join(WRITERS)) from None


@dataclass(frozen=True, slots=True)
class Exported:
    """The file, and what is not in it."""

    data: bytes
    count: int
    losses: tuple[Note, ...]


def export_drafts(
    drafts: Sequence[QuestionDraft], format_name: str, pictures: Mapping[str, bytes] = MappingProxyType({})
) -> Exported:
    """Writes what the format can carry and says what it cannot. `pictures`: name → bytes. Raises `UnknownFormat`."""
    writer = writer_for(format_name)
    kept = [draft for draft in drafts if writer.carries(draft)]
    losses = [Note(LOSES_COLUMNS, {"columns": "、".join(writer.loses)})] if writer.loses else []
    for kind in KINDS:
        left_out = sum(draft.content.kind == kind for draft in drafts if not writer.carries(draft))
        if left_out:
            losses.append(Note(LOSES_QUESTIONS, {"kind": kind_for(kind).label, "count": left_out}))
    if not writer.has_pictures and any(picture_names(text) for draft in kept for text in texts_of(draft.content)):
        losses.append(Note(LOSES_PICTURES))
    return Exported(writer.write(kept, pictures), len(kept), tuple(losses))


__all__ = ["WRITERS", "Exported", "Writer", "export_drafts", "writer_for"]
