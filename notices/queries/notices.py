"""One's own notices."""

from django.db.models import QuerySet

from core.actor import Actor
from core.errors import NotFound
from notices.models import Notice, Preference


def notices_of(actor: Actor) -> QuerySet[Notice]:
    """The actor's own notices, newest first."""
    if actor.person_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(person_id=actor.person_id)


def unread_count(actor: Actor) -> int:
    """How many of them were not opened yet."""
    return notices_of(actor).filter(read_at=None).count()


def get_notice(actor: Actor, notice_id: str) -> Notice:
    """One of the actor's own notices; raises NotFound."""
    notice = notices_of(actor).filter(public_id=notice_id).first()
    if notice is None:
        raise NotFound
    return notice


def muted_channels(actor: Actor) -> list[str]:
    """What the actor switched off."""
    row = Preference.objects.filter(person_id=actor.person_id).first() if actor.person_id is not None else None
    return list(row.muted) if row else []
