"""Mobile numbers in E.164."""

import re
import unicodedata
from typing import Final

import phonenumbers

from registry.errors import PhoneMalformed

_TEXTABLE: Final = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})
# New ranges are in use before they are in any library's table.
_CHINESE_MOBILE: Final = re.compile(r"\+861[3-9][0-9]{9}")


def read_phone(text: str) -> str:
    """`138 1234 1234`, `0086-13812341234`, `+852 5123 4567` → E.164. Without a country it is a number of the mainland.

    Raises PhoneMalformed, also for landlines: a code by text would never arrive.
    """
    plain = re.sub(r"[\s()（）-]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"\+?[0-9]{5,17}", plain):
        raise PhoneMalformed
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    try:
        number = phonenumbers.parse(plain, "CN")
    except phonenumbers.NumberParseException:
        raise PhoneMalformed
    formatted = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    if _CHINESE_MOBILE.fullmatch(formatted):
        return formatted
    if formatted.startswith("+86") or phonenumbers.number_type(number) not in _TEXTABLE:
        raise PhoneMalformed
    return formatted
