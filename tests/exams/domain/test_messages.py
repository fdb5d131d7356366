import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.canonical import canonical_json, canonical_sha256
from exams.domain.messages import (
    Event,
    ItemShape,
    Malformed,
    Open,
    Save,
    Submit,
    read_event,
    read_open,
    read_save,
    read_submit,
)
from exams.errors import BatchTooLarge, EnvelopeMalformed

CID = "client-0001"
ITEMS = {
    "one": ItemShape("single_choice", frozenset({"x", "y", "z"}), 1),
    "many": ItemShape("multiple_choice", frozenset({"p", "q", "r"}), 3),
    "text": ItemShape("fill_in", frozenset(), 0),
}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def a_save(**changes):
    return {"epoch": 1, "cid": CID, "events": [{"seq": 1, "item": "one", "answer": ["x"]}], **changes}


def an_event(**changes):
    return {"seq": 1, "item": "one", "answer": ["x"], "ms": 1000, "mono": 20, **changes}


def outcome_of(read):
    """What was read, or the words of the refusal; anything else raised is a defect."""
    try:
        return read()
    except (EnvelopeMalformed, BatchTooLarge) as refusal:
        return str(refusal)


def test_read_save_of_a_good_body_keeps_the_events_raw():
    body = a_save()
    assert read_save(body, size=100) == Save(1, CID, tuple(body["events"]))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (None, "body"),
        ([], "body"),
        ("x", "body"),
        (a_save(epoch=0), "epoch"),
        (a_save(epoch=True), "epoch"),
        (a_save(epoch="1"), "epoch"),
        (a_save(epoch=2**31), "epoch"),
        (a_save(cid=None), "cid"),
        (a_save(cid="short"), "cid"),
        (a_save(cid="has space in"), "cid"),
        (a_save(cid="x" * 65), "cid"),
        (a_save(cid=CID + "\n"), "cid"),
        (a_save(events=None), "events"),
        (a_save(events=[]), "events"),
        (a_save(events={"0": {}}), "events"),
    ],
)
def test_read_save_of_a_wrong_envelope_names_the_field(body, field):
    with pytest.raises(EnvelopeMalformed) as refusal:
        read_save(body, size=100)
    assert refusal.value.params == {"field": field}


def test_read_save_accepts_fifty_events_and_refuses_one_more():
    assert len(read_save(a_save(events=[{}] * 50), size=100).events) == 50
    with pytest.raises(BatchTooLarge):
        read_save(a_save(events=[{}] * 51), size=100)


def test_read_save_accepts_48_kilobytes_and_refuses_one_byte_more():
    assert read_save(a_save(), size=48 * 1024).epoch == 1
    with pytest.raises(BatchTooLarge):
        read_save(a_save(), size=48 * 1024 + 1)


def test_read_event_of_a_choice_carries_the_hash_of_its_answer():
    assert read_event(an_event(), ITEMS) == Event(
        1, "one", ["x"], canonical_json(["x"]), canonical_sha256(["x"]), 1000, 20
    )


@pytest.mark.parametrize(("answer", "stored"), [(None, None), ([], None), (["x"], ["x"])])
def test_read_event_of_a_single_choice_takes_null_nothing_or_one_option(answer, stored):
    assert read_event(an_event(answer=answer), ITEMS) == Event(
        1, "one", stored, canonical_json(stored), canonical_sha256(stored), 1000, 20
    )


@pytest.mark.parametrize(
    ("raw", "seq", "code"),
    [
        ("text", None, "event_malformed"),
        (None, None, "event_malformed"),
        (an_event(seq=0), None, "seq_malformed"),
        (an_event(seq=-1), None, "seq_malformed"),
        (an_event(seq=2**31), None, "seq_malformed"),
        (an_event(seq=True), None, "seq_malformed"),
        (an_event(seq=1.0), None, "seq_malformed"),
        (an_event(seq="1"), None, "seq_malformed"),
        (an_event(item="other"), 1, "item_unknown"),
        (an_event(item=["one"]), 1, "item_unknown"),
        (an_event(answer="x"), 1, "answer_malformed"),
        (an_event(answer=["x", "y"]), 1, "answer_malformed"),
        (an_event(answer=["p"]), 1, "answer_malformed"),
        (an_event(answer=[["x"]]), 1, "answer_malformed"),
        (an_event(answer={"x": 1}), 1, "answer_malformed"),
        (an_event(item="many", answer=["p", "p"]), 1, "answer_malformed"),
        (an_event(item="text", answer=[float("nan")]), 1, "answer_malformed"),
        (an_event(item="text", answer=["x" * 20_000]), 1, "answer_malformed"),
        ({"seq": 3, "item": "one"}, 3, "answer_malformed"),
    ],
)
def test_read_event_that_cannot_be_used_is_kept_with_its_reason(raw, seq, code):
    assert read_event(raw, ITEMS) == Malformed(seq, code, raw)


@pytest.mark.parametrize("clock", ["soon", None, True, 2**60, float("inf"), float("nan"), -(2**53)])
def test_read_event_with_a_senseless_client_clock_keeps_the_answer(clock):
    event = read_event(an_event(ms=clock, mono=clock), ITEMS)
    assert event == Event(1, "one", ["x"], canonical_json(["x"]), canonical_sha256(["x"]), None, None)


@given(ANY_JSON)
def test_read_event_of_any_json_never_raises(raw):
    assert isinstance(read_event(raw, ITEMS), Event | Malformed)


@given(st.dictionaries(st.sampled_from(["epoch", "cid", "events", "last_seq", "items", "takeover"]), ANY_JSON))
def test_readers_of_any_envelope_refuse_in_words_or_accept(body):
    for read in (lambda: read_save(body, size=10), lambda: read_submit(body), lambda: read_open(body)):
        assert isinstance(outcome_of(read), Save | Submit | Open | str)


def test_read_submit_of_a_good_body():
    sha = canonical_sha256(None)
    body = {"epoch": 2, "cid": CID, "last_seq": 0, "items": {"one": sha}}
    assert read_submit(body) == Submit(2, CID, 0, {"one": sha})


@pytest.mark.parametrize("items", [None, [], {"one": "short"}, {"one": 5}, {"one": "G" * 64}, {"x" * 65: "0" * 64}])
def test_read_submit_with_wrong_hashes_is_refused(items):
    with pytest.raises(EnvelopeMalformed) as refusal:
        read_submit({"epoch": 1, "cid": CID, "last_seq": 1, "items": items})
    assert refusal.value.params == {"field": "items"}


def test_read_open_defaults_to_no_takeover():
    assert read_open({"cid": CID}) == Open(CID, takeover=False)
    assert read_open({"cid": CID, "takeover": True}) == Open(CID, takeover=True)


@pytest.mark.parametrize("value", [1, "yes", None, []])
def test_read_open_with_a_senseless_takeover_is_refused(value):
    with pytest.raises(EnvelopeMalformed) as refusal:
        read_open({"cid": CID, "takeover": value})
    assert refusal.value.params == {"field": "takeover"}


def test_read_event_of_several_options_is_the_same_in_any_order():
    one, other = (read_event(an_event(item="many", answer=answer), ITEMS) for answer in (["r", "p"], ["p", "r"]))
    assert (
        one == other == Event(1, "many", ["p", "r"], canonical_json(["p", "r"]), canonical_sha256(["p", "r"]), 1000, 20)
    )
