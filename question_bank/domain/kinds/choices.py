"""What the kinds with options to tick have in common."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.content import Content, Json
from question_bank.domain.kinds.base import MAX_OPTIONS, Problem, check_texts, clean_list
from question_bank.errors import AnswerMalformed

OPTION_IDS: Final = "abcdefgh"

_WRAPPING: Final = re.compile(r"^(?:正确答案|参考答案|答案|应选|选择|选)[::]?|[。.;]+$")
_LETTER: Final = re.compile(r"[A-Z]")
_SEPARATORS: Final = re.compile(r"[\s,、;|/&+和.()\[\]【】项。・·-]+")


TOO_FEW: Final = gettext_noop("至少需要两个选项")
TOO_MANY: Final = gettext_noop("选项不能超过 {limit} 个，现有 {count} 个")
IDS: Final = gettext_noop("选项必须从 A 起连续填写，中间不能空缺")
EMPTY: Final = gettext_noop("选项{option}不能为空")
REPEATED: Final = gettext_noop("选项{option}与选项{other}内容相同")
KEY_EMPTY: Final = gettext_noop("没有答案")
KEY_UNKNOWN: Final = gettext_noop("答案中的选项 {options} 不存在")
KEY_NOT_SORTED: Final = gettext_noop("答案中的选项有重复，或次序不对")
KEY_TOO_FEW: Final = gettext_noop("至少要有 {limit} 个正确选项")
KEY_TOO_MANY: Final = gettext_noop("只能有 {limit} 个正确选项，现有 {count} 个")


def check_options(content: Content) -> tuple[Problem, ...]:
    """At least two options, at most eight, none empty, no two alike, ids a, b, c… in order."""
    problems = []
    count = len(content.options)
    if count < 2:
        problems.append(Problem("options", "options_too_few", TOO_FEW))
    if count > MAX_OPTIONS:
        problems.append(Problem("options", "options_too_many", TOO_MANY, {"limit": MAX_OPTIONS, "count": count}))
    elif content.option_ids() != tuple(OPTION_IDS[:count]):
        problems.append(Problem("options", "option_ids", IDS))
    seen: dict[str, str] = {}
    for option in content.options:
        text = " ".join(unicodedata.normalize("NFKC", option.text).split())
        name = option.id.upper()
        if not text:
            problems.append(Problem(f"options.{option.id}", "option_empty", EMPTY, {"option": name}))
        elif text in seen:
            params = {"option": name, "other": seen[text]}
            problems.append(Problem(f"options.{option.id}", "option_repeated", REPEATED, params))
        else:
            seen[text] = name
    return tuple(problems)


def check_choice(content: Content, fewest: int, most: int) -> tuple[Problem, ...]:
    """Texts, options, and a key of `fewest` to `most` of the options."""
    return check_texts(content) + check_options(content) + check_key(content, fewest, most)


def check_key(content: Content, fewest: int, most: int) -> tuple[Problem, ...]:
    """The key is a sorted list of option ids without repetition."""
    key = clean_list(content.key)
    if not key:
        return (Problem("key", "key_empty", KEY_EMPTY),)
    ids = [item for item in key if isinstance(item, str)]
    unknown = [item for item in ids if item not in content.option_ids()]
    if unknown or len(ids) != len(key):
        return (Problem("key", "key_unknown_option", KEY_UNKNOWN, {"options": "、".join(unknown).upper()}),)
    if list(key) != sorted(set(ids)):
        return (Problem("key", "key_not_sorted", KEY_NOT_SORTED),)
    if len(ids) < fewest:
        return (Problem("key", "key_too_few", KEY_TOO_FEW, {"limit": fewest}),)
    if len(ids) > most:
        return (Problem("key", "key_too_many", KEY_TOO_MANY, {"limit": most, "count": len(ids)}),)
    return ()


def read_options(content: Content, raw: Json, most: int) -> tuple[str, ...] | None:
    """Option ids of a response, sorted and without repetition; None when nothing is ticked."""
    if raw is None:
        return None
    ticked = clean_list(raw)
    if ticked is None or len(ticked) > MAX_OPTIONS:
        raise AnswerMalformed
    known = content.option_ids()
    ids = {item for item in ticked if isinstance(item, str) and item in known}
    if len(ids) != len({repr(item) for item in ticked}) or len(ids) > most:
        raise AnswerMalformed
    return tuple(sorted(ids)) or None


def map_options(answer: Json, mapping: Mapping[str, str]) -> Json:
    """A list of option ids, renamed."""
    if answer is None:
        return None
    ticked = clean_list(answer)
    if ticked is None:
        raise AnswerMalformed
    renamed = []
    for item in ticked:
        if not isinstance(item, str) or item not in mapping:
            raise AnswerMalformed
        renamed.append(mapping[item])
    return tuple(sorted(renamed))


def as_ids(value: Json) -> frozenset[str]:
    """A key or an answer in normal form as a set of option ids."""
    return frozenset(item for item in clean_list(value) or () if isinstance(item, str))


def read_letters(text: str, content: Content) -> Sequence[str] | None:
    """Option ids from `A,B,C` `A、C` `ACB` `A|B` `1,3` `ab`, full-width forms, or the text of one option.

    None when the spelling cannot be understood. A letter beyond the last option is returned as it is, for `validate`
    to name it.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    for option in content.options:
        if plain and plain == unicodedata.normalize("NFKC", option.text).strip():
            return [option.id]
    bare = _SEPARATORS.sub("", _WRAPPING.sub("", plain).upper())
    if bare and all(_LETTER.match(character) for character in bare):
        return sorted({character.lower() for character in bare})
    if bare and bare.isascii() and bare.isdigit() and all("1" <= digit <= "8" for digit in bare):
        return sorted({OPTION_IDS[int(digit) - 1] for digit in bare})
    return None


def rendered(content: Content, kind: str, control: str) -> dict[str, Json]:
    """Stem and options for a candidate."""
    return {
        "kind": kind,
        "stem": content.stem,
        "options": [{"id": option.id, "text": option.text} for option in content.options],
        "input": control,
    }
