import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.canonical import canonical_json, canonical_sha256
from exams.domain.journal import append, genesis
from exams.domain.messages import Event
from exams.domain.receipts import (
    Handover,
    MacKey,
    event_receipt,
    final_receipt,
    public_key_of,
    read_receipt_code,
    receipt_code,
    verify_event_receipt,
    verify_final_receipt,
)
from exams.errors import ReceiptInvalid

ATTEMPT = "a" * 32
T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEY = MacKey("k1", b"1" * 32)
KEYS = {"k1": b"1" * 32, "k0": b"0" * 32}
PRIVATE = bytes(range(32))
PUBLIC = {"p1": public_key_of(PRIVATE)}


def an_entry():
    event = Event(1, "i1", ["x"], canonical_json(["x"]), canonical_sha256(["x"]))
    entry, _ = append(
        genesis(ATTEMPT, "b" * 64),
        event,
        attempt=ATTEMPT,
        epoch=1,
        cid="client-0001",
        server_ts=T0,
        late=False,
    )
    return entry


@given(item=st.text(max_size=20), kid=st.text(min_size=1, max_size=5), late=st.booleans())
def test_event_receipt_is_canonical_json_with_the_mac_of_the_rest(item, kid, late):
    key = MacKey(kid, b"1" * 32)
    text = event_receipt(replace(an_entry(), item=item, late=late), attempt=ATTEMPT, key=key)
    fields = json.loads(text)
    assert text == canonical_json(fields)
    rest = canonical_json({name: value for name, value in fields.items() if name != "mac"})
    assert fields["mac"] == hmac.new(key.secret, rest.encode(), hashlib.sha256).hexdigest()
    assert (fields["item"], fields["kid"], fields["late"]) == (item, kid, late)


def a_handover(**changes):
    fields = {
        "attempt": ATTEMPT,
        "paper_sha256": "b" * 64,
        "answers": {"i1": canonical_sha256(["x"]), "i2": canonical_sha256(None)},
        "events": 3,
        "head": "c" * 64,
        "state": "submitted",
        "submitted_at": T0,
    }
    return Handover(**{**fields, **changes})


def test_event_receipt_of_the_same_entry_is_the_same_bytes():
    assert event_receipt(an_entry(), attempt=ATTEMPT, key=KEY) == event_receipt(an_entry(), attempt=ATTEMPT, key=KEY)


def test_event_receipt_verifies_and_states_what_was_saved():
    entry = an_entry()
    fields = verify_event_receipt(event_receipt(entry, attempt=ATTEMPT, key=KEY), KEYS)
    assert {name: value for name, value in fields.items() if name != "mac"} == {
        "attempt": ATTEMPT,
        "epoch": 1,
        "cid": "client-0001",
        "seq": 1,
        "item": "i1",
        "answer_sha256": canonical_sha256(["x"]),
        "sseq": 1,
        "server_ts": "2026-11-23T02:00:00.000000Z",
        "late": False,
        "chain": entry.chain,
        "kid": "k1",
    }


def test_event_receipt_of_an_older_key_still_verifies_after_rotation():
    old = event_receipt(an_entry(), attempt=ATTEMPT, key=MacKey("k0", b"0" * 32))
    assert verify_event_receipt(old, KEYS)["kid"] == "k0"
    with pytest.raises(ReceiptInvalid):
        verify_event_receipt(old, {"k1": b"1" * 32})


@pytest.mark.parametrize(
    "change",
    [
        {"late": True},
        {"seq": 2},
        {"answer_sha256": "0" * 64},
        {"server_ts": "2026-11-23T01:00:00.000000Z"},
        {"x": 1},
        {"kid": "k0"},
        {"kid": None},
        {"mac": None},
        {"mac": "0" * 64},
        {"mac": "密"},
        {"sseq": 1.0},
    ],
)
def test_event_receipt_with_any_change_is_refused(change):
    fields = json.loads(event_receipt(an_entry(), attempt=ATTEMPT, key=KEY))
    assert verify_event_receipt(json.dumps(fields), KEYS) == fields
    with pytest.raises(ReceiptInvalid):
        verify_event_receipt(json.dumps({**fields, **change}), KEYS)


def test_final_receipt_verifies_with_the_public_key_alone():
    fields = verify_final_receipt(final_receipt(a_handover(), kid="p1", private_key=PRIVATE), PUBLIC)
    assert (fields["attempt"], fields["items"], fields["events"], fields["state"], fields["submitted_at"]) == (
        ATTEMPT,
        2,
        3,
        "submitted",
        "2026-11-23T02:00:00.000000Z",
    )


def test_final_receipt_repeated_is_the_same_bytes():
    first = final_receipt(a_handover(), kid="p1", private_key=PRIVATE)
    assert final_receipt(a_handover(), kid="p1", private_key=PRIVATE) == first


@pytest.mark.parametrize(
    "change",
    [
        {"answers": {"i1": canonical_sha256(["y"]), "i2": canonical_sha256(None)}},
        {"answers": {"i2": canonical_sha256(["x"]), "i1": canonical_sha256(None)}},
        {"events": 4},
        {"head": "d" * 64},
        {"state": "timed_out"},
        {"submitted_at": T0 + timedelta(microseconds=1)},
    ],
)
def test_final_receipt_of_another_handover_has_another_signature(change):
    first = json.loads(final_receipt(a_handover(), kid="p1", private_key=PRIVATE))
    other = json.loads(final_receipt(replace(a_handover(), **change), kid="p1", private_key=PRIVATE))
    with pytest.raises(ReceiptInvalid):
        verify_final_receipt(json.dumps({**other, "signature": first["signature"]}), PUBLIC)


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", "{" * 3000, '"x"', '{"kid":"p1","signature":"!"}', "NaN", "\x00"],
)
def test_final_receipt_of_rubbish_is_refused(text):
    with pytest.raises(ReceiptInvalid):
        verify_final_receipt(text, PUBLIC)


@pytest.mark.parametrize("signature", ["", "AAAA", "not base64 密", base64.b64encode(b"0" * 64).decode()])
def test_final_receipt_with_a_made_up_signature_is_refused(signature):
    fields = json.loads(final_receipt(a_handover(), kid="p1", private_key=PRIVATE))
    with pytest.raises(ReceiptInvalid):
        verify_final_receipt(canonical_json({**fields, "signature": signature}), PUBLIC)


def test_receipt_code_survives_line_breaks_of_a_chat_program():
    text = final_receipt(a_handover(), kid="p1", private_key=PRIVATE)
    code = receipt_code(text)
    broken = "\n".join(code[start : start + 60] for start in range(0, len(code), 60))
    assert read_receipt_code(broken) == text
    assert read_receipt_code(f"  {text}\n") == text


@given(st.text(max_size=200))
def test_read_receipt_code_of_any_text_is_refused_in_words_or_fails_verification(code):
    with pytest.raises(ReceiptInvalid):
        verify_final_receipt(read_receipt_code(code), PUBLIC)
