"""Reads about notices and their deliveries."""

from notices.queries.ledger import LedgerFilter, deliveries_due, deliveries_for, find_delivery, get_delivery
from notices.queries.notices import get_notice, notices_of, unread_count

__all__ = [
    "LedgerFilter",
    "deliveries_due",
    "deliveries_for",
    "find_delivery",
    "get_delivery",
    "get_notice",
    "notices_of",
    "unread_count",
]
