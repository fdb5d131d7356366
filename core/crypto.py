"""Secrets at rest: AES-256-GCM bound to table, column and row, and keyed digests for look-up (stack.md, picks).

Keys come from settings.FIELD_KEYS (id → 32 bytes; the first seals, all unseal) and settings.DIGEST_KEY.
"""

import hashlib
import hmac
import os

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


def keyed_digest(value: str, *, purpose: str) -> str:
    """HMAC-SHA256 as hex: equal values are found again, and nobody without the key can search for one."""
    return hmac.new(settings.DIGEST_KEY, f"{purpose}|{value}".encode(), hashlib.sha256).hexdigest()


def _aad(table: str, column: str, row: str) -> bytes:
    return f"{table}|{column}|{row}".encode()
