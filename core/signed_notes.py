"""Signed checkpoints in the C2SP forms tlog-checkpoint and signed-note (security.md section 3.3).

origin
size
base64(root)

— name base64(key id ‖ signature)
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_ED25519 = b"\x01"
_DASH = "— "


class NoteInvalid(ValueError):
    """Not a checkpoint in the C2SP form, or not signed by the expected key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's promise: so many leaves, with this root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign_checkpoint(checkpoint: Checkpoint, seed: bytes) -> str:
    """The checkpoint with one Ed25519 signature line; `seed` is 32 bytes. The same input gives the same text."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    box = key_id(checkpoint.origin, public_bytes(seed)) + key.sign(checkpoint.text.encode())
    return f"{checkpoint.text}\n{_DASH}{checkpoint.origin} {base64.b64encode(box).decode()}\n"


def open_checkpoint(note: str, *, origin: str, public_key: bytes) -> Checkpoint:
    """The checkpoint of a note signed by that key under that origin; raises NoteInvalid."""
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    expected = key_id(origin, public_key)
    for line in signatures.splitlines():
        name, _, encoded = line.removeprefix(_DASH).rpartition(" ")
        box = _decode(encoded)
        if line.startswith(_DASH) and name == origin and box[:4] == expected:
            try:
                Ed25519PublicKey.from_public_bytes(public_key).verify(box[4:], text.encode())
            except InvalidSignature as error:
                raise NoteInvalid("the signature does not fit the text") from error
            return _parse(text, origin)
    raise NoteInvalid("no signature by the expected key")


def verifier_key(origin: str, seed: bytes) -> str:
    """`origin+key id+base64`: what a witness needs to check the log's signatures (C2SP signed-note)."""
    public = public_bytes(seed)
    return f"{origin}+{key_id(origin, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def public_bytes(seed: bytes) -> bytes:
    """The 32 bytes of the public key that belongs to the 32-byte seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(name: str, public_key: bytes) -> bytes:
    """First four bytes of SHA-256(name ‖ LF ‖ 0x01 ‖ key)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def _parse(text: str, origin: str) -> Checkpoint:
    lines = text.splitlines()
    if len(lines) < 3 or lines[0] != origin or not lines[1].isascii() or not lines[1].isdigit():
        raise NoteInvalid("not a checkpoint of this log")
    root = _decode(lines[2])
    if len(root) != hashlib.sha256().digest_size:
        raise NoteInvalid("the root is not 32 bytes")
    return Checkpoint(origin, int(lines[1]), root)


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
