"""Questions that candidates took for faulty, for those who look after the bank."""

from dataclasses import dataclass
from datetime import datetime

from core.actor import REVIEWER, TRAINER, Actor
from core.errors import NotAllowed
from exams.models import DrillFault, Incident, SittingState
from question_bank.queries import version_contents

_MOST = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One report; who wrote it does not matter to the bank."""

    recorded_at: datetime
    text: str
    question_id: str
    version: str
    stem: str
    round_title: str


def faults_for(actor: Actor) -> list[Fault]:
    """Reports from closed sittings and from drills of the actor's authorities, newest first; raises NotAllowed.

    Not before the closing: an item of a running exam is nobody's business yet.
    """
    if not actor.has_role(TRAINER, REVIEWER):
        raise NotAllowed
    rows = Incident.objects.filter(
        kind=Incident.Kind.FAULT,
        sitting__state=SittingState.CLOSED,
        sitting__round__authority__in=actor.authorities(TRAINER, REVIEWER),
    ).select_related("sitting__round")[:_MOST]
    drills = DrillFault.objects.filter(drill__authority__in=actor.authorities(TRAINER, REVIEWER)).select_related(
        "drill"
    )
    practice = list(drills[:_MOST])
    contents = version_contents({row.question_ref for row in rows} | {row.question_ref for row in practice})
    found = [
        Fault(
            recorded_at=row.recorded_at,
            text=row.description,
            question_id=row.question_ref.partition("@")[0],
            version=row.question_ref.partition("@")[2],
            stem=contents[row.question_ref].stem,
            round_title=row.sitting.round.title,
        )
        for row in rows
    ]
    # Questions about the page itself are no questions of the bank.
    found += [
        Fault(
            recorded_at=row.recorded_at,
            text=row.description,
            question_id=row.question_ref.partition("@")[0],
            version=row.question_ref.partition("@")[2],
            stem=contents[row.question_ref].stem,
            round_title=row.drill.get_mode_display(),
        )
        for row in practice
        if row.question_ref in contents
    ]
    return sorted(found, key=lambda fault: fault.recorded_at, reverse=True)
