"""Snapshots: masked, complete, in an order that tells nothing, and the same bytes for the same figures."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publications.domain.comparison import difference
from publications.domain.reading import RowFilter, best_and_worst, matching, read_snapshot
from publications.domain.snapshot import (
    BuiltSnapshot,
    CandidateResult,
    Correction,
    RoundFacts,
    build_snapshot,
    mask_in_firm_name,
    same_figures,
)
from publications.errors import PrivateDatumFound

FACTS = RoundFacts(
    round_id="a" * 32,
    code="2026Q4",
    year=2026,
    quarter=4,
    title="2026年第4季度抽考",
    authority="区安委办",
    total_mark=Decimal(100),
    pass_mark=Decimal(80),
    held_on=("2026-11-20",),
)


def result(name: str, **over: Any) -> CandidateResult:
    fields: dict[str, Any] = {
        "full_name": name,
        "enterprise": "岳阳第三建筑公司",
        "uscc": "91430602MA4L16JQ9B",
        "industry": "建筑施工",
        "street": "望岳路街道",
        "post": "principal",
        "state": "passed",
        "score": Decimal("86.50"),
        "is_must_sit": False,
        "is_makeup": False,
    }
    return CandidateResult(**fields | over)


def build(*results: CandidateResult, **over: Any) -> BuiltSnapshot:
    return build_snapshot(FACTS, list(results), **{"version": 1} | over)


def test_build_snapshot_row_shows_masked_name_and_plain_score() -> None:
    snapshot = json.loads(build(result("欧阳小锋")).content)
    assert snapshot["rows"] == [
        {
            "enterprise": "岳阳第三建筑公司",
            "uscc": "91430602MA4L16JQ9B",
            "industry": "建筑施工",
            "street": "望岳路街道",
            "name": "欧阳*锋",
            "post": "principal",
            "state": "passed",
            "score": "86.5",
            "must_sit": False,
            "makeup": False,
        },
    ]


@pytest.mark.parametrize("state", ["absent", "misconduct", "invalid", "deferred"])
def test_build_snapshot_state_without_score_never_shows_a_number(state: str) -> None:
    snapshot = json.loads(build(result("张小三", state=state, score=Decimal("97.31"))).content)
    assert snapshot["rows"][0]["score"] is None
    assert "97.31" not in json.dumps(snapshot)


def test_build_snapshot_no_full_name_anywhere_in_the_bytes() -> None:
    built = build(
        result("张小三", enterprise="岳阳张小三餐馆"),
        result("李四", enterprise="李四五金店", uscc="92430602MA4L16JQ9C"),
    )
    text = json.dumps(json.loads(built.content), ensure_ascii=False)
    assert "张小三" not in text
    assert "李四" not in text
    assert "岳阳张*三餐馆" in text
    assert "李*五金店" in text


def test_build_snapshot_note_with_full_name_is_refused() -> None:
    correction = Correction(1, "b" * 64, "张小三的成绩更正为90分")
    with pytest.raises(PrivateDatumFound):
        build(result("张小三"), version=2, correction=correction)


def test_build_snapshot_legal_basis_recorded_shows_full_names_and_says_why() -> None:
    snapshot = json.loads(build(result("张小三"), full_name_basis="《某条例》第十条").content)
    assert snapshot["rows"][0]["name"] == "张小三"
    assert snapshot["full_name_basis"] == "《某条例》第十条"


@given(
    st.permutations(
        [result("张小三"), result("李四", score=Decimal(60), state="failed"), result("王五六"), result("赵七")]
    )
)
def test_build_snapshot_any_order_of_results_gives_the_same_bytes(results: list[CandidateResult]) -> None:
    assert build(*results).sha256 == build(*sorted(results, key=lambda one: one.full_name)).sha256


def test_build_snapshot_order_does_not_depend_on_what_the_mask_hides() -> None:
    # 张一三 and 张九三 look alike; if hidden characters decided the order, swapping their scores would show
    first = build(result("张一三", score=Decimal(81)), result("张九三", score=Decimal(99)))
    second = build(result("张一三", score=Decimal(99)), result("张九三", score=Decimal(81)))
    assert first == second


def test_build_snapshot_score_changed_changes_the_hash() -> None:
    assert build(result("张小三")).sha256 != build(result("张小三", score=Decimal("86.51"))).sha256


def test_totals_deferred_person_counts_in_no_rate() -> None:
    people = [result(f"张小{mark}") for mark in "一二三四五"]
    totals = json.loads(build(*people, result("李缓考", state="deferred", score=None)).content)["totals"]
    assert (totals["people"], totals["deferred"], totals["pass_percent"]) == (5, 1, "100")


def test_totals_fewer_than_five_people_tell_no_rate() -> None:
    totals = json.loads(build(*[result(f"张小{mark}") for mark in "一二三四"]).content)["totals"]
    assert (totals["states"], totals["pass_percent"], totals["average"]) == (None, None, None)
    assert totals["by_industry"] == [{"group": "建筑施工", "people": None, "passed": None, "absent": None}]


@pytest.mark.parametrize(
    ("firm", "names", "shown"),
    [
        ("岳阳张三餐馆", ["张三"], "岳阳张*餐馆"),
        ("岳阳欧阳锋铁铺", ["欧阳锋"], "岳阳欧阳*铁铺"),
        ("岳阳第三公司", ["三"], "岳阳第三公司"),
        ("岳阳第三公司", [], "岳阳第三公司"),
    ],
)
def test_mask_in_firm_name_hides_its_own_people_only(firm: str, names: list[str], shown: str) -> None:
    assert mask_in_firm_name(firm, names) == shown


def test_same_figures_ignores_version_and_note_and_nothing_else() -> None:
    first = json.loads(build(result("张小三")).content)
    again = json.loads(build(result("张小三"), version=2, correction=Correction(1, "c" * 64, "说明文字")).content)
    other = json.loads(build(result("张小三", score=Decimal(90)), version=2).content)
    assert same_figures(first, again)
    assert not same_figures(first, other)


def test_difference_changed_score_is_one_change_not_two_lines() -> None:
    before = read_snapshot(build(result("张小三"), result("李四光")).content)
    after = read_snapshot(build(result("张小三", score=Decimal(90)), result("王五六")).content)
    found = difference(before, after)
    assert [(one.before.score, one.after.score) for one in found.changed] == [("86.5", "90")]
    assert [row.name for row in found.added] == ["王*六"]
    assert [row.name for row in found.removed] == ["李*光"]
    assert found.count == 3


def test_matching_filters_combine_and_text_finds_the_credit_code() -> None:
    rows = read_snapshot(
        build(
            result("张小三"),
            result("李四", street="城陵矶街道", uscc="91430602MA4L16JQ9C", state="failed", score=Decimal(50)),
        ).content,
    ).rows
    assert [row.name for row in matching(rows, RowFilter(text="jq9c"))] == ["李*"]
    assert [row.name for row in matching(rows, RowFilter(street="望岳路街道", state="failed"))] == []
    assert len(matching(rows, RowFilter())) == 2


def test_best_and_worst_equal_rates_say_nothing() -> None:
    people = [result(f"张小{mark}") for mark in "一二三四五"] + [
        result(f"李小{mark}", street="城陵矶街道", state="failed", score=Decimal(50)) for mark in "一二三四五"
    ]
    ends = best_and_worst(read_snapshot(build(*people).content).rates("street"))
    assert ends is not None
    assert (ends[0].name, ends[1].name) == ("望岳路街道", "城陵矶街道")
    assert best_and_worst(read_snapshot(build(*people).content).rates("industry")) is None
