"""How a short text reaches a phone: one interface, adapters behind it. A real SMS provider is one more adapter."""

import logging
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from core.masking import mask_phone
from core.models import OutgoingMessage

logger = logging.getLogger(__name__)


class Channel(Protocol):
    """Sends one text, or raises OSError when it could not (the caller's job retries)."""

    def send(self, *, to: str, text: str, purpose: str, now: datetime) -> None: ...


class ConsoleChannel:
    """Writes to the server's terminal: for development only, because a code is a secret."""

    def send(self, *, to: str, text: str, purpose: str, now: datetime) -> None:
        print(f"[{now:%H:%M:%S}] {purpose} -> {to}: {text}")  # noqa: T201 - the terminal is the channel


class DatabaseChannel:
    """Keeps the text in a table that the demo shows to its visitor."""

    def send(self, *, to: str, text: str, purpose: str, now: datetime) -> None:
        OutgoingMessage.objects.create(to=to, text=text, purpose=purpose, sent_at=now)
        logger.debug("message kept in the database for %s (%s)", mask_phone(to), purpose)


def phone_channel() -> Channel:
    """The adapter named by settings.SMS_CHANNEL."""
    channel: Channel = import_string(settings.SMS_CHANNEL)()
    return channel
