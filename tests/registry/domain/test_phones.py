"""Phone numbers."""

import pytest

from registry.domain.phones import read_phone
from registry.errors import PhoneMalformed


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("13812341234", "+8613812341234"),
        ("138 1234 1234", "+8613812341234"),
        ("138-1234-1234", "+8613812341234"),
        ("+86 138 1234 1234", "+8613812341234"),
        ("0086 13812341234", "+8613812341234"),
        ("8613812341234", "+8613812341234"),
        ("１３８１２３４１２３４", "+8613812341234"),
        ("19212341234", "+8619212341234"),
        ("+852 5123 4567", "+85251234567"),
    ],
)
def test_read_phone_in_any_spelling_gives_e164(typed: str, normal: str) -> None:
    assert read_phone(typed) == normal


@pytest.mark.parametrize(
    "typed",
    ["", "1381234123", "138123412345", "0730-8123456", "12812341234", "+1", "abc", "138１234*1234", "=1+1", "9" * 40],
)
def test_read_phone_that_cannot_get_a_text_is_refused(typed: str) -> None:
    with pytest.raises(PhoneMalformed):
        read_phone(typed)
