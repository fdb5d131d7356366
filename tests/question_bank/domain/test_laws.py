from datetime import date

import pytest

from question_bank.domain.laws import Edition, Reference, chinese_number, due_by_law, references

SAFETY = "中华人民共和国安全生产法"
OLD = Edition(SAFETY, "2014", date(2014, 12, 1))
NEW = Edition(SAFETY, "2021", date(2021, 9, 1), withdrawn=((21, date(2026, 5, 1)),))
TODAY = date(2026, 11, 23)


def said(reference, edition, *editions, on=TODAY):
    return [due.template.format(**dict(due.params)) for due in due_by_law(reference, edition, editions, on=on)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("五", 5),
        ("十", 10),
        ("十二", 12),
        ("二十一", 21),
        ("一百零三", 103),
        ("一百一十", 110),
        ("两千零一", 2001),
        ("21", 21),
    ],
)
def test_chinese_numbers(text, number):
    assert chinese_number(text) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("《安全生产法》第二十一条第一款", (Reference("安全生产法", (21,)),)),
        ("《消防法》第 16 条、第十七条；《安全生产法》", (Reference("消防法", (16, 17)), Reference("安全生产法", ()))),
        ("安全生产法第五条", (Reference("安全生产法", (5,)),)),
        ("", ()),
        ("GB 30871-2022", (Reference("GB 30871-2022", ()),)),
    ],
)
def test_references_are_read(text, expected):
    assert references(text) == expected


def test_a_question_of_an_old_edition_is_due_from_the_day_of_the_new_one():
    assert said(f"《{SAFETY}》第五条", "2014", OLD, NEW) == [
        f"《{SAFETY}》已有新版本（2021，2021-09-01 起施行），试题依据的是 2014"
    ]
    assert said(f"《{SAFETY}》第五条", "2014", OLD, NEW, on=date(2021, 8, 31)) == []
    assert said(f"《{SAFETY}》第五条", "2021", OLD, NEW) == []


def test_an_unstated_edition_is_due_only_when_there_is_a_choice():
    assert said("《安全生产法》第五条", "", NEW) == []
    assert len(said("《安全生产法》第五条", "", OLD, NEW)) == 1


def test_a_withdrawn_article_concerns_what_cites_it_alone():
    assert said("《安全生产法》第二十一条", "2021", NEW) == [f"《{SAFETY}》第 21 条已于 2026-05-01 废止或修改"]
    assert said("《安全生产法》第二十二条", "2021", NEW) == []
    assert said("《安全生产法》第二十一条", "2021", NEW, on=date(2026, 4, 30)) == []


def test_a_repealed_law_is_gone_and_unknown_laws_are_never_due():
    gone = Edition("旧办法", "2003", date(2003, 1, 1), repealed_on=date(2020, 1, 1))

    assert said("《旧办法》第三条", "2003", gone) == ["《旧办法》已于 2020-01-01 废止"]
    assert said("《没有登记的法》第三条", "1999", gone, NEW) == []
