"""组卷方案: what a paper consists of, whether the bank can deliver it, and which versions each cell draws from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import lcm
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.kinds import KINDS
from question_bank.domain.kinds.base import Problem
from question_bank.domain.normalise import POST_NAMES, band_name
from question_bank.domain.snapshot import BankSnapshot, ItemRef, SnapshotCell
from question_bank.errors import BlueprintInfeasible

MAX_ITEMS_PER_PAPER: Final = 300


@dataclass(frozen=True, slots=True)
class Item:
    """An approved version of the exam pool, with what cells ask about. `posts` and `industry` empty: for everybody."""

    ref: ItemRef
    kind: str
    knowledge_point: str
    difficulty: Decimal
    industry: str = ""
    posts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """So many items of a kind at so many points each. Empty tuples and None mean: any.

    `knowledge_points` and `industries` are names, `posts` codes; difficulty bounds are 0..1, both inclusive.
    """

    code: str
    title: str
    kind: str
    count: int
    mark: Decimal
    knowledge_points: tuple[str, ...] = ()
    difficulty_from: Decimal | None = None
    difficulty_to: Decimal | None = None
    industries: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()

    def admits(self, item: Item) -> bool:
        """Whether the item may be drawn into this cell. General items suit every industry and post."""
        return (
            item.kind == self.kind
            and (not self.knowledge_points or item.knowledge_point in self.knowledge_points)
            and (not self.industries or not item.industry or item.industry in self.industries)
            and (not self.posts or not item.posts or not set(self.posts).isdisjoint(item.posts))
            and (self.difficulty_from is None or item.difficulty >= self.difficulty_from)
            and (self.difficulty_to is None or item.difficulty <= self.difficulty_to)
        )


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The cells of a paper, in order."""

    title: str
    cells: tuple[Cell, ...]

    @property
    def question_count(self) -> int:
        return sum(cell.count for cell in self.cells)

    @property
    def total_mark(self) -> Decimal:
        """Points of a full paper."""
        return sum((cell.mark * cell.count for cell in self.cells), Decimal(0))


NO_CELLS: Final = gettext_noop("请至少添加一个题组")
COUNT_RANGE: Final = gettext_noop("题组“{cell}”的题数应在 1 至 {limit} 之间")
MARK_RANGE: Final = gettext_noop("题组“{cell}”的每题分值应大于 0 且不超过 100 分")
KIND_UNKNOWN: Final = gettext_noop("题组“{cell}”的题型不存在")
BAND_REVERSED: Final = gettext_noop("题组“{cell}”的难度下限高于上限")
CODE_REPEATED: Final = gettext_noop("题组编号“{cell}”重复")
TOO_MANY_ITEMS: Final = gettext_noop("一份试卷最多 {limit} 题，现为 {count} 题")


def check_blueprint(blueprint: Blueprint) -> tuple[Problem, ...]:
    """Everything wrong with the blueprint as written; the place of a problem is `cells.<code>` or `cells`."""
    if not blueprint.cells:
        return (Problem("cells", "no_cells", NO_CELLS),)
    problems = [problem for cell in blueprint.cells for problem in _check_cell(cell)]
    codes = [cell.code for cell in blueprint.cells]
    problems += [
        Problem(f"cells.{code}", "code_repeated", CODE_REPEATED, {"cell": code})
        for code in dict.fromkeys(codes)
        if codes.count(code) > 1
    ]
    if blueprint.question_count > MAX_ITEMS_PER_PAPER:
        params = {"limit": MAX_ITEMS_PER_PAPER, "count": blueprint.question_count}
        problems.append(Problem("cells", "too_many_items", TOO_MANY_ITEMS, params))
    return tuple(problems)


def _check_cell(cell: Cell) -> list[Problem]:
    rules = (
        (cell.kind in KINDS, "kind_unknown", KIND_UNKNOWN),
        (1 <= cell.count <= MAX_ITEMS_PER_PAPER, "count_range", COUNT_RANGE),
        (0 < cell.mark <= 100, "mark_range", MARK_RANGE),
        (
            cell.difficulty_from is None or cell.difficulty_to is None or cell.difficulty_from <= cell.difficulty_to,
            "band_reversed",
            BAND_REVERSED,
        ),
    )
    return [
        Problem(f"cells.{cell.code}", code, message, {"cell": cell.title, "limit": MAX_ITEMS_PER_PAPER})
        for holds, code, message in rules
        if not holds
    ]


