"""Responses as arrays: everybody may have had another paper, so nothing here supposes a full matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from question_bank.domain.content import Json

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Response:
    """One person's answer to one version. `item` is `item@version`, `answer` has real option ids (None: blank).

    `fraction` is 0..1 of the item's `points`; `group` is what differential functioning is looked for by, an industry.
    """

    person: str
    item: str
    fraction: float
    points: float
    answer: Json = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class ResponseTable:
    """The long form. `person` and `item` are indexes into `people` and `items`, one entry per response."""

    people: tuple[str, ...]
    items: tuple[str, ...]
    groups: tuple[str, ...]
    person: Ints
    item: Ints
    fraction: Floats
    points: Floats
    answers: tuple[Json, ...]

    @property
    def earned(self) -> Floats:
        """Points of each person."""
        found = np.bincount(self.person, weights=self.fraction * self.points, minlength=len(self.people))
        return found.astype(np.float64)

    @property
    def possible(self) -> Floats:
        """Points that each person's paper offered."""
        found = np.bincount(self.person, weights=self.points, minlength=len(self.people))
        return found.astype(np.float64)

    @property
    def share(self) -> Floats:
        """Earned of possible, 0..1: what makes scores of different papers comparable."""
        return self.earned / self.possible

    def rows_of(self, item: int) -> Ints:
        """The responses to one item."""
        return np.flatnonzero(self.item == item)


def response_table(responses: Sequence[Response]) -> ResponseTable:
    """Sorts people and items by name, so that the order of the responses changes nothing."""
    ordered = sorted(responses, key=lambda response: (response.item, response.person))
    people = sorted({response.person for response in ordered})
    items = sorted({response.item for response in ordered})
    person_index = {name: index for index, name in enumerate(people)}
    item_index = {name: index for index, name in enumerate(items)}
    group_of = {response.person: response.group for response in ordered}
    return ResponseTable(
        people=tuple(people),
        items=tuple(items),
        groups=tuple(group_of[name] for name in people),
        person=np.array([person_index[response.person] for response in ordered], dtype=np.int64),
        item=np.array([item_index[response.item] for response in ordered], dtype=np.int64),
        fraction=np.array([response.fraction for response in ordered], dtype=np.float64),
        points=np.array([response.points for response in ordered], dtype=np.float64),
        answers=tuple(response.answer for response in ordered),
    )
