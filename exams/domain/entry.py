"""The entry code of a room: six digits that change every minute, worth nothing to whoever is not in the room.

Like a TOTP (RFC 6238) with a secret of the server alone. It opens the door; the opening code, which is part of every paper
(PAPER/1) and public afterwards, is another thing.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Final

STEP_SECONDS: Final = 60
DIGITS: Final = 6
# The code on the wall, and the one before: reading and typing take their time.
_STEPS_ACCEPTED: Final = 2


def entry_code(secret: bytes, sitting: str, now: datetime) -> str:
    """What the wall shows at this moment."""
    return _code(secret, sitting, int(now.timestamp()) // STEP_SECONDS)


def seconds_left(now: datetime) -> int:
    """How long the code on the wall stays."""
    return STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS


def is_entry_code(secret: bytes, sitting: str, typed: str, *, now: datetime) -> bool:
    """Whether it is the code on the wall or the one before it; compared in constant time."""
    step = int(now.timestamp()) // STEP_SECONDS
    wanted = typed.strip().encode()
    matches = [
        hmac.compare_digest(_code(secret, sitting, step - back).encode(), wanted) for back in range(_STEPS_ACCEPTED)
    ]
    return any(matches)


def _code(secret: bytes, sitting: str, step: int) -> str:
    digest = hmac.new(secret, f"entry/1|{sitting}|{step}".encode(), hashlib.sha256).digest()
    return str(int.from_bytes(digest[:8], "big") % 10**DIGITS).zfill(DIGITS)
