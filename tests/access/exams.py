"""Who may call what of exams. The regulator runs a round, the invigilator a sitting; a second person signs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from core import clock
from exams.actions import open_sitting, record_incident, request_extension, start_attempt
from exams.domain.custody import share_text
from exams.models import Candidate, CandidateState, Incident, PaperAlarm, Round, RoundState, Sitting
from tests.access import API_LOGIN, LOGIN, Row, only, public, signed_in
from tests.factories.actors import World
from tests.factories.exams import make_candidate, make_round, make_sitting

INSIDE = ("regulator", "reviewer", "invigilator")
STAFF = (*INSIDE, "other_regulator", "auditor")
OWN = ("candidate", "enterprise_admin")
HALL = ("regulator", "invigilator")


def _once(world: World, key: str, make: Callable[[], Any]) -> Any:
    if key not in world.things:
        world.things[key] = make()
    return world.things[key]


def _round(world: World, state: str = "notified") -> Round:
    quarters = {"notified": 4, "drawn": 3, "planned": 2}
    return _once(
        world,
        f"round_{state}",
        lambda: make_round(
            authority=world.authority,
            quarter=quarters[state],
            state=RoundState(state),
        ),
    )


def _sitting(world: World) -> Sitting:
    now = clock.now()
    times = {"opens_at": now - timedelta(minutes=1), "last_start_at": now + timedelta(minutes=30)}
    hard_end = now + timedelta(minutes=90)
    return _once(world, "sitting", lambda: make_sitting(_round(world), hard_end_at=hard_end, **times))


def _candidate(world: World, state: str = "notified") -> Candidate:
    _sitting(world)
    fields = {
        "person": world.person,
        "enterprise": world.enterprise,
        "state": CandidateState("drawn" if state == "drawn" else "notified"),
    }
    return _once(world, f"candidate_{state}", lambda: make_candidate(_round(world, state), **fields))


def _open(world: World) -> Sitting:
    _candidate(world)
    return _once(
        world,
        "open",
        lambda: open_sitting(world.actor("invigilator"), _sitting(world).public_id, now=clock.now()),
    )


def _attempt(world: World) -> Any:
    code = _open(world).opening_code
    actor, candidate = world.actor("candidate"), _candidate(world)
    return _once(
        world,
        "attempt",
        lambda: start_attempt(actor, candidate.public_id, opening_code=code, now=clock.now()),
    )


def round_(world: World) -> dict[str, str]:
    return {"round_id": _round(world).public_id}


def planned(world: World) -> dict[str, str]:
    return {"round_id": _round(world, "planned").public_id}


def drawn(world: World) -> dict[str, str]:
    _candidate(world, "drawn")
    return {"round_id": _round(world, "drawn").public_id}


def sitting(world: World) -> dict[str, str]:
    _candidate(world)
    return {"sitting_id": _sitting(world).public_id}


def opened(world: World) -> dict[str, str]:
    return {"sitting_id": _open(world).public_id}


def candidate(world: World) -> dict[str, str]:
    return {"candidate_id": _candidate(world).public_id}


def due(world: World) -> dict[str, str]:
    _open(world)
    return candidate(world)


def attempt(world: World) -> dict[str, str]:
    return {"attempt_id": _attempt(world).public_id}


def extension(world: World) -> dict[str, str]:
    actor, at = world.actor("invigilator"), opened(world)["sitting_id"]
    made = _once(
        world,
        "extension",
        lambda: request_extension(actor, at, unsafe_attempt_id=None, minutes=5, reason="停电五分钟", now=clock.now()),
    )
    return {"extension_id": made.public_id}


def incident(world: World) -> dict[str, str]:
    actor, person = world.actor("invigilator"), attempt(world) and _candidate(world).public_id
    made = _once(
        world,
        "incident",
        lambda: record_incident(
            actor,
            person,
            kind=Incident.Kind.MISCONDUCT,
            description="使用夹带材料",
            now=clock.now(),
        ),
    )
    return {"incident_id": made.public_id}


def inside(*names: str, status: Any, own: int = 404, anonymous: Any = LOGIN, **over: Any) -> Row:
    """`status` for the named; refused for others of the authority; `own` for the person and their enterprise."""
    rest = dict.fromkeys(set(INSIDE) - set(names), 403)
    mine = dict.fromkeys(OWN, own)
    return Row({"anonymous": anonymous, **mine, **rest, **dict.fromkeys(names, status), "*": 404}, **over)


def reason(world: World) -> dict[str, str]:
    return {"reason": "人员范围有误"}


def alarm(world: World) -> dict[str, str]:
    """Something the recomputation found, made by hand."""
    row = _once(
        world,
        "alarm",
        lambda: PaperAlarm.objects.create(round=_round(world), found_sha256="0" * 64, places=[], found_at=clock.now()),
    )
    return round_(world) | {"alarm_id": row.public_id}


def written(world: World) -> dict[str, str]:
    return {"share": share_text("1a" * 32)}


def extra(world: World) -> dict[str, Any]:
    return {"minutes": 5, "reason": "停电五分钟"}


def seen(world: World) -> dict[str, str]:
    return {"kind": "note", "description": "迟到十分钟"}


def typed(world: World) -> dict[str, str]:
    return {"confirm_name": "收场"}


def document(world: World) -> dict[str, str]:
    return {"method": "document", "seat": "A3"}


def code(world: World) -> dict[str, str]:
    return {"opening_code": _open(world).opening_code}


def own(status: int, **over: Any) -> Row:
    """The candidate alone; nobody else can tell that it exists."""
    return Row({"anonymous": over.pop("anonymous", LOGIN), "candidate": status, "*": 404}, **over)


UNSIGNED = {"*": 401}
# Open to a browser that holds the attempt's cookie, signed in or not; who has neither is led to sign in.
COOKIE_OR_LOGIN = frozenset({LOGIN})
MATRIX = {
    "exams:rounds": only(*STAFF),
    "exams:round_new": only("regulator", "other_regulator"),
    "exams:round": inside(*INSIDE, status=200, kwargs=round_),
    "exams:round_draw": inside("regulator", status=200, kwargs=planned),
    "exams:round_notify": inside("regulator", status=302, method="post", kwargs=drawn),
    "exams:round_makeup": inside("regulator", status=422, method="post", kwargs=round_),
    "exams:round_cancel": inside("regulator", status=302, method="post", kwargs=planned, data=reason),
    "exams:custody": inside(*INSIDE, status=200, kwargs=planned),
    "exams:custody_give": inside(*INSIDE, status=302, method="post", kwargs=planned, data=written),
    "exams:custody_discard": inside(*INSIDE, status=422, method="post", kwargs=planned, data=reason),
    "exams:custody_open": inside(*INSIDE, status=422, method="post", kwargs=planned, data=written),
    "exams:paper_alarms": inside("regulator", "reviewer", status=200, kwargs=round_),
    "exams:paper_alarm_handle": inside("regulator", "reviewer", status=302, method="post", kwargs=alarm, data=reason),
    "exams:round_candidates": inside(*INSIDE, status=200, kwargs=round_),
    "exams:candidate": inside(*INSIDE, status=200, own=403, kwargs=candidate),
    "exams:desk": inside(*INSIDE, status=200, kwargs=opened),
    "exams:desk_live": inside(*INSIDE, status=200, kwargs=opened),
    "exams:code_board": inside(*INSIDE, status=200, kwargs=opened),
    "exams:sitting_open": inside(*HALL, status=302, method="post", kwargs=sitting),
    "exams:sitting_close": (
        inside(*HALL, status=200, kwargs=opened),
        inside(*HALL, status=422, method="post", kwargs=opened, data=typed),
    ),
    "exams:sitting_extend": (
        inside(*HALL, status=200, kwargs=opened),
        inside(*HALL, status=302, method="post", kwargs=opened, data=extra),
    ),
    "exams:extension_approve": Row(
        {"anonymous": LOGIN, "regulator": 302, "reviewer": 302, "invigilator": 422, "*": 404},
        method="post",
        kwargs=extension,
    ),
    "exams:check_in": (
        inside(*HALL, status=200, own=403, kwargs=candidate),
        inside(*HALL, status=302, own=403, method="post", kwargs=candidate, data=document),
    ),
    "exams:photos_erase": inside(*HALL, status=302, own=403, method="post", kwargs=candidate),
    "exams:my_photo_withdraw": own(302, method="post", kwargs=candidate),
    "exams:incident": (
        inside(*HALL, status=200, own=403, kwargs=candidate),
        inside(*HALL, status=302, own=403, method="post", kwargs=candidate, data=seen),
    ),
    "exams:incident_sign": Row(
        {
            "anonymous": LOGIN,
            "regulator": 302,
            "reviewer": 302,
            "invigilator": 422,
            "candidate": 403,
            "enterprise_admin": 403,
            "*": 404,
        },
        method="post",
        kwargs=incident,
    ),
    "exams:rescue": Row({"anonymous": LOGIN, "*": 422}, method="post", kwargs=attempt),
    "exams:my_exams": signed_in(),
    "exams:my_exam": (
        own(200, kwargs=candidate),
        own(302, method="post", kwargs=due, data=code),
    ),
    "exams:confirm": Row(
        {"anonymous": LOGIN, "candidate": 302, **dict.fromkeys((*INSIDE, "enterprise_admin"), 403), "*": 404},
        method="post",
        kwargs=candidate,
    ),
    "exams:sitting": own(200, anonymous=COOKIE_OR_LOGIN, kwargs=attempt),
    "exams:sitting_done": own(302, anonymous=COOKIE_OR_LOGIN, kwargs=attempt),
    "exams:sit_open": Row(UNSIGNED, method="post", kwargs=attempt),
    "exams:sit_events": Row(UNSIGNED, method="post", kwargs=attempt),
    "exams:sit_picture": Row({"*": 404}, kwargs=lambda world: attempt(world) | {"picture_id": "0" * 32}),
    "exams:sit_have": Row(UNSIGNED, kwargs=attempt),
    "exams:sit_submit": Row(UNSIGNED, method="post", kwargs=attempt),
    "exams:public_receipts": (public(), public(method="post", data=lambda world: {"code": "x"})),
    "exams:public_receipt_key": public(),
    "api:rounds": only(*STAFF, anonymous=API_LOGIN),
    "api:round": inside(*INSIDE, status=200, anonymous=API_LOGIN, kwargs=round_),
    "api:round_candidates": inside(*INSIDE, status=200, anonymous=API_LOGIN, kwargs=round_),
    "api:round_notify": inside("regulator", status=200, anonymous=API_LOGIN, method="post", kwargs=drawn),
    "api:candidate": inside(*INSIDE, status=200, own=200, anonymous=API_LOGIN, kwargs=candidate),
    "api:candidate_confirm": Row(
        {"anonymous": API_LOGIN, "candidate": 200, **dict.fromkeys((*INSIDE, "enterprise_admin"), 403), "*": 404},
        method="post",
        kwargs=candidate,
    ),
    "api:candidate_check_in": inside(
        *HALL,
        status=200,
        own=403,
        anonymous=API_LOGIN,
        method="post",
        kwargs=candidate,
    ),
    "api:sitting_open": inside(*HALL, status=200, anonymous=API_LOGIN, method="post", kwargs=sitting),
    "api:sitting_close": inside(*HALL, status=422, anonymous=API_LOGIN, method="post", kwargs=opened),
    "api:my_exams": signed_in(anonymous=API_LOGIN),
    "api:my_exam": (
        own(200, anonymous=API_LOGIN, kwargs=candidate),
        own(200, anonymous=API_LOGIN, method="post", kwargs=due, data=code),
    ),
}
