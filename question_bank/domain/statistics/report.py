"""All figures of one exam: of the paper as a whole, and of every version that was asked."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np

from core.errors import gettext_noop
from question_bank.domain.content import Content, Json
from question_bank.domain.kinds.base import MarkingRule
from question_bank.domain.statistics.bounds import (
    ERROR_RATE,
    correlation_below,
    tail_of_guessing,
    upper_lower_below,
)
from question_bank.domain.statistics.choices import OptionFigures, beating_distractor, chance_fraction, option_figures
from question_bank.domain.statistics.classical import (
    Reliability,
    corrected_item_total,
    facilities,
    reliability,
    upper_lower,
)
from question_bank.domain.statistics.dif import FEWEST, MantelHaenszel, mantel_haenszel, tables_by_level
from question_bank.domain.statistics.rasch import RaschItem, rasch
from question_bank.domain.statistics.table import Floats, Response, ResponseTable, response_table

# The bounds below hold from so few answers on; with fewer, hardly any figure would be beyond them.
FEWEST_TO_ACT: Final = 10
# A distractor that beats the key is compared without a bound: of thirty, the best 27 % are eight people.
FEWEST_FOR_KEY: Final = 30
# Linacre, J. M. (1994). Sample size and item calibration stability. Rasch Measurement Transactions 7:4, 328:
# 30 people give a difficulty within one logit, 95 times of 100.
FEWEST_FOR_RASCH: Final = 30

NEGATIVE: Final = "negative_discrimination"
BELOW_CHANCE: Final = "below_chance"
KEY_BEATEN: Final = "key_beaten"
WATCH_NEGATIVE: Final = "watch_negative"
WATCH_CHANCE: Final = "watch_chance"
FLAG_TEXTS: Final[Mapping[str, str]] = {
    NEGATIVE: gettext_noop("区分度为负：总分低的人反而更容易答对"),
    BELOW_CHANCE: gettext_noop("得分率低于随意猜答"),
    KEY_BEATEN: gettext_noop("成绩好的人更多选了答案以外的选项，答案可能有误"),
    WATCH_NEGATIVE: gettext_noop("区分度为负，但作答人数还不足以排除偶然"),
    WATCH_CHANCE: gettext_noop("得分率低于随意猜答，但作答人数还不足以排除偶然"),
}


@dataclass(frozen=True, slots=True)
class PaperFigures:
    """Of the exam as a whole. Shares are 0..1 of the possible points; `guess` is what blind guessing earns on average.

    `histogram` counts people by tenths of the possible points, lowest first.
    """

    people: int
    items: int
    mean: float
    sd: float
    guess: float
    method: str
    reliability: float | None
    error: float | None
    possible: float
    ability_sd: float | None
    histogram: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A group that finds the item harder or easier than equally able others (Mantel-Haenszel)."""

    group: str
    people: int
    delta: float
    chi_square: float
    size: str


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """Of one version. `flags` are codes of FLAG_TEXTS; `beaten_by` the distractor that the best preferred to the key.

    `discrimination_below` and `item_total_below` are what the true values are below, `by_chance` how often blind
    guessing would earn as little: what the rules that act go by (ADR 24).
    """

    item: str
    responses: int
    facility: float
    chance: float
    discrimination: float | None
    discrimination_below: float | None
    item_total: float | None
    item_total_below: float | None
    by_chance: float
    options: tuple[OptionFigures, ...]
    rasch: RaschItem | None
    groups: tuple[GroupFigures, ...]
    flags: tuple[str, ...]
    beaten_by: str | None

    def to_json(self) -> dict[str, object]:
        """What the columns of the table do not hold."""
        return {
            "options": [asdict(option) for option in self.options],
            "rasch": asdict(self.rasch) if self.rasch else None,
            "groups": [asdict(group) for group in self.groups],
            "beaten_by": self.beaten_by,
            "discrimination_below": self.discrimination_below,
            "item_total_below": self.item_total_below,
            "by_chance": self.by_chance,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one exam."""

    paper: PaperFigures
    items: tuple[ItemFigures, ...]


def analyse(responses: Sequence[Response], contents: Mapping[str, Content], rule: MarkingRule) -> Report | None:
    """Every figure of an exam, a function of the responses alone, whatever their order; None when nobody answered.

    `contents` maps `item@version`. Items without content (they cannot be) get figures without a distractor table.
    """
    if not responses:
        return None
    table = response_table(responses)
    chances = {item: chance_fraction(contents[item], rule) if item in contents else 0.0 for item in table.items}
    scale = _rasch_items(table)
    shares, means = table.share, facilities(table)
    items = tuple(
        _item(
            table, index, content=contents.get(item), chance=chances[item], rasch_of=scale[0], shares=shares, mean=mean
        )
        for index, (item, mean) in enumerate(zip(table.items, means, strict=True))
    )
    return Report(_paper(table, chances, ability_sd=scale[1]), items)


def _paper(table: ResponseTable, chances: Mapping[str, float], *, ability_sd: float | None) -> PaperFigures:
    shares = table.share
    chance = np.array([chances[item] for item in table.items])[table.item]
    guessed = np.bincount(table.person, weights=chance * table.points, minlength=len(table.people)) / table.possible
    found: Reliability = reliability(table)
    counts = np.bincount(np.minimum((shares * 10 + 1e-9).astype(int), 9), minlength=10)
    return PaperFigures(
        people=len(table.people),
        items=len(table.items),
        mean=float(shares.mean()),
        sd=float(shares.std(ddof=1)) if len(shares) > 1 else 0.0,
        guess=float(guessed.mean()),
        method=found.method,
        reliability=found.coefficient,
        error=found.error,
        possible=float(table.possible.mean()),
        ability_sd=ability_sd,
        histogram=tuple(int(count) for count in counts),
    )


def _item(
    table: ResponseTable,
    index: int,
    *,
    content: Content | None,
    chance: float,
    rasch_of: Mapping[int, RaschItem],
    shares: Floats,
    mean: float,
) -> ItemFigures:
    rows = table.rows_of(index)
    scores, fraction = shares[table.person[rows]], table.fraction[rows]
    answers: list[Json] = [table.answers[row] for row in rows]
    options = option_figures(content, answers, scores) if content else ()
    item_total = corrected_item_total(table, rows)
    beaten_by = beating_distractor(options) if len(rows) >= FEWEST_FOR_KEY else None
    found = ItemFigures(
        item=table.items[index],
        responses=len(rows),
        facility=float(mean),
        chance=chance,
        discrimination=upper_lower(fraction, scores),
        discrimination_below=upper_lower_below(fraction, scores),
        item_total=item_total,
        item_total_below=correlation_below(item_total, len(rows)),
        by_chance=tail_of_guessing(fraction, chance),
        options=options,
        rasch=rasch_of.get(index),
        groups=_groups(table, index, shares),
        flags=(),
        beaten_by=beaten_by,
    )
    return replace(found, flags=flags_of(found))


def flags_of(item: ItemFigures) -> tuple[str, ...]:
    """The figures that act: negative discrimination, facility below chance, a distractor that beats the key.

    One sign suffices, and each must be beyond chance (ERROR_RATE); one that is not is only watched (ADR 24).
    """
    if item.responses < FEWEST_TO_ACT:
        return ()
    found = []
    if _negative(item.item_total_below) or _negative(item.discrimination_below):
        found.append(NEGATIVE)
    elif _negative(item.item_total) or _negative(item.discrimination):
        found.append(WATCH_NEGATIVE)
    if item.facility < item.chance:
        found.append(BELOW_CHANCE if item.by_chance < ERROR_RATE else WATCH_CHANCE)
    if item.beaten_by is not None:
        found.append(KEY_BEATEN)
    return tuple(found)


def _negative(value: float | None) -> bool:
    return value is not None and value < 0


def _rasch_items(table: ResponseTable) -> tuple[dict[int, RaschItem], float | None]:
    """Items that are right or wrong only, with enough answers and some of both; index → figures, and the spread."""
    asked = np.bincount(table.item, minlength=len(table.items))
    whole = np.bincount(table.item, weights=(table.fraction % 1 > 0).astype(float), minlength=len(table.items)) == 0
    sums = np.bincount(table.item, weights=table.fraction, minlength=len(table.items))
    usable = (asked >= FEWEST_FOR_RASCH) & whole & (sums > 0) & (sums < asked)
    kept = usable[table.item]
    if usable.sum() < 2 or len(set(table.person[kept])) < FEWEST_FOR_RASCH:
        return {}, None
    indexes = np.flatnonzero(usable)
    new_index = np.full(len(table.items), -1)
    new_index[indexes] = np.arange(len(indexes))
    _, people = np.unique(table.person[kept], return_inverse=True)
    scale = rasch(people, new_index[table.item[kept]], table.fraction[kept])
    return dict(zip((int(index) for index in indexes), scale.items, strict=True)), scale.ability_sd


def _groups(table: ResponseTable, index: int, shares: Floats) -> tuple[GroupFigures, ...]:
    rows = table.rows_of(index)
    people = table.person[rows]
    names = np.array([table.groups[person] for person in people])
    right = (table.fraction[rows] >= 1).astype(np.float64)
    found = []
    for name in sorted(set(names.tolist()) - {""}):
        focal = (names == name).astype(np.int64)
        if focal.sum() < FEWEST or len(rows) - focal.sum() < FEWEST:
            continue
        figures = mantel_haenszel(tables_by_level(right, focal, shares[people]))
        if figures is not None and math.isfinite(figures.error):
            found.append(_group(name, int(focal.sum()), figures))
    return tuple(found)


def _group(name: str, people: int, figures: MantelHaenszel) -> GroupFigures:
    return GroupFigures(name, people, figures.delta, figures.chi_square, figures.size)
