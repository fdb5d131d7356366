"""The interface that every kind of question keeps. Adding a kind is one folder beside this file (docs/adding-a-kind.md)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, Literal, Protocol

from core.errors import gettext_noop
from question_bank.domain.content import Content, Json
from question_bank.errors import UnknownMarkingRule

VerdictName = Literal["right", "partly", "wrong", "blank", "manual"]

# Limits of what a person can read on a phone; in characters.
MAX_STEM_CHARS: Final = 2000
MAX_OPTION_CHARS: Final = 500
MAX_EXPLANATION_CHARS: Final = 4000
MAX_OPTIONS: Final = 8


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a content, and where: `stem`, `options`, `options.c`, `key`, `explanation`.

    `message` is a marked Chinese sentence with {placeholders} for `params`; `text` is the two together.
    """

    place: str
    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The Chinese sentence."""
        return self.message.format(**self.params) if self.params else self.message


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much of the full mark an answer earns (0..1, exact), and the word for it.

    `manual`: people must mark `waiting` (0..1) of the full mark; `fraction` is what the machine could give.
    """

    fraction: Decimal
    verdict: VerdictName
    waiting: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rubric: what is looked for, and its points within the question."""

    text: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class ManualTask:
    """One text for the marking desk. `place` names it within its item; `share` (0..1) is its part of the item's mark."""

    place: str
    share: Decimal
    answer: str
    reference: str
    rubric: tuple[Criterion, ...]


RIGHT: Final = Verdict(Decimal(1), "right")
WRONG: Final = Verdict(Decimal(0), "wrong")
BLANK: Final = Verdict(Decimal(0), "blank")

ALL_OR_NOTHING: Final = "all_or_nothing"
PROPORTIONAL: Final = "proportional"
SUBSET: Final = "subset"

RULE_LABELS: Final[Mapping[str, str]] = {
    ALL_OR_NOTHING: gettext_noop("多选题全部选对得满分，多选、少选、错选均不得分。"),
    PROPORTIONAL: gettext_noop("多选题按选对的比例得分，每选错一项扣除同样比例，最低为零分。"),
    SUBSET: gettext_noop("多选题全部选对得满分；少选且所选均正确得 {percent}% 的分；有错选不得分。"),
}


@dataclass(frozen=True, slots=True)
class MarkingRule:
    """How partly right answers count; printed on the paper. `subset_fraction` (0..1) serves the rule `subset` only."""

    code: str = ALL_OR_NOTHING
    subset_fraction: Decimal = Decimal("0.5")

    @property
    def label(self) -> str:
        """The Chinese sentence that the paper prints."""
        return self.template.format(**self.params)

    @property
    def template(self) -> str:
        """The marked sentence for `params`."""
        return RULE_LABELS[self.code]

    @property
    def params(self) -> dict[str, object]:
        """What the sentence is filled with."""
        return {"percent": format((self.subset_fraction * 100).normalize(), "f")}

    def to_json(self) -> dict[str, str]:
        """The stored form; `rule_from_json` is its inverse."""
        return {"code": self.code, "subset_fraction": format(self.subset_fraction, "f")}


def rule_from_json(data: Mapping[str, str]) -> MarkingRule:
    """Raises `UnknownMarkingRule` for a code that nobody knows."""
    rule = MarkingRule(data.get("code", ALL_OR_NOTHING), Decimal(data.get("subset_fraction", "0.5")))
    if rule.code not in RULE_LABELS or not 0 <= rule.subset_fraction <= 1:
        raise UnknownMarkingRule(rule=rule.code)
    return rule


