"""Appeals: those in reach of staff, one's own, and what a handler looks at."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from accounts.models import User
from accounts.queries import identity_of_user
from core.actor import Actor
from core.canonical import sha256_hex
from core.errors import NotFound
from exams.domain.appeals import OPEN_STATES, Disputable, appeal_until, may_file
from exams.domain.grading import grade_paper
from exams.domain.journal import first_broken, genesis
from exams.models import (
    Annulment,
    Appeal,
    Attempt,
    AttemptState,
    Candidate,
    Incident,
    KeyCorrection,
    ManualItem,
    ManualMark,
    Outcome,
    Result,
)
from exams.policies import reachable_appeals
from exams.queries.corrections import amendments_of, decided_for
from exams.queries.journal import entries_of
from exams.queries.results import standing_of
from exams.queries.rounds import latest_grading


@dataclass(frozen=True, slots=True)
class Recount:
    """What a fresh look at one attempt finds: each part unaltered, and the score computed anew."""

    attempt: Attempt
    journal_holds: bool
    paper_holds: bool
    recorded: Decimal | None
    computed: Decimal | None

    @property
    def agrees(self) -> bool:
        return self.journal_holds and self.paper_holds and self.recorded == self.computed


@dataclass(frozen=True, slots=True)
class OwnAppeal:
    """What the candidate's page says of appeals: the newest one, and whether and until when one can be filed."""

    appeal: Appeal | None
    may_file: bool
    until: datetime | None


def appeals_for(actor: Actor) -> QuerySet[Appeal]:
    """Appeals in reach, those due first, with candidate, round and the disputed result."""
    rows = Appeal.objects.filter(reachable_appeals(actor))
    return rows.select_related("candidate__person", "candidate__round__authority", "result__sitting", "taken_by")


def get_appeal(actor: Actor, unsafe_appeal_id: str) -> Appeal:
    """The appeal of that public id; raises NotFound."""
    found = appeals_for(actor).filter(public_id=unsafe_appeal_id).first()
    if found is None:
        raise NotFound
    return found


def lock_appeal(actor: Actor, unsafe_appeal_id: str) -> Appeal:
    """The appeal in reach of staff, locked; raises NotFound."""
    found = get_appeal(actor, unsafe_appeal_id)
    row = Appeal.objects.select_for_update(of=("self",)).select_related("taken_by__person").get(pk=found.pk)
    row.candidate, row.result = found.candidate, found.result
    return row


def lock_own_appeal(actor: Actor, unsafe_appeal_id: str) -> Appeal:
    """One's own appeal, locked; raises NotFound for anybody else's."""
    rows = Appeal.objects.select_for_update(of=("self",)).select_related("candidate__round", "candidate__person")
    found = rows.filter(public_id=unsafe_appeal_id, candidate__person_id=actor.person_id or 0).first()
    if found is None:
        raise NotFound
    return found


def disputable(candidate: Candidate) -> tuple[Disputable, Result | None]:
    """What filing depends on, and the result that would be disputed. `candidate.round` must be loaded."""
    standing = standing_of(candidate)
    known = standing is not None and Appeal.objects.filter(result=standing).exists()
    published_at = candidate.round.published_at if candidate.round.state == "published" else None
    recorded_at = standing.recorded_at if standing else None
    return Disputable(published_at, recorded_at, candidate.round.appeal_days, known=known), standing


def own_appeal(candidate: Candidate, now: datetime) -> OwnAppeal:
    """For the candidate's own page. Three queries."""
    case, _standing = disputable(candidate)
    newest = Appeal.objects.filter(candidate=candidate).order_by("-pk").first()
    return OwnAppeal(newest, may_file(case, now=now), appeal_until(case))


def own_appeals(candidate: Candidate) -> QuerySet[Appeal]:
    """All appeals of one's own candidacy, newest first."""
    return Appeal.objects.filter(candidate=candidate).select_related("candidate").order_by("-pk")


def involved_people(appeal: Appeal) -> frozenset[str]:
    """Identities of those who had a part in the disputed score: markers, who recorded or signed an incident, who
    proposed or approved a key correction or an annulment before the appeal. Five queries.
    """
    candidate = appeal.candidate
    markers = ManualMark.objects.filter(manual_item__attempt__candidate=candidate)
    incidents = Incident.objects.filter(candidate=candidate, kind=Incident.Kind.MISCONDUCT)
    corrections = KeyCorrection.objects.filter(
        round_id=candidate.round_id, state=KeyCorrection.State.APPROVED, decided_at__lt=appeal.filed_at
    )
    annulments = Annulment.objects.filter(appeal__candidate=candidate, decided_at__lt=appeal.filed_at)
    involved = {
        *markers.values_list("marker_id", flat=True),
        *(pk for pair in incidents.values_list("recorded_by_id", "signed_by_id") for pk in pair),
        *(pk for pair in annulments.values_list("proposed_by_id", "decided_by_id") for pk in pair),
        *(pk for pair in corrections.values_list("proposed_by_id", "decided_by_id") for pk in pair),
    } - {None}
    return frozenset(identity_of_user(user) for user in User.objects.filter(pk__in=involved))


