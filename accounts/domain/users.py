"""What a new account must look like."""

import re
from dataclasses import dataclass

import phonenumbers

from accounts.errors import DisplayNameMissing, PhoneInvalid, UsernameInvalid

_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{2,59}")
_DISPLAY_NAME_CHARS = 60


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
    """A phone number as +8613812341234; numbers without a country code are mainland ones. Raises PhoneInvalid."""
    try:
        number = phonenumbers.parse(text.strip(), "CN")
    except phonenumbers.NumberParseException as error:
        raise PhoneInvalid from error
    if not phonenumbers.is_possible_number(number):
        raise PhoneInvalid
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
