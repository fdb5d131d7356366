"""The gate: nothing leaves that looks like an ID number, a phone number, an e-mail address or a person's full name.

It knows nothing of how the snapshot was built and trusts nothing in it: it walks over every value of the finished
content (security.md A51). Look-alike digits count as digits, and separators inside a number do not hide it.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.errors import gettext_noop
from publications.errors import PrivateDatumFound

ID_NUMBER = gettext_noop("疑似身份证号码")
PHONE = gettext_noop("疑似手机号码")
EMAIL = gettext_noop("疑似电子邮箱")
FULL_NAME = gettext_noop("考生的完整姓名")
UNEXPECTED = gettext_noop("格式不符的内容")

_DATE = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID_18 = re.compile(rf"(?<!\d)[1-9]\d{{5}}(?:18|19|20)\d{{2}}{_DATE}\d{{3}}[\dXx](?!\d)")
_ID_15 = re.compile(rf"(?<!\d)[1-9]\d{{7}}{_DATE}\d{{3}}(?!\d)")
_PHONE = re.compile(r"(?<!\d)(?:0?0?86)?1[3-9]\d{9}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_SEPARATORS = re.compile(r"(?<=\d)[\s\-‐-―−_.,·•*/\\|()\u00ad\u200b-\u200f\u2060\ufeff]+(?=[\dXx])")
_HEX = {"id": re.compile(r"[0-9a-f]{32}"), "sha256": re.compile(r"[0-9a-f]{64}")}
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# Provinces of GB/T 2260, as an ID number begins; a credit code's third digit begins its own.
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
_ROW_NAME = re.compile(r"rows\[\d+\]\.name")
_LARGEST_COUNT = 10**7
# Shorter Latin names are parts of ordinary words; two Chinese characters are parts of place and firm names.
_DISTINCT_CJK, _DISTINCT_LATIN = 3, 6


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Values that come from our own reference data and say nothing about a person: streets, industries, labels."""

    words: frozenset[str] = frozenset()


def require_clean(
    content: Mapping[str, object],
    *,
    full_names: Sequence[str],
    vocabulary: Vocabulary,
    names_are_public: bool = False,
) -> None:
    """Raises PrivateDatumFound, naming kind and place, unless every value of the content may be public.

    `full_names`: of all candidates. `names_are_public`: the authority recorded a legal basis for full names, so the
    names check is left out; everything else still holds.
    """
    names = () if names_are_public else distinct_names(full_names)
    for place, value in _leaves(content):
        kind = _what_is_wrong(place, value) or _name_in(value, names, vocabulary)
        if not kind and not names_are_public and _ROW_NAME.fullmatch(place) and "*" not in str(value):
            kind = FULL_NAME
        if kind:
            raise PrivateDatumFound(kind=kind, place=place)


def distinct_names(full_names: Sequence[str]) -> tuple[str, ...]:
    """The names that cannot be a chance part of other words, in the form that texts are compared in."""
    folded = {fold(name) for name in full_names}
    return tuple(sorted(name for name in folded if len(name) >= (_DISTINCT_LATIN if name.isascii() else _DISTINCT_CJK)))


def fold(text: str) -> str:
    """Compatibility form, no spaces or invisible characters, no case: two spellings of a name are one."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(
        mark for mark in plain if not mark.isspace() and unicodedata.category(mark) not in {"Cf", "Cc"}
    ).casefold()


def looks_private(text: str) -> str | None:
    """The kind of private datum that a free text seems to hold, or None."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKC", text) if unicodedata.category(mark) != "Cf")
    ascii_digits = "".join(str(unicodedata.digit(mark)) if mark.isdigit() else mark for mark in plain)
    for form in (ascii_digits, _SEPARATORS.sub("", ascii_digits)):
        if _ID_18.search(form) or _ID_15.search(form):
            return ID_NUMBER
        if _PHONE.search(form):
            return PHONE
    return EMAIL if _EMAIL.search(plain) else None


def is_id_number(text: str) -> bool:
    """Whether 18 characters are a well-formed ID number (GB 11643): province, date and check digit."""
    if not _ID_18.fullmatch(text) or text[:2] not in _PROVINCES:
        return False
    return (
        _CHECKS[sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False)) % 11]
        == text[-1].upper()
    )


def _what_is_wrong(place: str, value: object) -> str | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return UNEXPECTED if abs(value) >= _LARGEST_COUNT else None
    if not isinstance(value, str):
        return UNEXPECTED
    key = place.rsplit(".", 1)[-1]
    shape = _HEX["sha256"] if key.endswith("sha256") else _HEX.get(key)
    if shape:
        return None if not value or shape.fullmatch(value) else UNEXPECTED
    if key == "uscc":
        return None if _USCC.fullmatch(value) and not is_id_number(value) else UNEXPECTED
    return looks_private(value)


def _name_in(value: object, names: tuple[str, ...], vocabulary: Vocabulary) -> str | None:
    if not isinstance(value, str) or value in vocabulary.words:
        return None
    text = fold(value)
    return FULL_NAME if any(name in text for name in names) else None


def _leaves(value: object, place: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{place}.{key}" if place else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for index, item in enumerate(value, start=1):
            yield from _leaves(item, f"{place}[{index}]")
    else:
        yield place, value
