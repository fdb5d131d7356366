"""Tickets: everybody's number follows from the seed and the own pid alone (docs/draw.md, section 5)."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from draws.domain.roster import RowTuple

TICKET_BYTES: Final = 32


def ticket_of(pid: str, lots: int, *, seed: str) -> str:
    """The smallest of `lots` hashes `SHA-256("draw/1|<seed>|<pid>|<j>")`, 64 lowercase hex, compared as text.

    The smallest of w uniform numbers gives a person exactly w times the chance, in integers.
    """
    return ticket_bytes(pid, lots, seed=seed).hex()


def ranking(rows: Iterable[RowTuple], *, seed: str) -> list[str]:
    """The pids of the rows by (ticket, pid): the order in which places, and later reserves, are given."""
    return [pid for _, pid in sorted((ticket_bytes(pid, lots, seed=seed), pid) for pid, _, lots, _ in rows)]


def ticket_bytes(pid: str, lots: int, *, seed: str) -> bytes:
    """The ticket as 32 bytes: in the same order as its hex text, and half as large in memory."""
    prefix = f"draw/1|{seed}|{pid}|"
    if lots == 1:
        return sha256(f"{prefix}1".encode("ascii")).digest()
    return min(sha256(f"{prefix}{lot}".encode("ascii")).digest() for lot in range(1, lots + 1))


def tickets_with_pids(pids: Iterable[bytes], lots: int, *, seed: str) -> list[bytes]:
    """The tickets of very many people who have as many lots each: the 32 bytes with the pid behind them, which sort as (ticket, pid)."""
    if lots > 1:
        return [ticket_bytes(pid.decode("ascii"), lots, seed=seed) + pid for pid in pids]
    begun = sha256(f"draw/1|{seed}|".encode("ascii"))  # alike for everybody: hashed once
    tickets = []
    for pid in pids:
        ticket = begun.copy()
        ticket.update(pid + b"|1")
        tickets.append(ticket.digest() + pid)
    return tickets
