"""Writes of this room: propose, correct, approve, refuse, withdraw, expire."""

from publications.actions.decide import approve_publication, refuse_publication, withdraw_publication
from publications.actions.expire import expire_proposals
from publications.actions.propose import (
    correct_publication,
    propose_after_appeal,
    propose_after_key_correction,
    propose_publication,
)

__all__ = [
    "approve_publication",
    "correct_publication",
    "expire_proposals",
    "propose_after_appeal",
    "propose_after_key_correction",
    "propose_publication",
    "refuse_publication",
    "withdraw_publication",
]
