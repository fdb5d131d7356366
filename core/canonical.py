"""Canonical JSON: the same bytes for the same value, on every machine (draw.md, Files)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal


def canonical_json(value: object) -> str:
    """Keys sorted, separators `,` and `:`, ASCII, no final newline. Decimals and dates become strings; floats are refused."""
    if type(value) is str:
        return json.encoder.encode_basestring_ascii(value)
    return _encode(_plain(value))


# One encoder for all calls: making one for each costs more than encoding an answer with it.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode


def sha256_hex(data: str | bytes) -> str:
    """SHA-256 as 64 lowercase hex digits; text is hashed as UTF-8."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def canonical_sha256(value: object) -> str:
    """The hash of the canonical JSON of `value`."""
    return sha256_hex(canonical_json(value))


_AS_THEY_ARE = (str, int, bool, type(None))


def _plain(value: object) -> object:
    if isinstance(value, _AS_THEY_ARE):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(item) for item in value]
    raise TypeError(f"canonical JSON cannot carry {type(value).__name__}")
