"""Who may call what before and after the exam: requests, marking, corrections, appeals. Two people decide each."""

from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core import clock
from core.actor import system_actor
from exams.actions import (
    CorrectionDraft,
    DeferralDraft,
    close_sitting,
    file_appeal,
    finish_grading,
    grade_attempt,
    mark_published,
    propose_key_correction,
    request_accommodation,
    request_deferral,
)
from exams.domain.grading import Policy
from exams.domain.requests import Wish
from exams.models import Annulment, Deferral, DeferralFile, Incident, ManualItem, ReviewLevel, Sitting
from tests.access import API_LOGIN, LOGIN, Row, only
from tests.access.exams import INSIDE, _attempt, _candidate, _once, _round, inside, own
from tests.exams.after import items_of, ref_of
from tests.exams.submitting import submit
from tests.factories.actors import World
from tests.factories.exams import lease

SYSTEM = system_actor("tests")
DECIDING = ("regulator", "reviewer")


def _graded(world: World) -> Any:
    """The candidate's paper handed in without answers, the sitting closed, the round graded."""

    def make() -> Any:
        attempt, now = _attempt(world), clock.now()
        lease(attempt, now=now)
        submit(attempt, {}, last_seq=0, now=now)
        grade_attempt(SYSTEM, attempt.pk, reason="after closing", now=now)
        close_sitting(SYSTEM, attempt.sitting.public_id, now=now + timedelta(hours=3))
        finish_grading(SYSTEM, _round(world).public_id, now=now)
        return attempt

    return _once(world, "graded", make)


def _published(world: World) -> Any:
    attempt = _graded(world)
    exam_round = _round(world)
    exam_round.refresh_from_db()
    exam_round.review = ReviewLevel.POINTS
    exam_round.save(update_fields=["review"])
    _once(world, "published", lambda: mark_published(SYSTEM, exam_round.public_id, now=clock.now()))
    return attempt


def graded(world: World) -> dict[str, str]:
    _graded(world)
    return {"round_id": _round(world).public_id}


def the_item(world: World) -> dict[str, str]:
    attempt = _graded(world)
    return {"item": ref_of(attempt, items_of(attempt)[0])}


def _correction(world: World) -> Any:
    draft = CorrectionDraft(the_item(world)["item"], Policy.FULL_MARKS, "", "条文已经修订", "一道试题答案有误，已更正")
    actor, at = world.actor("reviewer"), _round(world).public_id
    return _once(world, "correction", lambda: propose_key_correction(actor, at, draft, now=clock.now()))


def correction(world: World) -> dict[str, str]:
    return {"correction_id": _correction(world).public_id}


def confirmed(world: World) -> dict[str, str]:
    return {"confirm_name": _round(world).code, "difference_sha256": _correction(world).difference_sha256}


def note(world: World) -> dict[str, str]:
    return {"note": "经核对，理由充分"}


def published_candidate(world: World) -> dict[str, str]:
    _published(world)
    return {"candidate_id": _candidate(world).public_id}


def _appeal(world: World) -> Any:
    at = published_candidate(world)["candidate_id"]
    actor, grounds = world.actor("candidate"), "我认为多选题的评分有误，请复核"
    return _once(world, "appeal", lambda: file_appeal(actor, at, grounds=grounds, now=clock.now()))


def appeal(world: World) -> dict[str, str]:
    return {"appeal_id": _appeal(world).public_id}


def appealed_text(world: World) -> dict[str, str]:
    return appeal(world) | {"item_id": "0" * 32}


def annul(world: World) -> dict[str, str]:
    return {"effect": "score", "reason": "监控录像显示纸条不是考生的"}


def annulment(world: World) -> dict[str, str]:
    """One that was decided before: whoever may decide is told so, whoever may not finds nothing."""
    row = _appeal(world)

    def make() -> Annulment:
        by = {"recorded_by_id": world.actor("invigilator").user_id, "recorded_at": clock.now()}
        candidate, at = row.candidate, row.result.sitting
        kind = Incident.Kind.MISCONDUCT
        seen = Incident.objects.create(candidate=candidate, sitting=at, kind=kind, description="纸条", **by)
        put = {"proposed_by_id": world.actor("trainer").user_id, "proposed_at": clock.now(), "reason": "纸条不是考生的"}
        return Annulment.objects.create(appeal=row, incident=seen, effect="score", state="refused", **put)

    return {"annulment_id": _once(world, "annulment", make).public_id}


