"""The public log is everybody's."""

from datetime import UTC, datetime
from typing import Any

from core.public_log import append_leaf
from tests.access import public
from tests.factories.actors import World


def _leaf(name: str, value: int) -> Any:
    def kwargs(world: World) -> dict[str, int]:
        if "leaf" not in world.things:
            world.things["leaf"] = append_leaf("test.said", {}, now=datetime(2026, 11, 23, tzinfo=UTC))
        return {name: value}

    return kwargs


MATRIX = {
    "publications:public_log": public(),
    "publications:public_log_checkpoint": public(),
    "publications:public_log_leaves": public(kwargs=_leaf("page", 0)),
    "publications:public_log_inclusion": public(kwargs=_leaf("number", 0)),
    "publications:public_log_consistency": public(kwargs=_leaf("old_size", 1)),
    "publications:public_log_witness": public(),
}