@dataclass(frozen=True, slots=True)
class CellFeasibility:
    """Whether one cell can be filled: `asked` items, `available` ones left for it after the other cells took theirs."""

    cell: Cell
    asked: int
    matching: int
    available: int

    @property
    def is_feasible(self) -> bool:
        return self.available >= self.asked

    @property
    def message(self) -> str:
        """The sentence for the clerk: “要求 8 道难度为难的多选题（有限空间），题库只有 5 道，还缺 3 道”."""
        return self.template.format(**self.params)

    @property
    def template(self) -> str:
        """The marked sentence for `params`."""
        if self.is_feasible:
            return CELL_FEASIBLE
        return CELL_COMPETING if self.matching >= self.asked else CELL_SHORT

    @property
    def params(self) -> dict[str, object]:
        """What the sentence is filled with."""
        return {
            "asked": self.asked,
            "wish": describe_cell(self.cell),
            "matching": self.matching,
            "available": self.available,
            "missing": self.asked - self.matching,
        }


CELL_FEASIBLE: Final = gettext_noop("要求 {asked} 道{wish}，题库有 {matching} 道，可以满足")
CELL_COMPETING: Final = gettext_noop(
    "要求 {asked} 道{wish}，题库有 {matching} 道，但要与其他题组共用，只能分到 {available} 道"
)
CELL_SHORT: Final = gettext_noop("要求 {asked} 道{wish}，题库只有 {matching} 道，还缺 {missing} 道")


def describe_cell(cell: Cell) -> str:
    """`难度为难的多选题（有限空间；建筑施工；主要负责人）`."""
    kind = KINDS[cell.kind].label if cell.kind in KINDS else cell.kind
    band = band_name(cell.difficulty_from, cell.difficulty_to)
    posts = "、".join(POST_NAMES[post] for post in cell.posts if post in POST_NAMES)
    facts = [fact for fact in ("、".join(cell.knowledge_points), "、".join(cell.industries), posts) if fact]
    level = f"难度为{band}的" if band else ""
    limits = f"（{'；'.join(facts)}）" if facts else ""
    return level + kind + limits


def feasibility(blueprint: Blueprint, items: Sequence[Item]) -> tuple[CellFeasibility, ...]:
    """The table shown before a blueprint is used: one line per cell, honest about cells that compete for items."""
    groups = _groups(blueprint.cells, items)
    return _lines(blueprint, groups, _allot(blueprint.cells, groups))


def build_snapshot(blueprint: Blueprint, items: Sequence[Item]) -> BankSnapshot:
    """The cells with the versions they draw from; a function of its arguments, whatever the order of `items`.

    Raises `BlueprintInfeasible` in the clerk's words.
    """
    groups = _groups(blueprint.cells, items)
    allotted = _allot(blueprint.cells, groups)
    missing = [line.message for line in _lines(blueprint, groups, allotted) if not line.is_feasible]
    if missing:
        raise BlueprintInfeasible(missing="；".join(missing))
    return BankSnapshot(
        tuple(
            SnapshotCell(
                cell.code, cell.title, cell.kind, cell.count, cell.mark, tuple(item.ref for item in allotted[cell.code])
            )
            for cell in blueprint.cells
        ),
    )


def allot(blueprint: Blueprint, items: Sequence[Item]) -> Mapping[str, tuple[Item, ...]]:
    """Cell code → its items, sorted by ref; no item in two cells.

    Cells that compete get their counts whenever that is possible at all (maximum flow by augmenting paths); what is left
    over goes to the admitting cell with the smallest surplus in proportion to its count.
    """
    return _allot(blueprint.cells, _groups(blueprint.cells, items))


_Groups = Mapping[tuple[str, ...], Sequence[Item]]


