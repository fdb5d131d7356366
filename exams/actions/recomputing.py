"""After K is revealed every stored paper is built again from what is public; a difference is an alarm."""

import logging
from datetime import datetime

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.canonical import sha256_hex
from core.public_log import append_leaf
from exams.actions.papers import built_paper
from exams.domain.papers import Commitments, check_commitments
from exams.models import Paper, Round
from exams.queries.bank import Bank, bank_of

logger = logging.getLogger(__name__)
_CHUNK = 200
ALARM = "exams.papers_differ"


def recompute_papers(actor: Actor, round_pk: int, *, now: datetime) -> list[str]:
    """The hashes of stored papers that the revealed key, the seed, the opening codes and the committed bank do not give.

    Said in the public log and the audit either way; nothing is mended. Does nothing before the key is revealed.
    Raises BankChanged when bank or key are not the committed ones.
    """
    exam_round = Round.objects.select_related("draw", "bank_snapshot", "authority").get(pk=round_pk)
    if not exam_round.paper_key_revealed or exam_round.draw is None:
        return []
    bank, key = bank_of(exam_round), bytes.fromhex(exam_round.paper_key_revealed)
    committed = Commitments(bank_root=exam_round.draw.bank_root, paper_key_commit=exam_round.draw.paper_key_commit)
    check_commitments(committed, snapshot=bank.snapshot, key=key)
    papers = Paper.objects.filter(candidate__round=exam_round).select_related("candidate", "sitting").order_by("pk")
    total, differing = 0, []
    for paper in papers.iterator(_CHUNK):
        total += 1
        paper.candidate.round = exam_round
        if not _is_same(paper, bank=bank, key=key, now=now):
            differing.append(paper.sha256)
    _tell(actor, exam_round, total, differing=differing, now=now)
    return differing


def _is_same(paper: Paper, *, bank: Bank, key: bytes, now: datetime) -> bool:
    again = built_paper(paper.candidate, paper.sitting, bank=bank, key=key, now=now)
    stored = (paper.content, paper.sha256, sha256_hex(paper.content), paper.answer_key)
    return stored == (again.content, again.sha256, again.sha256, again.answer_key)


@transaction.atomic
def _tell(actor: Actor, exam_round: Round, total: int, *, differing: list[str], now: datetime) -> None:
    details = {"papers": total, "differing": differing}
    audit(actor, ALARM if differing else "exams.papers_recomputed", exam_round, details=details)
    said = {"authority": exam_round.authority.code, "round": exam_round.code}
    append_leaf("papers.recomputed", {**said, "papers": total, "differing": len(differing)}, now=now)
    if differing:
        logger.error(
            "round %s: %d of %d papers differ from their recomputation", exam_round.code, len(differing), total
        )
