"""GB 32100."""

import pytest

from registry.domain.credit_codes import check_character, read_credit_code
from registry.errors import CreditCodeCheckWrong, CreditCodeMalformed


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("91110000600037341L", "91110000600037341L"),
        (" 91110000600037341l ", "91110000600037341L"),
        ("9111 0000 6000 3734 1L", "91110000600037341L"),
        ("９１１１００００６０００３７３４１Ｌ", "91110000600037341L"),
    ],
)
def test_read_credit_code_in_any_spelling_gives_the_normal_form(typed: str, normal: str) -> None:
    assert read_credit_code(typed) == normal


def test_read_credit_code_of_a_rural_collective_begins_with_a_letter() -> None:
    body = "N2430602MF12345AB"

    assert read_credit_code(body + check_character(body)) == body + check_character(body)


@pytest.mark.parametrize(
    "typed",
    ["", "91110000600037341", "91110000600037341LL", "9111000O600037341L", "91110000600037341I", "91ABCDEF600037341L"],
)
def test_read_credit_code_with_a_wrong_form_is_refused(typed: str) -> None:
    with pytest.raises(CreditCodeMalformed):
        read_credit_code(typed)


def test_read_credit_code_with_any_single_character_changed_is_refused() -> None:
    right = "91110000600037341L"
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    accepted = []
    for place in range(18):
        for letter in alphabet:
            wrong = right[:place] + letter + right[place + 1 :]
            try:
                accepted.append(read_credit_code(wrong))
            except (CreditCodeCheckWrong, CreditCodeMalformed):
                continue
    assert set(accepted) == {right}
