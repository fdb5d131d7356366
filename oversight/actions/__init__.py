"""Writes of this room."""

from oversight.actions.follow_ups import close_follow_up, open_follow_up

__all__ = ["close_follow_up", "open_follow_up"]
