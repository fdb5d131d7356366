"""Notices: one's own, and the ledger of those who run the rounds."""

from typing import Any

from tests.access import LOGIN, Row, only, signed_in
from tests.factories.actors import World
from tests.factories.notices import make_delivery, make_notice


def _notice(world: World) -> dict[str, Any]:
    return {"notice_id": make_notice(world.person).public_id}


def _failed(world: World) -> dict[str, Any]:
    return {"delivery_id": make_delivery(make_notice(world.person), state="failed").public_id}


def _none(world: World) -> dict[str, Any]:
    _failed(world)
    return {}


MATRIX: dict[str, Row | tuple[Row, ...]] = {
    "notices:mine": signed_in(),
    "notices:read_all": signed_in(302, method="post"),
    "notices:open": Row({"anonymous": LOGIN, "candidate": 302, "*": 404}, kwargs=_notice, method="post"),
    "notices:ledger": only("regulator", "other_regulator", "reviewer", "invigilator"),
    "notices:preferences": (
        Row({"anonymous": LOGIN, "candidate": 200, "other_candidate": 200, "*": 404}),
        Row(
            {"anonymous": LOGIN, "candidate": 302, "other_candidate": 302, "*": 404},
            method="post",
            data=lambda world: {"wanted": ["sms"]},
        ),
    ),
    "notices:delivery": Row(
        {"anonymous": LOGIN, **dict.fromkeys(("regulator", "reviewer", "invigilator"), 200), "*": 404},
        kwargs=_failed,
    ),
    "notices:retry_all": Row(
        # of the two regulators only one has a failed delivery in reach
        {"anonymous": LOGIN, "regulator": 302, "other_regulator": 422, "*": 403},
        method="post",
        kwargs=_none,
        query={"state": "failed"},
    ),
    "notices:retry": Row(
        {"anonymous": LOGIN, "regulator": 302, "reviewer": 403, "invigilator": 403, "*": 404},
        kwargs=_failed,
        method="post",
    ),
}
