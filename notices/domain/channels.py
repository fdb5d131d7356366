"""By which channels a notice goes out."""

from collections.abc import Collection
from dataclasses import dataclass

IN_APP, SMS, EMAIL, CHAT = "in_app", "sms", "email", "chat"
# What a person may switch off; the in-app copy stays.
MUTABLE = (SMS, EMAIL, CHAT)
# News that has consequences when it is missed: always by every channel.
MANDATORY = frozenset({"exams.candidate_notified", "exams.makeup_called", "exams.reminder"})


@dataclass(frozen=True, slots=True)
class Addresses:
    """How a person can be reached, beside in-app. A messenger finds people by their phone."""

    has_phone: bool
    has_email: bool
    has_chat: bool


def channels_for(kind: str, addresses: Addresses, muted: Collection[str]) -> tuple[str, ...]:
    """The channels of one notice, in-app first."""
    reachable = (
        (SMS, addresses.has_phone),
        (EMAIL, addresses.has_email),
        (CHAT, addresses.has_chat and addresses.has_phone),
    )
    wanted = [name for name, is_there in reachable if is_there and (kind in MANDATORY or name not in muted)]
    return (IN_APP, *wanted)


def clean_muted(unsafe_names: Collection[str]) -> list[str]:
    """What of a person's choice is a channel that can be switched off, in fixed order."""
    return [name for name in MUTABLE if name in unsafe_names]
