"""Numbers, states and content, in plain Python."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.domain.content import Facts, freeze, masked, read
from certificates.domain.numbers import certificate_number, normalised
from certificates.domain.states import revocation_reason, shown_state, valid_until
from certificates.errors import CertificateNotValid, RevocationReasonMissing
from core.canonical import sha256_hex

FACTS = Facts(
    number="CK2026Q4-483920-9",
    holder="欧阳小锋",
    enterprise="岳阳第三建筑公司",
    uscc="91430602MA4L16JQ9B",
    industry="建筑施工",
    post="主要负责人",
    round_title="2026年第4季度抽考",
    round_code="2026Q4",
    score="86.5",
    total_mark="100",
    pass_mark="80",
    exam_date=date(2026, 11, 20),
    issuer="区安委办",
    issued_on=date(2026, 11, 23),
    valid_until=date(2027, 11, 22),
)


def test_certificate_number_is_stable() -> None:
    assert certificate_number(2026, 4, "483920") == "CK2026Q4-483920-9"


@pytest.mark.parametrize(
    "typed",
    [
        "CK2026Q4-483920-9",
        "ck2026q4-483920-9",
        " CK2026Q4 483920 9 ",
        "ＣＫ２０２６Ｑ４－４８３９２０－９",
        "CK2026Q44839209",
    ],
)
def test_normalised_ways_of_typing_give_the_written_form(typed: str) -> None:
    assert normalised(typed) == "CK2026Q4-483920-9"


@pytest.mark.parametrize(
    "typed",
    ["", "CK2026Q4-483920-8", "CK2026Q5-483920-9", "CK2026Q4-48392-9", "x" * 40, "' OR 1=1 --", "CK2026Q4-٤٨٣٩٢٠-9"],
)
def test_normalised_anything_else_is_none(typed: str) -> None:
    assert normalised(typed) is None


@given(st.integers(0, 999999), st.integers(0, 5), st.integers(1, 9))
def test_normalised_one_wrong_digit_is_found(serial: int, place: int, shift: int) -> None:
    number = certificate_number(2026, 4, f"{serial:06}")
    index = len("CK2026Q4-") + place
    wrong = number[:index] + str((int(number[index]) + shift) % 10) + number[index + 1 :]
    assert normalised(number) == number
    assert normalised(wrong) is None


@pytest.mark.parametrize(
    ("stored", "today", "shown"),
    [
        ("valid", date(2027, 11, 22), "valid"),
        ("valid", date(2027, 11, 23), "expired"),
        ("revoked", date(2026, 12, 1), "revoked"),
        ("revoked", date(2030, 1, 1), "revoked"),
        ("superseded", date(2030, 1, 1), "superseded"),
    ],
)
def test_shown_state_by_day(stored: str, today: date, shown: str) -> None:
    assert shown_state(stored, date(2027, 11, 22), today) == shown


@pytest.mark.parametrize(
    ("issued", "months", "until"),
    [
        (date(2026, 11, 23), 12, date(2027, 11, 22)),
        (date(2026, 8, 31), 6, date(2027, 2, 27)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
    ],
)
def test_valid_until_is_the_day_before_the_same_day(issued: date, months: int, until: date) -> None:
    assert valid_until(issued, months=months) == until


def test_revocation_reason_is_cleaned_and_asked_for() -> None:
    assert revocation_reason("valid", "  代考\n经查实 ") == "代考 经查实"
    with pytest.raises(RevocationReasonMissing):
        revocation_reason("valid", "错")
    with pytest.raises(CertificateNotValid):
        revocation_reason("revoked", "已经撤销过了")


def test_freeze_content_says_what_it_is_not_and_hashes_its_own_bytes() -> None:
    frozen = freeze(FACTS)
    assert sha256_hex(frozen.content) == frozen.sha256
    content = read(frozen.content)
    assert "不是法定的《安全生产知识和管理能力考核合格证》" in content["not_statutory"]
    assert content["title"] == "培训合格证（季度抽考）"
    assert content["valid_until"] == "2027-11-22"


def test_masked_hides_the_holder_and_nothing_else() -> None:
    content = read(freeze(FACTS).content)
    assert masked(content) == {**content, "holder": "欧阳*锋"}
    assert "欧阳小锋" not in json.dumps(masked(content), ensure_ascii=False)
