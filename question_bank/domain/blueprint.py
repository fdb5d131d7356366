"""组卷方案: what a paper consists of, whether the bank can deliver it, and which versions each cell draws from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.allotment import Allotment, BankIndex, index_bank
from question_bank.domain.allotment import allot as allot_cells
from question_bank.domain.balance import Cut, Figures, balance, figures
from question_bank.domain.cells import MAX_ITEMS_PER_PAPER, Blueprint, Cell, Item, describe_cell
from question_bank.domain.kinds import KINDS
from question_bank.domain.kinds.base import Problem
from question_bank.domain.snapshot import BankSnapshot, SnapshotCell
from question_bank.errors import BlueprintInfeasible

__all__ = [
    "MAX_ITEMS_PER_PAPER",
    "Assembly",
    "BankIndex",
    "Blueprint",
    "Cell",
    "CellFeasibility",
    "Figures",
    "Item",
    "allot",
    "assemble",
    "build_snapshot",
    "check_blueprint",
    "describe_cell",
    "feasibility",
    "index_bank",
]

Enemies = Collection[tuple[str, str]]

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


@dataclass(frozen=True, slots=True)
class Assembly:
    """A bank ready to be committed, and what all its papers have in common."""

    snapshot: BankSnapshot
    figures: Figures


def feasibility(
    blueprint: Blueprint, bank: BankIndex | Sequence[Item], enemies: Enemies = ()
) -> tuple[CellFeasibility, ...]:
    """The table shown before a blueprint is used: one line per cell, honest about cells that compete for items."""
    return _lines(blueprint, _prepare(blueprint, bank, enemies))


def build_snapshot(blueprint: Blueprint, bank: BankIndex | Sequence[Item], enemies: Enemies = ()) -> BankSnapshot:
    """The cells with the versions they draw from; a function of its arguments, whatever the order of the items.

    Raises `BlueprintInfeasible` and `BlueprintUnbalanced` in the clerk's words.
    """
    return assemble(blueprint, bank, enemies).snapshot


def assemble(blueprint: Blueprint, bank: BankIndex | Sequence[Item], enemies: Enemies = ()) -> Assembly:
    """Allots the bank to the cells and balances them. Every paper that PAPER/1 draws from it keeps blueprint and tolerance.

    `enemies` are pairs of public ids that no paper has together: at most one of a pair is in the snapshot at all. A cell
    that is cut into strata has one snapshot cell for each (`2.1`, `2.2` …), and one for what every paper has (`2.m`).
    Raises `BlueprintInfeasible`, `BlueprintUnbalanced`.
    """
    prepared = _prepare(blueprint, bank, enemies)
    missing = [line.message for line in _lines(blueprint, prepared) if not line.is_feasible]
    missing += [problem.text for problem in prepared.problems]
    if missing:
        raise BlueprintInfeasible(missing="；".join(missing))
    drawing = replace(blueprint, cells=tuple(cell for cell in prepared.cells if cell.count))
    cuts = balance(drawing, prepared.allotment.pools, total=blueprint.total_mark)
    cells = [made for cell in blueprint.cells for made in _snapshot_cells(cell, cuts.get(cell.code), prepared)]
    return Assembly(BankSnapshot(tuple(cells)), figures(blueprint, cuts, prepared.fixed))


def allot(blueprint: Blueprint, items: Sequence[Item]) -> Mapping[str, tuple[Item, ...]]:
    """Cell code → the items that it draws from, sorted by ref; no item in two cells."""
    return _prepare(blueprint, items, ()).allotment.pools


ENEMIES_REQUIRED: Final = gettext_noop("指定必考的两道试题互斥，不能同时出现在一份试卷里")
REQUIRED_ABSENT: Final = gettext_noop(
    "题组“{cell}”指定的必考题中有 {count} 道不在可用的题库里，请核对是否已停用、过期或题型不符"
)
REQUIRED_TOO_MANY: Final = gettext_noop("题组“{cell}”指定了 {count} 道必考题，超过该题组的题数")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Cells less what is fixed, the pools for the rest, the fixed items by cell code, and what is wrong with them."""

    cells: tuple[Cell, ...]
    allotment: Allotment
    fixed: Mapping[str, tuple[Item, ...]]
    problems: tuple[Problem, ...]


