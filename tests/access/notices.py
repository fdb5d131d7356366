"""Notices: one's own, and the ledger of those who run the rounds."""

from typing import Any

from tests.access import LOGIN, Row, only, signed_in
from tests.factories.actors import World
from tests.factories.notices import make_delivery, make_notice


def _notice(world: World) -> dict[str, Any]:
    return {"notice_id": make_notice(world.person).public_id}


def _failed(world: World) -> dict[str, Any]:
    return {"delivery_id": make_delivery(make_notice(world.person), state="failed").public_id}


MATRIX: dict[str, Row | tuple[Row, ...]] = {
    "notices:mine": signed_in(),
    "notices:read_all": signed_in(302, method="post"),
    "notices:open": Row({"anonymous": LOGIN, "candidate": 302, "*": 404}, kwargs=_notice, method="post"),
    "notices:ledger": only("regulator", "other_regulator", "reviewer", "invigilator"),
    "notices:retry": Row(
        {"anonymous": LOGIN, "regulator": 302, "reviewer": 403, "invigilator": 403, "*": 404},
        kwargs=_failed,
        method="post",
    ),
}
