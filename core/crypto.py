"""Secrets at rest: AES-256-GCM bound to table, column and row, and keyed digests for look-up (stack.md, picks).

Keys come from settings.FIELD_KEYS (id → 32 bytes; the first seals, all unseal) and settings.DIGEST_KEY.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value does not open: another key, another row, or altered bytes. A defect, never shown to users."""


def seal(plaintext: str, *, table: str, column: str, row: str) -> bytes:
    """Encrypts under the current key; the result opens only for the same table, column and row."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(_NONCE_BYTES)
    box = AESGCM(key).encrypt(nonce, plaintext.encode(), _aad(table, column, row))
    return key_id.encode("ascii") + b":" + nonce + box


def unseal(sealed: bytes, *, table: str, column: str, row: str) -> str:
    """Opens what `seal` made; raises SealBroken."""
    key_id, _, rest = bytes(sealed).partition(b":")
    key = settings.FIELD_KEYS.get(key_id.decode("ascii", "replace"))
    if key is None:
        raise SealBroken(f"no key {key_id!r} for {table}.{column}")
    try:
        return AESGCM(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], _aad(table, column, row)).decode()
    except InvalidTag as error:
        raise SealBroken(f"{table}.{column} of {row}") from error


def seal_many(plaintexts: Sequence[str], *, table: str, column: str, rows: Sequence[str]) -> list[bytes]:
    """`seal` for very many rows of one column: what is alike for all is done once. `rows` belong to `plaintexts` in order."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    encrypt, head, place = AESGCM(key).encrypt, key_id.encode("ascii") + b":", f"{table}|{column}|"
    nonces = os.urandom(_NONCE_BYTES * len(plaintexts))
    starts = range(0, len(nonces), _NONCE_BYTES)
    return [
        head + (nonce := nonces[start : start + _NONCE_BYTES]) + encrypt(nonce, text.encode(), f"{place}{row}".encode())
        for start, text, row in zip(starts, plaintexts, rows, strict=True)
    ]


def unseal_many(sealed: Sequence[bytes], *, table: str, column: str, rows: Sequence[str]) -> list[str]:
    """`unseal` for very many rows of one column, in order. Raises SealBroken."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    decrypt, head, place = AESGCM(key).decrypt, key_id.encode("ascii") + b":", f"{table}|{column}|"
    start = len(head)
    end = start + _NONCE_BYTES
    try:
        return [
            decrypt(box[start:end], box[end:], f"{place}{row}".encode()).decode()
            if box.startswith(head)
            else unseal(box, table=table, column=column, row=row)  # under a key of before
            for box, row in zip(sealed, rows, strict=True)
        ]
    except InvalidTag as error:
        raise SealBroken(f"{table}.{column}") from error


def keyed_digest(value: str, *, purpose: str) -> str:
    """HMAC-SHA256 as hex: equal values are found again, and nobody without the key can search for one."""
    return hmac.new(settings.DIGEST_KEY, f"{purpose}|{value}".encode(), hashlib.sha256).hexdigest()


def _aad(table: str, column: str, row: str) -> bytes:
    return f"{table}|{column}|{row}".encode()
