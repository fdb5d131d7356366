"""Identity documents: the ID card number of GB 11643-1999, and what else people show.

python-stdnum refuses real cards (310230, 500234, 469003, all permits of 81, 82 and 83), hence our own check.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from registry.errors import (
    DocumentNumberMalformed,
    IdCardCheckWrong,
    IdCardDateImpossible,
    IdCardMalformed,
    IdCardOldForm,
)

# Document types as they are stored; permits of 港澳台 residents carry GB 11643 numbers too.
ID_CARD: Final = "ID"
PASSPORT: Final = "PASSPORT"
RESIDENCE_PERMIT: Final = "HMT"
OTHER: Final = "OTHER"
_GB11643_TYPES: Final = frozenset({ID_CARD, RESIDENCE_PERMIT})

# First two digits of provinces, of 港澳台 permits (81-83) and of foreigners' permanent residence cards (9x).
_KNOWN_PROVINCES: Final = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split(),
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_FORM: Final = re.compile(r"[0-9]{17}[0-9X]")
_OLD_FORM: Final = re.compile(r"[0-9]{15}")
_OTHER_FORM: Final = re.compile(r"[0-9A-Z()/-]{5,20}")
_EARLIEST_BIRTH: Final = 1900


@dataclass(frozen=True, slots=True)
class IdDocument:
    """A document number in normal form. `is_area_known` is False when the area part deserves a second look."""

    type: str
    number: str
    is_area_known: bool = True


def read_id_document(id_type: str, text: str, *, today: date) -> IdDocument:
    """The number of a document in normal form: capitals, half width, no blanks.

    Raises IdCardMalformed, IdCardOldForm, IdCardDateImpossible, IdCardCheckWrong or DocumentNumberMalformed.
    """
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    if id_type in _GB11643_TYPES:
        return _read_gb11643(id_type, number, today)
    if not _OTHER_FORM.fullmatch(number):
        raise DocumentNumberMalformed
    return IdDocument(id_type, number)


def check_character(body: str) -> str:
    """The 18th character for the first 17 digits (GB 11643-1999, modulo 11)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def _read_gb11643(id_type: str, number: str, today: date) -> IdDocument:
    if _OLD_FORM.fullmatch(number):
        raise IdCardOldForm
    if not _FORM.fullmatch(number):
        raise IdCardMalformed
    if not _is_birth_date(number[6:14], today):
        raise IdCardDateImpossible
    if number[-1] != check_character(number[:17]):
        raise IdCardCheckWrong
    # Area codes come and go (310230, 500234): an unknown one is worth a warning and never a refusal.
    return IdDocument(id_type, number, is_area_known=number[:2] in _KNOWN_PROVINCES or number[0] == "9")


def _is_birth_date(digits: str, today: date) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return born.year >= _EARLIEST_BIRTH and born <= today
