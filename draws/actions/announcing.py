"""What a draw says in the public log: hashes and reason codes, never a private datum."""

from collections.abc import Mapping
from datetime import datetime

from core.public_log import append_leaf
from draws.models import Draw


def say_in_public(draw: Draw, kind: str, said: Mapping[str, object], *, now: datetime) -> None:
    """One leaf about the draw, in the caller's transaction."""
    about = {"draw": draw.public_id, "authority": draw.authority.code, "round": draw.round_code, "serial": draw.serial}
    append_leaf(kind, {**about, **said}, now=now)