def _lines(
    blueprint: Blueprint, groups: _Groups, allotted: Mapping[str, Sequence[Item]],
) -> tuple[CellFeasibility, ...]:  # fmt: skip
    return tuple(
        CellFeasibility(
            cell,
            cell.count,
            sum(len(members) for codes, members in groups.items() if cell.code in codes),
            len(allotted[cell.code]),
        )
        for cell in blueprint.cells
    )


def _groups(cells: Sequence[Cell], items: Sequence[Item]) -> _Groups:
    """Items by the set of cells that admit them: the flow runs over groups, not over thousands of items."""
    codes_of: dict[object, tuple[str, ...]] = {}
    groups: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        # Thousands of items share few combinations of facts.
        facts = (item.kind, item.knowledge_point, item.difficulty, item.industry, item.posts)
        codes = codes_of.get(facts)
        if codes is None:
            codes = codes_of[facts] = tuple(cell.code for cell in cells if cell.admits(item))
        if codes:
            groups.setdefault(codes, []).append(item)
    return dict(sorted(groups.items()))


def _allot(cells: Sequence[Cell], groups: _Groups) -> dict[str, tuple[Item, ...]]:
    need = {cell.code: cell.count for cell in cells}
    assigned: dict[tuple[str, ...], dict[str, int]] = {codes: dict.fromkeys(codes, 0) for codes in groups}
    free = {codes: len(members) for codes, members in groups.items()}
    for cell in sorted(cells, key=lambda cell: (sum(cell.code in codes for codes in groups), cell.code)):
        while need[cell.code] > 0 and _augment(cell.code, assigned, free):
            need[cell.code] -= 1
    _spread_surplus(cells, assigned, free)
    return _deal(cells, groups, assigned)


def _augment(code: str, assigned: dict[tuple[str, ...], dict[str, int]], free: dict[tuple[str, ...], int]) -> bool:
    """One more item for `code`, if needed by letting another cell swap groups. Breadth first, so paths are short."""
    reached: dict[str, tuple[str, tuple[str, ...]] | None] = {code: None}
    queue = [code]
    for current in queue:
        for group, shares in assigned.items():
            if current not in shares:
                continue
            if free[group] > 0:
                free[group] -= 1
                _shift(current, group, reached=reached, assigned=assigned)
                return True
            for other, share in shares.items():
                if share > 0 and other not in reached:
                    reached[other] = (current, group)
                    queue.append(other)
    return False


def _shift(
    last: str,
    group: tuple[str, ...],
    *,
    reached: Mapping[str, tuple[str, tuple[str, ...]] | None],
    assigned: dict[tuple[str, ...], dict[str, int]],
) -> None:
    assigned[group][last] += 1
    step = reached[last]
    while step is not None:
        receiver, shared = step
        assigned[shared][last] -= 1
        assigned[shared][receiver] += 1
        last, step = receiver, reached[receiver]


def _spread_surplus(
    cells: Sequence[Cell],
    assigned: dict[tuple[str, ...], dict[str, int]],
    free: dict[tuple[str, ...], int],
) -> None:
    held = {cell.code: sum(shares.get(cell.code, 0) for shares in assigned.values()) for cell in cells}
    # Shares are compared as integers: held / count, both sides times the common multiple of all counts.
    multiple = lcm(*(max(cell.count, 1) for cell in cells))
    weight = {cell.code: multiple // max(cell.count, 1) for cell in cells}
    for group, left in free.items():
        for _ in range(left):
            code = min(group, key=lambda code: (held[code] * weight[code], code))
            assigned[group][code] += 1
            held[code] += 1
        free[group] = 0


def _deal(
    cells: Sequence[Cell],
    groups: _Groups,
    assigned: Mapping[tuple[str, ...], Mapping[str, int]],
) -> dict[str, tuple[Item, ...]]:
    dealt: dict[str, list[Item]] = {cell.code: [] for cell in cells}
    for group, members in groups.items():
        # By hash, not by id: neighbours in the bank are often about the same article.
        queue = sorted(members, key=lambda item: (item.ref.sha256, item.ref.ref))
        for code in group:
            share = assigned[group][code]
            dealt[code] += queue[:share]
            queue = queue[share:]
    return {
        code: tuple(sorted(found, key=lambda item: (item.ref.item, item.ref.version))) for code, found in dealt.items()
    }
