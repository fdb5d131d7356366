"""Reads about notices and their deliveries."""

from notices.queries.notices import deliveries_due, find_delivery, get_notice, notices_of, unread_count

__all__ = ["deliveries_due", "find_delivery", "get_notice", "notices_of", "unread_count"]
