"""Do two papers share more wrong answers than chance explains? A hint for people, with its error rate.

Everybody has another selection of items and another order of options, so only items that both had are compared, by their
real option ids. The figure of a pair is the number of items on which both gave the same wrong answer. Right answers say
nothing: whoever knows the subject agrees with whoever else knows it.

The null hypothesis is that people err independently, each item with its own popular wrong answers. It is simulated: for
each item the wrong answers that were given are dealt out anew among those who gave one, so that how often a wrong answer
is chosen stays as it was, and who chose it becomes chance. The greatest figure over all pairs of each simulated sitting
makes the threshold: with `RATE` = 1 %, a sitting in which nobody copied shows any pair at all in one case of a hundred.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from core.seeded import Stream, stream

RATE: Final = 0.01
ROUNDS: Final = 200
# Below this a figure means nothing, whatever the simulation says.
LEAST_SHARED: Final = 4
MOST_PEOPLE: Final = 400


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one person answered wrongly: `item@version` → the wrong answer in real option ids, as one text."""

    person: str
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people above the threshold. `shared` same wrong answers; `rate` how often chance alone shows as many anywhere."""

    first: str
    second: str
    shared: int
    both_wrong: int
    rate: float


@dataclass(frozen=True, slots=True)
class Report:
    """The pairs worth a look, and what they were measured against."""

    people: int
    pairs_compared: int
    rounds: int
    rate: float
    threshold: int
    pairs: tuple[Pair, ...]

    def to_json(self) -> dict[str, object]:
        """Canonical values: rates in millionths, since hashes know no fractions."""
        return {
            "people": self.people,
            "pairs_compared": self.pairs_compared,
            "rounds": self.rounds,
            "rate_ppm": round(self.rate * 1_000_000),
            "threshold": self.threshold,
            "pairs": [
                {
                    "first": pair.first,
                    "second": pair.second,
                    "shared": pair.shared,
                    "both_wrong": pair.both_wrong,
                    "rate_ppm": round(pair.rate * 1_000_000),
                }
                for pair in self.pairs
            ],
        }


def similar_papers(sheets: Sequence[Sheet], *, seed: str, rounds: int = ROUNDS, rate: float = RATE) -> Report:
    """The pairs whose shared wrong answers exceed what `rate` of the simulated sittings reach; repeatable by its seed."""
    chosen = sorted(sheets, key=lambda sheet: sheet.person)[:MOST_PEOPLE]
    by_item = _by_item(chosen)
    observed = _shared(by_item)
    greatest = sorted(_simulated(by_item, stream(seed), rounds))
    place = min(len(greatest) - 1, math.ceil((1 - rate) * len(greatest)))
    threshold = max(LEAST_SHARED, greatest[place] + 1 if greatest else LEAST_SHARED)
    both = _both_wrong(by_item)
    pairs = [
        Pair(first, second, shared, both[first, second], _rate(greatest, shared))
        for (first, second), shared in observed.items()
        if shared >= threshold
    ]
    return Report(
        people=len(chosen),
        pairs_compared=len(chosen) * (len(chosen) - 1) // 2,
        rounds=rounds,
        rate=rate,
        threshold=threshold,
        pairs=tuple(sorted(pairs, key=lambda pair: (-pair.shared, pair.first, pair.second))),
    )


def _by_item(sheets: Iterable[Sheet]) -> dict[str, list[tuple[str, str]]]:
    """Item → (person, wrong answer) of all who got it wrong, people in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for sheet in sheets:
        for item, answer in sorted(sheet.wrong.items()):
            found.setdefault(item, []).append((sheet.person, answer))
    return {item: given for item, given in sorted(found.items()) if len(given) > 1}


def _shared(by_item: Mapping[str, Sequence[tuple[str, str]]]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for given in by_item.values():
        groups: dict[str, list[str]] = {}
        for person, answer in given:
            groups.setdefault(answer, []).append(person)
        for group in groups.values():
            for pair in combinations(group, 2):
                counts[pair] = counts.get(pair, 0) + 1
    return counts


def _both_wrong(by_item: Mapping[str, Sequence[tuple[str, str]]]) -> dict[tuple[str, str], int]:
    return _shared({item: [(person, "") for person, _answer in given] for item, given in by_item.items()})


def _simulated(by_item: Mapping[str, Sequence[tuple[str, str]]], chance: Stream, rounds: int) -> list[int]:
    """The greatest figure of any pair in each simulated sitting."""
    found = []
    for _round in range(rounds):
        dealt = {}
        for item, given in by_item.items():
            answers = [answer for _person, answer in given]
            chance.shuffle(answers)
            dealt[item] = [(person, answer) for (person, _old), answer in zip(given, answers, strict=True)]
        found.append(max(_shared(dealt).values(), default=0))
    return found


def _rate(greatest: Sequence[int], shared: int) -> float:
    """How often a sitting without copying shows a pair like this; never told as zero."""
    return (1 + sum(one >= shared for one in greatest)) / (1 + len(greatest))
