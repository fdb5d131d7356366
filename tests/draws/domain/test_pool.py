"""Strata by columns, and the cap for each enterprise."""

from dataclasses import replace

import pytest

from draws.domain.parameters import DrawParameters, check_parameters, population_to_json
from draws.domain.pool import Columns, Post, Standing, cap_order, crowded, over_the_cap, stratum_for
from draws.domain.roster import Identity
from draws.errors import ParametersInvalid

POST = Post(1, 1, "91430602MA0000001X", "P", "CHEM1", "430602201", industry_group="CHEM", is_large=True)
PARAMETERS = DrawParameters(seats=2, sources=("SSQ:2026136",))


@pytest.mark.parametrize(
    ("columns", "stratum"),
    [
        (Columns(), "CHEM1-430602201-P"),
        (Columns("group"), "CHEM-430602201-P"),
        (Columns("none"), "ALL-430602201-P"),
        (Columns(by_street=False), "CHEM1-430602-P"),
        (Columns("none", by_street=False, by_size=True), "ALLL-430602-P"),
        (Columns(by_size=True), "CHEM1L-430602201-P"),
    ],
)
def test_stratum_for_follows_the_columns(columns, stratum):
    assert stratum_for(POST, columns) == stratum


def test_stratum_for_small_enterprise_is_told_apart_only_by_size():
    small = replace(POST, is_large=False)
    assert stratum_for(small, Columns(by_size=True)) == "CHEM1N-430602201-P"
    assert stratum_for(small) == stratum_for(POST)


def test_stratum_for_industry_without_a_group_is_its_own_group():
    assert stratum_for(replace(POST, industry="GAS", industry_group=""), Columns("group")) == "GAS-430602201-P"


def standings(*flags: str, enterprise: int = 7, first: int = 1) -> list[Standing]:
    return [Standing(first + number, enterprise, flag) for number, flag in enumerate(flags)]


ORDER = {person: f"{9 - person}" for person in range(1, 9)}  # person 8 comes first


def test_over_the_cap_nobody_is_left_out_where_it_fits():
    people = standings("", "", "X:MAT") + standings("", enterprise=8, first=4)
    assert crowded(people, cap=2) == []
    assert over_the_cap(people, cap=2, order={}) == frozenset()


def test_over_the_cap_leaves_out_the_last_of_the_order():
    people = standings("", "", "", "")
    assert {each.person for each in crowded(people, cap=2)} == {1, 2, 3, 4}
    assert over_the_cap(people, cap=2, order=ORDER) == {1, 2}
    assert over_the_cap(people[::-1], cap=2, order=ORDER) == {1, 2}


def test_over_the_cap_waiting_comes_before_the_order():
    people = [replace(each, waited=3 if each.person == 1 else 0) for each in standings("", "", "")]
    assert over_the_cap(people, cap=1, order=ORDER) == {2, 3}


def test_over_the_cap_must_sit_fill_it_and_keep_their_flag():
    people = standings("M:ACC", "", "X:ILL", "")
    assert over_the_cap(people, cap=2, order=ORDER) == {2}
    assert over_the_cap(people, cap=1, order=ORDER) == {2, 4}
    assert over_the_cap(standings("M:ACC", "M:DAN"), cap=1, order=ORDER) == frozenset()


def test_crowded_without_a_cap_is_nobody():
    assert crowded(standings("", "", ""), cap=0) == []


def test_cap_order_has_no_salt_and_is_of_the_round():
    identity = Identity("ID", "43060219800101001x", "91430602ma0000001x", "P")
    order = cap_order(identity, round_label="2026Q4")
    # printf '%s' 'cap/1|2026Q4|ID|43060219800101001X|91430602MA0000001X|P' | sha256sum
    assert order == "a5b06a7548c2818289b4484d6198e93c8255db1c3cb1230e056a02f8fc71b5d4"
    assert cap_order(identity, round_label="2027Q1") != order


@pytest.mark.parametrize(
    "over",
    [
        {"size": "huge"},
        {"industry_column": "all"},
        {"employees_from": -1},
        {"employees_from": 300, "employees_to": 200},
        {"certificate_days": 2000},
        {"undrawn_quarters": 41},
        {"enterprise_cap": 101},
        {"enterprise_cap": True},
    ],
)
def test_check_parameters_population_out_of_range_is_refused(over):
    assert check_parameters(PARAMETERS) == PARAMETERS
    with pytest.raises(ParametersInvalid):
        check_parameters(replace(PARAMETERS, **over))


def test_population_to_json_names_every_filter_and_rule():
    said = population_to_json(replace(PARAMETERS, tags=("DUST",), enterprise_cap=2))
    assert (said["tags"], said["enterprise_cap"], said["posts"]) == (["DUST"], 2, ["P", "S"])
    # What the plan states by itself, or says nothing about who is meant.
    elsewhere = {
        "seats", "sources", "method", "standby", "objection_days", "sources_after", "dice", "fallback_days",
    }  # fmt: skip
    assert said.keys() == DrawParameters.__dataclass_fields__.keys() - elsewhere
