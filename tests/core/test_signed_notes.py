"""Checkpoints: signed, opened only by the right key and name, and never after a change."""

import base64

import pytest

from core.signed_notes import (
    Checkpoint,
    NoteInvalid,
    key_id,
    open_checkpoint,
    public_bytes,
    sign_checkpoint,
    verifier_key,
)

SEED = bytes(range(32))
CHECKPOINT = Checkpoint("example.test/log", 7, bytes(32))


def test_checkpoint_has_the_c2sp_form():
    note = sign_checkpoint(CHECKPOINT, SEED)
    text, signature = note.split("\n\n")
    assert text == f"example.test/log\n7\n{base64.b64encode(bytes(32)).decode()}"
    assert signature.startswith("— example.test/log ")
    assert signature.endswith("\n")
    box = base64.b64decode(signature.split()[-1])
    assert box[:4] == key_id("example.test/log", public_bytes(SEED))
    assert len(box) == 4 + 64


def test_verifier_key_names_origin_and_key():
    name, number, encoded = verifier_key("example.test/log", SEED).split("+", 2)
    assert name == "example.test/log"
    assert bytes.fromhex(number) == key_id(name, public_bytes(SEED))
    assert base64.b64decode(encoded) == b"\x01" + public_bytes(SEED)


def test_open_checkpoint_returns_what_was_signed():
    note = sign_checkpoint(CHECKPOINT, SEED)
    assert open_checkpoint(note, origin=CHECKPOINT.origin, public_key=public_bytes(SEED)) == CHECKPOINT


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n7\n", "\n8\n"), ("AAAA=", "AAAB="), ("— example", "— exemple"), ("\n\n", "\n"), ("— ", "- ")],
)
def test_open_checkpoint_altered_refuses(old, new):
    note = sign_checkpoint(CHECKPOINT, SEED)
    assert old in note
    with pytest.raises(NoteInvalid):
        open_checkpoint(note.replace(old, new, 1), origin=CHECKPOINT.origin, public_key=public_bytes(SEED))


def test_open_checkpoint_of_another_key_or_origin_refuses():
    note = sign_checkpoint(CHECKPOINT, SEED)
    with pytest.raises(NoteInvalid):
        open_checkpoint(note, origin=CHECKPOINT.origin, public_key=public_bytes(bytes(32)))
    with pytest.raises(NoteInvalid):
        open_checkpoint(note, origin="other.test/log", public_key=public_bytes(SEED))
