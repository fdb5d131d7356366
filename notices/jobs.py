"""Sends what is due, and finds what got lost."""

from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import send_mail

from accounts.queries import find_mail_address
from core import clock
from core.actor import system_actor
from core.channels import Channel, Unreachable, chat_channel, phone_channel
from core.queue import job, sweeper
from notices.actions import claim_delivery, record_failed, record_sent, record_undeliverable
from notices.domain.channels import CHAT, EMAIL
from notices.models import Delivery
from notices.queries import deliveries_due, find_delivery

_DELIVER = system_actor("notices.deliver")
_PER_SWEEP = 200


@job("notices.deliver")
def task_deliver(delivery_ids: list[int]) -> dict[str, int]:
    """Sends each that is still due. One that fails is tried again later and does not stop the others."""
    return {"sent": sum(_deliver(delivery_id) for delivery_id in delivery_ids)}


@sweeper("notices.deliver_due", every_seconds=60)
def task_deliver_due() -> int:
    """What no job brought out: a lost job, or an attempt that failed."""
    due = list(deliveries_due(clock.now()).values_list("pk", flat=True)[:_PER_SWEEP])
    return sum(_deliver(delivery_id) for delivery_id in due)


def _deliver(delivery_id: int) -> bool:
    if not claim_delivery(_DELIVER, delivery_id, now=clock.now()):
        return False
    delivery = find_delivery(delivery_id)
    if delivery is None:
        return False
    try:
        _send(delivery)
    except Unreachable as refusal:
        record_undeliverable(_DELIVER, delivery_id, error=str(refusal), now=clock.now())
        return False
    except OSError as error:
        record_failed(_DELIVER, delivery_id, error=f"{type(error).__name__}: {error}", now=clock.now())
        return False
    record_sent(_DELIVER, delivery_id, now=clock.now())
    return True


def _send(delivery: Delivery) -> None:
    """Unreachable when the person cannot be reached on this channel any more; OSError when the channel is down."""
    if delivery.channel == EMAIL:
        _mail(delivery)
    elif delivery.channel == CHAT:
        _text(delivery, chat_channel())
    else:
        _text(delivery, phone_channel())


def _text(delivery: Delivery, channel: Channel | None) -> None:
    notice = delivery.notice
    if not notice.person.phone or channel is None:
        raise Unreachable("no address")
    link = _link(delivery)
    text = "".join(filter(None, [f"【抽考】{notice.title}。{notice.body}", f" {link}" if link else ""]))
    channel.send(to=notice.person.phone, text=text, purpose=notice.kind, now=clock.now())


def _mail(delivery: Delivery) -> None:
    notice = delivery.notice
    address = find_mail_address(notice.person)
    if not address:
        raise Unreachable("no address")
    # A line break would end the header.
    subject = " ".join(notice.title.split())
    try:
        send_mail(subject, "\n\n".join(filter(None, [notice.body, _link(delivery)])), None, [address])
    except SMTPRecipientsRefused as refusal:
        codes = [code for code, _message in refusal.recipients.values()]
        if all(code >= 500 for code in codes):
            raise Unreachable(f"SMTP {codes[0]}") from refusal
        raise


def _link(delivery: Delivery) -> str:
    return f"{settings.BASE_URL}{delivery.notice.link}" if delivery.notice.link else ""
