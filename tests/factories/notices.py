"""Notices and their deliveries."""

import itertools
from datetime import UTC, datetime
from typing import Any

from notices.models import Delivery, Notice
from registry.models import Person

_numbers = itertools.count(1)
SENT_AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def make_notice(person: Person, **over: Any) -> Notice:
    """An unread notice to the person; one query."""
    fields: dict[str, Any] = {
        "person": person,
        "kind": "tests.told",
        "dedupe_key": f"test:{next(_numbers)}",
        "title": "您被抽中参加本季抽考",
        "body": "请于 11 月 25 日 9:00 到场。",
        "created_at": SENT_AT,
    }
    return Notice.objects.create(**fields | over)


def make_delivery(notice: Notice, **over: Any) -> Delivery:
    """A text that is due since the notice was written; one query."""
    fields: dict[str, Any] = {"notice": notice, "channel": "sms", "next_try_at": notice.created_at}
    return Delivery.objects.create(**fields | over)
