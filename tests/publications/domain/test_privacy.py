"""The gate: what may never be in a published file, however it is written (A51)."""

import pytest

from publications.domain.privacy import EMAIL, ID_NUMBER, PHONE, Vocabulary, is_id_number, looks_private, require_clean
from publications.errors import PrivateDatumFound

ID_18 = "110101199003070134"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"岳阳{ID_18}建材", ID_NUMBER),
        ("430602 19900307 013X", ID_NUMBER),
        ("430602-1990-0307-0139", ID_NUMBER),
        ("４３０６０２１９９００３０７０１３９", ID_NUMBER),
        ("430602\u200b199003070139", ID_NUMBER),
        ("430602900307013", ID_NUMBER),
        ("岳阳13807301234商贸有限公司", PHONE),
        ("电话 138 0730 1234", PHONE),
        ("138-0730-1234", PHONE),
        ("+86 13807301234", PHONE),
        ("8613807301234", PHONE),
        ("１３８０７３０１２３４", PHONE),
        ("①③ 13807301234", PHONE),
        ("someone@example.cn", EMAIL),
    ],
)
def test_looks_private_hidden_in_any_spelling_is_found(text: str, kind: str) -> None:
    assert looks_private(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "岳阳第三建筑公司",
        "岳阳市1958文创园管理有限公司",
        "湖南省第430602号采石场",
        "2026年第4季度抽考",
        "2026-11-20 14:30 至 16:00",
        "中石化岳阳20261120加油站",
        "电话 0730-8888888",
        "12345678901",
        "",
    ],
)
def test_looks_private_ordinary_words_with_digits_pass(text: str) -> None:
    assert looks_private(text) is None


def test_is_id_number_checks_province_date_and_check_digit() -> None:
    assert is_id_number("11010119900307803X")
    assert not is_id_number("110101199003078031")
    assert not is_id_number("91430602199003070X")


def _content(**row: object) -> dict[str, object]:
    plain = {
        "enterprise": "岳阳第三建筑公司",
        "uscc": "91430602MA4L16JQ9B",
        "street": "王家河街道",
        "name": "张*三",
        "score": "86",
    }
    return {"rows": [plain | row], "totals": {"people": 1}}


def _check(content: dict[str, object], **over: object) -> None:
    require_clean(
        content, full_names=["张小三", "王家河", "高新"], vocabulary=Vocabulary(frozenset({"王家河街道"})), **over
    )  # type: ignore[arg-type]


def test_require_clean_masked_row_passes() -> None:
    _check(_content())


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"name": "张小三"}, "rows[1].name"),
        ({"name": "高新"}, "rows[1].name"),
        ({"enterprise": "岳阳张小三餐馆"}, "rows[1].enterprise"),
        ({"enterprise": "岳阳张 小\u200b三餐馆"}, "rows[1].enterprise"),
        ({"enterprise": "岳阳13807301234商贸"}, "rows[1].enterprise"),
        ({"uscc": ID_18}, "rows[1].uscc"),
        ({"uscc": "11010119900307803X"}, "rows[1].uscc"),
        ({"uscc": "91430602ma4l16jq9b"}, "rows[1].uscc"),
        ({"person_id": 13807301234}, "rows[1].person_id"),
        ({"plan_sha256": "13807301234"}, "rows[1].plan_sha256"),
        ({"score": 86.5}, "rows[1].score"),
        ({"extra": {"deep": ["x", ID_18]}}, "rows[1].extra.deep[2]"),
    ],
)
def test_require_clean_anything_private_is_refused_with_its_place(row: dict[str, object], place: str) -> None:
    with pytest.raises(PrivateDatumFound) as refusal:
        _check(_content(**row))
    assert refusal.value.params["place"] == place


def test_require_clean_street_that_is_somebodys_name_passes_as_our_own_word() -> None:
    _check(_content(street="王家河街道"))


def test_require_clean_two_character_name_inside_other_words_passes() -> None:
    _check(_content(enterprise="岳阳高新技术公司"))


def test_require_clean_names_public_by_law_still_refuses_numbers() -> None:
    _check(_content(name="张小三"), names_are_public=True)
    with pytest.raises(PrivateDatumFound):
        _check(_content(enterprise=f"岳阳{ID_18}"), names_are_public=True)
