"""Writes of this room."""

from oversight.actions.archive import archive
from oversight.actions.follow_ups import close_follow_up, end_follow_ups, open_follow_up

__all__ = ["archive", "close_follow_up", "end_follow_ups", "open_follow_up"]
