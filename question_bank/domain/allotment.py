"""Which items each cell of a blueprint draws from: a maximum flow where cells compete, the least used items first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import merge
from itertools import islice
from math import lcm
from typing import Final

from question_bank.domain.cells import Cell, Item

# A pool this many times its count: papers differ, and drawing one costs so many hashes and no more.
POOL_PER_ITEM: Final = 12
SMALLEST_CAP: Final = 60

Facts = tuple[str, str, Decimal, str, tuple[str, ...]]
Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BankIndex:
    """The bank by what cells ask about: thousands of items share few combinations of facts.

    Items of one combination are sorted by how often they were seen, then by hash: neighbours in the bank are often about
    the same article.
    """

    by_facts: Mapping[Facts, Sequence[Item]]

    def without(self, refs: Iterable[str]) -> "BankIndex":
        """The same bank less some questions, given by public id."""
        left_out = frozenset(refs)
        if not left_out:
            return self
        return BankIndex(
            {facts: [item for item in items if item.ref.item not in left_out] for facts, items in self.by_facts.items()}
        )

    def items(self) -> Iterator[Item]:
        """All of them, in no order that means anything."""
        for items in self.by_facts.values():
            yield from items


def index_bank(items: Iterable[Item]) -> BankIndex:
    """Sorts a bank once, so that many blueprints can be built on it; the order of `items` changes nothing."""
    by_facts: dict[Facts, list[Item]] = {}
    for item in items:
        facts = (item.kind, item.knowledge_point, item.difficulty, item.industry, item.posts)
        by_facts.setdefault(facts, []).append(item)
    for found in by_facts.values():
        found.sort(key=_least_used)
    return BankIndex(dict(sorted(by_facts.items())))


def _least_used(item: Item) -> tuple[int, str, str]:
    return item.papers, item.ref.sha256, item.ref.ref


@dataclass(frozen=True, slots=True)
class Allotment:
    """Cell code → its pool sorted by ref, and how many items of the bank it admits at all. No item is in two pools."""

    pools: Mapping[str, tuple[Item, ...]]
    matching: Mapping[str, int]


def allot(cells: Sequence[Cell], bank: BankIndex) -> Allotment:
    """Gives every cell its count whenever that is possible at all (maximum flow by augmenting paths), then a pool.

    What is left over goes to the admitting cell with the smallest surplus in proportion to its count, up to
    POOL_PER_ITEM times the count.
    """
    groups = _groups(cells, bank)
    sizes = {codes: sum(len(items) for items in lists) for codes, lists in groups.items()}
    assigned = {codes: dict.fromkeys(codes, 0) for codes in groups}
    free = dict(sizes)
    need = {cell.code: cell.count for cell in cells}
    for cell in sorted(cells, key=lambda cell: (sum(cell.code in codes for codes in groups), cell.code)):
        while need[cell.code] > 0 and _augment(cell.code, assigned, free):
            need[cell.code] -= 1
    _spread_surplus(cells, assigned, free)
    matching = {cell.code: sum(size for codes, size in sizes.items() if cell.code in codes) for cell in cells}
    return Allotment(_deal(cells, groups, assigned), matching)


def _groups(cells: Sequence[Cell], bank: BankIndex) -> dict[Codes, list[Sequence[Item]]]:
    """Sorted lists of items by the set of cells that admit them: the flow runs over groups, not over items."""
    groups: dict[Codes, list[Sequence[Item]]] = {}
    for items in bank.by_facts.values():
        codes = tuple(cell.code for cell in cells if items and cell.admits(items[0]))
        if codes:
            groups.setdefault(codes, []).append(items)
    return dict(sorted(groups.items()))


def _augment(code: str, assigned: dict[Codes, dict[str, int]], free: dict[Codes, int]) -> bool:
    """One more item for `code`, if needed by letting another cell swap groups. Breadth first, so paths are short."""
    reached: dict[str, tuple[str, Codes] | None] = {code: None}
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
    group: Codes,
    *,
    reached: Mapping[str, tuple[str, Codes] | None],
    assigned: dict[Codes, dict[str, int]],
) -> None:
    assigned[group][last] += 1
    step = reached[last]
    while step is not None:
        receiver, shared = step
        assigned[shared][last] -= 1
        assigned[shared][receiver] += 1
        last, step = receiver, reached[receiver]


def _spread_surplus(cells: Sequence[Cell], assigned: dict[Codes, dict[str, int]], free: dict[Codes, int]) -> None:
    held = {cell.code: sum(shares.get(cell.code, 0) for shares in assigned.values()) for cell in cells}
    cap = {cell.code: max(cell.count * POOL_PER_ITEM, SMALLEST_CAP) for cell in cells}
    # Shares are compared as integers: held / count, both sides times the common multiple of all counts.
    multiple = lcm(*(max(cell.count, 1) for cell in cells))
    weight = {cell.code: multiple // max(cell.count, 1) for cell in cells}
    for group, left in free.items():
        hungry = [code for code in group if held[code] < cap[code]]
        while left and hungry:
            code = min(hungry, key=lambda code: (held[code] * weight[code], code))
            assigned[group][code] += 1
            held[code] += 1
            left -= 1
            if held[code] >= cap[code]:
                hungry.remove(code)
        free[group] = left


def _deal(
    cells: Sequence[Cell],
    groups: Mapping[Codes, Sequence[Sequence[Item]]],
    assigned: Mapping[Codes, Mapping[str, int]],
) -> dict[str, tuple[Item, ...]]:
    dealt: dict[str, list[Item]] = {cell.code: [] for cell in cells}
    for group, lists in groups.items():
        queue = merge(*lists, key=_least_used)
        for code in group:
            dealt[code] += islice(queue, assigned[group][code])
    return {
        code: tuple(sorted(found, key=lambda item: (item.ref.item, item.ref.version))) for code, found in dealt.items()
    }
