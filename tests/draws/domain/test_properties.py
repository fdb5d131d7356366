"""The invariants of docs/draw.md, section 11, for arbitrary rosters."""

import hashlib
import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draws.domain.coverage import check_coverage, minimum_rounds, must_sit_by_coverage
from draws.domain.plan import Plan, write_plan
from draws.domain.protocol import compute, verify
from draws.domain.quotas import eligible_by_stratum, hamilton, systematic
from draws.domain.replacement import next_reserve, replacement_for
from draws.domain.roster import Row, parse_roster, write_roster
from draws.domain.selection import parse_result, select, write_result
from draws.domain.sources import Source
from draws.domain.tickets import ticket_of
from draws.errors import CoverageTooFast, NotInResult, PlanRosterDiffers, PlanRowsDiffer, ReservesExhausted

STRATA = ["A01-430602001-P", "A01-430602001-S", "B06-430602002-P", "C26-430602-D"]
seeds = st.integers(0, 2**64).map(lambda number: hashlib.sha256(str(number).encode()).hexdigest())
flags = st.sampled_from(["", "", "", "", "M:ACC", "X:MAT", "M:COV", "X:DEF"])
rows = st.builds(
    Row,
    pid=st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}"),
    stratum=st.sampled_from(STRATA),
    lots=st.integers(1, 9),
    flag=flags,
)
rosters = st.lists(rows, max_size=60, unique_by=lambda row: row.pid)
populations = st.dictionaries(
    st.text(string.ascii_uppercase, min_size=1, max_size=4).map(lambda code: f"{code}-430602-P"),
    st.integers(0, 5000),
    max_size=30,
)
methods = st.sampled_from(
    [lambda people, n, _seed: hamilton(people, n), lambda people, n, seed: systematic(people, n, seed=seed)]
)


def plan_for(roster: bytes, count: int, **over) -> Plan:
    plan = Plan(
        round_label="2026Q4",
        method="hamilton",
        seats=5,
        standby=2,
        roster_sha256=hashlib.sha256(roster).hexdigest(),
        rows=count,
        sources=(Source("LOCAL", "1"),),
        verify_sha256="0" * 64,
    )
    return replace(plan, **over)


def local(seed: str) -> bytes:
    return f"LOCAL:1:{seed}\n".encode()


@given(populations, st.integers(0, 20_000), seeds, methods)
def test_quotas_sum_exactly_and_stay_within_one_of_the_share(people, n, seed, method):
    quotas = method(people, n, seed)
    total = sum(people.values())
    assert quotas.keys() == people.keys()
    assert sum(quotas.values()) == min(n, total)
    if n < total:
        for stratum, count in people.items():
            assert n * count // total <= quotas[stratum] <= -(-n * count // total)
    assert all(quotas[stratum] <= count for stratum, count in people.items())


@given(populations, st.integers(0, 20_000), seeds, methods, st.randoms(use_true_random=False))
def test_quotas_do_not_depend_on_the_order_of_strata(people, n, seed, method, shuffler):
    shuffled = list(people.items())
    shuffler.shuffle(shuffled)
    assert method(dict(shuffled), n, seed) == method(people, n, seed)


@given(st.integers(1, 60), st.integers(0, 400))
def test_hamilton_gives_equal_strata_equal_or_name_ordered_seats(strata, n):
    people = {f"S{number:03}-430602-P": 7 for number in range(strata)}
    seats = list(hamilton(people, n).values())
    assert seats == sorted(seats, reverse=True)
    assert max(seats) - min(seats) <= 1


@given(rosters)
def test_roster_is_written_and_read_back_in_any_order(roster):
    data = write_roster(roster)
    assert parse_roster(data) == tuple(sorted(roster, key=lambda row: row.pid))
    assert write_roster(reversed(roster)) == data


@given(rosters, seeds, st.integers(0, 30), st.integers(0, 5), st.randoms(use_true_random=False))
def test_selection_is_the_same_for_every_order_of_rows(roster, seed, n, standby, shuffler):
    quotas = hamilton(eligible_by_stratum(roster), n)
    shuffled = list(roster)
    shuffler.shuffle(shuffled)
    assert select(shuffled, quotas, seed=seed, standby=standby) == select(roster, quotas, seed=seed, standby=standby)


@given(rosters, seeds, st.integers(0, 30), st.integers(0, 5))
def test_selection_places_everybody_as_the_flags_say(roster, seed, n, standby):
    quotas = hamilton(eligible_by_stratum(roster), n)
    places = select(roster, quotas, seed=seed, standby=standby)
    by_pid = {row.pid: row for row in roster}
    assert len({place.pid for place in places}) == len(places)
    assert all(by_pid[place.pid].stratum == place.stratum for place in places)
    assert {place.pid for place in places if place.status == "M"} == {row.pid for row in roster if row.must_sit}
    assert not any(by_pid[place.pid].flag.startswith("X") for place in places)
    assert sum(place.status[0] == "S" for place in places) == sum(quotas.values())
    assert write_result(parse_result(write_result(places))) == write_result(places)


