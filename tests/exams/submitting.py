"""SUBMIT as a test writes it."""

from datetime import datetime
from functools import partial

from core.canonical import canonical_sha256
from exams.actions import submit_attempt
from exams.actions.journal import holder_of
from exams.domain.messages import Submit
from exams.models import Attempt
from tests.factories.exams import CID, NOW


def submit(
    attempt: Attempt,
    answers: dict,
    *,
    last_seq: int,
    cid: str = CID,
    epoch: int = 1,
    now: datetime = NOW,
) -> Attempt:
    """Hands in with these answers on the screen."""
    hashes = {item: canonical_sha256(answer) for item, answer in answers.items()}
    message = Submit(epoch, cid, last_seq, hashes)
    return submit_attempt(attempt.public_id, message, actor=partial(holder_of, address="192.0.2.7"), now=now)
