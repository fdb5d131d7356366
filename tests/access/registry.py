"""Who may call the registry's addresses."""

from datetime import UTC, datetime
from typing import Any

from registry.models import EnterpriseImport
from tests.access import API_LOGIN, LOGIN, Row, only, signed_in
from tests.factories.actors import World

# People with reach at the authority of `world.enterprise`, and those of the other street.
READERS = ("regulator", "reviewer", "enterprise_admin")
OTHER_READERS = ("other_regulator", "other_enterprise_admin")
# Empty bodies: whoever may write is told what is missing.
KEEPERS_WRONG = {"regulator": 400, "enterprise_admin": 400}
LISTS = only(*READERS, *OTHER_READERS)


def _enterprise(world: World) -> dict[str, Any]:
    return {"enterprise_id": world.enterprise.public_id}


def _person(world: World) -> dict[str, Any]:
    return {"person_id": world.person.public_id}


def _appointment(world: World) -> dict[str, Any]:
    return {"appointment_id": world.person.appointments.get().public_id}


def _import(world: World) -> dict[str, Any]:
    if "import" not in world.things:
        world.things["import"] = EnterpriseImport.objects.create(
            file_name="名单.xlsx",
            file_sha256="0" * 64,
            summary={
                "rows": 0,
                "counts": {
                    name: {"new": 0, "changed": 0, "unchanged": 0} for name in ("enterprises", "people", "appointments")
                },
                "changes": [],
                "changes_total": 0,
                "problems_total": 0,
                "warnings": [],
                "warnings_total": 0,
                "ignored_columns": [],
                "plan": "",
            },
            created_by_user_id=world.users["regulator"].pk,
            created_at=datetime(2026, 11, 1, tzinfo=UTC),
        )
    return {"import_id": world.things["import"].public_id}


def _detail(*allowed: str, in_reach: tuple[str, ...] = (), **over: Any) -> Row:
    """`allowed` see it; `in_reach` may not do this; readers elsewhere find nothing; all others are refused."""
    expected: dict[str, Any] = {"anonymous": LOGIN, "*": 403}
    expected |= dict.fromkeys(OTHER_READERS, 404) | dict.fromkeys(in_reach, 403) | dict.fromkeys(allowed, 200)
    return Row({**expected, **over.pop("expected", {})}, **over)


MATRIX: dict[str, Row | tuple[Row, ...]] = {
    "registry:enterprise_list": LISTS,
    "registry:enterprise_export": LISTS,
    "registry:enterprise_new": only("regulator", "other_regulator"),
    "registry:enterprise_detail": _detail(*READERS, kwargs=_enterprise),
    "registry:enterprise_edit": _detail("regulator", in_reach=("reviewer", "enterprise_admin"), kwargs=_enterprise),
    "registry:enterprise_state": _detail("regulator", in_reach=("reviewer", "enterprise_admin"), kwargs=_enterprise),
    "registry:person_name": _detail("regulator", in_reach=("reviewer", "enterprise_admin"), kwargs=_person),
    "registry:employ": _detail("regulator", "enterprise_admin", in_reach=("reviewer",), kwargs=_enterprise),
    "registry:appointment_end": _detail("regulator", "enterprise_admin", in_reach=("reviewer",), kwargs=_appointment),
    "registry:person_list": LISTS,
    "registry:person_detail": _detail(*READERS, kwargs=_person),
    "registry:person_phone": _detail("regulator", "enterprise_admin", in_reach=("reviewer",), kwargs=_person),
    "registry:import_list": only("regulator", "other_regulator"),
    "registry:import_template": only("regulator", "other_regulator"),
    "registry:import_detail": Row(
        {"anonymous": LOGIN, "regulator": 200, "other_regulator": 404, "*": 403}, kwargs=_import
    ),
    "registry:import_progress": Row(
        {"anonymous": LOGIN, "regulator": 200, "other_regulator": 404, "*": 403}, kwargs=_import
    ),
    "registry:import_problems": Row(
        {"anonymous": LOGIN, "regulator": 409, "other_regulator": 404, "*": 403}, kwargs=_import
    ),
    "registry:import_apply": Row(
        {"anonymous": LOGIN, "regulator": 200, "other_regulator": 404, "*": 403}, kwargs=_import, method="post"
    ),
    "registry:import_cancel": Row(
        {"anonymous": LOGIN, "regulator": 409, "other_regulator": 404, "*": 403}, kwargs=_import, method="post"
    ),
    "api:enterprise_list": (
        only(*READERS, *OTHER_READERS, anonymous=API_LOGIN),
        only("regulator", "other_regulator", status=400, anonymous=API_LOGIN, method="post"),
    ),
    "api:enterprise_detail": (
        _detail(*READERS, kwargs=_enterprise, expected={"anonymous": API_LOGIN}),
        _detail(
            in_reach=("reviewer", "enterprise_admin"),
            kwargs=_enterprise,
            method="put",
            expected={"anonymous": API_LOGIN, "regulator": 400},
        ),
    ),
    "api:enterprise_people": _detail(
        in_reach=("reviewer",), kwargs=_enterprise, method="post", expected={"anonymous": API_LOGIN, **KEEPERS_WRONG}
    ),
    "api:appointment_end": _detail(
        in_reach=("reviewer",), kwargs=_appointment, method="post", expected={"anonymous": API_LOGIN, **KEEPERS_WRONG}
    ),
    "api:person_list": only(*READERS, *OTHER_READERS, anonymous=API_LOGIN),
    "api:person_detail": _detail(*READERS, kwargs=_person, expected={"anonymous": API_LOGIN}),
    "api:area_list": signed_in(anonymous=API_LOGIN),
    "api:industry_list": signed_in(anonymous=API_LOGIN),
}
