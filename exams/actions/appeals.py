"""成绩复核: filed by the candidate in time, taken and answered by somebody who had no part in the score."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound
from core.queue import enqueue
from exams.actions.results import grade_attempt
from exams.domain.appeals import (
    ANSWER_DAYS,
    AppealState,
    check_filing,
    check_handler,
    check_outcome,
    check_steps,
    clean_text,
    move_appeal,
)
from exams.errors import AppealClosed, AppealNotYet, NothingToMarkAnew
from exams.events import appeal_answered
from exams.models import Appeal, Candidate, ManualItem
from exams.policies import can_handle_appeals, is_own_candidacy
from exams.queries.appeals import disputable, involved_people, lock_appeal, lock_own_appeal, open_steps
from exams.queries.candidates import lock_candidate
from exams.queries.results import standing_of
from notices.actions import notify


@transaction.atomic
def file_appeal(actor: Actor, unsafe_candidate_id: str, *, grounds: str, now: datetime) -> Appeal:
    """Disputes the result that stands. Only the person does, once per result and in time.

    Raises NotFound, NotAllowed, AppealNotYet, AppealExists, AppealTooLate, ReasonLengthWrong.
    """
    candidate = lock_candidate(actor, unsafe_candidate_id)
    if not is_own_candidacy(actor, candidate):
        raise NotAllowed
    case, standing = disputable(candidate)
    check_filing(case, now=now)
    if standing is None:
        raise AppealNotYet
    row = Appeal.objects.create(
        candidate=candidate,
        result=standing,
        grounds=clean_text(grounds),
        filed_at=now,
        due_at=now + timedelta(days=ANSWER_DAYS),
    )
    audit(actor, "exams.appeal_filed", row, details={"result": standing.number, "sitting": standing.sitting.number})
    body = _("您的成绩复核申请已收到，将由未参与评分的人员处理，最迟 {day} 答复。").format(
        day=f"{localtime(row.due_at):%Y-%m-%d}"
    )
    _tell(actor, row, title=_("已收到成绩复核申请"), body=body, now=now)
    return row


@transaction.atomic
def withdraw_appeal(actor: Actor, unsafe_appeal_id: str, *, now: datetime) -> Appeal:
    """The person takes it back before it is answered. Raises NotFound, AppealClosed."""
    row = lock_own_appeal(actor, unsafe_appeal_id)
    row.state = move_appeal(AppealState(row.state), AppealState.WITHDRAWN)
    row.answered_at = now
    row.save(update_fields=["state", "answered_at"])
    audit(actor, "exams.appeal_withdrawn", row)
    return row


@transaction.atomic
def take_appeal(actor: Actor, unsafe_appeal_id: str, *, now: datetime) -> Appeal:
    """Somebody who had no part in the score begins to look. Raises NotFound, NotAllowed, HandlerInvolved, AppealClosed."""
    row = lock_appeal(actor, unsafe_appeal_id)
    _require_handler(actor, row)
    row.state = move_appeal(AppealState(row.state), AppealState.IN_REVIEW)
    row.taken_by_id, row.taken_at = actor.user_id, now
    row.save(update_fields=["state", "taken_by", "taken_at"])
    audit(actor, "exams.appeal_taken", row)
    return row


@transaction.atomic
def answer_appeal(actor: Actor, unsafe_appeal_id: str, *, outcome: AppealState, answer: str, now: datetime) -> Appeal:
    """Answers with reasons; `outcome` is upheld or changed, and must fit what stands now. The person is told.

    Only whoever took it answers, once everything that was asked of others has its outcome. Raises NotFound, NotAllowed,
    HandlerInvolved, AppealClosed, AppealStepsOpen, AppealUnchanged, ReasonLengthWrong.
    """
    row = lock_appeal(actor, unsafe_appeal_id)
    _require_handler(actor, row)
    if outcome not in {AppealState.UPHELD, AppealState.CHANGED}:
        raise AppealClosed
    to = move_appeal(AppealState(row.state), outcome)
    check_steps(open_steps=open_steps(row))
    if row.taken_by_id != actor.user_id:
        raise NotAllowed
    for attempt_pk in {text.attempt_id for text in row.remarkings.all()}:
        # What was marked anew counts before the answer says whether it changed anything, whenever its job runs.
        grade_attempt(actor, attempt_pk, reason=f"appeal {row.public_id}", now=now)
    standing = standing_of(row.candidate)
    assert standing is not None, "an appeal is against a result"
    check_outcome(to, disputed=row.result_id, standing=standing.pk)
    row.state, row.answer = to, clean_text(answer)
    row.answered_by_id, row.answered_at = actor.user_id, now
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    audit(actor, f"exams.appeal_{to}", row, details={"result": standing.number})
    title = _("成绩复核结果：{outcome}").format(outcome=row.get_state_display())
    _tell(actor, row, title=title, body=row.answer, now=now)
    if to is AppealState.CHANGED:
        enqueue("exams.hand_down_responses", round_id=row.candidate.round_id)
    transaction.on_commit(partial(appeal_answered.send, sender=None, appeal_id=row.pk))
    return row


@transaction.atomic
def ask_to_mark_anew(actor: Actor, unsafe_appeal_id: str, unsafe_item_id: str, *, now: datetime) -> ManualItem:
    """Puts a decided text of the candidate on the markers' desk again: blind, for people who did not mark it before.

    The marks that were given stay and count until the new ones are decided. Raises NotFound, NotAllowed, AppealClosed,
    NothingToMarkAnew.
    """
    row = lock_appeal(actor, unsafe_appeal_id)
    _require_handler(actor, row)
    if row.taken_by_id != actor.user_id:
        raise NotAllowed
    if row.state != Appeal.State.IN_REVIEW:
        raise AppealClosed
    text = ManualItem.objects.filter(attempt__candidate=row.candidate, public_id=unsafe_item_id).first()
    if text is None:
        raise NotFound
    same = {"item": text.item, "place": text.place, "answers_sha256": text.answers_sha256}
    newest = ManualItem.objects.filter(attempt=text.attempt_id, **same).order_by("-generation").first()
    if newest is None or newest.pk != text.pk or text.state != ManualItem.State.DONE:
        raise NothingToMarkAnew
    anew = ManualItem.objects.create(
        attempt_id=text.attempt_id,
        ref=text.ref,
        points=text.points,
        generation=text.generation + 1,
        appeal=row,
        created_at=now,
        **same,
    )
    audit(actor, "exams.marking_anew_asked", row, details={"text": anew.public_id, "generation": anew.generation})
    return anew


def _require_handler(actor: Actor, row: Appeal) -> None:
    candidate: Candidate = row.candidate
    if not can_handle_appeals(actor, candidate.round) or is_own_candidacy(actor, candidate):
        raise NotAllowed
    check_handler(actor.identity(), involved=involved_people(row))


def _tell(actor: Actor, row: Appeal, *, title: str, body: str, now: datetime) -> None:
    notify(
        actor,
        people=[row.candidate.person],
        kind="exams.appeal",
        dedupe=f"exams.appeal:{row.public_id}:{row.state}",
        title=title,
        body=body,
        link=f"/my/exams/{row.candidate.public_id}/",
        now=now,
    )
