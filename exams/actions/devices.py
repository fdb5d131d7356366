"""What invigilators and candidates do about devices: trying one before the day, going on with another one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.core import signing
from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound
from exams.actions.journal import Approval
from exams.domain.states import AttemptState
from exams.errors import AttemptFinished, EnvelopeMalformed, HandoverExpired
from exams.models import Attempt, DeviceCheck
from exams.policies import can_invigilate
from exams.queries.candidates import candidates_for

HANDOVER_SECONDS: Final = 300
_SALT: Final = "exams.handover"
CHECKS: Final = ("storage", "clock", "network", "browser")
_MARKS: Final = frozenset({"ok", "warn", "bad"})


@transaction.atomic
def offer_handover(actor: Actor, unsafe_attempt_id: str) -> tuple[Attempt, str]:
    """A word that opens this exam on one more device for five minutes; the candidate still takes over there.

    Raises NotFound, NotAllowed, AttemptFinished.
    """
    attempt = (
        Attempt.objects.select_related("candidate__round", "candidate__person", "sitting")
        .filter(public_id=unsafe_attempt_id, candidate__in=candidates_for(actor))
        .first()
    )
    if attempt is None:
        raise NotFound
    if not can_invigilate(actor, attempt.candidate.round):
        raise NotAllowed
    if attempt.state != AttemptState.OPEN:
        raise AttemptFinished
    if actor.user_id is None:
        raise NotAllowed
    audit(actor, "exams.handover_offered", attempt, details={"epoch": attempt.epoch})
    return attempt, signing.dumps({"a": attempt.public_id, "e": attempt.epoch, "u": actor.user_id}, salt=_SALT)


def attempt_of_handover(unsafe_attempt_id: str, unsafe_word: str) -> tuple[Attempt, Approval]:
    """The attempt that the word opens, and who offered it; it is worth nothing once another device has taken over.

    Raises HandoverExpired.
    """
    try:
        bound = signing.loads(unsafe_word, salt=_SALT, max_age=HANDOVER_SECONDS)
    except signing.BadSignature as error:
        raise HandoverExpired from error
    attempt = (
        Attempt.objects.select_related("candidate__round", "candidate__person")
        .filter(public_id=unsafe_attempt_id, state=AttemptState.OPEN)
        .first()
    )
    if attempt is None or bound.get("a") != attempt.public_id or bound.get("e") != attempt.epoch:
        raise HandoverExpired
    return attempt, Approval(int(bound["u"]), attempt.epoch)


@transaction.atomic
def record_device_check(
    actor: Actor, unsafe_findings: Mapping[str, object], *, user_agent: str, now: datetime
) -> DeviceCheck:
    """What the person's own device could do. Raises NotAllowed without a person, EnvelopeMalformed."""
    if actor.person_id is None:
        raise NotAllowed
    if set(unsafe_findings) != set(CHECKS) or not all(mark in _MARKS for mark in unsafe_findings.values()):
        raise EnvelopeMalformed(field="findings")
    findings = {name: str(unsafe_findings[name]) for name in CHECKS}
    check = DeviceCheck.objects.create(
        person_id=actor.person_id,
        is_fit="bad" not in findings.values(),
        findings=findings,
        user_agent=user_agent[:300],
        checked_at=now,
    )
    audit(actor, "exams.device_checked", check, details=findings)
    return check
