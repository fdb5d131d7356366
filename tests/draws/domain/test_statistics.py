"""The engine is fair by every count that we know, and a biased one is caught. Seeds are fixed: nothing here is flaky."""

import hashlib
from collections import Counter
from collections.abc import Callable

from draws.domain.quotas import systematic
from draws.domain.roster import Row
from draws.domain.tickets import ranking, ticket_of

PEOPLE = [Row(hashlib.sha256(f"person {number}".encode()).hexdigest(), "C26-430602-P", 1) for number in range(40)]
SEEDS = [hashlib.sha256(f"seed {number}".encode()).hexdigest() for number in range(3000)]
DRAWN = 8
# Upper 0.1 % point of chi-square with 39 degrees of freedom.
CHI_SQUARE_LIMIT = 72.05


def biased_ranking(rows: list[Row], *, seed: str) -> list[str]:
    """The cheat to be caught: one friend in forty is spared one time in four."""
    order = ranking(rows, seed=seed)
    friend = PEOPLE[7].pid
    if seed[0] in "0123":
        order.remove(friend)
        order.append(friend)
    return order


def chi_square(engine: Callable[..., list[str]]) -> float:
    counts = Counter(pid for seed in SEEDS for pid in engine(PEOPLE, seed=seed)[:DRAWN])
    expected = len(SEEDS) * DRAWN / len(PEOPLE)
    # Without replacement the counts vary less than independent ones, by this factor.
    factor = 1 - (DRAWN - 1) / (len(PEOPLE) - 1)
    return sum((counts[row.pid] - expected) ** 2 for row in PEOPLE) / expected / factor


def test_everybody_is_drawn_equally_often():
    assert chi_square(ranking) < CHI_SQUARE_LIMIT


def test_biased_engine_is_caught():
    assert chi_square(biased_ranking) > CHI_SQUARE_LIMIT


def test_pairs_are_drawn_as_often_as_independence_says():
    pairs = Counter()
    for seed in SEEDS:
        drawn = ranking(PEOPLE, seed=seed)[:DRAWN]
        pairs[PEOPLE[0].pid in drawn and PEOPLE[1].pid in drawn] += 1
    expected = len(SEEDS) * DRAWN * (DRAWN - 1) / (len(PEOPLE) * (len(PEOPLE) - 1))
    assert abs(pairs[True] - expected) < 4 * expected**0.5


def test_three_lots_against_one_win_three_times_in_four():
    single, triple = PEOPLE[0].pid, PEOPLE[1].pid
    wins = sum(ticket_of(triple, 3, seed=seed) < ticket_of(single, 1, seed=seed) for seed in SEEDS)
    assert abs(wins - 2250) < 4 * (3000 * 0.75 * 0.25) ** 0.5


def test_systematic_quota_gives_small_strata_their_share_over_many_rounds():
    people = {"A01-430602-P": 95, "B01-430602-P": 3, "C01-430602-P": 2}
    totals = Counter()
    for seed in SEEDS:
        totals.update(systematic(people, 10, seed=seed))
    for stratum, count in people.items():
        share = 10 * count / 100
        assert abs(totals[stratum] - share * len(SEEDS)) < 4 * (len(SEEDS) * 0.25) ** 0.5
