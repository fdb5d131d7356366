"""Who may call what of publications. The public reads; a regulator proposes; another person decides."""

from collections.abc import Callable
from typing import Any

from core import clock
from exams.models import Round
from publications.models import Publication
from tests.access import LOGIN, Row, public
from tests.factories.actors import World
from tests.factories.publications import make_graded_round, make_proposed, make_published

SEES_LIST = ("regulator", "other_regulator", "reviewer", "auditor")


def _once(world: World, key: str, make: Callable[[], Any]) -> Any:
    if key not in world.things:
        world.things[key] = make()
    return world.things[key]


def _graded(world: World) -> Round:
    return _once(world, "publications.graded", lambda: make_graded_round(authority=world.authority, quarter=1))


def _proposed(world: World) -> Publication:
    return _once(
        world,
        "publications.proposed",
        lambda: make_proposed(make_graded_round(authority=world.authority, quarter=2), now=clock.now()),
    )


def _published(world: World) -> Publication:
    return _once(
        world,
        "publications.published",
        lambda: make_published(make_graded_round(authority=world.authority, quarter=3), now=clock.now()),
    )


def _published_round(world: World) -> dict[str, Any]:
    return {"round_id": _published(world).round.public_id}


def _version(world: World) -> dict[str, Any]:
    return {**_published_round(world), "version": 1}


def _staff(regulator: int, reviewer: int, **over: Any) -> Row:
    """Answers at the authority itself; nobody else learns that the thing exists."""
    return Row({"anonymous": LOGIN, "regulator": regulator, "reviewer": reviewer, "*": 404}, **over)


MATRIX: dict[str, Row | tuple[Row, ...]] = {
    "publications:list": Row({"anonymous": LOGIN, "*": 403} | dict.fromkeys(SEES_LIST, 200)),
    "publications:propose": (
        _staff(200, 403, kwargs=lambda world: {"round_id": _graded(world).public_id}),
        _staff(302, 403, kwargs=lambda world: {"round_id": _graded(world).public_id}, method="post"),
    ),
    "publications:correct": _staff(200, 403, kwargs=_published_round),
    "publications:detail": _staff(200, 200, kwargs=lambda world: {"publication_id": _proposed(world).public_id}),
    "publications:approve": _staff(
        302,
        302,
        kwargs=lambda world: {"publication_id": _proposed(world).public_id},
        method="post",
        data=lambda world: {
            "confirm_name": _proposed(world).round.code,
            "snapshot_sha256": _proposed(world).snapshot.sha256,
        },
    ),
    "publications:refuse": _staff(
        302,
        302,
        kwargs=lambda world: {"publication_id": _proposed(world).public_id},
        method="post",
        data=lambda _world: {"note": "名单与记录不一致"},
    ),
    "publications:withdraw": _staff(200, 403, kwargs=lambda world: {"publication_id": _published(world).public_id}),
    "publications:public_landing": public(),
    "publications:public_about": public(),
    "publications:public_rounds": public(),
    "publications:public_round": public(kwargs=_published_round),
    "publications:public_print": public(kwargs=_published_round),
    "publications:public_json": public(kwargs=_version),
    "publications:public_csv": public(kwargs=_version),
    "api:scores": public(),
    "api:score_round": public(kwargs=_published_round),
    "api:score_rows": public(kwargs=_published_round),
}
