"""Canonical JSON, seals, scores, masks, log lines: plain values."""

import logging
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from core.canonical import canonical_json, canonical_sha256, sha256_hex
from core.crypto import SealBroken, keyed_digest, seal, seal_many, unseal, unseal_many
from core.errors import DomainError, Stale
from core.logs import PrivateDataFilter, strip_private
from core.masking import mask_id_number, mask_name, mask_phone
from core.scores import display, mark_for, round_score, total
from core.seeded import fresh_digits, fresh_token, stream

PLACE = {"table": "registry_person", "column": "id_number", "row": "a1"}


# --- canonical JSON ----------------------------------------------------------------------------------------------------


def test_canonical_json_is_one_text_per_value() -> None:
    value = {
        "b": [1, None, True],
        "a": {"名": "张三", "d": Decimal("1.50")},
        "t": datetime(2026, 1, 2, 3, tzinfo=UTC),
        "u": date(2026, 1, 2),
    }

    assert canonical_json(value) == (
        '{"a":{"d":"1.50","\\u540d":"\\u5f20\\u4e09"},"b":[1,null,true],"t":"2026-01-02T03:00:00+00:00","u":"2026-01-02"}'
    )
    assert canonical_sha256(value) == sha256_hex(canonical_json(value))


@pytest.mark.parametrize("value", [1.5, float("nan"), b"x", {1, 2}, object(), {"a": 0.1}])
def test_canonical_json_what_has_no_one_text_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none() | st.booleans()))
def test_canonical_json_order_of_keys_does_not_matter(value: dict[str, object]) -> None:
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


# --- seals -------------------------------------------------------------------------------------------------------------


@given(st.text())
def test_unseal_opens_what_seal_made(text: str) -> None:
    assert unseal(seal(text, **PLACE), **PLACE) == text


@pytest.mark.parametrize("other", [{"row": "a2"}, {"column": "phone"}, {"table": "accounts_user"}])
def test_unseal_moved_to_another_place_does_not_open(other: dict[str, str]) -> None:
    sealed = seal("430602199001011234", **PLACE)

    with pytest.raises(SealBroken):
        unseal(sealed, **(PLACE | other))


def test_unseal_any_changed_byte_does_not_open() -> None:
    sealed = seal("x", **PLACE)

    for position in range(len(sealed)):
        broken = bytearray(sealed)
        broken[position] ^= 1
        with pytest.raises(SealBroken):
            unseal(bytes(broken), **PLACE)


def test_seal_same_text_never_looks_the_same_and_never_shows_it() -> None:
    first, second = seal("430602199001011234", **PLACE), seal("430602199001011234", **PLACE)

    assert first != second
    assert b"430602" not in first


def test_unseal_old_key_still_opens_and_new_key_seals(settings: Settings) -> None:
    old = seal("x", **PLACE)
    settings.FIELD_KEYS = {"t2": b"n" * 32, **settings.FIELD_KEYS}

    new = seal("x", **PLACE)

    assert (unseal(old, **PLACE), unseal(new, **PLACE), new[:3]) == ("x", "x", b"t2:")
    settings.FIELD_KEYS = {"t2": b"n" * 32}
    with pytest.raises(SealBroken):
        unseal(old, **PLACE)


@given(st.lists(st.tuples(st.text(), st.text("0123456789abcdef", min_size=1))))
def test_seal_many_is_seal_for_each_and_unseal_many_opens_both(values: list[tuple[str, str]]) -> None:
    column = {"table": "registry_person", "column": "id_number"}
    texts, rows = [text for text, _ in values], [row for _, row in values]

    sealed = seal_many(texts, **column, rows=rows)

    assert [unseal(box, **column, row=row) for box, row in zip(sealed, rows, strict=True)] == texts
    assert unseal_many([seal(text, **column, row=row) for text, row in values], **column, rows=rows) == texts
    assert len({box[:15] for box in sealed}) == len(sealed)  # no nonce twice


def test_unseal_many_opens_what_an_old_key_sealed_and_nothing_in_another_row(settings: Settings) -> None:
    column = {"table": "registry_person", "column": "id_number"}
    old = seal("x", **column, row="a1")
    settings.FIELD_KEYS = {"t2": b"n" * 32, **settings.FIELD_KEYS}
    new = seal("y", **column, row="a2")

    assert unseal_many([old, new], **column, rows=["a1", "a2"]) == ["x", "y"]
    for rows in (["a2", "a2"], ["a1", "a1"]):
        with pytest.raises(SealBroken):
            unseal_many([old, new], **column, rows=rows)


