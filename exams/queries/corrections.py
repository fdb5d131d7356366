"""Key corrections: the items that a round asked, what a correction would do, and what was decided."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet

from accounts.queries import identity_of_user
from core.actor import Actor
from core.canonical import canonical_sha256
from core.errors import NotFound
from exams.domain.corrections import Difference, Line, ProposalFacts
from exams.domain.grading import Amendment, Decided, KeyItem, Policy, grade_paper, manual_tasks, refs_of
from exams.domain.items import Content, Json, ManualTask, kind_label
from exams.errors import ItemNotInRound
from exams.models import Attempt, AttemptState, Grading, Incident, KeyCorrection, ManualItem, Round
from exams.policies import reachable_corrections
from question_bank.queries import version_contents

_CLOSED = (AttemptState.SUBMITTED, AttemptState.TIMED_OUT)


@dataclass(frozen=True, slots=True)
class AskedItem:
    """One item version that papers of a round asked: how often, how often rightly, and how often it was reported."""

    ref: str
    stem: str
    kind: str
    papers: int
    right: int
    reports: int
    corrections: int

    @property
    def right_percent(self) -> int:
        return round(100 * self.right / self.papers) if self.papers else 0


def corrections_for(actor: Actor) -> QuerySet[KeyCorrection]:
    """Corrections of rounds in reach, newest first, with round and people."""
    rows = KeyCorrection.objects.filter(reachable_corrections(actor))
    return rows.select_related("round__authority", "proposed_by__person", "decided_by__person")


def get_correction(actor: Actor, unsafe_correction_id: str) -> KeyCorrection:
    """The correction of that public id; raises NotFound."""
    found = corrections_for(actor).filter(public_id=unsafe_correction_id).first()
    if found is None:
        raise NotFound
    return found


def get_key_correction(correction_pk: int) -> KeyCorrection:
    """By primary key, for jobs of the rooms above that follow the news; raises NotFound."""
    found = KeyCorrection.objects.select_related("round").filter(pk=correction_pk).first()
    if found is None:
        raise NotFound
    return found


def lock_correction(actor: Actor, unsafe_correction_id: str) -> KeyCorrection:
    """The correction, its round locked first; raises NotFound."""
    found = get_correction(actor, unsafe_correction_id)
    locked_round = Round.objects.select_for_update().get(pk=found.round_id)
    row = KeyCorrection.objects.select_for_update(of=("self",)).select_related("proposed_by__person").get(pk=found.pk)
    row.round = locked_round
    return row


def proposal_facts(row: KeyCorrection) -> ProposalFacts:
    """The plain facts that the approval is decided on."""
    return ProposalFacts(
        is_proposed=row.state == KeyCorrection.State.PROPOSED,
        proposed_by=identity_of_user(row.proposed_by) if row.proposed_by else "",
        difference_sha256=row.difference_sha256,
        expires_at=row.expires_at,
    )


def amendment_of(row: KeyCorrection) -> Amendment:
    """The plain value of a correction."""
    return Amendment(row.ref, Policy(row.policy), row.key)


def amendments_of(exam_round_id: int) -> tuple[Amendment, ...]:
    """What was approved for a round, in the order of approval. One query."""
    rows = KeyCorrection.objects.filter(round_id=exam_round_id, state=KeyCorrection.State.APPROVED)
    return tuple(map(amendment_of, rows.order_by("decided_at", "pk")))


def manual_marks(attempt: Attempt, tasks: Iterable[tuple[KeyItem, ManualTask]]) -> dict[str, dict[str, Decimal]]:
    """The shares that markers gave for these texts as they stand, by item and place. One query."""
    texts = {(item.id, task.place): canonical_sha256(task.answer) for item, task in tasks}
    done = ManualItem.objects.filter(attempt=attempt, state=ManualItem.State.DONE)
    marks: dict[str, dict[str, Decimal]] = {}
    for row in done.order_by("pk"):
        if texts.get((row.item, row.place)) == row.answers_sha256 and row.fraction is not None:
            marks.setdefault(row.item, {})[row.place] = row.fraction
    return marks


def decided_for(attempt: Attempt, key: Mapping[str, Json], amendments: Sequence[Amendment]) -> Decided:
    """These amendments, and what people gave for the texts of this attempt. A paper without texts asks nothing."""
    decided = Decided(amendments)
    tasks = manual_tasks(key, attempt.answers, decided)
    return Decided(amendments, manual_marks(attempt, tasks)) if tasks else decided


def items_of_round(exam_round: Round) -> list[AskedItem]:
    """Everything that graded papers of the round asked, the least often answered rightly first. Five queries."""
    papers: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for marks in _latest_marks(exam_round):
        for one in marks.values():
            papers[one["ref"]] += 1
            right[one["ref"]] += one["verdict"] in {"right", "granted"}
    contents = version_contents(papers)
    reports = _counted(
        Incident.objects.filter(sitting__round=exam_round).exclude(question_ref="").values_list("question_ref")
    )
    corrections = _counted(KeyCorrection.objects.filter(round=exam_round).values_list("ref"))
    found = [
        AskedItem(
            ref=ref,
            stem=contents[ref].stem,
            kind=kind_label(contents[ref]),
            papers=number,
            right=right[ref],
            reports=reports.get(ref, 0),
            corrections=corrections.get(ref, 0),
        )
        for ref, number in papers.items()
        if ref in contents
    ]
    return sorted(found, key=lambda item: (-item.reports, item.right / item.papers, item.ref))


def content_of_item(exam_round: Round, unsafe_ref: str) -> Content:
    """What the item says, if a paper of the round asked it; raises ItemNotInRound."""
    if not papers_asking(exam_round, unsafe_ref):
        raise ItemNotInRound
    content = version_contents([unsafe_ref]).get(unsafe_ref)
    if content is None:
        raise ItemNotInRound
    return content


def papers_asking(exam_round: Round, ref: str) -> list[Attempt]:
    """Closed attempts of the round whose paper asked the item, with paper, sitting and candidate."""
    closed = Attempt.objects.filter(sitting__round=exam_round, state__in=_CLOSED)
    asking = closed.filter(paper__answer_key__contains=f'"item":"{ref.partition("@")[0]}"')
    rows = asking.select_related("paper", "sitting", "candidate__person", "candidate__round").order_by("pk")
    return [attempt for attempt in rows if ref in refs_of(json.loads(attempt.paper.answer_key))]


def dry_run(exam_round: Round, amendment: Amendment) -> Difference:
    """What the amendment would do on top of what was approved before, to every graded paper that asked the item."""
    standing = amendments_of(exam_round.pk)
    lines = [
        line
        for attempt in papers_asking(exam_round, amendment.ref)
        if (line := _line(attempt, standing, amendment)) is not None
    ]
    return Difference(amendment, tuple(lines))


def read_difference(row: KeyCorrection) -> Difference:
    """The dry run as it was stored with the proposal."""
    stored = json.loads(row.difference)
    lines = tuple(
        Line(
            candidate=line["candidate"],
            sitting=line["sitting"],
            before=Decimal(line["before"]),
            after=Decimal(line["after"]),
            passed_before=line["passed_before"],
            passed_after=line["passed_after"],
        )
        for line in stored["lines"]
    )
    return Difference(amendment_of(row), lines)


def corrections_to_apply() -> list[int]:
    """Approved corrections whose regrading did not come to its end: what the sweeper repairs."""
    rows = KeyCorrection.objects.filter(state=KeyCorrection.State.APPROVED, applied_at=None)
    return list(rows.order_by("decided_at", "pk").values_list("pk", flat=True))


def _line(attempt: Attempt, standing: Sequence[Amendment], amendment: Amendment) -> Line | None:
    if attempt.graded_at is None:
        return None
    key = json.loads(attempt.paper.answer_key)
    before = grade_paper(key, attempt.answers, decided_for(attempt, key, standing)).score
    after = grade_paper(key, attempt.answers, decided_for(attempt, key, (*standing, amendment))).score
    pass_mark = attempt.candidate.round.pass_mark
    return Line(
        candidate=attempt.candidate.public_id,
        sitting=attempt.sitting.number,
        before=before,
        after=after,
        passed_before=before >= pass_mark,
        passed_after=after >= pass_mark,
    )


def _latest_marks(exam_round: Round) -> Iterable[dict[str, dict[str, str]]]:
    rows = Grading.objects.filter(attempt__sitting__round=exam_round).order_by("attempt_id", "number")
    latest = dict(rows.values_list("attempt_id", "item_marks"))
    return map(json.loads, latest.values())


def _counted(rows: "QuerySet[Incident, tuple[str]] | QuerySet[KeyCorrection, tuple[str]]") -> dict[str, int]:
    return dict(rows.annotate(number=Count("pk")).order_by())