class Kind(Protocol):
    """One kind of question. Instances hold no state; none of the methods reads a clock or a database."""

    @property
    def code(self) -> str:
        """Stable name, as stored."""

    @property
    def label(self) -> str:
        """Name on Chinese screens."""

    @property
    def shuffles_options(self) -> bool:
        """Whether a paper may show the options in another order."""

    @property
    def note(self) -> str:
        """How the mark is earned, as papers with this kind print it; empty where the marking rule says it."""

    @property
    def needs_marks(self) -> bool:
        """Whether people mark it."""

    @property
    def has_options(self) -> bool:
        """Whether authors write options for it."""

    @property
    def unreadable(self) -> str:
        """Marked sentence with {key}: how a key is written, for somebody whose key was not understood."""

    def validate(self, content: Content) -> tuple[Problem, ...]:
        """Everything that keeps this content from being asked, in the order of its places."""

    def read_answer(self, content: Content, raw: Json) -> Json:
        """A response in normal form, or None when blank. Raises `AnswerMalformed` when it cannot belong to `content`."""

    def judge(self, key: Json, answer: Json, rule: MarkingRule) -> Verdict:
        """Compares a response in normal form (None: blank) with the key."""

    def render(self, content: Content) -> dict[str, Json]:
        """What a candidate may see: no key, no explanation."""

    def map_answer(self, answer: Json, mapping: Mapping[str, str]) -> Json:
        """The same response with option ids renamed. Raises `AnswerMalformed` for an id that is not in the mapping."""

    def read_key(self, text: str, content: Content) -> Json:
        """The key from a clerk's spelling, e.g. `A、C` or `√`; None when it cannot be understood."""

    def key_text(self, content: Content) -> str:
        """The key as people write it; `read_key` is its inverse."""

    def with_key(self, content: Content, text: str) -> Content | None:
        """The content with the key (and what else the text says) from a clerk's spelling; None when not understood."""

    def tasks(self, key: Json, answer: Json) -> tuple[ManualTask, ...]:
        """What people must mark of this answer in normal form; nothing of a blank one."""

    def judge_marked(self, key: Json, answer: Json, rule: MarkingRule, *, marks: Mapping[str, Decimal]) -> Verdict:
        """`judge` with people's fractions (0..1) by place; places without a mark keep the verdict `manual`."""


class KindBase(ABC):
    """What most kinds say of themselves: judged by the machine, options shuffled, the key is all that its text says."""

    shuffles_options = True
    note = ""
    needs_marks = False
    has_options = True
    unreadable = gettext_noop("看不懂答案“{key}”。单选填 B；多选填 A、C；判断填 正确 或 错误")

    @abstractmethod
    def read_key(self, text: str, content: Content) -> Json:
        """See `Kind`."""

    @abstractmethod
    def judge(self, key: Json, answer: Json, rule: MarkingRule) -> Verdict:
        """See `Kind`."""

    def with_key(self, content: Content, text: str) -> Content | None:
        """`read_key`, put into the content."""
        key = self.read_key(text, content)
        return None if key is None else replace(content, key=key)

    def tasks(self, key: Json, answer: Json) -> tuple[ManualTask, ...]:
        """Nothing."""
        return ()

    def judge_marked(self, key: Json, answer: Json, rule: MarkingRule, *, marks: Mapping[str, Decimal]) -> Verdict:
        """Nobody's marks matter."""
        return self.judge(key, answer, rule)


def clean_list(raw: Json) -> Sequence[Json] | None:
    """A JSON list, or None for anything else (text is no list)."""
    if isinstance(raw, Sequence) and not isinstance(raw, str | bytes):
        return raw
    return None


STEM_EMPTY: Final = gettext_noop("题干不能为空")
STEM_TOO_LONG: Final = gettext_noop("题干不能超过 {limit} 字，现有 {count} 字")
OPTION_TOO_LONG: Final = gettext_noop("选项不能超过 {limit} 字，现有 {count} 字")
EXPLANATION_TOO_LONG: Final = gettext_noop("解析不能超过 {limit} 字，现有 {count} 字")


def verdict_of(fraction: Decimal, waiting: Decimal = Decimal(0)) -> Verdict:
    """The word that belongs to a fraction of an answered question."""
    if waiting:
        return Verdict(fraction, "manual", waiting)
    return Verdict(fraction, "right" if fraction == 1 else "partly" if fraction else "wrong")


def check_texts(content: Content) -> tuple[Problem, ...]:
    """The rules that all kinds share: a stem, lengths."""
    problems = []
    if not content.stem.strip():
        problems.append(Problem("stem", "stem_empty", STEM_EMPTY))
    problems += _too_long("stem", content.stem, (STEM_TOO_LONG, MAX_STEM_CHARS))
    for option in content.options:
        problems += _too_long(f"options.{option.id}", option.text, (OPTION_TOO_LONG, MAX_OPTION_CHARS))
    problems += _too_long("explanation", content.explanation, (EXPLANATION_TOO_LONG, MAX_EXPLANATION_CHARS))
    return tuple(problems)


def _too_long(place: str, text: str, rule: tuple[str, int]) -> list[Problem]:
    message, limit = rule
    if len(text) <= limit:
        return []
    code = f"{place.split('.', 1)[0].removesuffix('s')}_too_long"
    return [Problem(place, code, message, {"limit": limit, "count": len(text)})]
