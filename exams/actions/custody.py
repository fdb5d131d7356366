"""K of a round in two hands: given to two custodians before the draw, put together by two people at the opening."""

from datetime import datetime

from django.db import transaction

from accounts.queries import identity_of_user
from core.actor import Actor
from core.audit import audit
from core.crypto import seal
from core.errors import NotAllowed
from exams.domain.custody import (
    NUMBERS,
    check_time_to_open,
    key_of_shares,
    read_share,
    share_commitment,
)
from exams.domain.papers import paper_key_commit
from exams.domain.states import RoundState, SittingState
from exams.errors import (
    CustodyClosed,
    KeyShareTyped,
    KeyShareUnknown,
    ReasonMissing,
    SameCustodian,
)
from exams.models import KeyShare, Round
from exams.policies import can_keep_key
from exams.queries.bank import key_place
from exams.queries.custody import may_change_shares, sealed_share, share_waiting, shares_of
from exams.queries.rounds import lock_round


@transaction.atomic
def give_key_share(actor: Actor, unsafe_round_id: str, *, typed: str, now: datetime) -> KeyShare:
    """Takes one custodian's share, typed from what they wrote down. With the second, K is committed and both are wiped.

    Raises NotFound, NotAllowed, CustodyClosed, SameCustodian, KeyShareWrong, KeyShareTyped (it is the other one's).
    """
    exam_round = _lock(actor, unsafe_round_id)
    if actor.user_id is None:
        raise NotAllowed
    shares = shares_of(exam_round)
    if not may_change_shares(exam_round) or len(shares) == len(NUMBERS):
        raise CustodyClosed
    if any(identity_of_user(share.given_by) == actor.identity() for share in shares):
        raise SameCustodian
    text = read_share(typed)
    if shares and share_waiting(shares[0]) == text:
        raise KeyShareTyped(number=shares[0].number)
    number = NUMBERS[len(shares)]
    share = KeyShare(round=exam_round, number=number, given_by_id=actor.user_id, given_at=now)
    share.commit = share_commitment(text, round_id=exam_round.public_id, number=number)
    if shares:
        _commit(exam_round, share_waiting(shares[0]), text)
        _wipe(shares)
    else:
        share.share_sealed = sealed_share(share, text)
    share.save(force_insert=True)
    details = {"number": number, "share_commit": share.commit}
    if shares:
        details["paper_key_commit"] = exam_round.paper_key_commit
    audit(actor, "exams.key_share_given", exam_round, details=details)
    return share


@transaction.atomic
def discard_key_shares(actor: Actor, unsafe_round_id: str, *, reason: str) -> Round:
    """Nobody keeps K any more: a share was lost, or the round shall do without. Before a draw has committed to it.

    Raises NotFound, NotAllowed, CustodyClosed, ReasonMissing.
    """
    exam_round = _lock(actor, unsafe_round_id)
    shares = shares_of(exam_round)
    if not may_change_shares(exam_round) or not shares:
        raise CustodyClosed
    if len(reason.strip()) < 2:
        raise ReasonMissing
    details = {"share_commits": [share.commit for share in shares]}
    exam_round.key_shares.all().delete()
    exam_round.paper_key_commit = ""
    exam_round.save(update_fields=["paper_key_commit"])
    audit(actor, "exams.key_shares_discarded", exam_round, details=details, reason=reason.strip())
    return exam_round


@transaction.atomic
def open_key_share(actor: Actor, unsafe_round_id: str, *, typed: str, now: datetime) -> bool:
    """Takes a share at the opening; True when it was the second and K is together. Nobody types both.

    A custodian who cannot come may hand the envelope to a colleague: what counts is that two people come.
    Raises NotFound, NotAllowed, CustodyClosed, KeyShareEarly, SameCustodian, KeyShareWrong, KeyShareUnknown, KeyShareTyped.
    """
    exam_round = _lock(actor, unsafe_round_id)
    shares = shares_of(exam_round)
    first = exam_round.sittings.filter(number=1, state=SittingState.PLANNED).first()
    is_time = exam_round.state == RoundState.NOTIFIED and first is not None
    if not is_time or first is None or not shares or exam_round.paper_key_sealed is not None:
        raise CustodyClosed
    check_time_to_open(first.opens_at, now)
    text = read_share(typed)
    share = _recognised(exam_round, shares, text)
    if any(row.opened_by and identity_of_user(row.opened_by) == actor.identity() for row in shares):
        raise SameCustodian
    if share.opened_at is not None:
        raise KeyShareTyped(number=share.number)
    share.opened_by_id, share.opened_at = actor.user_id, now
    share.share_sealed = sealed_share(share, text)
    share.save(update_fields=["opened_by", "opened_at", "share_sealed"])
    audit(actor, "exams.key_share_opened", exam_round, details={"number": share.number, "share_commit": share.commit})
    if any(row.share_sealed is None for row in shares):
        return False
    _put_together(actor, exam_round, shares)
    return True


def _lock(actor: Actor, unsafe_round_id: str) -> Round:
    exam_round = lock_round(actor, unsafe_round_id)
    if not can_keep_key(actor, exam_round):
        raise NotAllowed
    return exam_round


def _recognised(exam_round: Round, shares: list[KeyShare], text: str) -> KeyShare:
    for share in shares:
        if share.commit == share_commitment(text, round_id=exam_round.public_id, number=share.number):
            return share
    raise KeyShareUnknown


def _commit(exam_round: Round, first: str, second: str) -> None:
    exam_round.paper_key_commit = paper_key_commit(key_of_shares(first, second))
    exam_round.paper_key_sealed = None
    exam_round.save(update_fields=["paper_key_commit", "paper_key_sealed"])


def _put_together(actor: Actor, exam_round: Round, shares: list[KeyShare]) -> None:
    key = key_of_shares(*(share_waiting(share) for share in shares))
    exam_round.paper_key_sealed = seal(key.hex(), **key_place(exam_round))
    exam_round.save(update_fields=["paper_key_sealed"])
    _wipe(shares)
    audit(actor, "exams.paper_key_put_together", exam_round, details={"commit": exam_round.paper_key_commit})


def _wipe(shares: list[KeyShare]) -> None:
    for share in shares:
        share.share_sealed = None
        share.save(update_fields=["share_sealed"])
