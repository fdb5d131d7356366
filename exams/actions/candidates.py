"""From a completed draw to people who know that they sit: create, notify, confirm, defer, check in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.actions import ensure_candidate_account
from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound
from draws.models import Draw, DrawState, Place, Replacement
from draws.queries import called_places
from exams.actions.files import Upload, stored_files
from exams.domain.states import CandidateState, RoundState, advance_round, move_candidate
from exams.errors import ConsentMissing, DrawNotCompleted
from exams.models import Candidate, CheckIn, Round, Sitting
from exams.policies import can_invigilate, can_run_round, is_own_candidacy
from exams.queries.candidates import get_candidate, lock_candidate
from exams.queries.due import candidates_to_remind
from exams.queries.rounds import lock_round, round_facts
from notices.actions import notify
from registry.models import Person


@transaction.atomic
def create_candidates(actor: Actor, draw_pk: int, *, now: datetime) -> int:
    """Makes a candidate of everybody whom the draw called, once; returns how many are new. Raises DrawNotCompleted."""
    draw = Draw.objects.filter(pk=draw_pk).first()
    exam_round = Round.objects.select_for_update().filter(draw=draw).first() if draw else None
    if draw is None or exam_round is None:
        raise NotFound
    if draw.state != DrawState.DRAWN:
        raise DrawNotCompleted
    known = set(Candidate.objects.filter(round=exam_round).values_list("person_id", flat=True))
    fresh = [_candidate(exam_round, place, now) for place in called_places(draw) if place.entry.person_id not in known]
    Candidate.objects.bulk_create(fresh)
    if exam_round.state == RoundState.FROZEN:
        exam_round.state = advance_round(round_facts(exam_round), RoundState.DRAWN)
        exam_round.save(update_fields=["state"])
    if fresh:
        audit(actor, "exams.candidates_created", exam_round, details={"number": len(fresh)})
    return len(fresh)


@transaction.atomic
def notify_candidates(actor: Actor, unsafe_round_id: str, *, now: datetime) -> Round:
    """Gives everybody an account to sign in with and tells them when and where; the round is notified then.

    Also run again later for those who moved up. Raises NotAllowed, RoundNotInState, RoundEmpty.
    """
    exam_round = lock_round(actor, unsafe_round_id)
    if not can_run_round(actor, exam_round):
        raise NotAllowed
    waiting = Candidate.objects.filter(round=exam_round, state__in=[CandidateState.DRAWN, CandidateState.MUST_SIT])
    fresh = list(waiting.select_related("person"))
    if exam_round.state == RoundState.DRAWN or not fresh:
        exam_round.state = advance_round(round_facts(exam_round), RoundState.NOTIFIED)
        exam_round.save(update_fields=["state"])
    for candidate in fresh:
        ensure_candidate_account(actor, candidate.person, now=now)
    tell(actor, exam_round, [candidate.person for candidate in fresh], sitting_number=1, now=now)
    waiting.update(state=CandidateState.NOTIFIED, notified_at=now, state_changed_at=now)
    audit(actor, "exams.candidates_notified", exam_round, details={"number": len(fresh)})
    return exam_round


@transaction.atomic
def confirm_attendance(actor: Actor, unsafe_candidate_id: str, *, now: datetime) -> Candidate:
    """The person says that they will come. Only the person does. Raises NotFound, NotAllowed, CandidateNotInState."""
    candidate = lock_candidate(actor, unsafe_candidate_id)
    if not is_own_candidacy(actor, candidate):
        raise NotAllowed
    _move(candidate, CandidateState.CONFIRMED, now=now)
    candidate.confirmed_at = now
    candidate.save(update_fields=["state", "state_changed_at", "confirmed_at"])
    audit(actor, "exams.attendance_confirmed", candidate)
    return candidate


@dataclass(frozen=True, slots=True)
class Identification:
    """How the identity was checked, where the person sits, and a photo only with their separate consent."""

    method: CheckIn.Method = CheckIn.Method.DOCUMENT
    seat: str = ""
    has_consent: bool = False
    photo: Upload | None = None


def check_in(
    actor: Actor,
    unsafe_candidate_id: str,
    *,
    identification: Identification | None = None,
    now: datetime,
) -> Candidate:
    """The invigilator saw the person and checked who it is; the way of checking is kept.

    Raises NotFound, NotAllowed, CandidateNotInState, ConsentMissing, PhotoNeeded, and what `stored_files` refuses.
    """
    told = identification or Identification()
    if not can_invigilate(actor, get_candidate(actor, unsafe_candidate_id).round):
        raise NotAllowed
    if told.photo is not None and not told.has_consent:
        raise ConsentMissing
    with stored_files([told.photo] if told.photo else [], pictures_only=True) as kept, transaction.atomic():
        candidate = lock_candidate(actor, unsafe_candidate_id)
        if is_own_candidacy(actor, candidate):
            raise NotAllowed
        _move(candidate, CandidateState.CHECKED_IN, now=now)
        candidate.save(update_fields=["state", "state_changed_at"])
        CheckIn.objects.create(
            candidate=candidate,
            sitting=Sitting.objects.get(round_id=candidate.round_id, number=candidate.sitting_number),
            method=told.method,
            seat=told.seat.strip(),
            has_consent=bool(kept),
            photo_stored_name=kept[0].stored_name if kept else "",
            photo_sha256=kept[0].sha256 if kept else "",
            checked_by_id=actor.user_id,
            checked_at=now,
        )
        details = {"method": told.method, "seat": told.seat.strip(), "photo": kept[0].sha256 if kept else ""}
        audit(actor, "exams.checked_in", candidate, details=details)
    return candidate


@transaction.atomic
def follow_replacement(actor: Actor, replacement_pk: int, *, now: datetime) -> None:
    """Follows an approved excuse of the draw: the excused is deferred, the reserve who moved up becomes a candidate."""
    replacement = Replacement.objects.select_related("draw", "excused__entry").filter(pk=replacement_pk).first()
    if replacement is None:
        raise NotFound
    exam_round = Round.objects.select_for_update().filter(draw=replacement.draw).first()
    if exam_round is None:
        raise NotFound
    excused = (
        Candidate.objects.select_for_update()
        .filter(
            round=exam_round,
            person_id=replacement.excused.entry.person_id,
        )
        .exclude(state=CandidateState.DEFERRED)
        .first()
    )
    if excused is not None:
        _move(excused, CandidateState.DEFERRED, now=now)
        excused.save(update_fields=["state", "state_changed_at"])
        audit(actor, "exams.candidate_deferred", excused, details={"reason_code": replacement.reason_code})
    create_candidates(actor, replacement.draw_id, now=now)


@transaction.atomic
def remind_candidates(actor: Actor, sitting_pk: int, *, days: int, now: datetime) -> int:
    """Reminds everybody who is called to the sitting, once for each lead time; returns how many were told now."""
    sitting = Sitting.objects.select_related("round").get(pk=sitting_pk)
    people = [candidate.person for candidate in candidates_to_remind(sitting, days=days)]
    told = notify(
        actor,
        people=people,
        kind="exams.reminder",
        dedupe=f"exams.reminder:{sitting.public_id}:{days}",
        title=_("考前提醒：{title}").format(title=sitting.round.title),
        body=_("考试将于 {start} 开始，最晚入场 {end}，时长 {minutes} 分钟。地点：{place}。请带身份证件。").format(
            start=f"{localtime(sitting.opens_at):%Y-%m-%d %H:%M}",
            end=f"{localtime(sitting.last_start_at):%H:%M}",
            minutes=sitting.round.minutes,
            place=sitting.place or _("线上"),
        ),
        link="/my/exams/",
        now=now,
    )
    return len(told)


def tell(actor: Actor, exam_round: Round, people: Sequence[Person], *, sitting_number: int, now: datetime) -> None:
    """Tells people when and where a sitting takes place; part of the caller's transaction."""
    sitting = Sitting.objects.filter(round=exam_round, number=sitting_number).first()
    if sitting is None or not people:
        return
    kind = _("补考") if sitting_number > 1 else _("抽考")
    notify(
        actor,
        people=people,
        kind="exams.makeup_called" if sitting_number > 1 else "exams.candidate_notified",
        dedupe=f"exams.called:{exam_round.public_id}:{sitting_number}",
        title=_("{title}：{kind}通知").format(title=exam_round.title, kind=kind),
        body=_("请于 {start} 至 {end} 之间参加{kind}，时长 {minutes} 分钟。地点：{place}。请登录后确认参加。").format(
            start=f"{localtime(sitting.opens_at):%Y-%m-%d %H:%M}",
            end=f"{localtime(sitting.last_start_at):%Y-%m-%d %H:%M}",
            kind=kind,
            minutes=exam_round.minutes,
            place=sitting.place or _("线上"),
        ),
        link="/my/exams/",
        now=now,
    )


def _candidate(exam_round: Round, place: Place, now: datetime) -> Candidate:
    entry = place.entry
    must_sit = place.status == "M"
    return Candidate(
        round=exam_round,
        person_id=entry.person_id,
        enterprise=entry.enterprise,
        post=entry.post,
        area_id=entry.enterprise.area_id,
        industry_id=entry.enterprise.industry_id,
        enterprise_name=entry.enterprise.name,
        uscc=entry.enterprise.uscc,
        pid=entry.pid,
        is_must_sit=must_sit,
        state=CandidateState.MUST_SIT if must_sit else CandidateState.DRAWN,
        state_changed_at=now,
    )


def _move(candidate: Candidate, to: CandidateState, *, now: datetime) -> None:
    candidate.state = move_candidate(CandidateState(candidate.state), to, sitting=candidate.sitting_number)
    candidate.state_changed_at = now
