"""Receipts: proof of what was saved and when, and of what was handed in (answers.md, Messages).

An event's receipt carries an HMAC-SHA256 under a rotating key (`kid`): we recognise our own. The final receipt carries
an Ed25519 signature: anybody with the public key can check it.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.canonical import canonical_json
from core.merkle import leaf_hash, root
from exams.domain.journal import Entry, timestamp
from exams.domain.messages import Event
from exams.errors import ReceiptInvalid

_MOST_CODE_CHARS = 4096
_FINAL_FIELDS = frozenset(
    {
        "answers_root",
        "attempt",
        "events",
        "head",
        "items",
        "kid",
        "paper_sha256",
        "signature",
        "state",
        "submitted_at",
        "type",
    },
)


@dataclass(frozen=True, slots=True)
class MacKey:
    """One receipt key: its id, printed in the receipt, and 32 secret bytes."""

    kid: str
    secret: bytes


def event_receipt(entry: Entry, *, attempt: str, key: MacKey) -> str:
    """The receipt of one stored event as canonical JSON text. The same entry and key give the same bytes."""
    # The answer path: written out in the order of canonical JSON, which a test compares, because encoding a dictionary
    # twice costs more than all hashes of an answer. Words that are not ours to choose pass through the encoder.
    before_mac = (
        f'{{"answer_sha256":"{entry.answer_sha256}","attempt":"{attempt}","chain":"{entry.chain}",'
        f'"cid":{canonical_json(entry.cid)},"epoch":{entry.epoch},"item":{canonical_json(entry.item)},'
        f'"kid":{canonical_json(key.kid)},"late":{"true" if entry.late else "false"},'
    )
    after_mac = f'"seq":{entry.seq},"server_ts":"{timestamp(entry.server_ts)}","sseq":{entry.sseq}}}'
    mac = hmac.digest(key.secret, f"{before_mac}{after_mac}".encode(), "sha256").hex()
    return f'{before_mac}"mac":"{mac}",{after_mac}'


def verify_event_receipt(text: str, keys: Mapping[str, bytes]) -> Mapping[str, object]:
    """The fields of a receipt that we issued under any of `keys` (kid → secret); raises ReceiptInvalid."""
    fields = _fields(text)
    kid = fields.get("kid")
    mac = fields.get("mac")
    if not isinstance(kid, str) or kid not in keys or not isinstance(mac, str):
        raise ReceiptInvalid
    body = {name: value for name, value in fields.items() if name != "mac"}
    expected = _mac(body, MacKey(kid, keys[kid]))
    if not hmac.compare_digest(expected.encode(), mac.encode()):
        raise ReceiptInvalid
    return fields


def proves_in_time(text: str, event: Event, *, attempt: str, cid: str, keys: Mapping[str, bytes]) -> bool:
    """Whether `text` is our own receipt for exactly this event, given while there was time.

    After a restore the event comes again, perhaps too late; what we signed then still counts (answers.md, Server 5).
    """
    try:
        said = verify_event_receipt(text, keys)
    except ReceiptInvalid:
        return False
    names = ("attempt", "cid", "seq", "item", "answer_sha256", "late")
    ours = (attempt, cid, event.seq, event.item, event.answer_sha256, False)
    return tuple(said.get(name) for name in names) == ours


@dataclass(frozen=True, slots=True)
class Handover:
    """What the final receipt states. `answers` maps every item of the paper to the hash of its effective answer."""

    attempt: str
    paper_sha256: str
    answers: Mapping[str, str]
    events: int
    head: str
    state: str
    submitted_at: datetime


def answers_root(answers: Mapping[str, str]) -> str:
    """RFC 6962 root over `item|answer_sha256`, items ascending."""
    return root([leaf_hash(f"{item}|{answers[item]}".encode()) for item in sorted(answers)]).hex()


def final_receipt(handover: Handover, *, kid: str, private_key: bytes) -> str:
    """The signed final receipt as canonical JSON text; Ed25519 is deterministic, so a repeat gives the same bytes."""
    body: dict[str, object] = {
        "answers_root": answers_root(handover.answers),
        "attempt": handover.attempt,
        "events": handover.events,
        "head": handover.head,
        "items": len(handover.answers),
        "kid": kid,
        "paper_sha256": handover.paper_sha256,
        "state": handover.state,
        "submitted_at": timestamp(handover.submitted_at),
        "type": "choukao-final-receipt/1",
    }
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(canonical_json(body).encode())
    return canonical_json({**body, "signature": base64.b64encode(signature).decode("ascii")})


def verify_final_receipt(text: str, public_keys: Mapping[str, bytes]) -> Mapping[str, object]:
    """The fields of a final receipt signed by any of `public_keys` (kid → 32 bytes); raises ReceiptInvalid."""
    fields = _fields(text)
    kid, signature = fields.get("kid"), fields.get("signature")
    if set(fields) != _FINAL_FIELDS or not isinstance(kid, str) or not isinstance(signature, str):
        raise ReceiptInvalid
    if kid not in public_keys:
        raise ReceiptInvalid
    body = {name: value for name, value in fields.items() if name != "signature"}
    try:
        sealed = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public_keys[kid]).verify(sealed, canonical_json(body).encode())
    except (InvalidSignature, binascii.Error, ValueError, TypeError) as error:
        raise ReceiptInvalid from error
    return fields


def public_key_of(private_key: bytes) -> bytes:
    """The 32 public bytes that belong to 32 private ones."""
    key = Ed25519PrivateKey.from_private_bytes(private_key).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def receipt_code(text: str) -> str:
    """A receipt as one unbroken word (base64url), for a QR code or a form field."""
    return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")


def read_receipt_code(code: str) -> str:
    """The receipt text from a QR word or from pasted JSON; raises ReceiptInvalid."""
    word = "".join(code.split()) if not code.lstrip().startswith("{") else code.strip()
    if len(word) > _MOST_CODE_CHARS:
        raise ReceiptInvalid
    if word.startswith("{"):
        return word
    try:
        return base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise ReceiptInvalid from error


def _mac(body: Mapping[str, object], key: MacKey) -> str:
    try:
        message = canonical_json(body).encode()
    except (TypeError, ValueError) as error:
        raise ReceiptInvalid from error
    return hmac.new(key.secret, message, hashlib.sha256).hexdigest()


def _fields(text: str) -> Mapping[str, object]:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReceiptInvalid from error
    if not isinstance(fields, dict):
        raise ReceiptInvalid
    return fields