def test_keyed_digest_needs_the_key_and_the_purpose(settings: Settings) -> None:
    digest = keyed_digest("430602199001011234", purpose="a")

    assert digest == keyed_digest("430602199001011234", purpose="a")
    assert digest != keyed_digest("430602199001011234", purpose="b")
    assert digest != sha256_hex("430602199001011234")
    settings.DIGEST_KEY = b"q" * 32
    assert digest != keyed_digest("430602199001011234", purpose="a")


# --- scores ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "rounded"),
    [("0.005", "0.01"), ("0.004", "0.00"), ("2.675", "2.68"), ("79.995", "80.00"), ("-0.005", "-0.01"), ("1", "1.00")],
)
def test_round_score_half_goes_up(points: str, rounded: str) -> None:
    assert str(round_score(Decimal(points))) == rounded


def test_mark_for_and_total_are_exact() -> None:
    thirds = [mark_for(Decimal(1) / 3, Decimal(1))] * 3

    assert (total(thirds), total([])) == (Decimal("0.99"), Decimal("0.00"))
    assert total([Decimal("0.10")] * 1000) == Decimal("100.00")


@pytest.mark.parametrize(
    ("points", "shown"), [("86.00", "86"), ("86.50", "86.5"), ("0.00", "0"), ("100", "100"), ("7.25", "7.25")]
)
def test_display_has_no_trailing_zeros(points: str, shown: str) -> None:
    assert display(Decimal(points)) == shown


# --- masks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("张小三", "张*三"), ("欧阳锋", "欧阳*"), ("欧阳小锋", "欧阳*锋"), ("司马", "司*"), ("买买提·艾力", "买*力"),
     ("Anna Bell", "A*l"), ("李", "*"), ("", ""), (" 张　三 ", "张*")],
)  # fmt: skip
def test_mask_name_keeps_the_ends_only(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(min_size=3))
def test_mask_name_never_shows_more_than_three_letters(name: str) -> None:
    assert len(mask_name(name)) <= 4


def test_mask_phone_and_id_number_hide_the_middle() -> None:
    assert (mask_phone("+8613812341234"), mask_phone("12345"), mask_phone("")) == ("138****1234", "****", "****")
    assert (mask_id_number("430602199001011234"), mask_id_number("G12")) == ("*" * 16 + "34", "****")


# --- log lines ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "stripped"),
    [
        ("person 43060219900101123X signed in", "person [id-number] signed in"),
        ("sent to +8613812341234", "sent to [phone]"),
        ("to 13812341234.", "to [phone]."),
        ("password=hunter2 next", "password=[hidden] next"),
        ('{"token": "abc", "n": 1}', '{"token": "[hidden]", "n": 1}'),
        ("GET /accounts/password/reset/key/1-cx3abc-0f9/", "GET /accounts/password/reset/key/[hidden]/"),
        ("draw 2026Q4 has 145 people", "draw 2026Q4 has 145 people"),
        ("hash 13812341234567890123", "hash 13812341234567890123"),
    ],
)  # fmt: skip
def test_strip_private_takes_out_what_is_private_only(line: str, stripped: str) -> None:
    assert strip_private(line) == stripped


def test_private_data_filter_strips_arguments_and_event_dicts() -> None:
    line = logging.LogRecord("x", logging.INFO, "f", 1, "sent to %s (%d)", ("13812341234", 3), None)
    event = logging.LogRecord("x", logging.INFO, "f", 1, {"event": "to 13812341234", "n": 3}, None, None)

    assert PrivateDataFilter().filter(line)
    assert PrivateDataFilter().filter(event)

    assert line.getMessage() == "sent to [phone] (3)"
    assert event.msg == {"event": "to [phone]", "n": 3}


# --- randomness, errors ------------------------------------------------------------------------------------------------


def test_stream_repeats_for_the_same_seed_and_tokens_never_do() -> None:
    assert [stream("a").random() for _ in range(2)] == [stream("a").random()] * 2
    assert stream("a").random() != stream("b").random()
    assert len({fresh_token() for _ in range(100)}) == 100
    assert all(len(digits) == 6 and digits.isdigit() for digits in (fresh_digits(6) for _ in range(50)))


def test_domain_error_text_is_filled_with_its_parameters() -> None:
    class TooLate(DomainError):
        code = "too_late"
        message = "已于 {when} 截止"

    assert (str(TooLate(when="9:00")), TooLate.status, Stale.status) == ("已于 9:00 截止", 422, 409)
