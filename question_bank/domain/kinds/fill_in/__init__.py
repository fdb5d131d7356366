"""填空题: one or more blanks, each with one or several accepted forms."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.content import Content, Json
from question_bank.domain.kinds.base import (
    BLANK,
    KindBase,
    MarkingRule,
    Problem,
    Verdict,
    check_texts,
    clean_list,
    verdict_of,
)
from question_bank.domain.kinds.places import MAX_BLANK_CHARS, map_places, places_of, read_places, values_of
from question_bank.domain.kinds.units import plain_number, read_quantity

MAX_BLANKS: Final = 10
ANY_ORDER: Final = "不分顺序"

KEY_EMPTY: Final = gettext_noop("没有答案")
FORM_TOO_LONG: Final = gettext_noop("每空的答案不能超过 {limit} 字")
TOO_MANY: Final = gettext_noop("最多 {limit} 个空，现有 {count} 个")
BLANKS_DIFFER: Final = gettext_noop(
    "题干有 {stem} 个空，答案却有 {key} 个。各空的答案用“；”分隔，同一空的不同写法用“|”分隔"
)

_GAP: Final = re.compile(r"_{2,}|＿{2,}|[（(]\s*[）)]")
_PUNCTUATION: Final = re.compile(r"[\s，,。；;：:、！!？?“”\"'‘’《》<>〈〉（）()【】\[\]·・]+")
_ANY_ORDER: Final = re.compile(rf"^\s*[（(]?\s*{ANY_ORDER}\s*[）)]?\s*[:：]?\s*")


def same_form(text: str) -> str:
    """What two spellings of one answer share: width, case, punctuation, spaces and the name of a unit do not matter."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip().rstrip(".")
    quantity = read_quantity(plain)
    if quantity is not None:
        return f"{plain_number(quantity[0])}{quantity[1].casefold()}"
    return _PUNCTUATION.sub("", plain)


class FillIn(KindBase):
    """Every blank earns its share of the mark; the key says whether the blanks may be filled in any order."""

    code = "fill_in"
    label = gettext_noop("填空题")
    note = gettext_noop("填空题每空分值相同，按填对的空数得分。")
    has_options = False
    unreadable = gettext_noop(
        "看不懂答案“{key}”。各空用“；”分隔，同一空的不同写法用“|”分隔，如 安全第一；预防为主|预防第一"
    )

    def validate(self, content: Content) -> tuple[Problem, ...]:
        """Texts, and as many accepted answers as the stem has blanks (a stem without marked blanks has as many as the key)."""
        return check_texts(content) + _check_key(content)

    def read_answer(self, content: Content, raw: Json) -> Json:
        """`["1=安全第一", "2=预防为主"]`."""
        return read_places(raw, places_of(self.render(content)))

    def judge(self, key: Json, answer: Json, rule: MarkingRule) -> Verdict:
        """The share of blanks that hold an accepted form."""
        if answer is None:
            return BLANK
        blanks, any_order = blanks_of(key), is_any_order(key)
        given = {place: same_form(value) for place, value in values_of(answer).items()}
        accepted = [frozenset(same_form(form) for form in forms) for forms in blanks]
        if any_order:
            right = _matched(list(given.values()), accepted)
        else:
            right = sum(given.get(str(number)) in forms for number, forms in enumerate(accepted, start=1))
        return verdict_of(Decimal(right) / Decimal(len(blanks) or 1))

    def render(self, content: Content) -> dict[str, Json]:
        """One input for each blank."""
        return {
            "kind": self.code, "stem": content.stem, "options": [], "input": "text", "blanks": len(blanks_of(content.key)),
        }  # fmt: skip

    def map_answer(self, answer: Json, mapping: Mapping[str, str]) -> Json:
        """Texts stay as they are."""
        return map_places(answer, {})

    def read_key(self, text: str, content: Content) -> Json:
        """`安全第一；预防为主|预防第一`: blanks by ； or line, forms by |; `不分顺序：` before them."""
        any_order = _ANY_ORDER.match(text)
        body = text[any_order.end() :] if any_order else text
        blanks: list[Json] = []
        for blank in re.split(r"[；;\n]", body):
            forms: list[Json] = list(dict.fromkeys(form.strip() for form in re.split(r"[|｜]", blank) if form.strip()))
            blanks += [forms] if forms else []
        return {"blanks": blanks, "any_order": bool(any_order)} if blanks else None

    def key_text(self, content: Content) -> str:
        """Blanks separated by ；, forms by |."""
        any_order = is_any_order(content.key)
        body = "；".join("|".join(forms) for forms in blanks_of(content.key))
        return f"{ANY_ORDER}：{body}" if any_order else body


def is_any_order(key: Json) -> bool:
    """Whether the blanks may be filled in any order."""
    return isinstance(key, Mapping) and bool(key.get("any_order"))


def blanks_of(key: Json) -> list[list[str]]:
    """The accepted forms of each blank."""
    blanks = clean_list(key.get("blanks")) if isinstance(key, Mapping) else None
    return [[str(form) for form in clean_list(blank) or ()] for blank in blanks or ()]


def _matched(given: Sequence[str], accepted: Sequence[frozenset[str]]) -> int:
    """How many blanks can be served at once: augmenting paths, so that the order of trying does not matter."""
    owner: dict[int, int] = {}

    def place(answer: int, seen: set[int]) -> bool:
        for blank, forms in enumerate(accepted):
            if given[answer] in forms and blank not in seen:
                seen.add(blank)
                if blank not in owner or place(owner[blank], seen):
                    owner[blank] = answer
                    return True
        return False

    return sum(place(answer, set()) for answer in range(len(given)))


def _check_key(content: Content) -> tuple[Problem, ...]:
    blanks = blanks_of(content.key)
    if not blanks or not all(blanks):
        return (Problem("key", "key_empty", KEY_EMPTY),)
    if len(blanks) > MAX_BLANKS:
        return (Problem("key", "blanks_too_many", TOO_MANY, {"limit": MAX_BLANKS, "count": len(blanks)}),)
    if any(len(form) > MAX_BLANK_CHARS or "\n" in form for forms in blanks for form in forms):
        return (Problem("key", "form_too_long", FORM_TOO_LONG, {"limit": MAX_BLANK_CHARS}),)
    gaps = len(_GAP.findall(content.stem))
    if gaps and gaps != len(blanks):
        return (Problem("key", "blanks_differ", BLANKS_DIFFER, {"stem": gaps, "key": len(blanks)}),)
    return ()


KIND = FillIn()
