"""Before the freeze: the draft, its parameters, and the flags that favour or burden somebody."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.queries import identity_of_user
from core.actor import Actor
from core.audit import audit
from core.canonical import canonical_sha256
from core.errors import NotAllowed, SameApprover
from draws.actions.days import local_date
from draws.actions.evidence import Stored, Upload, attach, discard, stored
from draws.domain.parameters import DrawParameters, check_parameters, parameters_to_json
from draws.domain.pool import EXCLUDED_CODES, MUST_SIT_CODES
from draws.errors import (
    AlreadyDecided,
    DrawExists,
    EvidenceFileMissing,
    FlagCodeUnknown,
    FlagExists,
    LocalOutsideDemo,
    NotInPopulation,
    ParametersInvalid,
    ReasonRequired,
    WindowRequired,
    WrongDrawState,
)
from draws.models import Draw, DrawState, RosterFlag
from draws.policies import can_conduct, can_prepare, can_prepare_at
from draws.queries import acting_for, get_draw, lock_draw, lock_flag, pool_of
from registry.models import Person
from registry.queries import get_person

REASON_LENGTH = range(2, 301)


@transaction.atomic
def prepare_draw(
    actor: Actor,
    *,
    authority_id: int,
    year: int,
    quarter: int,
    parameters: DrawParameters,
    bank_root: str = "",
    paper_key_commit: str = "",
    now: datetime,
) -> Draw:
    """A new draft of the authority's draw for a quarter; `bank_root` and `paper_key_commit` (hex) where papers follow.

    Raises NotAllowed, DrawExists while another is not cancelled, ParametersInvalid, LocalOutsideDemo, WindowRequired.
    """
    if not can_prepare_at(actor, authority_id):
        raise NotAllowed
    if quarter not in range(1, 5) or year not in range(2020, 2100):
        raise ParametersInvalid(field="quarter", expected="2020…2099, 1…4")
    _check_demo_rules(parameters)
    if (
        Draw.objects.filter(authority_id=authority_id, year=year, quarter=quarter)
        .exclude(state=DrawState.CANCELLED)
        .exists()
    ):
        raise DrawExists(round=f"{year}Q{quarter}")
    serial = Draw.objects.filter(authority_id=authority_id, year=year, quarter=quarter).count() + 1
    draw = Draw(
        authority_id=authority_id,
        year=year,
        quarter=quarter,
        serial=serial,
        parameters=parameters_to_json(parameters),
        is_demo=parameters.is_local,
        bank_root=bank_root,
        paper_key_commit=paper_key_commit,
        created_at=now,
    )
    try:
        with transaction.atomic():
            draw.save(force_insert=True)
    except IntegrityError as error:  # two people at the same moment: the database keeps one
        raise DrawExists(round=draw.round_code) from error
    audit(actor, "draw.prepared", draw, details={"serial": serial, "parameters": canonical_sha256(draw.parameters)})
    return draw


@transaction.atomic
def change_parameters(actor: Actor, draw_id: str, *, parameters: DrawParameters, now: datetime) -> Draw:
    """Other rules for a draft. Raises NotAllowed, WrongDrawState, and the refusals of the parameters."""
    draw = lock_preparable(actor, draw_id)
    _check_demo_rules(parameters)
    before = canonical_sha256(draw.parameters)
    draw.parameters = parameters_to_json(parameters)
    draw.is_demo = parameters.is_local
    draw.save(update_fields=["parameters", "is_demo"])
    details = {"before": before, "after": canonical_sha256(draw.parameters), "at": now}
    audit(actor, "draw.parameters_changed", draw, details=details)
    return draw


def request_flag(
    actor: Actor,
    draw_id: str,
    *,
    person_id: str,
    kind: str,
    code: str,
    reason: str,
    evidence: str = "",
    file: Upload | None = None,
    now: datetime,
) -> RosterFlag:
    """Asks that a person (public id) must sit (`kind` M) or is not drawn (X); counts once another person approves.

    An exclusion favours somebody: it needs the file that shows why.
    Raises NotAllowed, WrongDrawState, FlagCodeUnknown, ReasonRequired, EvidenceFileMissing, NotInPopulation, FlagExists,
    NotFound, and what `clean_file` refuses.
    """
    # Nothing is stored for those who may not ask.
    if not can_prepare(actor, get_draw(actor, draw_id)):
        raise NotAllowed
    if kind == RosterFlag.Kind.EXCLUDED and file is None:
        raise EvidenceFileMissing
    asked = _Asked(kind, code, reason.strip(), evidence.strip()[:200])
    with stored(file) as kept, transaction.atomic():
        draw = _lock_to_flag(actor, draw_id, asked)
        person = get_person(acting_for(actor, draw.authority), person_id)
        if draw.flags.filter(person=person).exists():
            raise FlagExists
        if person.pk not in {member.post.person for member in pool_of(actor, draw, on=local_date(now))}:
            raise NotInPopulation
        return _create_flag(actor, draw, person, asked=asked, kept=kept, now=now)


def request_enterprise_flags(
    actor: Actor,
    draw_id: str,
    *,
    person_id: str,
    code: str,
    reason: str,
    evidence: str = "",
    file: Upload | None = None,
    now: datetime,
) -> list[RosterFlag]:
    """The same must-sit for everybody in the pool at the enterprise where this person (public id) counts, all or none.

    An accident is the enterprise's, not one person's. Whoever has a flag keeps it; each request is approved by itself.
    Raises what `request_flag` raises; FlagExists when nobody is left to ask for.
    """
    draw = get_draw(actor, draw_id)
    if not can_prepare(actor, draw):
        raise NotAllowed
    asked = _Asked(RosterFlag.Kind.MUST_SIT, code, reason.strip(), evidence.strip()[:200])
    colleagues = _colleagues(actor, draw, person_id, now=now)
    with ExitStack() as stack:
        kept = [stack.enter_context(stored(file)) for _ in colleagues]
        with transaction.atomic():
            draw = _lock_to_flag(actor, draw_id, asked)
            flagged = set(draw.flags.values_list("person_id", flat=True))
            return [
                _create_flag(actor, draw, person, asked=asked, kept=file, now=now)
                for person, file in zip(colleagues, kept, strict=True)
                if person.pk not in flagged
            ]


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: str
    code: str
    reason: str
    evidence: str


def _colleagues(actor: Actor, draw: Draw, person_id: str, *, now: datetime) -> list[Person]:
    person = get_person(acting_for(actor, draw.authority), person_id)
    members = pool_of(actor, draw, on=local_date(now))
    enterprise = next((member.post.enterprise for member in members if member.post.person == person.pk), None)
    if enterprise is None:
        raise NotInPopulation
    flagged = set(draw.flags.values_list("person_id", flat=True))
    people = [member.appointment.person for member in members if member.post.enterprise == enterprise]
    if not (left := [person for person in people if person.pk not in flagged]):
        raise FlagExists
    return left


def _lock_to_flag(actor: Actor, draw_id: str, asked: _Asked) -> Draw:
    draw = lock_preparable(actor, draw_id)
    known = MUST_SIT_CODES if asked.kind == RosterFlag.Kind.MUST_SIT else EXCLUDED_CODES
    if asked.kind not in RosterFlag.Kind.values or asked.code not in known:
        raise FlagCodeUnknown(flag_code=asked.code[:8], known=", ".join(known))
    check_reason(asked.reason)
    return draw


def _create_flag(
    actor: Actor, draw: Draw, person: Person, *, asked: _Asked, kept: Stored | None, now: datetime
) -> RosterFlag:
    flag = RosterFlag.objects.create(
        draw=draw,
        person=person,
        kind=asked.kind,
        code=asked.code,
        reason=asked.reason,
        evidence=asked.evidence,
        requested_by_id=actor.user_id,
        requested_at=now,
    )
    digest = attach(actor, kept, flag=flag, now=now)
    details = {"flag": flag.public_id, "person": person.public_id, "code": str(flag), "file_sha256": digest}
    audit(actor, "draw.flag_requested", draw, details=details, reason=flag.reason)
    return flag


@transaction.atomic
def approve_flag(actor: Actor, flag_id: str, *, now: datetime) -> RosterFlag:
    """The second pair of eyes on a flag. Raises NotAllowed, SameApprover, WrongDrawState, AlreadyDecided, NotFound."""
    draw, flag = lock_flag(actor, flag_id)
    if not can_conduct(actor, draw):
        raise NotAllowed
    check_state(draw, DrawState.DRAFT)
    if flag.approved_at is not None:
        raise AlreadyDecided
    if flag.requested_by is not None and identity_of_user(flag.requested_by) == actor.identity():
        raise SameApprover
    flag.approved_by_id = actor.user_id
    flag.approved_at = now
    flag.save(update_fields=["approved_by", "approved_at"])
    audit(actor, "draw.flag_approved", draw, details={"flag": flag.public_id, "code": str(flag)}, reason=flag.reason)
    return flag


@transaction.atomic
def withdraw_flag(actor: Actor, flag_id: str, *, reason: str, now: datetime) -> Draw:
    """Takes a flag back, approved or not, while the draft is open. Raises NotAllowed, WrongDrawState, ReasonRequired."""
    draw, flag = lock_flag(actor, flag_id)
    if not can_conduct(actor, draw):
        raise NotAllowed
    check_state(draw, DrawState.DRAFT)
    check_reason(reason)
    details = {"flag": flag.public_id, "code": str(flag), "was_approved": flag.approved_at is not None, "at": now}
    discard(flag)
    flag.delete()
    audit(actor, "draw.flag_withdrawn", draw, details=details, reason=reason.strip())
    return draw


def lock_preparable(actor: Actor, draw_id: str) -> Draw:
    """A draft that the actor may prepare, locked. Raises NotFound, NotAllowed, WrongDrawState."""
    draw = lock_draw(actor, draw_id)
    if not can_prepare(actor, draw):
        raise NotAllowed
    check_state(draw, DrawState.DRAFT)
    return draw


def check_state(draw: Draw, *allowed: str) -> None:
    """Raises WrongDrawState with the name of the present state."""
    if draw.state not in allowed:
        raise WrongDrawState(state=str(DrawState(draw.state).label))


def check_reason(reason: str) -> None:
    """Raises ReasonRequired unless there is one of a sensible length."""
    if len(reason.strip()) not in REASON_LENGTH:
        raise ReasonRequired


def _check_demo_rules(parameters: DrawParameters) -> None:
    check_parameters(parameters)
    if parameters.is_local and not settings.DEMO:
        raise LocalOutsideDemo
    if parameters.objection_days == 0 and not settings.DEMO:
        raise WindowRequired
