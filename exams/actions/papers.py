"""Building papers: one by one at the start, or all of a sitting ahead, as soon as its opening code is out (PAPER/1)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from exams.domain.papers import Heading, PaperSeat, build_paper, paper_seed
from exams.domain.states import MAY_SIT, SittingState
from exams.models import Candidate, Paper, Round, Sitting
from exams.queries.bank import Bank, bank_of, paper_key_of

_PER_TRANSACTION = 50


def paper_for(candidate: Candidate, sitting: Sitting, *, now: datetime) -> Paper:
    """The candidate's paper of that sitting, built and stored now unless it was ahead; in the caller's transaction.

    One that was built ahead comes without its texts.
    """
    ready = Paper.objects.defer("content", "answer_key").filter(candidate=candidate, sitting=sitting).first()
    if ready is not None:
        return ready
    candidate.round = Round.objects.select_related("draw", "bank_snapshot").get(pk=candidate.round_id)
    exam_round = candidate.round
    paper = built_paper(candidate, sitting, bank=bank_of(exam_round), key=paper_key_of(exam_round), now=now)
    try:
        with transaction.atomic():
            paper.save(force_insert=True)
    except IntegrityError:
        # The job was quicker; what it stored is the same.
        return Paper.objects.defer("content", "answer_key").get(candidate=candidate, sitting=sitting)
    return paper


def build_papers(sitting_pk: int, *, now: datetime) -> int:
    """Builds ahead what is missing of an open sitting; may run twice, and beside candidates who begin. How many."""
    sitting = Sitting.objects.select_related("round__draw", "round__bank_snapshot").get(pk=sitting_pk)
    if sitting.state != SittingState.OPEN:
        return 0
    exam_round: Round = sitting.round
    bank, key = bank_of(exam_round), paper_key_of(exam_round)
    theirs = Paper.objects.filter(candidate=OuterRef("pk"), sitting=sitting)
    waiting = list(
        Candidate.objects.filter(
            ~Exists(theirs), round=exam_round, sitting_number=sitting.number, state__in=MAY_SIT
        ).order_by("pk")
    )
    for start in range(0, len(waiting), _PER_TRANSACTION):
        batch = waiting[start : start + _PER_TRANSACTION]
        for candidate in batch:
            candidate.round = exam_round
        papers = [built_paper(candidate, sitting, bank=bank, key=key, now=now) for candidate in batch]
        _store(papers)
    return len(waiting)


@transaction.atomic
def _store(papers: Iterable[Paper]) -> None:
    # Who began meanwhile has the same paper already: it depends on nothing that could differ.
    Paper.objects.bulk_create(papers, ignore_conflicts=True)


def built_paper(candidate: Candidate, sitting: Sitting, *, bank: Bank, key: bytes, now: datetime) -> Paper:
    """The row, not stored yet."""
    exam_round = candidate.round
    seat = PaperSeat(
        seed=exam_round.draw.seed if exam_round.draw else "",
        opening_code=sitting.opening_code,
        pid=candidate.pid,
        sitting=sitting.number,
    )
    heading = Heading(exam_round.title, exam_round.minutes, exam_round.pass_mark, bank.rule)
    built = build_paper(paper_seed(key, seat), bank.snapshot, bank.contents, heading=heading)
    return Paper(
        candidate=candidate,
        sitting=sitting,
        content=built.content,
        sha256=built.body_sha256,
        answer_key=built.answer_key,
        created_at=now,
    )
