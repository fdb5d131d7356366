"""Names."""

import pytest

from registry.domain.names import name_sort_key, read_enterprise_name, read_person_name
from registry.errors import NameMalformed, NameMissing


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("  张小三 ", "张小三"),
        ("张　三", "张三"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("Anna  Bell", "Anna Bell"),
        ("㛃䶮", "㛃䶮"),
    ],
)
def test_read_person_name_is_cleaned(typed: str, normal: str) -> None:
    assert read_person_name(typed) == normal


@pytest.mark.parametrize(
    "typed",
    ["<script>alert(1)</script>", "张\x00三", "张\u202e三", "张" * 61, "{{7*7}}", "0" * 32, "13812341234", "--"],
)
def test_read_person_name_with_what_no_name_has_is_refused(typed: str) -> None:
    with pytest.raises(NameMalformed):
        read_person_name(typed)


@pytest.mark.parametrize("typed", ["", " ", "\u3000"])
def test_read_person_name_of_blanks_is_missing(typed: str) -> None:
    with pytest.raises(NameMissing):
        read_person_name(typed)


def test_read_enterprise_name_has_full_width_brackets() -> None:
    assert read_enterprise_name("中石化(岳阳)有限公司") == "中石化（岳阳）有限公司"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("曾明", "zeng ming"),
        ("单雄信", "shan xiong xin"),
        ("尉迟恭", "yuchi gong"),
        ("张三", "zhang san"),
        ("Anna Bell", "anna bell"),
    ],
)
def test_name_sort_key_reads_the_surname_as_a_surname(name: str, key: str) -> None:
    assert name_sort_key(name) == key
