"""Tell people something, once, and keep a ledger of it."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.actor import Actor
from core.audit import audit
from core.channels import chat_channel
from core.errors import NotFound
from core.queue import enqueue
from notices.domain.channels import IN_APP, Addresses, channels_for, clean_muted
from notices.models import Delivery, Notice, Preference
from notices.queries import get_notice, notices_of
from registry.models import Person

_PER_JOB = 50


@transaction.atomic
def notify(
    actor: Actor,
    *,
    people: Iterable[Person],
    kind: str,
    dedupe: str,
    title: str,
    body: str,
    link: str = "",
    now: datetime,
) -> list[Notice]:
    """Writes one notice per person and makes it due on every channel that reaches them; returns the new ones.

    The same `dedupe` tells the same person once, however often this runs. `link` is a path of this site.
    The in-app copy is there at once; texts and mails are sent by a job, and a sweeper repairs what got lost.
    """
    assert link == "" or (link.startswith("/") and not link.startswith("//")), "a notice leads to this site only"
    wanted = {f"{dedupe}:{person.public_id}": person for person in people}
    known = set(Notice.objects.filter(dedupe_key__in=wanted).values_list("dedupe_key", flat=True))
    fresh = [
        Notice(person=person, kind=kind, dedupe_key=key, title=title, body=body, link=link, created_at=now)
        for key, person in wanted.items()
        if key not in known
    ]
    if not fresh:
        return []
    Notice.objects.bulk_create(fresh)
    _make_due(fresh, now)
    audit(actor, "notices.notified", fresh[0], details={"kind": kind, "dedupe": dedupe, "people": len(fresh)})
    return fresh


@transaction.atomic
def mark_read(actor: Actor, notice_id: str, *, now: datetime) -> Notice:
    """The person opened it. No audit entry: the row itself says when, and nothing depends on it."""
    notice = get_notice(actor, notice_id)
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=now)
    notice.refresh_from_db(fields=["read_at"])
    return notice


@transaction.atomic
def mark_all_read(actor: Actor, *, now: datetime) -> int:
    """All of the actor's notices at once; returns how many were unread."""
    return notices_of(actor).filter(read_at=None).update(read_at=now)


@transaction.atomic
def set_preference(actor: Actor, *, muted: Collection[str], now: datetime) -> Preference:
    """One's own choice of channels. Raises NotFound for an account without a person."""
    if actor.person_id is None:
        raise NotFound
    names = clean_muted(muted)
    row, _made = Preference.objects.update_or_create(
        person_id=actor.person_id, defaults={"muted": names, "changed_at": now}
    )
    audit(actor, "notices.preference_set", row, details={"muted": names})
    return row


def _make_due(fresh: list[Notice], now: datetime) -> None:
    people = {notice.person_id: notice.person for notice in fresh}
    mails = set(
        User.objects.filter(person__in=people, is_active=True).exclude(email="").values_list("person_id", flat=True),
    )
    muted = dict(Preference.objects.filter(person__in=people).values_list("person_id", "muted"))
    has_chat = chat_channel() is not None
    rows = []
    for notice in fresh:
        person = notice.person_id
        addresses = Addresses(bool(people[person].phone), person in mails, has_chat)
        for channel in channels_for(notice.kind, addresses, muted.get(person, [])):
            if channel == IN_APP:
                rows.append(
                    Delivery(notice=notice, channel=channel, state=Delivery.State.SENT, sent_at=now, attempts=1)
                )
            else:
                rows.append(Delivery(notice=notice, channel=channel, next_try_at=now))
    due = [row.pk for row in Delivery.objects.bulk_create(rows) if row.state == Delivery.State.DUE]
    for start in range(0, len(due), _PER_JOB):
        enqueue("notices.deliver", delivery_ids=due[start : start + _PER_JOB])