@given(rosters, seeds, st.integers(0, 30))
def test_selection_follows_the_tickets(roster, seed, n):
    quotas = hamilton(eligible_by_stratum(roster), n)
    places = select(roster, quotas, seed=seed, standby=60)
    lots = {row.pid: row.lots for row in roster}
    for stratum in quotas:
        ranked = [place for place in places if place.stratum == stratum and place.status != "M"]
        tickets = [ticket_of(place.pid, lots[place.pid], seed=seed) for place in ranked]
        assert tickets == sorted(tickets)
        assert [place.rank for place in ranked] == list(range(1, len(ranked) + 1))


@given(rosters.filter(bool), seeds, st.integers(1, 30), st.data())
def test_excluding_somebody_moves_only_those_after_them_in_their_stratum(roster, seed, n, data):
    quotas = hamilton(eligible_by_stratum(roster), n)
    gone = data.draw(st.sampled_from(roster))
    without = [row._replace(flag="X:DEF") if row.pid == gone.pid else row for row in roster]
    before = [p for p in select(roster, quotas, seed=seed, standby=60) if p.status != "M"]
    after = [p for p in select(without, quotas, seed=seed, standby=60) if p.status != "M"]
    ahead = next((place.rank for place in before if place.pid == gone.pid), 10**9)
    same = lambda place: place.stratum != gone.stratum or place.rank < ahead  # noqa: E731
    assert [place for place in after if same(place)] == [place for place in before if same(place)]
    assert [p.pid for p in after if not same(p)] == [p.pid for p in before if not same(p) and p.pid != gone.pid]


@given(rosters, seeds, st.integers(0, 20), st.integers(0, 10))
def test_enlarging_the_sample_keeps_everybody_already_drawn(roster, seed, n, more):
    quotas = hamilton(eligible_by_stratum(roster), n)
    larger = {stratum: seats + more for stratum, seats in quotas.items()}
    drawn = {place.pid for place in select(roster, quotas, seed=seed, standby=0)}
    assert drawn <= {place.pid for place in select(roster, larger, seed=seed, standby=0)}


@given(rosters, seeds, st.integers(0, 30), st.sampled_from(["hamilton", "systematic"]))
def test_compute_is_a_function_of_the_files_and_verifies(roster, seed, n, method):
    data = write_roster(roster)
    plan = write_plan(plan_for(data, len(roster), seats=n, method=method))
    outcome = compute(plan, data, local(seed))
    assert compute(plan, data, local(seed)) == outcome
    assert verify(plan, data, local(seed), result=outcome.result) == outcome


@given(rosters.filter(bool), seeds)
def test_compute_changed_roster_is_refused(roster, seed):
    data = write_roster(roster)
    plan = write_plan(plan_for(data, len(roster)))
    with pytest.raises(PlanRosterDiffers):
        compute(plan, write_roster(roster[1:]), local(seed))
    with pytest.raises(PlanRowsDiffer):
        compute(write_plan(plan_for(data, len(roster) + 1)), data, local(seed))


@given(rosters.filter(bool), seeds)
def test_any_change_of_the_plan_changes_the_seed(roster, seed):
    data = write_roster(roster)
    plan = plan_for(data, len(roster))
    changed = [
        plan,
        replace(plan, seats=6),
        replace(plan, standby=3),
        replace(plan, extra={"x": 1}),
        replace(plan, verify_sha256="1" * 64),
    ]
    assert len({compute(write_plan(each), data, local(seed)).seed for each in changed}) == len(changed)


@given(rosters, seeds, st.integers(1, 20), st.integers(1, 5))
def test_replacements_use_up_reserves_in_rank_order_of_the_same_stratum(roster, seed, n, standby):
    places = select(roster, hamilton(eligible_by_stratum(roster), n), seed=seed, standby=standby)
    for stratum in {place.stratum for place in places}:
        reserves = [place for place in places if place.stratum == stratum and place.status[0] == "R"]
        drawn = [place for place in places if place.stratum == stratum and place.status[0] == "S"]
        used: list[str] = []
        for excused, expected in zip(drawn, reserves, strict=False):
            used.append(replacement_for(places, excused.pid, used=used).pid)
            assert used[-1] == expected.pid
        while len(used) < len(reserves):
            used.append(next_reserve(places, stratum, used=used).pid)
        assert used == [place.pid for place in reserves]
        with pytest.raises(ReservesExhausted):
            next_reserve(places, stratum, used=used)


@given(rosters, seeds)
def test_replacement_of_somebody_not_drawn_is_refused(roster, seed):
    places = select(roster, hamilton(eligible_by_stratum(roster), 3), seed=seed, standby=2)
    for place in places:
        if place.status[0] != "S":
            with pytest.raises(NotInResult):
                replacement_for(places, place.pid, used=())
    with pytest.raises(NotInResult):
        replacement_for(places, "nobody", used=())


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_coverage_refuses_exactly_below_two_over_the_share(seats, population):
    least = minimum_rounds(seats=seats, population=population)
    assert least * seats >= 2 * population
    assert least == 1 or (least - 1) * seats < 2 * population
    check_coverage(least, seats=seats, population=population)
    if least > 1:
        with pytest.raises(CoverageTooFast):
            check_coverage(least - 1, seats=seats, population=population)


def test_coverage_flags_who_waited_all_rounds_but_one():
    assert [must_sit_by_coverage(waited, rounds=4) for waited in range(5)] == [False, False, False, True, True]
