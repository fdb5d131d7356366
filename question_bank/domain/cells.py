"""A blueprint as plain values: its cells, and what they ask of the items of a bank."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from question_bank.domain.kinds import KINDS
from question_bank.domain.normalise import POST_NAMES, band_name
from question_bank.domain.snapshot import ItemRef

MAX_ITEMS_PER_PAPER: Final = 300


@dataclass(frozen=True, slots=True)
class Item:
    """An approved version of the exam pool, with what cells ask about. `posts` and `industry` empty: for everybody.

    `difficulty` is the author's, 0..1; `measured` is the share of its points that people missed, once enough have
    answered; `papers` is how many official papers showed it.
    """

    ref: ItemRef
    kind: str
    knowledge_point: str
    difficulty: Decimal
    industry: str = ""
    posts: tuple[str, ...] = ()
    measured: Decimal | None = None
    papers: int = 0

    @property
    def expected(self) -> Decimal:
        """The expected share of its points that is missed: as measured, else as the author thinks."""
        return self.difficulty if self.measured is None else self.measured


@dataclass(frozen=True, slots=True)
class Cell:
    """So many items of a kind at so many points each. Empty tuples and None mean: any.

    `knowledge_points` and `industries` are names, `posts` codes; difficulty bounds are 0..1, both inclusive, and speak of
    the author's difficulty. `must_include` are public ids of questions that are in every paper.
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
    must_include: tuple[str, ...] = ()

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
    """The cells of a paper, in order.

    `tolerance` is how far the expected scores of two papers may differ, as a share of the total; None: as it comes.
    """

    title: str
    cells: tuple[Cell, ...]
    tolerance: Decimal | None = None

    @property
    def question_count(self) -> int:
        return sum(cell.count for cell in self.cells)

    @property
    def total_mark(self) -> Decimal:
        """Points of a full paper."""
        return sum((cell.mark * cell.count for cell in self.cells), Decimal(0))


def describe_cell(cell: Cell) -> str:
    """`难度为难的多选题（有限空间；建筑施工；主要负责人）`."""
    kind = KINDS[cell.kind].label if cell.kind in KINDS else cell.kind
    band = band_name(cell.difficulty_from, cell.difficulty_to)
    posts = "、".join(POST_NAMES[post] for post in cell.posts if post in POST_NAMES)
    facts = [fact for fact in ("、".join(cell.knowledge_points), "、".join(cell.industries), posts) if fact]
    level = f"难度为{band}的" if band else ""
    limits = f"（{'；'.join(facts)}）" if facts else ""
    return level + kind + limits
