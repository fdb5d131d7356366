import pytest

from accounts.domain.users import e164, normal_display_name, normal_username
from accounts.errors import DisplayNameMissing, PhoneInvalid, UsernameInvalid


@pytest.mark.parametrize(
    "typed",
    [
        "13812341234",
        " 138 1234 1234 ",
        "138-1234-1234",
        "+86 138 1234 1234",
        "+8613812341234",
        "008613812341234",
        "１３８１２３４１２３４",
    ],
)
def test_e164_any_spelling_of_a_number_is_one_number(typed: str) -> None:
    assert e164(typed) == "+8613812341234"


@pytest.mark.parametrize("typed", ["", "abc", "1", "12345", "+", "138123412341234567", "'; drop table", "１"])
def test_e164_not_a_number_is_refused(typed: str) -> None:
    with pytest.raises(PhoneInvalid):
        e164(typed)


def test_normal_username_case_and_spaces_are_dropped() -> None:
    assert normal_username(" Wang.Fang ") == "wang.fang"


@pytest.mark.parametrize(
    "typed", ["", "ab", "13812341234", "张三", "a b c", "a" * 61, "wang@fang.cn", "<script>", "_abc"]
)
def test_normal_username_what_could_be_taken_for_another_login_is_refused(typed: str) -> None:
    with pytest.raises(UsernameInvalid):
        normal_username(typed)


def test_normal_display_name_control_characters_are_dropped() -> None:
    assert normal_display_name(" 张\u202e三\x00 ") == "张三"
    with pytest.raises(DisplayNameMissing):
        normal_display_name("\u200b\x07 ")
    with pytest.raises(DisplayNameMissing):
        normal_display_name("张" * 61)
