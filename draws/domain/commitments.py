"""Commitments that a plan carries for the papers (docs/draw.md, section 10)."""

import hashlib


def paper_key_commitment(key_hex: str) -> str:
    """`SHA-256("paper-key/1|" + hex(K))` for a key of 32 bytes as 64 lowercase hex."""
    return hashlib.sha256(f"paper-key/1|{key_hex}".encode("ascii")).hexdigest()
