"""Knowledge points as a tree: its order for reading, and moves that would close a ring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One knowledge point; `parent` is the key of the one above, None at the top."""

    key: int
    name: str
    parent: int | None


def in_reading_order(topics: Sequence[Topic]) -> list[tuple[int, Topic]]:
    """(depth, topic): each followed by what is below it, siblings as given. A ring, if there is one, stands at the end."""
    children: dict[int | None, list[Topic]] = {}
    for topic in topics:
        children.setdefault(topic.parent, []).append(topic)
    found: list[tuple[int, Topic]] = []
    waiting = [(0, topic) for topic in reversed(children.get(None, []))]
    while waiting:
        depth, topic = waiting.pop()
        found.append((depth, topic))
        waiting += [(depth + 1, child) for child in reversed(children.get(topic.key, []))]
    seen = {topic.key for _depth, topic in found}
    return found + [(0, topic) for topic in topics if topic.key not in seen]


def closes_ring(parents: Mapping[int, int | None], key: int, parent: int | None) -> bool:
    """Whether moving `key` below `parent` would put it below itself."""
    above = parent
    for _step in range(len(parents) + 1):
        if above is None:
            return False
        if above == key:
            return True
        above = parents.get(above)
    return True
