"""Reads about notices and their deliveries."""

from notices.queries.ledger import (
    LedgerFilter,
    attempts_of,
    counts_by_state,
    deliveries_due,
    deliveries_for,
    find_delivery,
    get_delivery,
)
from notices.queries.notices import get_notice, muted_channels, notices_of, unread_count

__all__ = [
    "LedgerFilter",
    "attempts_of",
    "counts_by_state",
    "deliveries_due",
    "deliveries_for",
    "find_delivery",
    "get_delivery",
    "get_notice",
    "muted_channels",
    "notices_of",
    "unread_count",
]