def misconduct_behind(appeal: Appeal) -> Incident | None:
    """The signed misconduct that the disputed result rests on, or None."""
    if appeal.result.outcome != Outcome.MISCONDUCT:
        return None
    signed = Incident.objects.filter(
        candidate=appeal.candidate_id, sitting=appeal.result.sitting_id, kind=Incident.Kind.MISCONDUCT
    )
    return (
        signed.exclude(signed_at=None).filter(signed_at__lte=appeal.result.recorded_at).order_by("-signed_at").first()
    )


def result_before(result: Result) -> Result | None:
    """What was recorded of the same sitting before this one, if anything."""
    earlier = Result.objects.filter(
        candidate=result.candidate_id, sitting=result.sitting_id, number__lt=result.number
    ).exclude(outcome=Outcome.MISCONDUCT)
    return earlier.order_by("-number").first()


def annulments_of(appeal: Appeal) -> list[Annulment]:
    """Every annulment that was put forward in an appeal, with its people."""
    return list(appeal.annulments.select_related("proposed_by__person", "decided_by__person", "incident__sitting"))


def get_annulment(actor: Actor, unsafe_annulment_id: str) -> Annulment:
    """The annulment of that public id, whose appeal is in reach; raises NotFound."""
    rows = Annulment.objects.filter(
        public_id=unsafe_annulment_id, appeal__in=appeals_for(actor).order_by().values("pk")
    )
    found = rows.first()
    if found is None:
        raise NotFound
    found.appeal = get_appeal(actor, found.appeal.public_id)
    return found


def lock_annulment(actor: Actor, unsafe_annulment_id: str) -> Annulment:
    """The annulment, its appeal locked first; raises NotFound."""
    found = Annulment.objects.filter(public_id=unsafe_annulment_id).values_list("pk", "appeal__public_id").first()
    if found is None:
        raise NotFound
    pk, appeal_id = found
    appeal = lock_appeal(actor, appeal_id)
    rows = Annulment.objects.select_for_update(of=("self",)).select_related("proposed_by__person", "incident__sitting")
    row = rows.get(pk=pk)
    row.appeal = appeal
    return row


def annulment_to_apply(annulment_pk: int) -> Annulment | None:
    """By primary key, for the job; with everything that its effect depends on."""
    people = ("appeal__candidate__round", "appeal__result", "incident__sitting")
    return Annulment.objects.select_related(*people).filter(pk=annulment_pk).first()


def annulments_due() -> list[int]:
    """Approved, and their result not yet recorded: what the sweeper repairs."""
    due = Annulment.objects.filter(state=Annulment.State.APPROVED, applied_at=None)
    return list(due.order_by("pk").values_list("pk", flat=True))


def open_steps(appeal: Appeal) -> int:
    """What the handler asked others for and has no outcome yet: annulments, texts that are being marked anew."""
    waiting = appeal.annulments.exclude(state=Annulment.State.REFUSED).filter(applied_at=None).count()
    return waiting + appeal.remarkings.exclude(state=ManualItem.State.DONE).count()


def get_appeal_of_news(appeal_pk: int) -> Appeal:
    """By primary key, for jobs of the rooms above that follow the news; raises NotFound."""
    found = Appeal.objects.select_related("candidate__round").filter(pk=appeal_pk).first()
    if found is None:
        raise NotFound
    return found


def recounts(candidate: Candidate) -> list[Recount]:
    """Every closed attempt of the candidate looked at anew: journal, paper, score."""
    closed = candidate.attempts.filter(state__in=[AttemptState.SUBMITTED, AttemptState.TIMED_OUT])
    return [_recount(attempt) for attempt in closed.select_related("paper", "sitting").order_by("pk")]


def open_appeals_of(round_pk: int) -> int:
    """How many appeals of a round wait for their answer."""
    return Appeal.objects.filter(candidate__round_id=round_pk, state__in=OPEN_STATES).count()


def _recount(attempt: Attempt) -> Recount:
    start = genesis(attempt.public_id, attempt.paper.sha256)
    grading = latest_grading(attempt)
    return Recount(
        attempt=attempt,
        journal_holds=first_broken(entries_of(attempt), attempt=attempt.public_id, start=start) is None,
        paper_holds=sha256_hex(attempt.paper.content) == attempt.paper.sha256,
        recorded=grading.score if grading else None,
        computed=_computed(attempt) if grading else None,
    )


def _computed(attempt: Attempt) -> Decimal:
    key = json.loads(attempt.paper.answer_key)
    decided = decided_for(attempt, key, amendments_of(attempt.sitting.round_id))
    return grade_paper(key, attempt.answers, decided).score
