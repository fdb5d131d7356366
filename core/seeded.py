"""Randomness: fresh secrets for keys and ids, and recorded seeds for everything that must be repeatable."""

import hashlib
import random
import secrets

Stream = random.Random  # noqa: S311 - seeded on purpose, no secret comes from it


def fresh_token(bytes_count: int = 32) -> str:
    """Unpredictable hex, for salts, keys and ids (never for a draw, which takes public sources)."""
    return secrets.token_hex(bytes_count)


def fresh_digits(count: int) -> str:
    """Unpredictable decimal digits, for codes that people type."""
    return "".join(str(secrets.randbelow(10)) for _ in range(count))


def stream(seed: str) -> Stream:
    """A repeatable stream from a recorded seed, for demo data and simulations. Not for draws or papers."""
    return Stream(hashlib.sha256(seed.encode()).hexdigest())
