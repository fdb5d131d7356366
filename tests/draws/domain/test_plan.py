import json
from dataclasses import replace

import pytest

from draws.domain.plan import check_before_freeze, parse_plan, write_plan
from draws.domain.sources import Fallback, Source, parse_source
from draws.errors import (
    EntropyTooLow,
    LocalOutsideDemo,
    PlanFieldInvalid,
    PlanFieldMissing,
    PlanNotCanonical,
    PlanNotJson,
    QuotaTooLarge,
    QuotaUnknownStratum,
    RosterEmpty,
    SourceTwice,
    SourceUnknown,
)


@pytest.fixture
def fields(vector) -> dict:
    return json.loads(vector["plan.json"])


@pytest.fixture
def plan(vector):
    strong = tuple(map(parse_source, ["SSQ:2026023", "DLT:26023", "PL5:26060"]))
    return replace(parse_plan(vector["plan.json"]), sources=strong)


def canonical(fields) -> bytes:
    return (json.dumps(fields, sort_keys=True, separators=(",", ":")) + "\n").encode()


ELIGIBLE = {"C26-330102-P": 2}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]\n",
        b"null\n",
        b"1" * 6_000_000,
        b'{"alg":1e999}',
        b'{"a":"\\ud800"}',
    ],
)
def test_parse_plan_no_json_object_is_refused(data):
    with pytest.raises((PlanNotJson, PlanNotCanonical)):
        parse_plan(data)


def test_parse_plan_other_spelling_of_the_same_json_is_refused(vector, fields):
    good = vector["plan.json"]
    for data in (
        good[:-1],
        good + b"\n",
        b" " + good,
        json.dumps(fields).encode() + b"\n",
        good.replace(b'"n":6', b'"n":6,"n":6'),
    ):
        with pytest.raises(PlanNotCanonical):
            parse_plan(data)


@pytest.mark.parametrize("name", "alg n quota roster_sha256 round rows sources standby verify_sha256".split())
def test_parse_plan_missing_field_is_named(fields, name):
    del fields[name]
    with pytest.raises(PlanFieldMissing) as caught:
        parse_plan(canonical(fields))
    assert caught.value.params == {"field": name}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("alg", "CHOUKAO-DRAW/2"),
        ("n", -1),
        ("n", 1.0),
        ("n", True),
        ("n", "6"),
        ("n", 10**30),
        ("quota", "Hamilton"),
        ("quota", ["hamilton"]),
        ("quotas", {"C26-330102-P": 1}),
        ("roster_sha256", "A" * 64),
        ("round", "2026|Q1"),
        ("round", ""),
        ("rows", None),
        ("sources", []),
        ("sources", "SSQ:2026023"),
        ("sources", [1]),
        ("standby", -2),
        ("verify_sha256", "0" * 63),
        ("bank_root", "none"),
        ("paper_key_commit", None),
        ("dice", 0),
        ("fallback", {"dice": 20}),
        ("fallback", {"dice": "20", "after_days": 7}),
    ],
)
def test_parse_plan_wrong_field_is_named(fields, name, value):
    with pytest.raises(PlanFieldInvalid) as caught:
        parse_plan(canonical(fields | {name: value}))
    assert str(caught.value.params["field"]).startswith(name)
    assert str(caught.value.params["expected"]) in str(caught.value)


@pytest.mark.parametrize("quotas", [{}, {"C26": 1}, {"C26-330102-P": -1}, {"C26-330102-P": "1"}, [1]])
def test_parse_plan_fixed_table_must_be_strata_with_counts(fields, quotas):
    del fields["n"]
    with pytest.raises(PlanFieldInvalid):
        parse_plan(canonical(fields | {"quota": "fixed", "quotas": quotas}))


def test_parse_plan_source_twice_or_unknown_is_refused(fields):
    with pytest.raises(SourceTwice):
        parse_plan(canonical(fields | {"sources": ["DICE:1", "DICE:1"]}))
    with pytest.raises(SourceUnknown):
        parse_plan(canonical(fields | {"sources": ["BINGO:1"]}))


