"""Parsed snapshots, kept in memory: they never change, and every public page is made from one."""

from functools import lru_cache

from publications.domain.reading import PublicSnapshot, read_snapshot


@lru_cache(maxsize=32)
def parsed(content: str) -> PublicSnapshot:
    """The snapshot of a published file."""
    return read_snapshot(content)
