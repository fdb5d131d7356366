"""Who may call the addresses of lectures."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tests.access import API_LOGIN, LOGIN, Row, only
from tests.factories.actors import World
from tests.factories.courses import make_evidence, make_lecture, pdf

READERS = ("regulator", "reviewer", "enterprise_admin")
OTHER_READERS = ("other_regulator", "other_enterprise_admin")


def _enterprise(world: World) -> dict[str, Any]:
    return {"enterprise_id": world.enterprise.public_id}


def _lecture(world: World) -> dict[str, Any]:
    if "lecture" not in world.things:
        world.things["lecture"] = make_lecture(enterprise=world.enterprise, lecturer=world.person)
    return {"lecture_id": world.things["lecture"].public_id}


def _evidence(world: World) -> dict[str, Any]:
    _lecture(world)
    if "evidence" not in world.things:
        name = default_storage.save("lectures/matrix.pdf", ContentFile(pdf()))
        world.things["evidence"] = make_evidence(world.things["lecture"], "outline", stored_name=name)
    return {"evidence_id": world.things["evidence"].public_id}


def _detail(**over: Any) -> Row:
    expected = {"anonymous": LOGIN, "*": 403} | dict.fromkeys(OTHER_READERS, 404) | dict.fromkeys(READERS, 200)
    return Row({**expected, **over.pop("expected", {})}, **over)


def _own(status: int = 200, **over: Any) -> Row:
    """The enterprise's own administrator; regulators in reach may look and not write."""
    expected = {"anonymous": LOGIN, "*": 403, "enterprise_admin": status} | dict.fromkeys(OTHER_READERS, 404)
    return Row(expected, **over)


MATRIX: dict[str, Row | tuple[Row, ...]] = {
    "courses:lecture_states": only(*READERS, *OTHER_READERS),
    "courses:lecture_export": only(*READERS, *OTHER_READERS),
    "courses:enterprise_lectures": _detail(kwargs=_enterprise),
    "courses:lecture_plan": _own(kwargs=_enterprise),
    "courses:lecture_detail": _detail(kwargs=_lecture),
    "courses:lecture_record": _own(kwargs=_lecture),
    "courses:evidence_add": _own(kwargs=_lecture, method="post"),
    "courses:lecture_cancel": _own(kwargs=_lecture),
    "courses:evidence_download": _detail(kwargs=_evidence),
    "courses:evidence_remove": _own(302, kwargs=_evidence, method="post"),
    "api:lecture_list": (
        only(*READERS, *OTHER_READERS, anonymous=API_LOGIN),
        only(*READERS, *OTHER_READERS, status=400, anonymous=API_LOGIN, method="post"),
    ),
    "api:lecture_states": only(*READERS, *OTHER_READERS, anonymous=API_LOGIN),
    "api:lecture_detail": _detail(kwargs=_lecture, expected={"anonymous": API_LOGIN}),
}
