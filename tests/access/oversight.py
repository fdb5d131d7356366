"""Who may call what of the ledger: regulators and reviewers in reach; enterprises see their own file and follow-ups."""

from typing import Any

from oversight.models import FollowUp
from tests.access import API_LOGIN, LOGIN, Row, only
from tests.factories.actors import World
from tests.factories.oversight import make_failed_candidate, make_follow_up
from tests.factories.publications import make_graded_round

BOARD = ("regulator", "other_regulator", "reviewer")
FOLLOWS = (*BOARD, "enterprise_admin", "other_enterprise_admin")


def _follow_up(world: World) -> FollowUp:
    if "oversight.one" not in world.things:
        exam_round = make_graded_round(authority=world.authority, year=2024)
        candidate = make_failed_candidate(exam_round, person=world.person, enterprise=world.enterprise)
        world.things["oversight.one"] = make_follow_up(candidate)
    found: FollowUp = world.things["oversight.one"]
    return found


def _id(world: World) -> dict[str, Any]:
    return {"follow_up_id": _follow_up(world).public_id}


def _enterprise(world: World) -> dict[str, Any]:
    _follow_up(world)
    return {"enterprise_id": world.enterprise.public_id}


def _round(world: World) -> dict[str, Any]:
    return {"round_id": _follow_up(world).candidate.round.public_id}


# The invigilator and the trainer reach the rows by their authority, and have no business with them.
_SEES_ONE = {"regulator": 200, "reviewer": 200, "enterprise_admin": 200, "invigilator": 403, "candidate": 403}
_CLOSES = {"regulator": 302, "reviewer": 403, "enterprise_admin": 403, "invigilator": 403, "candidate": 403}
_FILE = {"regulator": 200, "reviewer": 200, "enterprise_admin": 200, "invigilator": 403, "trainer": 403}
_EVIDENCE = {"evidence": "约谈笔录第 12 号，2026-12-05"}


def _row(status: dict[str, int], *, anonymous: Any = LOGIN, **over: Any) -> Row:
    return Row({"anonymous": anonymous, "*": 404} | status, **{"kwargs": _id} | over)


MATRIX: dict[str, Row | tuple[Row, ...]] = {
    "oversight:statistics": only(*BOARD),
    "oversight:statistics_export": only(*BOARD),
    "oversight:board": only(*BOARD),
    "oversight:archive": (
        Row(
            {"anonymous": LOGIN, **dict.fromkeys(("regulator", "reviewer", "invigilator"), 200), "*": 404},
            kwargs=_round,
        ),
        Row(
            {"anonymous": LOGIN, **dict.fromkeys(("regulator", "reviewer", "invigilator"), 422), "*": 404},
            kwargs=_round,
            method="post",
            data=lambda world: {"confirm_name": "?"},
        ),
    ),
    "oversight:follow_ups": only(*FOLLOWS),
    "oversight:follow_up_export": only(*FOLLOWS),
    "oversight:follow_up": (
        _row(_SEES_ONE),
        _row(_CLOSES, method="post", data=lambda _world: _EVIDENCE),
    ),
    "oversight:files": only(*FOLLOWS),
    "oversight:enterprise_file": _row(_FILE, kwargs=_enterprise),
    "oversight:enterprise_file_print": _row(_FILE, kwargs=_enterprise),
    "api:board": only(*BOARD, anonymous=API_LOGIN),
    "api:follow_ups": only(*FOLLOWS, anonymous=API_LOGIN),
    "api:follow_up": _row(_SEES_ONE | {"candidate": 403}, anonymous=API_LOGIN),
    "api:follow_up_close": _row(
        {**_CLOSES, "regulator": 200},
        anonymous=API_LOGIN,
        method="post",
        data=lambda _world: _EVIDENCE,
    ),
}
