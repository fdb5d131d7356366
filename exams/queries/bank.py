"""The committed bank of a round, with contents: read once per process, because neither ever changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from core.crypto import unseal
from exams.domain.papers import Commitments, check_commitments, check_contents
from exams.errors import BankChanged
from exams.models import Round
from question_bank.domain.content import Content
from question_bank.domain.kinds.base import MarkingRule, rule_from_json
from question_bank.domain.snapshot import BankSnapshot as BankSnapshotContent
from question_bank.models import BankSnapshot
from question_bank.queries import snapshot_content, version_contents


@dataclass(frozen=True, slots=True)
class Bank:
    """What papers of a round are built from. `contents` maps `item@version` to content, checked against the snapshot."""

    snapshot: BankSnapshotContent
    contents: Mapping[str, Content]
    rule: MarkingRule


def bank_of(exam_round: Round) -> Bank:
    """The bank that the round committed to; raises BankChanged when there is none or it was altered."""
    if exam_round.bank_snapshot is None:
        raise BankChanged
    return _bank(exam_round.bank_snapshot.public_id)


def paper_key_of(exam_round: Round) -> bytes:
    """K, opened for building papers; raises BankChanged when the round has none."""
    if exam_round.paper_key_sealed is None:
        raise BankChanged
    return bytes.fromhex(unseal(bytes(exam_round.paper_key_sealed), **key_place(exam_round)))


def key_place(exam_round: Round) -> dict[str, str]:
    """What the seal of K is bound to."""
    return {"table": "exams_round", "column": "paper_key_sealed", "row": exam_round.public_id}


def check_round_commitments(exam_round: Round) -> None:
    """Compares bank and key with what the draw plan published; raises BankChanged (A11)."""
    draw = exam_round.draw
    if draw is None:
        raise BankChanged
    committed = Commitments(bank_root=draw.bank_root, paper_key_commit=draw.paper_key_commit)
    check_commitments(committed, snapshot=bank_of(exam_round).snapshot, key=paper_key_of(exam_round))


@lru_cache(maxsize=8)
def _bank(snapshot_id: str) -> Bank:
    row = BankSnapshot.objects.select_related("blueprint").get(public_id=snapshot_id)
    snapshot = snapshot_content(row)
    contents = version_contents([item.ref for cell in snapshot.cells for item in cell.items])
    check_contents(snapshot, contents)
    return Bank(snapshot, contents, rule_from_json(row.blueprint.marking_rule))
