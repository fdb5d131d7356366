from datetime import date
from decimal import Decimal

import pytest

from question_bank.domain import normalise


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("单选", "single_choice"), (" 单选题 ", "single_choice"), ("多选题", "multiple_choice"), ("不定项", "multiple_choice"),
        ("判断", "true_false"), ("是非题", "true_false"), ("填空", "fill_in"), ("简答题", "short_answer"), ("案例", "case"),
        ("单 选", "single_choice"), ("", None), ("单双选", None),
    ],
)  # fmt: skip
def test_kind_spellings(typed, expected):
    assert normalise.read_kind(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("易", "0.30"), ("中", "0.50"), ("难", "0.70"), ("较难", "0.70"), ("", "0.50"), ("0.35", "0.35"), ("１", "1.00"), ("0", "0.00"),
        ("1.01", None), ("-0.1", None), ("NaN", None), ("1e-1", None), ("五星", None),
    ],
)  # fmt: skip
def test_difficulty_spellings(typed, expected):
    assert normalise.read_difficulty(typed) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2027-12-31", date(2027, 12, 31)), ("2027/1/2", date(2027, 1, 2)), ("2027年1月2日", date(2027, 1, 2)),
        ("2027.01.02", date(2027, 1, 2)), ("２０２７-０１-０２", date(2027, 1, 2)), ("2027-02-30", None), ("27-1-2", None), ("明年", None),
    ],
)  # fmt: skip
def test_date_spellings(typed, expected):
    assert normalise.read_date(typed) == expected


@pytest.mark.parametrize(
    ("typed", "codes", "unknown"),
    [
        ("", (), ()),
        ("全部", (), ()),
        ("安全管理人员、主要负责人", ("principal", "safety_manager"), ()),
        ("主要负责人,主要负责人；安全总监", ("principal", "safety_director"), ()),
        ("主要负责人、厂长", ("principal",), ("厂长",)),
    ],
)
def test_post_spellings(typed, codes, unknown):
    assert normalise.read_posts(typed) == (codes, unknown)


def test_clean_text_removes_what_cannot_be_seen():
    assert normalise.clean_text(" 甲\u200b乙\u202e丙\u00a0\u3000丁 \r\n\x07戊\ufeff ") == "甲乙丙 丁\n戊"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("压力<0.1MPa 且 >0", False),
        ("<script>x</script>", True),
        ("<img src=x>", True),
        ("甲<br/>乙", True),
        ("< P >", True),
    ],
)
def test_html_is_told_from_less_than(text, expected):
    assert normalise.has_html(text) is expected


@pytest.mark.parametrize(("value", "name"), [("0.39", "易"), ("0.40", "中"), ("0.60", "中"), ("0.61", "难")])
def test_bands_meet_without_gap(value, name):
    assert normalise.difficulty_name(Decimal(value)) == name
    lowest, highest = normalise.BANDS[name]
    assert lowest is None or lowest <= Decimal(value)
    assert highest is None or Decimal(value) <= highest


@pytest.mark.parametrize(
    ("bounds", "name"),
    [
        ((None, None), ""),
        ((None, Decimal("0.39")), "易"),
        ((Decimal("0.2"), Decimal("0.5")), "0.20–0.50"),
        ((Decimal("0.7"), None), "0.70–1.00"),
    ],
)
def test_band_names(bounds, name):
    assert normalise.band_name(*bounds) == name
