"""Who may call what of the desk, of evidence, and of exams that count for nothing."""

from typing import Any

from core import clock
from exams.actions import open_spot_exam, record_incident, start_on_paper, start_rehearsal
from exams.actions.files import Upload
from exams.models import Incident, IncidentFile
from registry.models import Appointment
from tests.access import LOGIN, Row, only, public, signed_in
from tests.access.exams import (
    COOKIE_OR_LOGIN,
    HALL,
    INSIDE,
    UNSIGNED,
    _once,
    attempt,
    candidate,
    due,
    inside,
    opened,
    own,
    sitting,
)
from tests.factories.actors import World
from tests.factories.exams import make_practice_pool

PDF = b"%PDF-1.4 evidence"


def evidence(world: World) -> dict[str, str]:
    actor, person = world.actor("invigilator"), candidate(world)["candidate_id"]

    def make() -> IncidentFile:
        incident = record_incident(
            actor,
            person,
            kind=Incident.Kind.NOTE,
            description="手机响铃",
            files=[Upload("note.pdf", PDF)],
            now=clock.now(),
        )
        return incident.files.get()

    return {"file_id": _once(world, "evidence", make).public_id}


def spot(world: World) -> dict[str, str]:
    make_practice_pool(world.authority)
    held = Appointment.objects.filter(enterprise=world.enterprise, valid_to=None).first()
    assert held is not None
    actor = world.actor("regulator")
    people = [held.person.public_id]
    made = _once(
        world,
        "spot",
        lambda: open_spot_exam(
            actor, world.enterprise.public_id, unsafe_people=people, occasion="节前检查", now=clock.now()
        ),
    )
    return {"drill_id": made[0].public_id}


def rehearsal(world: World) -> dict[str, str]:
    actor, person = world.actor("candidate"), candidate(world)["candidate_id"]
    made = _once(world, "rehearsal", lambda: start_rehearsal(actor, person, now=clock.now()))
    return {"drill_id": made.public_id}


def paper(world: World) -> dict[str, str]:
    actor, person = world.actor("invigilator"), due(world)["candidate_id"]
    made = _once(world, "paper", lambda: start_on_paper(actor, person, now=clock.now()))
    return {"attempt_id": made.public_id}


def enterprise(world: World) -> dict[str, str]:
    return {"enterprise_id": world.enterprise.public_id}


def load(world: World) -> dict[str, Any]:
    return {"clients": 200, "p99_milliseconds": 120, "failures": 0, "lost": 0}


def findings(world: World) -> dict[str, str]:
    return dict.fromkeys(("storage", "clock", "network", "browser"), "ok")


INSPECTORS = ("regulator", "invigilator")
MATRIX = {
    "exams:readiness": (
        inside(*INSIDE, status=200, kwargs=sitting),
        inside(*HALL, status=302, method="post", kwargs=sitting, data=load),
    ),
    "exams:handover": inside(*HALL, status=200, own=403, method="post", kwargs=attempt),
    "exams:timeline": inside(*INSIDE, status=200, own=403, kwargs=attempt),
    "exams:incident_file": Row({"anonymous": LOGIN, **dict.fromkeys(INSIDE, 200), "*": 404}, kwargs=evidence),
    "exams:check_in_photo": Row({"anonymous": LOGIN, "*": 404}, kwargs=lambda world: {"check_in_id": "0" * 32}),
    "exams:spot_exams": only(*INSPECTORS, "other_regulator"),
    "exams:spot_board": only(*INSPECTORS, "other_regulator"),
    "exams:spot_new": Row(
        {"anonymous": LOGIN, **dict.fromkeys(INSPECTORS, 200), "other_regulator": 404, "*": 403}, kwargs=enterprise
    ),
    "exams:spot_result": Row(
        {"anonymous": LOGIN, **dict.fromkeys(INSPECTORS, 404), "other_regulator": 404, "*": 403}, kwargs=spot
    ),
    "exams:similarity": (
        inside(*INSIDE, status=200, kwargs=opened),
        inside(*INSIDE, status=422, method="post", kwargs=opened),
    ),
    "exams:faults": only("trainer", "reviewer"),
    "exams:paper_start": inside(*HALL, status=302, own=403, method="post", kwargs=due),
    "exams:paper": inside(*HALL, status=200, own=403, kwargs=paper),
    "exams:paper_pdf": inside(*HALL, status=200, own=403, kwargs=paper),
    "exams:enter": own(302, kwargs=opened),
    "exams:my_device": (
        signed_in(),
        Row(
            {
                "anonymous": LOGIN,
                **dict.fromkeys(("candidate", "other_candidate"), 200),
                "*": frozenset({200, 403}),
            },
            method="post",
            data=findings,
        ),
    ),
    "exams:rehearsal": own(302, method="post", kwargs=candidate),
    "exams:drill": own(200, anonymous=COOKIE_OR_LOGIN, kwargs=rehearsal),
    "exams:drill_done": own(302, anonymous=COOKIE_OR_LOGIN, kwargs=rehearsal),
    **{
        f"exams:drill_{name}": Row(UNSIGNED, method="get" if name == "have" else "post", kwargs=rehearsal)
        for name in ("open", "events", "have", "beat", "fault", "submit")
    },
    "exams:sitting_worker": public(),
    "exams:sit_beat": Row(UNSIGNED, method="post", kwargs=attempt),
    "exams:sit_fault": Row(UNSIGNED, method="post", kwargs=attempt),
}