def decided(world: World) -> dict[str, str]:
    return {"decision": "refuse", "note": "录像不清楚，不能说明问题"}


def grounds(world: World) -> dict[str, str]:
    return {"grounds": "我认为多选题的评分有误，请复核"}


def _early(world: World) -> Any:
    """The candidate before the doors open."""
    candidate = _candidate(world)
    later = clock.now() + timedelta(days=2)
    Sitting.objects.filter(round=candidate.round, number=1).update(
        opens_at=later, last_start_at=later + timedelta(minutes=30), hard_end_at=later + timedelta(minutes=90)
    )
    return candidate


def early(world: World) -> dict[str, str]:
    return {"candidate_id": _early(world).public_id}


def _deferral(world: World) -> Any:
    draft = DeferralDraft(Deferral.Ground.ILL, "住院手术，不能参加", "市二医院诊断证明")
    at, actor = _early(world).public_id, world.actor("candidate")
    return _once(world, "deferral", lambda: request_deferral(actor, at, draft, now=clock.now()))


def deferral(world: World) -> dict[str, str]:
    return {"deferral_id": _deferral(world).public_id}


def deferral_file(world: World) -> dict[str, str]:
    def make() -> Any:
        name = default_storage.save("sittings/note.pdf", ContentFile(b"%PDF-1.7"))
        return DeferralFile.objects.create(
            deferral=_deferral(world),
            file_name="诊断证明.pdf",
            stored_name=name,
            content_type="application/pdf",
            size_bytes=8,
            sha256="0" * 64,
            uploaded_at=clock.now(),
        )

    return {"file_id": _once(world, "deferral_file", make).public_id}


def _accommodation(world: World) -> Any:
    at, actor = _early(world).public_id, world.actor("candidate")
    wish = Wish(extra_minutes=30)
    return _once(
        world, "accommodation", lambda: request_accommodation(actor, at, wish, reason="视力残疾二级", now=clock.now())
    )


def accommodation(world: World) -> dict[str, str]:
    return {"accommodation_id": _accommodation(world).public_id}


def leave(world: World) -> dict[str, str]:
    return {"ground": "ILL", "reason": "住院手术，不能参加", "evidence": "市二医院诊断证明"}


def needs(world: World) -> dict[str, Any]:
    return {"extra_minutes": 30, "reason": "视力残疾二级"}


def granting(world: World) -> dict[str, str]:
    return {**note(world), "grant": "1"}


def text(world: World) -> dict[str, str]:
    attempt = _graded(world)
    row = _once(
        world,
        "text",
        lambda: ManualItem.objects.create(
            attempt=attempt, item="x", place="1", ref="s00@1", points=5, answers_sha256="0" * 64, created_at=clock.now()
        ),
    )
    return {"item_id": row.public_id}


def taken_back(kwargs: Any) -> Row:
    """By whoever asked, here the candidate."""
    others = dict.fromkeys((*INSIDE, "enterprise_admin"), 403)
    return Row({"anonymous": LOGIN, "candidate": 302, **others, "*": 404}, method="post", kwargs=kwargs)


