"""From rows of texts to drafts: normalise, validate, compare with the file and the bank. Nothing is written here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from core.errors import gettext_noop
from question_bank.domain import normalise
from question_bank.domain.content import Content, Option
from question_bank.domain.draft import QuestionDraft, check_draft
from question_bank.domain.importing import columns
from question_bank.domain.importing.raw import Note, Parsed, RawQuestion, RowProblem
from question_bank.domain.kinds import KINDS
from question_bank.domain.kinds.choices import OPTION_IDS
from question_bank.domain.kinds.true_false import OPTIONS as TRUE_FALSE_OPTIONS
from question_bank.domain.similarity import THRESHOLD, near_duplicates, normal_text

KIND_EMPTY: Final = gettext_noop("没有题型")
KIND_UNKNOWN: Final = gettext_noop("不认识的题型“{kind}”，请填单选、多选、判断、填空、数值、匹配、排序、简答或案例")
KEY_EMPTY: Final = gettext_noop("没有答案")
KEY_SINGLE: Final = gettext_noop("多选题只有一个正确选项，请改为单选题，或补全答案")
OPTION_GAP: Final = gettext_noop("选项{option}是空的，但后面还有选项。选项要连续填写")
NO_OPTIONS: Final = gettext_noop("该题型没有选项，请把内容写在题干和答案中")
OPTIONS_OF_TRUE_FALSE: Final = gettext_noop("判断题的选项只能是“正确”和“错误”，或不填")
DIFFICULTY_UNREADABLE: Final = gettext_noop("看不懂难度“{text}”，请填 易、中、难，或 0 至 1 的小数")
DATE_UNREADABLE: Final = gettext_noop("看不懂日期“{text}”，请按 2027-12-31 的样式填写")
MARK_UNREADABLE: Final = gettext_noop("看不懂分值“{text}”，请填数字")
POSTS_UNKNOWN: Final = gettext_noop("不认识的适用人员“{text}”，请填 主要负责人、安全管理人员、安全总监、其他")
INDUSTRY_UNKNOWN: Final = gettext_noop("不认识的行业“{text}”，请从模板的下拉列表中选择")
INDUSTRY_SEVERAL: Final = gettext_noop("只能填一个行业；适用于多个行业的试题请不填")
CONTRADICTION: Final = gettext_noop("与第 {row} 行题目相同，答案却不同，请核对")

Progress = Callable[[int, int], None]
PROGRESS_STEP: Final = 2000
_CHOICES: Final = frozenset({"single_choice", "multiple_choice", "true_false"})


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that resembles an earlier row (`of` is its number) or a question of the bank (`of` is its public id).

    `similarity` is 1 only when the normalised texts are equal: such a row adds nothing and is left out.
    """

    row: int
    of: int | str
    similarity: float


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What would happen. `drafts`: row → question to be written, unless it is left out.

    `equal`: faultless rows whose text is in the bank or the file already; they add nothing unless they replace.
    """

    format: str
    drafts: Mapping[int, QuestionDraft]
    rejected: tuple[RowProblem, ...]
    duplicates: tuple[Duplicate, ...]
    unsupported: tuple[Note, ...]
    equal: Mapping[int, QuestionDraft] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        return len(self.drafts)


def check_import(
    parsed: Parsed,
    *,
    industries: Sequence[str] | None,
    bank: Sequence[tuple[str, str]],
    progress: Progress | None = None,
) -> ImportReport:
    """Checks every row. `industries`: known names, None: any; `bank`: (public id, normal text) of the current versions.

    `progress(done, total)` is called now and then: half of the way is reading, half is comparing.
    """
    tell = progress or _silently
    total = 2 * len(parsed.questions)
    industry_names = None if industries is None else {normalise.spelling(name): name for name in industries}
    drafts: dict[int, QuestionDraft] = {}
    rejected: list[RowProblem] = []
    for number, raw in enumerate(parsed.questions):
        if number % PROGRESS_STEP == 0:
            tell(number, total)
        draft, problems = read_question(raw, industry_names)
        if draft is None or problems:
            rejected += problems
        else:
            drafts[raw.row] = draft
    texts = {row: normal_text(draft.content) for row, draft in drafts.items()}
    rejected += _contradictions(drafts, texts)
    tell(total // 2, total)
    duplicates = _duplicates(texts, bank, lambda done: tell(total // 2 + done, total))
    faulty = {problem.row for problem in rejected}
    repeated = {near.row for near in duplicates if near.similarity == 1} - faulty
    kept = {row: draft for row, draft in drafts.items() if row not in faulty and row not in repeated}
    equal = {row: draft for row, draft in drafts.items() if row in repeated}
    ordered = tuple(sorted(rejected, key=lambda problem: problem.row))
    return ImportReport(
        parsed.format, kept, ordered, duplicates, parsed.unsupported, equal=equal, pictures=parsed.pictures
    )


def _silently(done: int, total: int) -> None:
    """Nobody waits."""


def read_question(
    raw: RawQuestion, industry_names: Mapping[str, str] | None
) -> tuple[QuestionDraft | None, list[RowProblem]]:
    """One row as a draft, or everything that is wrong with it. `industry_names`: spelling → name, None: any."""
    reader = _RowReader(raw, [*raw.problems])
    draft = reader.read(industry_names)
    if draft is not None and not reader.problems:
        reader.problems.extend(
            RowProblem(
                raw.row, columns.COLUMN_OF_PLACE.get(problem.place, ""), problem.code, problem.message, problem.params
            )
            for problem in check_draft(draft)
        )
    return draft, reader.problems


@dataclass(frozen=True, slots=True)
class _RowReader:
    raw: RawQuestion
    problems: list[RowProblem]

    def text(self, title: str) -> str:
        typed = self.raw.values.get(title)
        return normalise.clean_text(typed) if typed else ""

    def refuse(self, title: str, code: str, message: str, **params: object) -> None:
        # A cell that is already known to be broken is not complained about twice.
        if not any(problem.column == title for problem in self.problems):
            self.problems.append(RowProblem(self.raw.row, title, code, message, params))

    def read(self, industry_names: Mapping[str, str] | None) -> QuestionDraft | None:
        kind = self.kind()
        facts = {
            "difficulty": self.difficulty(),
            "mark": self.mark(),
            "valid_until": self.valid_until(),
            "posts": self.posts(),
            "industry": self.industry(industry_names),
        }
        if kind is None:
            return None
        return QuestionDraft(
            content=self.content(kind),
            knowledge_point=self.text(columns.KNOWLEDGE_POINT),
            law_reference=self.text(columns.LAW_REFERENCE),
            law_edition=self.text(columns.LAW_EDITION),
            source=self.text(columns.SOURCE),
            note=self.text(columns.NOTE),
            **facts,  # type: ignore[arg-type]
        )

    def kind(self) -> str | None:
        typed = self.text(columns.KIND)
        code = normalise.read_kind(typed)
        if not typed:
            self.refuse(columns.KIND, "kind_empty", KIND_EMPTY)
        elif code is None:
            self.refuse(columns.KIND, "kind_unknown", KIND_UNKNOWN, kind=typed[:20])
        else:
            return code
        return None

    def content(self, kind: str) -> Content:
        options: tuple[Option, ...] = ()
        if kind == "true_false":
            options = self.true_false_options()
        elif KINDS[kind].has_options:
            options = self.options()
        else:
            self.refuse_options()
        content = Content(kind, self.text(columns.STEM), options, None, self.text(columns.EXPLANATION))
        return self.keyed(content)

    def refuse_options(self) -> None:
        written = next((title for title in columns.OPTIONS if self.text(title)), None)
        if written:
            self.refuse(written, "options_not_wanted", NO_OPTIONS)

    def options(self) -> tuple[Option, ...]:
        texts = [self.text(title) for title in columns.OPTIONS]
        last = max((index for index, text in enumerate(texts) if text), default=-1)
        for index in range(last):
            if not texts[index]:
                self.refuse(columns.OPTIONS[index], "option_gap", OPTION_GAP, option=OPTION_IDS[index].upper())
        return tuple(Option(option_id, text) for option_id, text in zip(OPTION_IDS, texts[: last + 1], strict=False))

    def true_false_options(self) -> tuple[Option, ...]:
        reader = KINDS["true_false"]
        blank = Content("true_false", "", TRUE_FALSE_OPTIONS, None)
        for title in columns.OPTIONS:
            if self.text(title) and reader.read_key(self.text(title), blank) is None:
                self.refuse(title, "options_fixed", OPTIONS_OF_TRUE_FALSE)
        return TRUE_FALSE_OPTIONS

    def keyed(self, content: Content) -> Content:
        typed = self.text(columns.KEY)
        if not typed:
            self.refuse(columns.KEY, "key_empty", KEY_EMPTY)
            return content
        kind = KINDS[content.kind]
        keyed = kind.with_key(content, self.spelled_out(typed, content))
        if keyed is None:
            self.refuse(columns.KEY, "key_unreadable", kind.unreadable, key=typed[:40])
            return content
        indefinite = normalise.spelling(self.text(columns.KIND)) in normalise.INDEFINITE
        if content.kind == "multiple_choice" and not indefinite and isinstance(keyed.key, list) and len(keyed.key) == 1:
            self.refuse(columns.KEY, "key_single", KEY_SINGLE)
        return keyed

    def spelled_out(self, typed: str, content: Content) -> str:
        """A true/false key given as the letter of an option column: `A` where 选项A says 正确."""
        letter = normalise.spelling(typed)
        if content.kind == "true_false" and letter in {"a", "b"} and self.text(columns.option_title(letter)):
            return self.text(columns.option_title(letter))
        return typed

    def difficulty(self) -> Decimal:
        typed = self.text(columns.DIFFICULTY)
        value = normalise.read_difficulty(typed)
        if value is None:
            self.refuse(columns.DIFFICULTY, "difficulty_unreadable", DIFFICULTY_UNREADABLE, text=typed[:20])
        return normalise.MEDIUM if value is None else value

    def mark(self) -> Decimal:
        typed = self.text(columns.MARK).removesuffix("分")
        value = normalise.read_decimal(typed) if typed else Decimal(1)
        if value is None:
            self.refuse(columns.MARK, "mark_unreadable", MARK_UNREADABLE, text=typed[:20])
        return Decimal(1) if value is None else value

    def valid_until(self) -> object:
        typed = self.text(columns.VALID_UNTIL)
        if typed in {"", "长期", "长期有效"}:
            return None
        value = normalise.read_date(typed)
        if value is None:
            self.refuse(columns.VALID_UNTIL, "date_unreadable", DATE_UNREADABLE, text=typed[:20])
        return value

    def posts(self) -> tuple[str, ...]:
        codes, unknown = normalise.read_posts(self.text(columns.POSTS))
        if unknown:
            self.refuse(columns.POSTS, "posts_unknown", POSTS_UNKNOWN, text="、".join(unknown)[:60])
        return codes

    def industry(self, names: Mapping[str, str] | None) -> str:
        words = normalise.read_list(self.text(columns.INDUSTRY))
        if not words or words[0] in normalise.EVERYBODY:
            return ""
        if len(words) > 1:
            self.refuse(columns.INDUSTRY, "industry_several", INDUSTRY_SEVERAL)
        elif names is None:
            return words[0]
        elif normalise.spelling(words[0]) not in names:
            self.refuse(columns.INDUSTRY, "industry_unknown", INDUSTRY_UNKNOWN, text=words[0][:40])
        else:
            return names[normalise.spelling(words[0])]
        return ""


def key_texts(content: Content) -> object:
    """The right answer whatever the order of the options: the texts behind the key, or the key where it is text."""
    if content.kind not in _CHOICES:
        return KINDS[content.kind].key_text(content)
    key = content.key if isinstance(content.key, Sequence) else ()
    return frozenset(option.text for option in content.options if option.id in key)


def _contradictions(drafts: Mapping[int, QuestionDraft], texts: Mapping[int, str]) -> list[RowProblem]:
    first: dict[str, int] = {}
    problems = []
    for row, text in texts.items():
        earlier = first.setdefault(text, row)
        if key_texts(drafts[earlier].content) != key_texts(drafts[row].content):
            problems.append(RowProblem(row, columns.KEY, "contradiction", CONTRADICTION, {"row": earlier}))
    return problems


def _duplicates(
    texts: Mapping[int, str], bank: Sequence[tuple[str, str]], tell: Callable[[int], None]
) -> tuple[Duplicate, ...]:
    bank_texts = dict(bank)
    # Public ids are 32 hex digits and rows have at most seven digits, so the names cannot collide.
    by_name = {str(row): text for row, text in texts.items()}
    found = []
    for near in near_duplicates(bank, list(by_name.items()), THRESHOLD, progress=tell):
        in_bank = near.of in bank_texts
        exact = (bank_texts if in_bank else by_name)[near.of] == by_name[near.name]
        score = 1.0 if exact else min(near.similarity, 0.9999)
        found.append(Duplicate(int(near.name), near.of if in_bank else int(near.of), score))
    return tuple(found)
