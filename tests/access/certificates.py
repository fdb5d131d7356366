"""Who may call what of certificates: the holder, the enterprise, the issuing authority; verification is for everybody."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from certificates.models import Certificate
from core import clock
from exams.models import RoundState
from tests.access import API_LOGIN, LOGIN, Row, public, signed_in
from tests.factories.actors import World
from tests.factories.certificates import make_certificate
from tests.factories.exams import make_candidate
from tests.factories.publications import make_graded_round, make_result

LISTS = ("regulator", "other_regulator", "reviewer", "auditor", "enterprise_admin", "other_enterprise_admin")


def _certificate(world: World) -> Certificate:
    """Of the world's person, issued by the world's authority, with a file."""
    if "certificates.one" not in world.things:
        exam_round = make_graded_round(authority=world.authority, state=RoundState.PUBLISHED, year=2025)
        candidate = make_candidate(exam_round, person=world.person, enterprise=world.enterprise)
        make_result(candidate, score=90)
        certificate = make_certificate(candidate, now=clock.now())
        certificate.pdf_name = default_storage.save("certificates/matrix.pdf", ContentFile(b"%PDF-1.7"))
        certificate.save(update_fields=["pdf_name"])
        world.things["certificates.one"] = certificate
    found: Certificate = world.things["certificates.one"]
    return found


def _id(world: World) -> dict[str, Any]:
    return {"certificate_id": _certificate(world).public_id}


def _in_reach(status: dict[str, int], *, anonymous: Any = LOGIN, **over: Any) -> Row:
    return Row({"anonymous": anonymous, "*": 404} | status, kwargs=_id, **over)


def _revocation(world: World) -> dict[str, Any]:
    return {"reason": "经查实由他人代考", "confirmation": _certificate(world).number}


_READ = {"regulator": 200, "reviewer": 200, "enterprise_admin": 200}
_REVOKE = {"regulator": 200, "reviewer": 403, "enterprise_admin": 403, "candidate": 403}

MATRIX: dict[str, Row | tuple[Row, ...]] = {
    "certificates:list": Row({"anonymous": LOGIN, "*": 403} | dict.fromkeys(LISTS, 200)),
    "certificates:detail": _in_reach({**_READ, "candidate": 403}),
    "certificates:revoke": _in_reach(_REVOKE),
    "certificates:pdf": _in_reach({**_READ, "candidate": 200}),
    "certificates:mine": signed_in(),
    "certificates:public_lookup": public(),
    "certificates:public_certificate": public(kwargs=_id),
    "api:certificates": Row({"anonymous": API_LOGIN, "*": 403} | dict.fromkeys(LISTS, 200)),
    "api:certificate": _in_reach({**_READ, "candidate": 200}, anonymous=API_LOGIN),
    "api:certificate_revoke": _in_reach(_REVOKE, anonymous=API_LOGIN, method="post", data=_revocation),
    "api:certificate_verify": public(kwargs=_id),
}
