"""What people ticked: the distractor table, its trace over five levels of ability, and what blind guessing would earn."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Final

import numpy as np

from question_bank.domain.content import Content, Json
from question_bank.domain.kinds import kind_for
from question_bank.domain.kinds.base import MarkingRule
from question_bank.domain.kinds.choices import OPTION_IDS
from question_bank.domain.statistics.classical import correlation, tail_weights
from question_bank.domain.statistics.table import Floats, Ints

LEVELS: Final = 5
BLANK: Final = ""
_ONE: Final = frozenset({"single_choice", "true_false"})
_MANY: Final = frozenset({"multiple_choice"})


@dataclass(frozen=True, slots=True)
class OptionFigures:
    """One option. Shares are 0..1 of everybody asked, of the upper and lower 27 %, and of five levels, lowest first.

    `correlation` is that of choosing it with the total (a good distractor's is negative). The id "" is leaving it blank.
    """

    id: str
    is_key: bool
    chosen: int
    share: float
    upper: float
    lower: float
    correlation: float | None
    trace: tuple[float, ...]


def option_figures(content: Content, answers: Sequence[Json], scores: Floats) -> tuple[OptionFigures, ...]:
    """The distractor table of a kind with options to tick; empty for other kinds. `scores` are total shares 0..1.

    Source: Haladyna, T. M. (2004). Developing and Validating Multiple-Choice Test Items, 3rd ed., chapter 9 (option
    frequencies, choice means and trace lines).
    """
    if content.kind not in _ONE | _MANY or not len(scores):
        return ()
    key = set(content.key) if isinstance(content.key, list | tuple) else set()
    chosen = [set(answer) if isinstance(answer, list | tuple) else set() for answer in answers]
    upper, lower = tail_weights(scores)
    levels = _levels(scores)
    found = []
    for name in (*content.option_ids(), BLANK):
        ticked = np.array([name in ticks if name else not ticks for ticks in chosen], dtype=np.float64)
        found.append(
            OptionFigures(
                id=name,
                is_key=name in key,
                chosen=int(ticked.sum()),
                share=float(ticked.mean()),
                upper=float(upper @ ticked / upper.sum()),
                lower=float(lower @ ticked / lower.sum()),
                correlation=correlation(ticked, scores),
                trace=tuple(float(ticked[level].mean()) for level in levels),
            )
        )
    return tuple(found)


def _levels(scores: Floats) -> list[Ints]:
    """Index arrays of up to five levels of about equal size, lowest first; equal scores stay together."""
    order = np.argsort(scores, kind="stable")
    if len(scores) < 2 * LEVELS:
        return []
    cuts = np.unique([scores[part[-1]] for part in np.array_split(order, LEVELS)[:-1]])
    place = np.searchsorted(cuts, scores, side="left")
    return [np.flatnonzero(place == level) for level in range(len(cuts) + 1) if (place == level).any()]


def beating_distractor(options: Sequence[OptionFigures]) -> str | None:
    """The option outside the key that more of the best 27 % chose than some option of the key; None when none did.

    The usual sign of a wrong key (Haladyna 2004, chapter 9): those who know the rest know better here, too.
    """
    keys = [option.upper for option in options if option.is_key]
    others = [option for option in options if option.id and not option.is_key]
    if not keys or not others:
        return None
    strongest = max(others, key=lambda option: (option.upper, option.id))
    return strongest.id if strongest.upper > min(keys) else None


def chance_fraction(content: Content, rule: MarkingRule) -> float:
    """What somebody who knows nothing earns on average: 1/k for one of k, for ticks every non-empty set alike.

    Kinds without options earn nothing. Every answer is judged by the kind itself, so a partial-credit rule counts.
    Source: "random guess score" as in Moodle's quiz statistics.
    """
    kind = kind_for(content.kind)
    ids = [name for name in content.option_ids() if name in {*OPTION_IDS, "t", "f"}]
    if content.kind in _ONE:
        answers = [[name] for name in ids]
    elif content.kind in _MANY:
        answers = [list(found) for size in range(1, len(ids) + 1) for found in combinations(ids, size)]
    else:
        answers = []
    if not answers:
        return 0.0
    earned = [kind.judge(content.key, kind.read_answer(content, answer), rule).fraction for answer in answers]
    return float(sum(map(Fraction, earned), Fraction(0)) / len(earned))
