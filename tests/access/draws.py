"""Who may call what of the draws. The regulator prepares, the reviewer is the second pair of eyes."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core import clock
from draws.actions import Upload, request_flag, request_replacement, type_source
from draws.models import DrawDocument, Enlargement, Place
from tests.access import API_LOGIN, LOGIN, Row, only, public, signed_in
from tests.factories.actors import World
from tests.factories.draws import AFTER_WINDOW, NOW, VALUES, Cast, make_draft, make_drawn, make_frozen, make_proposed

WATCHING = ("regulator", "reviewer", "invigilator")
STAFF = (*WATCHING, "other_regulator", "auditor")
CONDUCTING = ("regulator", "reviewer")
_MAKERS = {"draft": make_draft, "proposed": make_proposed, "frozen": make_frozen, "drawn": make_drawn}


def _cast(world: World) -> Cast:
    return Cast(world.authority, world.industry, world.actor("regulator"), world.actor("reviewer"))


def _draw(world: World, state: str) -> Any:
    key = f"draw_{state}"
    if key not in world.things:
        # a proposal is approved by the real clock, and must not have expired by then
        over = {"now": clock.now()} if state == "proposed" else {}
        world.things[key] = _MAKERS[state](_cast(world), **over)
    return world.things[key]


def draft(world: World) -> dict[str, str]:
    return {"draw_id": _draw(world, "draft").public_id}


def proposed(world: World) -> dict[str, str]:
    return {"draw_id": _draw(world, "proposed").public_id}


def frozen(world: World) -> dict[str, str]:
    return {"draw_id": _draw(world, "frozen").public_id}


def drawn(world: World) -> dict[str, str]:
    return {"draw_id": _draw(world, "drawn").public_id}


def person(world: World) -> dict[str, str]:
    return draft(world) | {"person_id": world.person.public_id}


def place(world: World) -> dict[str, str]:
    found = drawn(world)
    return found | {"pid": Place.objects.get(draw=_draw(world, "drawn"), status="S1").entry.pid}


def flag(world: World) -> dict[str, str]:
    if "flag" not in world.things:
        world.things["flag"] = request_flag(
            world.actor("regulator"),
            draft(world)["draw_id"],
            person_id=world.person.public_id,
            kind="M",
            code="ACC",
            reason="发生一般事故",
            evidence="12 号",
            file=Upload("通报.pdf", b"%PDF-1.7"),
            now=NOW,
        )
    return {"flag_id": world.things["flag"].public_id}


def notice(world: World) -> dict[str, str]:
    """A drawn draw with a printed notice; not printed here, for that takes a second."""
    found = drawn(world)
    if "notice" not in world.things:
        name = default_storage.save("draws/notice.pdf", ContentFile(b"%PDF-1.7"))
        world.things["notice"] = DrawDocument.objects.create(
            draw=_draw(world, "drawn"), kind="notice", stored_name=name, size_bytes=8, sha256="0" * 64, created_at=NOW
        )
    return found | {"name": "notice.pdf"}


def evidence(world: World) -> dict[str, str]:
    flag(world)
    return {"evidence_id": world.things["flag"].files.get().public_id}


def replacement(world: World) -> dict[str, str]:
    if "replacement" not in world.things:
        at = place(world)
        world.things["replacement"] = request_replacement(
            world.actor("regulator"),
            at["draw_id"],
            pid=at["pid"],
            reason_code="ILL",
            reason="住院治疗",
            evidence="病历",
            now=AFTER_WINDOW,
        )
    return {"replacement_id": world.things["replacement"].public_id}


def enlargement(world: World) -> dict[str, str]:
    """A request, made by hand: the small draw of the matrix has nobody left to call."""
    if "enlargement" not in world.things:
        world.things["enlargement"] = Enlargement.objects.create(
            draw_id=_draw(world, "drawn").pk,
            seats={},
            reason="人数不足",
            requested_by_id=world.actor("regulator").user_id,
            requested_at=AFTER_WINDOW,
        )
    return {"enlargement_id": world.things["enlargement"].public_id}


def typed(world: World) -> dict[str, str]:
    """Frozen, and typed by one: the draw itself is still refused with a reason."""
    found = frozen(world)
    if "typed" not in world.things:
        world.things["typed"] = type_source(
            world.actor("reviewer"), found["draw_id"], position=0, value=VALUES[0], now=AFTER_WINDOW
        )
    return found


def plan_hash(world: World) -> dict[str, str]:
    return {"plan_sha256": _draw(world, "proposed").plan_sha256}


def reason(world: World) -> dict[str, str]:
    return {"reason": "人员范围有误"}


def one_source(world: World) -> dict[str, Any]:
    return {"position": 0, "value": VALUES[0]}


def excuse(world: World) -> dict[str, str]:
    return {"pid": place(world)["pid"], "reason_code": "ILL", "reason": "住院治疗", "evidence": "病历"}


def asked(world: World) -> dict[str, str]:
    return {"person": world.person.public_id, "flag": "M:ACC", "reason": "发生一般事故", "evidence": "12 号"}


def more(world: World) -> dict[str, Any]:
    return {"seats": 1, "reason": "人数不足"}


def present(world: World) -> dict[str, Any]:
    return {"place": "一楼会议室", "present": [{"name": "王监督", "capacity": "纪检"}]}


def mine(*names: str, status: Any, inside: int = 403, **over: Any) -> Row:
    """`status` for the named; refused for others of the authority; not found for everybody else."""
    rest = dict.fromkeys(set(WATCHING) - set(names), inside)
    return Row({"anonymous": LOGIN, **dict.fromkeys(names, status), **rest, "*": 404}, **over)


def api(*names: str, status: Any, inside: int = 403, **over: Any) -> Row:
    """The same for the API."""
    rest = dict.fromkeys(set(WATCHING) - set(names), inside)
    return Row({"anonymous": API_LOGIN, **dict.fromkeys(names, status), **rest, "*": 404}, **over)


FILE = {"name": "plan.json"}
MATRIX = {
    "draws:list": only(*STAFF),
    "draws:excuses": only(*STAFF),
    "draws:public_excuses": public(),
    "draws:new": only("regulator", "other_regulator"),
    "draws:detail": mine(*WATCHING, status=200, kwargs=draft),
    "draws:parameters": mine("regulator", status=200, kwargs=draft),
    "draws:preview_new": only("regulator", "other_regulator", method="post"),
    "draws:preview": mine("regulator", status=200, method="post", kwargs=draft),
    "draws:difference": mine(*WATCHING, status=200, kwargs=draft),
    "draws:population": mine(*WATCHING, status=200, kwargs=draft),
    "draws:flag_new": mine("regulator", status=200, kwargs=person),
    "draws:evidence": mine(*CONDUCTING, status=200, kwargs=evidence),
    "draws:flag_approve": Row(
        {"anonymous": LOGIN, "regulator": 422, "reviewer": 302, "invigilator": 403, "*": 404},
        method="post",
        kwargs=flag,
    ),
    "draws:flag_withdraw": mine(*CONDUCTING, status=302, method="post", kwargs=flag, data=reason),
    "draws:propose": mine("regulator", status=302, method="post", kwargs=draft),
    "draws:approve": Row(
        {"anonymous": LOGIN, "regulator": 422, "reviewer": 302, "invigilator": 403, "*": 404},
        method="post",
        kwargs=proposed,
        data=plan_hash,
    ),
    "draws:send_back": mine(*CONDUCTING, status=302, method="post", kwargs=proposed, data=reason),
    "draws:cancel": mine("regulator", status=200, kwargs=draft),
    "draws:file": mine(*WATCHING, status=200, kwargs=lambda world: proposed(world) | FILE),
    "draws:sources": mine(*CONDUCTING, status=200, kwargs=frozen),
    "draws:ceremony": mine(*WATCHING, status=200, kwargs=frozen),
    "draws:run": mine(*CONDUCTING, status=422, method="post", kwargs=typed),
    "draws:enlargements": mine(*WATCHING, status=200, kwargs=drawn),
    "draws:enlargement_decide": Row(
        {"anonymous": LOGIN, "regulator": 422, "reviewer": 302, "invigilator": 403, "*": 404},
        method="post",
        kwargs=enlargement,
        data=lambda world: {"decision": "refuse"},
    ),
    "draws:minutes": mine("regulator", status=200, kwargs=drawn),
    "draws:places": mine(*WATCHING, status=200, kwargs=drawn),
    "draws:replacement_new": mine("regulator", status=200, kwargs=place),
    "draws:replacement_decide": Row(
        {"anonymous": LOGIN, "regulator": 422, "reviewer": 302, "invigilator": 403, "*": 404},
        method="post",
        kwargs=replacement,
        data=lambda world: {"decision": "approve"},
    ),
    "draws:public_list": public(),
    "draws:public_explained": public(),
    "draws:public_detail": public(kwargs=drawn),
    "draws:public_places": public(kwargs=drawn),
    "draws:public_verify": public(kwargs=drawn),
    "draws:public_document": public(kwargs=notice),
    "draws:public_file": public(kwargs=lambda world: drawn(world) | FILE),
    "draws:mine": signed_in(),
    "api:draw_list": public(),
    "api:draw_detail": public(kwargs=drawn),
    "api:draw_managed_list": only(*STAFF, anonymous=API_LOGIN),
    "api:draw_proposal": api("regulator", status=200, method="post", kwargs=draft),
    "api:draw_approval": Row(
        {"anonymous": API_LOGIN, "regulator": 422, "reviewer": 200, "invigilator": 403, "*": 404},
        method="post",
        kwargs=proposed,
        data=plan_hash,
    ),
    "api:draw_return": api(*CONDUCTING, status=200, method="post", kwargs=proposed, data=reason),
    "api:draw_cancellation": api("regulator", status=200, method="post", kwargs=draft, data=reason),
    "api:draw_sources": (
        api(*CONDUCTING, status=200, kwargs=frozen),
        api(*CONDUCTING, status=frozenset({200, 422}), method="post", kwargs=frozen, data=one_source),
    ),
    "api:draw_result": api(*CONDUCTING, status=422, method="post", kwargs=typed),
    "api:draw_replacements": api("regulator", status=201, method="post", kwargs=drawn, data=excuse),
    "api:draw_flags": (
        api(*WATCHING, status=200, kwargs=draft),
        api("regulator", status=201, method="post", kwargs=draft, data=asked),
    ),
    "api:draw_flag_approval": Row(
        {"anonymous": API_LOGIN, "regulator": 422, "reviewer": 200, "invigilator": 403, "*": 404},
        method="post",
        kwargs=flag,
    ),
    "api:draw_flag_withdrawal": api(*CONDUCTING, status=204, method="post", kwargs=flag, data=reason),
    "api:draw_enlargements": (
        api(*WATCHING, status=200, kwargs=drawn),
        # refused with a reason: the small draw of the matrix has nobody left to call
        api("regulator", status=422, method="post", kwargs=drawn, data=more),
    ),
    "api:draw_enlargement_decision": Row(
        {"anonymous": API_LOGIN, "regulator": 422, "reviewer": 200, "invigilator": 403, "*": 404},
        method="post",
        kwargs=enlargement,
        data=lambda world: {"approve": False},
    ),
    "api:draw_minutes": (
        api(status=404, inside=404, kwargs=drawn),  # nothing recorded yet
        api("regulator", status=201, method="post", kwargs=drawn, data=present),
    ),
    "api:draw_replacement_decision": Row(
        {"anonymous": API_LOGIN, "regulator": 422, "reviewer": 200, "invigilator": 403, "*": 404},
        method="post",
        kwargs=replacement,
        data=lambda world: {"approve": True},
    ),
}
