"""The seed: one hash of the frozen plan and the public randomness (docs/draw.md, section 5)."""

import hashlib
from collections.abc import Iterable


def seed_of(plan: bytes, source_lines: Iterable[str]) -> str:
    """`SHA-256("seed/1|" + sha256(plan.json) + "|" + line 1 + "|" + line 2 …)`, 64 lowercase hex."""
    parts = ["seed/1", hashlib.sha256(plan).hexdigest(), *source_lines]
    return hashlib.sha256("|".join(parts).encode("ascii")).hexdigest()
