"""Sending back proposals that nobody decided in time."""

from datetime import datetime

from django.db import transaction

from core.actor import Actor
from publications.actions.propose import clear_expired
from publications.models import Publication
from publications.queries.staff import lock_round_to_publish


def expire_proposals(actor: Actor, now: datetime) -> int:
    """Returns how many rounds were looked at; each in a transaction of its own."""
    due = Publication.objects.filter(state=Publication.State.PROPOSED, expires_at__lt=now)
    rounds = list(due.values_list("round__public_id", flat=True).distinct())
    for round_id in rounds:
        with transaction.atomic():
            clear_expired(actor, lock_round_to_publish(actor, round_id), now)
    return len(rounds)
