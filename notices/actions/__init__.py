"""Writes about notices: tell people, send, mark as read."""

from notices.actions.deliver import (
    claim_delivery,
    record_failed,
    record_sent,
    record_undeliverable,
    retry_delivery,
    retry_failed,
)
from notices.actions.notify import mark_all_read, mark_read, notify, set_preference

__all__ = [
    "claim_delivery",
    "mark_all_read",
    "mark_read",
    "notify",
    "record_failed",
    "record_sent",
    "record_undeliverable",
    "retry_delivery",
    "retry_failed",
    "set_preference",
]
