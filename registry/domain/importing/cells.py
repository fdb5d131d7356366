"""From what a cell holds to a datum. Every refusal tells the clerk what to type."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from core.spreadsheets import CellError, CellValue, cell_text, is_number
from registry.errors import CellIsFormula, CellIsNumber, CellNotAmount, CellNotChoice, CellNotCount, CellNotDate

_EARLIEST: Final = date(1950, 1, 1)
_DATE: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_COMPACT_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MANY_DIGITS: Final = re.compile(r"[0-9Xx]{6,}")


def text_of(cell: CellValue) -> str:
    """What the cell shows, trimmed. Raises CellIsFormula."""
    if isinstance(cell, CellError):
        raise CellIsFormula
    return cell_text(cell)


def identifier_of(cell: CellValue) -> str:
    """Text of a long identifier. Raises CellIsNumber for a number, whose last digits may be gone, and CellIsFormula."""
    if is_number(cell):
        raise CellIsNumber
    return text_of(cell)


def count_of(cell: CellValue) -> int | None:
    """`120`, `120人`, `1,200` → a whole number; None when empty. Raises CellNotCount, CellIsFormula."""
    text = _figure(cell).removesuffix("人")
    if not text:
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise CellNotCount
    return int(text)


def amount_of(cell: CellValue) -> Decimal | None:
    """`2000`, `1,860.5`, `2000万元` → units of 10,000 yuan, two decimals; None when empty. Raises CellNotAmount, CellIsFormula."""
    text = re.sub(r"万元?$", "", _figure(cell))
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise CellNotAmount
    if not amount.is_finite() or not 0 <= amount < Decimal(10) ** 11:
        raise CellNotAmount
    return amount.quantize(Decimal("0.01"))


def date_of(cell: CellValue, *, today: date) -> date | None:
    """A date cell, or `2024-01-05`, `2024/1/5`, `2024年1月5日`, `20240105`; None when empty. Raises CellNotDate, CellIsFormula."""
    found = _typed_date(cell)
    if found is None:
        text = unicodedata.normalize("NFKC", text_of(cell))
        if not text:
            return None
        match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
        found = _real_date(match.groups()) if match else None
    if found is None or not _EARLIEST <= found <= date(today.year + 1, 12, 31):
        raise CellNotDate
    return found


def choice_of(cell: CellValue, choices: dict[str, str], *, offered: str) -> str:
    """The code that stands for what the cell shows; "" when empty. Raises CellNotChoice, CellIsFormula."""
    text = plain(text_of(cell))
    if not text:
        return ""
    if text not in choices:
        raise CellNotChoice(value=shown(text), choices=offered)
    return choices[text]


def plain(text: str) -> str:
    """A word as compared with reference data: half width, without blanks, brackets and dashes."""
    return re.sub(r"[\s()\[\]—–/-]", "", unicodedata.normalize("NFKC", text)).upper()


def shown(text: str) -> str:
    """Text safe to keep in a list of errors: short, and without anything that may be an ID number or a phone."""
    return _MANY_DIGITS.sub("…", text)[:24]


def _figure(cell: CellValue) -> str:
    return re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", text_of(cell)))


def _typed_date(cell: CellValue) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else None


def _real_date(parts: tuple[str | None, ...]) -> date | None:
    try:
        year, month, day = (int(part or 0) for part in parts)
        return date(year, month, day)
    except ValueError:
        return None
