"""What a new account must look like."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

from accounts.errors import DisplayNameMissing, PhoneInvalid, UsernameInvalid

_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{2,59}")
_DISPLAY_NAME_CHARS = 60
_CHINA = 86
# New ranges are in use before they are in any library's table.
_CHINESE_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")
_TEXTABLE = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})


@dataclass(frozen=True, slots=True)
class UserDraft:
    """A wanted account. Empty phone and e-mail: none; `password` None: the person signs in by phone code only."""

    username: str
    display_name: str
    phone: str = ""
    email: str = ""
    password: str | None = None
    person_id: str = ""


def normal_username(text: str) -> str:
    """Lower case, trimmed; raises UsernameInvalid. Letters first, so that no username looks like a phone number."""
    name = text.strip()
    if not _USERNAME.fullmatch(name):
        raise UsernameInvalid
    return name.lower()


def normal_display_name(text: str) -> str:
    """Without spaces around and control characters; raises DisplayNameMissing."""
    name = "".join(letter for letter in text if letter.isprintable()).strip()
    if not 1 <= len(name) <= _DISPLAY_NAME_CHARS:
        raise DisplayNameMissing
    return name


def e164(text: str) -> str:
    """A mobile number as +8613812341234; without a country code it is a mainland one. Raises PhoneInvalid.

    Landlines are refused: a code by text would never arrive.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        number = phonenumbers.parse(plain, "CN")
    except phonenumbers.NumberParseException as error:
        raise PhoneInvalid from error
    formatted = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    is_foreign_mobile = number.country_code != _CHINA and phonenumbers.number_type(number) in _TEXTABLE
    if not _CHINESE_MOBILE.fullmatch(formatted) and not is_foreign_mobile:
        raise PhoneInvalid
    return formatted