def test_write_plan_carries_every_optional_field_back(plan):
    full = replace(
        plan,
        method="fixed",
        seats={"C26-330102-P": 2},
        bank_root="1" * 64,
        paper_key_commit="2" * 64,
        dice=20,
        fallback=Fallback(after_days=7, dice=20),
        extra={"authority": "岳阳楼区安委办", "objection_until": "2026-11-26T18:00:00+08:00"},
    )
    assert parse_plan(write_plan(full)) == full
    assert write_plan(full).isascii()


def test_write_plan_extra_may_not_shadow_a_field(plan):
    with pytest.raises(PlanFieldInvalid):
        write_plan(replace(plan, extra={"rows": 1}))


def test_check_before_freeze_good_plan_passes(plan):
    check_before_freeze(plan, ELIGIBLE, is_demo=False)


def test_check_before_freeze_empty_roster_is_refused(plan):
    with pytest.raises(RosterEmpty):
        check_before_freeze(plan, {}, is_demo=False)


def test_check_before_freeze_below_64_bits_is_refused_with_the_number(vector):
    weak = parse_plan(vector["plan.json"])
    with pytest.raises(EntropyTooLow) as caught:
        check_before_freeze(weak, ELIGIBLE, is_demo=False)
    assert caught.value.params == {"bits": 58, "required": 64}


@pytest.mark.parametrize(("dice", "passes"), [(19, False), (20, True)])
def test_check_before_freeze_counts_dice(plan, dice, passes):
    thrown = replace(plan, sources=(Source("DICE", "1"),), dice=dice)
    if passes:
        check_before_freeze(thrown, ELIGIBLE, is_demo=False)
    else:
        with pytest.raises(EntropyTooLow):
            check_before_freeze(thrown, ELIGIBLE, is_demo=False)


def test_check_before_freeze_dice_without_a_number_is_refused(plan):
    with pytest.raises(PlanFieldMissing):
        check_before_freeze(replace(plan, sources=(Source("DICE", "1"),)), ELIGIBLE, is_demo=False)


def test_check_before_freeze_local_only_in_demo(plan):
    local = replace(plan, sources=(Source("LOCAL", "1"),))
    check_before_freeze(local, ELIGIBLE, is_demo=True)
    with pytest.raises(LocalOutsideDemo):
        check_before_freeze(local, ELIGIBLE, is_demo=False)


def test_check_before_freeze_local_beside_strong_sources_is_refused_outside_demo(plan):
    mixed = replace(plan, sources=(*plan.sources, Source("LOCAL", "1")))
    with pytest.raises(LocalOutsideDemo):
        check_before_freeze(mixed, ELIGIBLE, is_demo=False)


@pytest.mark.parametrize(
    ("quotas", "refusal", "params"),
    [
        ({"C26-330102-P": 3}, QuotaTooLarge, {"stratum": "C26-330102-P", "asked": 3, "available": 2}),
        ({"C27-330102-P": 0}, QuotaUnknownStratum, {"stratum": "C27-330102-P"}),
    ],
)
def test_check_before_freeze_fixed_table_must_fit_the_roster(plan, quotas, refusal, params):
    with pytest.raises(refusal) as caught:
        check_before_freeze(replace(plan, method="fixed", seats=quotas), ELIGIBLE, is_demo=False)
    assert caught.value.params == params


def test_check_before_freeze_fallback_must_be_as_strong(plan):
    check_before_freeze(replace(plan, fallback=Fallback(7, 20)), ELIGIBLE, is_demo=False)
    with pytest.raises(EntropyTooLow):
        check_before_freeze(replace(plan, fallback=Fallback(7, 19)), ELIGIBLE, is_demo=False)


def test_check_before_freeze_planned_dice_may_not_take_a_fallbacks_name(plan):
    sources = (*plan.sources, Source("DICE", "1"))
    with pytest.raises(PlanFieldInvalid):
        check_before_freeze(replace(plan, sources=sources, dice=20, fallback=Fallback(7, 20)), ELIGIBLE, is_demo=False)
