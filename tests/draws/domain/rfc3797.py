"""RFC 3797, the selection of volunteers: only here, to show that our reading of that standard is right."""

import hashlib


def key_string(sources: list[list[int]]) -> str:
    """Section 4: each source sorted, every number followed by a period, every source by a slash."""
    return "".join("".join(f"{number}." for number in sorted(numbers)) + "/" for numbers in sources)


def select(pool: int, count: int, key: str) -> list[int]:
    """Section 5: the 1-based positions selected in order, from a pool that shrinks with each selection."""
    remaining = list(range(1, pool + 1))
    selected = []
    for turn in range(count):
        mark = turn.to_bytes(2, "big")
        digest = hashlib.md5(mark + key.encode("ascii") + mark, usedforsecurity=False).digest()
        selected.append(remaining.pop(int.from_bytes(digest, "big") % len(remaining)))
    return selected
