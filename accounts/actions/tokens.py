"""A person's key for the API: one at a time, shown once."""

from datetime import datetime

from django.db import transaction
from rest_framework.authtoken.models import Token

from accounts.models import User
from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed


@transaction.atomic
def make_token(actor: Actor, *, now: datetime) -> str:
    """A new key for the actor; the one before stops working. Returned once, never shown again."""
    user = _own(actor)
    Token.objects.filter(user=user).delete()
    token = Token.objects.create(user=user)
    audit(actor, "accounts.token_made", user)
    return str(token.key)


@transaction.atomic
def revoke_token(actor: Actor, *, now: datetime) -> bool:
    """Ends the actor's key; False when there was none."""
    user = _own(actor)
    removed, _rows = Token.objects.filter(user=user).delete()
    if removed:
        audit(actor, "accounts.token_revoked", user)
    return bool(removed)


def _own(actor: Actor) -> User:
    if actor.user_id is None:
        raise NotAllowed
    user = User.objects.select_for_update().filter(pk=actor.user_id, is_active=True).first()
    if user is None:
        raise NotAllowed
    return user
