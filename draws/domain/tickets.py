"""Tickets: everybody's number follows from the seed and the own pid alone (docs/draw.md, section 5)."""

from collections.abc import Iterable
from hashlib import sha256

from draws.domain.roster import Row


def ticket_of(pid: str, lots: int, *, seed: str) -> str:
    """The smallest of `lots` hashes `SHA-256("draw/1|<seed>|<pid>|<j>")`, 64 lowercase hex, compared as text.

    The smallest of w uniform numbers gives a person exactly w times the chance, in integers.
    """
    prefix = f"draw/1|{seed}|{pid}|"
    return min(sha256(f"{prefix}{lot}".encode("ascii")).hexdigest() for lot in range(1, lots + 1))


def ranking(rows: Iterable[Row], *, seed: str) -> list[str]:
    """The pids of the rows by (ticket, pid): the order in which places, and later reserves, are given."""
    return [pid for _, pid in sorted((ticket_of(row.pid, row.lots, seed=seed), row.pid) for row in rows)]