def _prepare(blueprint: Blueprint, bank: BankIndex | Sequence[Item], enemies: Enemies) -> _Prepared:
    index = bank if isinstance(bank, BankIndex) else index_bank(bank)
    required = {item for cell in blueprint.cells for item in cell.must_include}
    known = {item.ref.item: item for item in index.items() if item.ref.item in required} if required else {}
    fixed = {cell.code: _fixed(cell, known) for cell in blueprint.cells}
    problems = [problem for cell in blueprint.cells for problem in _check_fixed(cell, fixed[cell.code])]
    if any(first in required and second in required for first, second in enemies):
        problems.append(Problem("cells", "enemies_required", ENEMIES_REQUIRED))
    index = index.without(required | _outdone(index, enemies, required))
    cells = tuple(replace(cell, count=max(0, cell.count - len(fixed[cell.code]))) for cell in blueprint.cells)
    return _Prepared(cells, allot_cells(cells, index), fixed, tuple(problems))


def _fixed(cell: Cell, known: Mapping[str, Item]) -> tuple[Item, ...]:
    found = (known[item] for item in sorted(cell.must_include) if item in known)
    return tuple(item for item in found if item.kind == cell.kind)


def _check_fixed(cell: Cell, fixed: Sequence[Item]) -> list[Problem]:
    problems = []
    absent = len(set(cell.must_include)) - len(fixed)
    if absent:
        params = {"cell": cell.title, "count": absent}
        problems.append(Problem(f"cells.{cell.code}", "required_absent", REQUIRED_ABSENT, params))
    if len(cell.must_include) > cell.count:
        params = {"cell": cell.title, "count": len(cell.must_include)}
        problems.append(Problem(f"cells.{cell.code}", "required_too_many", REQUIRED_TOO_MANY, params))
    return problems


def _outdone(index: BankIndex, enemies: Enemies, required: Collection[str]) -> set[str]:
    """Of each pair the one that stays out: never a required one, else the one seen more often, else the later by id."""
    if not enemies:
        return set()
    named = {item for pair in enemies for item in pair}
    used = {item.ref.item: item.papers for item in index.items() if item.ref.item in named}
    out: set[str] = set()
    for pair in sorted(tuple(sorted(pair)) for pair in enemies):
        present = [item for item in pair if item in used and item not in out]
        if len(present) == 2:
            out.add(max(present, key=lambda item: (item not in required, used[item], item)))
    return out


def _lines(blueprint: Blueprint, prepared: _Prepared) -> tuple[CellFeasibility, ...]:
    return tuple(
        CellFeasibility(
            cell,
            cell.count,
            prepared.allotment.matching[cell.code] + len(prepared.fixed[cell.code]),
            len(prepared.allotment.pools[cell.code]) + len(prepared.fixed[cell.code]),
        )
        for cell in blueprint.cells
    )


def _snapshot_cells(cell: Cell, cut: Cut | None, prepared: _Prepared) -> list[SnapshotCell]:
    fixed = prepared.fixed[cell.code]
    strata = cut.strata if cut else ()
    is_whole = not fixed and len(strata) == 1
    made = [
        _snapshot_cell(cell, cell.code if is_whole else f"{cell.code}.{number}", stratum.items, stratum.count)
        for number, stratum in enumerate(strata, start=1)
    ]
    return [*made, _snapshot_cell(cell, f"{cell.code}.m", fixed, len(fixed))] if fixed else made


def _snapshot_cell(cell: Cell, code: str, items: Sequence[Item], count: int) -> SnapshotCell:  # noqa: PLR0917 - plain data
    return SnapshotCell(code, cell.title, cell.kind, count, cell.mark, tuple(item.ref for item in items))
