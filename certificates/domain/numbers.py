"""Certificate numbers: `CK2026Q4-483920-7`. Random, so that nobody counts or walks through them; one check digit."""

import re

_SHAPE = re.compile(r"CK(\d{4})Q([1-4])-(\d{6})-(\d)")
SERIAL_DIGITS = 6


def certificate_number(year: int, quarter: int, serial: str) -> str:
    """The number for six random digits."""
    return f"CK{year}Q{quarter}-{serial}-{_check_digit(f'{year}{quarter}{serial}')}"


def normalised(unsafe_number: str) -> str | None:
    """A typed number in its written form, or None when it cannot be one: wrong shape or wrong check digit.

    Spaces, missing hyphens, small letters and full-width digits are forgiven.
    """
    text = "".join(_HALF_WIDTH.get(mark, mark) for mark in unsafe_number.upper() if not mark.isspace())
    parts = re.fullmatch(r"CK(\d{4})Q([1-4])-?(\d{6})-?(\d)", text, flags=re.ASCII)
    if parts is None:
        return None
    year, quarter, serial, _check = parts.groups()
    number = certificate_number(int(year), int(quarter), serial)
    return number if number.endswith(parts.group(4)) and _SHAPE.fullmatch(number) else None


_HALF_WIDTH = {chr(0xFF01 + offset): chr(0x21 + offset) for offset in range(94)} | {"—": "-", "–": "-", "‐": "-"}


def _check_digit(digits: str) -> int:
    # ISO 7064 mod 11,10: finds every single wrong digit and nearly every swap of neighbours.
    check = 10
    for digit in digits:
        total = (check + int(digit)) % 10 or 10
        check = total * 2 % 11
    return (11 - check) % 10
