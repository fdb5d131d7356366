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
from notices.queries.reach import Silence, count_reached, hard_to_reach

__all__ = [
    "LedgerFilter",
    "Silence",
    "attempts_of",
    "count_reached",
    "counts_by_state",
    "deliveries_due",
    "deliveries_for",
    "find_delivery",
    "get_delivery",
    "get_notice",
    "hard_to_reach",
    "muted_channels",
    "notices_of",
    "unread_count",
]