SEES = Row({"anonymous": LOGIN, **dict.fromkeys(DECIDING, 200), "*": 404}, kwargs=correction)
MATRIX = {
    "exams:round_items": inside("reviewer", status=200, kwargs=graded),
    "exams:corrections": inside("regulator", "reviewer", status=200, kwargs=graded),
    "exams:correction_new": inside("reviewer", status=404, kwargs=graded),
    "exams:correction": SEES,
    "exams:correction_approve": Row(
        {"anonymous": LOGIN, "regulator": 302, "reviewer": 422, "*": 404},
        method="post",
        kwargs=correction,
        data=confirmed,
    ),
    "exams:correction_refuse": Row(
        {"anonymous": LOGIN, **dict.fromkeys(DECIDING, 302), "*": 404}, method="post", kwargs=correction, data=note
    ),
    "exams:appeals": only("regulator", "other_regulator", "reviewer", "auditor"),
    "exams:appeal": Row({"anonymous": LOGIN, **dict.fromkeys(DECIDING, 200), "*": 404}, kwargs=appeal),
    "exams:appeal_take": Row(
        {"anonymous": LOGIN, **dict.fromkeys(DECIDING, 302), "*": 404}, method="post", kwargs=appeal
    ),
    "exams:appeal_annul": Row(
        {"anonymous": LOGIN, **dict.fromkeys(DECIDING, 403), "*": 404}, method="post", kwargs=appeal, data=annul
    ),
    "exams:appeal_mark_anew": Row(
        {"anonymous": LOGIN, **dict.fromkeys(DECIDING, 403), "*": 404}, method="post", kwargs=appealed_text
    ),
    "exams:annulment_decide": Row(
        {"anonymous": LOGIN, **dict.fromkeys(DECIDING, 422), "*": 404}, method="post", kwargs=annulment, data=decided
    ),
    "exams:my_appeal": (
        own(200, kwargs=published_candidate),
        own(302, method="post", kwargs=published_candidate, data=grounds),
    ),
    "exams:my_appeal_withdraw": own(302, method="post", kwargs=appeal),
    "exams:my_calendar": own(200, kwargs=early),
    "exams:my_review": own(200, kwargs=published_candidate),
    "exams:requests": only("regulator", "other_regulator", "reviewer", "auditor"),
    "exams:deferral_new": inside("regulator", status=200, own=403, kwargs=early),
    "exams:accommodation_new": inside("regulator", status=200, own=403, kwargs=early),
    "exams:deferral": inside("regulator", "reviewer", status=200, own=403, kwargs=deferral),
    "exams:deferral_file": Row(
        {"anonymous": LOGIN, **dict.fromkeys((*DECIDING, "candidate"), 200)}
        | dict.fromkeys(("invigilator", "enterprise_admin"), 403)
        | {"*": 404},
        kwargs=deferral_file,
    ),
    "exams:deferral_recommend": Row(
        # the draw of this round has no places: the regulator is let in and finds nobody to excuse
        {"anonymous": LOGIN, **dict.fromkeys((*INSIDE, "candidate", "enterprise_admin"), 403), "*": 404}
        | {"regulator": 404},
        method="post",
        kwargs=deferral,
    ),
    "exams:deferral_decide": inside(
        "regulator", "reviewer", status=302, own=403, method="post", kwargs=deferral, data=note
    ),
    "exams:deferral_withdraw": taken_back(deferral),
    "exams:accommodation": inside("regulator", "reviewer", status=200, own=403, kwargs=accommodation),
    "exams:accommodation_decide": inside(
        "regulator", "reviewer", status=302, own=403, method="post", kwargs=accommodation, data=granting
    ),
    "exams:accommodation_withdraw": taken_back(accommodation),
    "exams:my_deferral": (own(200, kwargs=early), own(302, method="post", kwargs=early, data=leave)),
    "exams:my_accommodation": (own(200, kwargs=early), own(302, method="post", kwargs=early, data=needs)),
    "exams:marking": only("trainer", "reviewer"),
    "exams:marking_next": only("trainer", "reviewer", status=302, kwargs=graded),
    "exams:marking_text": Row({"anonymous": LOGIN, "*": 404}, kwargs=text),
    "api:round_key_corrections": inside("regulator", "reviewer", status=200, anonymous=API_LOGIN, kwargs=graded),
    "api:appeals": only("regulator", "other_regulator", "reviewer", "auditor", anonymous=API_LOGIN),
    "api:my_appeals": (
        own(200, anonymous=API_LOGIN, kwargs=published_candidate),
        own(201, anonymous=API_LOGIN, method="post", kwargs=published_candidate, data=grounds),
    ),
}
