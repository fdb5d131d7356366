"""Plain text as people paste it: numbered stems, A. B. C. D., 答案：, 解析：, with headings such as 一、单选题."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.content import Content
from question_bank.domain.importing import columns
from question_bank.domain.importing.formats.lines import UNSORTED, text_of
from question_bank.domain.importing.raw import Note, Parsed, RawQuestion
from question_bank.domain.kinds.true_false import KIND as TRUE_FALSE
from question_bank.domain.normalise import read_kind

UNREAD: Final = gettext_noop("第 {row} 行没有读懂：{line}")
_HEADING: Final = re.compile(
    r"^(?:第?[一二三四五六七八九十]+(?:部分|章|节)?[、.．:： ]\s*)?[【\[(（]?\s*([\u4e00-\u9fff]{2,8}?题?)\s*[】\])）]?\s*(?:[(（].*[)）]|[:：].*)?$"
)
_NUMBERED: Final = re.compile(r"^\s*(?:第\s*|[(（])?(\d{1,5})\s*(?:题\s*[.．、:：]?|[)）.．、:：])\s*(\S.*)$")
_OPTION_START: Final = re.compile(r"^\s*[(（]?([A-HＡ-Ｈ])\s*[)）.．、:：]\s*")
_OPTION_INSIDE: Final = re.compile(r"(?:^|(?<=[\s\u3000]))[(（]?([A-HＡ-Ｈ])\s*[)）.．、:：]\s*")
_KIND_MARK: Final = re.compile(
    r"^[【\[(（]\s*([\u4e00-\u9fff]{2,8})\s*[】\])）]\s*|\s*[【\[(（]\s*([\u4e00-\u9fff]{2,8}题)\s*[】\])）]$"
)
_INLINE_KEY: Final = re.compile(r"[(（]\s*([A-HＡ-Ｈ]{1,8}|[√×✓✗xXTF对错]|正确|错误)\s*[)）]")
_FIELDS: Final[Mapping[str, str]] = {
    "答案": columns.KEY, "正确答案": columns.KEY, "参考答案": columns.KEY, "标准答案": columns.KEY,
    "解析": columns.EXPLANATION, "答案解析": columns.EXPLANATION, "试题解析": columns.EXPLANATION,
    **{title: title for title in columns.TITLES if not title.startswith("选项")},
    **{other: title for other, title in columns.ALIASES.items() if len(other) > 1 and not title.startswith("选项")},
}  # fmt: skip
_FIELD: Final = re.compile(rf"^\s*[【\[]?({'|'.join(sorted(_FIELDS, key=len, reverse=True))})[】\]]?\s*[:：]\s*(.*)$")
_PARTS: Final = re.compile(r"^\s*[【\[]?小题[】\]]?\s*[:：]\s*$")
_BRACKETED_FIELD: Final = re.compile(rf"^\s*[【\[]({'|'.join(sorted(_FIELDS, key=len, reverse=True))})[】\]]\s*(.*)$")


@dataclass(slots=True)
class _Question:
    row: int
    number: int | None
    kind: str
    values: dict[str, str] = field(default_factory=dict)
    last: str = columns.STEM
    saw_blank: bool = False
    # Inside the parts of a case, whose options and answers are not those of the question.
    in_parts: bool = False

    @property
    def has_key(self) -> bool:
        return columns.KEY in self.values

    def add(self, column: str, text: str) -> None:
        """Another line of the same part, or the first line of the next."""
        old = self.values.get(column, "")
        self.values[column] = f"{old}\n{text}" if old else text
        self.last = column


@dataclass(slots=True)
class _Reader:
    """Reads line by line: a question goes on until a heading, the next number, or an empty line after its answer."""

    kind: str = ""
    questions: list[_Question] = field(default_factory=list)
    unread: list[Note] = field(default_factory=list)
    current: _Question | None = None

    def take(self, row: int, line: str) -> None:
        """One line."""
        heading = _heading_kind(line)
        if not line.strip():
            self._blank()
        elif self.current is not None and self.current.in_parts:
            self.current.add(columns.KEY, line.strip())
        elif heading:
            self.kind, self.current = heading, None
        elif self._starts_question(line):
            self._start(row, line)
        elif self.current is None:
            self.unread.append(_unread(row, line))
        else:
            _take_line(self.current, line)

    def _blank(self) -> None:
        if self.current is not None:
            self.current.saw_blank, self.current.in_parts = True, False

    def _starts_question(self, line: str) -> bool:
        if _OPTION_START.match(line) or _field(line):
            return False
        current, numbered = self.current, _NUMBERED.match(line)
        if current is None:
            return True
        if numbered is None or current.number is None:
            # Without numbers, an empty line after the answer is what separates questions.
            return current.has_key and (current.saw_blank or numbered is not None)
        # A numbered list inside a stem or an explanation seldom goes on with the next question's number.
        return int(numbered.group(1)) == current.number + 1 or (current.has_key and current.saw_blank)

    def _start(self, row: int, line: str) -> None:
        numbered = _NUMBERED.match(line)
        number, stem = (int(numbered.group(1)), numbered.group(2)) if numbered else (None, line)
        self.current = _Question(row, number, self.kind, {columns.STEM: stem.strip()})
        self.questions.append(self.current)


def parse_text(data: bytes, file_name: str) -> Parsed:
    """Questions by the line on which each starts. Raises what decoding raises."""
    return parse_lines(enumerate(text_of(data).split("\n"), start=1))


def parse_lines(lines: Iterable[tuple[int, str]]) -> Parsed:
    """The same from lines with the row that each is shown under."""
    reader = _Reader()
    for row, line in lines:
        reader.take(row, line)
    kept = [question for question in reader.questions if not _is_title(question)]
    titles = [
        _unread(question.row, question.values[columns.STEM]) for question in reader.questions if _is_title(question)
    ]
    return Parsed("text", tuple(_raw(question) for question in kept), (*titles, *reader.unread))


def _is_title(question: _Question) -> bool:
    """A line without number, options or answer is the name of the paper, not a question."""
    return (
        question.number is None
        and set(question.values) == {columns.STEM}
        and not _INLINE_KEY.search(question.values[columns.STEM])
    )


def _unread(row: int, line: str) -> Note:
    return Note(UNREAD, {"row": row, "line": line.strip()[:30]})


def _heading_kind(line: str) -> str:
    """The kind that a heading such as `二、多项选择题（每题 2 分）` announces; empty for any other line."""
    found = _HEADING.match(line.strip())
    return found.group(1) if found and read_kind(found.group(1)) else ""


def _take_line(question: _Question, line: str) -> None:
    if _PARTS.match(line):
        question.in_parts, question.last = True, columns.KEY
        return
    found = _field(line)
    options = [] if found else list(_options_of(line))
    for title, text in [found] if found else options:
        question.add(title, text)
    if not found and not options:
        question.add(question.last, line.strip())


def _field(line: str) -> tuple[str, str] | None:
    found = _FIELD.match(line) or _BRACKETED_FIELD.match(line)
    return (_FIELDS[found.group(1)], found.group(2).strip()) if found else None


def _options_of(line: str) -> Iterator[tuple[str, str]]:
    """`A. 甲  B. 乙` as 选项A, 选项B; only when the line starts with an option, and letters ascend."""
    if not _OPTION_START.match(line):
        return
    marks: list[tuple[str, int, int]] = []
    for mark in _OPTION_INSIDE.finditer(line.strip()):
        letter = unicodedata.normalize("NFKC", mark.group(1))
        if not marks or ord(letter) == ord(marks[-1][0]) + 1:
            marks.append((letter, mark.start(), mark.end()))
    text = line.strip()
    ends = [start for _, start, _ in marks[1:]] + [len(text)]
    for (letter, _, begin), end in zip(marks, ends, strict=True):
        yield f"选项{letter}", text[begin:end].strip()


def _raw(question: _Question) -> RawQuestion:
    values = dict(question.values)
    marked = _KIND_MARK.search(values[columns.STEM])
    kind = question.kind
    if marked and read_kind(marked.group(1) or marked.group(2)):
        kind = marked.group(1) or marked.group(2)
        values[columns.STEM] = (values[columns.STEM][: marked.start()] + values[columns.STEM][marked.end() :]).strip()
    if columns.KEY not in values:
        _take_inline_key(values)
    values.setdefault(columns.KNOWLEDGE_POINT, UNSORTED)
    values.setdefault(columns.KIND, kind or _guessed_kind(values))
    return RawQuestion(question.row, values)


def _take_inline_key(values: dict[str, str]) -> None:
    """`……是（ B ）。` → the key B and a stem with an empty bracket; the last such bracket counts."""
    marks = list(_INLINE_KEY.finditer(values[columns.STEM]))
    if marks:
        stem, mark = values[columns.STEM], marks[-1]
        values[columns.KEY] = mark.group(1)
        values[columns.STEM] = f"{stem[: mark.start()]}（ ）{stem[mark.end() :]}"


def _kind_without_options(stem: str, key: str) -> str:
    if not key or TRUE_FALSE.read_key(key, Content("true_false", "", (), None)) is not None:
        return "判断"
    return "填空" if re.search(r"_{2,}|＿{2,}", stem) else "简答"


def _guessed_kind(values: Mapping[str, str]) -> str:
    """Without options it is true/false, or has blanks, or is a short answer; several letters make a multiple choice."""
    if columns.OPTIONS[0] not in values:
        return _kind_without_options(values.get(columns.STEM, ""), values.get(columns.KEY, ""))
    letters = re.findall(r"[A-H]", unicodedata.normalize("NFKC", values.get(columns.KEY, "")).upper())
    return "多选" if len(letters) > 1 else "单选"
