"""K in two hands (draw.md, Papers): K = SHA-256(Ka‖Kb), where two custodians keep one share each, and the server none.

A share is 32 bytes, written as sixteen groups of four hex digits and a check group, so that a slip of the pen or of the
finger is refused at once instead of losing the key.
"""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Final

from exams.errors import KeyShareEarly, KeyShareWrong

NUMBERS: Final = (1, 2)
OPENING_LEAD: Final = timedelta(hours=2)
_GROUP: Final = 4
_HEX_DIGITS: Final = 64
_BETWEEN: Final = re.compile(r"[\s\-–—]+")
_TYPED: Final = re.compile(r"[0-9a-f]{68}")


def share_text(share: str) -> str:
    """A share of 64 hex digits as its custodian writes it down: seventeen groups, the last of them the check."""
    text = share + _check(share)
    return " ".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def read_share(typed: str) -> str:
    """The 64 hex digits of what was typed, in groups or not, in either case; raises KeyShareWrong."""
    digits = _BETWEEN.sub("", typed.strip()).lower()
    if not _TYPED.fullmatch(digits) or digits[_HEX_DIGITS:] != _check(digits[:_HEX_DIGITS]):
        raise KeyShareWrong
    return digits[:_HEX_DIGITS]


def share_commitment(share: str, *, round_id: str, number: int) -> str:
    """What the server keeps of a share: SHA-256("paper-share/1|<round>|<number>|<share>") as hex."""
    return hashlib.sha256(f"paper-share/1|{round_id}|{number}|{share}".encode("ascii")).hexdigest()


def key_of_shares(first: str, second: str) -> bytes:
    """K = SHA-256(Ka‖Kb), of the bytes, in the order of their numbers."""
    return hashlib.sha256(bytes.fromhex(first) + bytes.fromhex(second)).digest()


def check_time_to_open(opens_at: datetime, now: datetime) -> None:
    """The shares come together shortly before the doors open, not days ahead; raises KeyShareEarly."""
    if now < opens_at - OPENING_LEAD:
        raise KeyShareEarly(hours=int(OPENING_LEAD.total_seconds() // 3600))


def _check(share: str) -> str:
    return hashlib.sha256(f"paper-share-check/1|{share}".encode("ascii")).hexdigest()[:_GROUP]
