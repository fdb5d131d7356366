"""GB 11643 and other documents."""

from datetime import date

import pytest

from registry.domain.id_documents import IdDocument, check_character, read_id_document
from registry.errors import (
    DocumentNumberMalformed,
    IdCardCheckWrong,
    IdCardDateImpossible,
    IdCardMalformed,
    IdCardOldForm,
)

TODAY = date(2026, 11, 23)


def card(body: str) -> str:
    return body + check_character(body)


@pytest.mark.parametrize(
    "typed",
    ["11010519491231002X", "11010519491231002x", " 110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"],
)
def test_read_id_document_of_the_standards_example_gives_the_normal_form(typed: str) -> None:
    assert read_id_document("ID", typed, today=TODAY) == IdDocument("ID", "11010519491231002X")


@pytest.mark.parametrize("area", ["310230", "500234", "469003", "430602"])
def test_read_id_document_with_abolished_or_rare_areas_is_accepted(area: str) -> None:
    number = card(f"{area}19800229012")

    assert read_id_document("ID", number, today=TODAY) == IdDocument("ID", number, is_area_known=True)


@pytest.mark.parametrize("area", ["810000", "820000", "830000"])
def test_read_id_document_of_a_residence_permit_is_accepted(area: str) -> None:
    number = card(f"{area}19900101001")

    assert read_id_document("HMT", number, today=TODAY) == IdDocument("HMT", number, is_area_known=True)


def test_read_id_document_of_a_foreigners_permanent_residence_is_accepted() -> None:
    number = card("91103319850101001")

    assert read_id_document("ID", number, today=TODAY).is_area_known


def test_read_id_document_with_an_unknown_area_is_a_warning_only() -> None:
    number = card("99999919800101001")[:17].replace("9", "0", 1)

    assert read_id_document("ID", card(number), today=TODAY) == IdDocument("ID", card(number), is_area_known=False)


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("", IdCardMalformed),
        ("11010519491231002", IdCardMalformed),
        ("1101051949123100XX", IdCardMalformed),
        ("110105491231002", IdCardOldForm),
        (card("11010519490231002"), IdCardDateImpossible),
        (card("11010519490229002"), IdCardDateImpossible),
        (card("11010520261124002"), IdCardDateImpossible),
        (card("11010518991231002"), IdCardDateImpossible),
        ("110105194912310021", IdCardCheckWrong),
    ],
)
def test_read_id_document_that_cannot_be_right_is_refused(number: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read_id_document("ID", number, today=TODAY)


def test_read_id_document_with_any_single_digit_changed_is_refused() -> None:
    right = "11010519491231002X"
    for place in range(17):
        for digit in "0123456789":
            wrong = right[:place] + digit + right[place + 1 :]
            if wrong != right:
                with pytest.raises((IdCardCheckWrong, IdCardDateImpossible)):
                    read_id_document("ID", wrong, today=TODAY)


def test_read_id_document_of_a_passport_keeps_letters_and_digits() -> None:
    assert read_id_document("PASSPORT", " e1234 5678 ", today=TODAY) == IdDocument("PASSPORT", "E12345678")


@pytest.mark.parametrize("number", ["", "E12", "E" * 21, "E1234<5678", "护照12345"])
def test_read_id_document_of_a_passport_that_cannot_be_right_is_refused(number: str) -> None:
    with pytest.raises(DocumentNumberMalformed):
        read_id_document("PASSPORT", number, today=TODAY)
