"""Sends what is due, and finds what got lost."""

from django.conf import settings
from django.core.mail import send_mail

from accounts.queries import find_mail_address
from core import clock
from core.actor import system_actor
from core.channels import phone_channel
from core.queue import job, sweeper
from notices.actions import claim_delivery, record_failed, record_sent, record_undeliverable
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
        reached = _send(delivery)
    except OSError as error:
        record_failed(_DELIVER, delivery_id, error=f"{type(error).__name__}: {error}")
        return False
    if not reached:
        record_undeliverable(_DELIVER, delivery_id, error="no address")
        return False
    record_sent(_DELIVER, delivery_id, now=clock.now())
    return True


def _send(delivery: Delivery) -> bool:
    """False when the person has no address on this channel any more; OSError when the channel is down."""
    notice = delivery.notice
    link = f"{settings.BASE_URL}{notice.link}" if notice.link else ""
    if delivery.channel == "sms":
        if not notice.person.phone:
            return False
        text = "".join(filter(None, [f"【抽考】{notice.title}。{notice.body}", f" {link}" if link else ""]))
        phone_channel().send(to=notice.person.phone, text=text, purpose=notice.kind, now=clock.now())
        return True
    address = find_mail_address(notice.person)
    if not address:
        return False
    send_mail(notice.title, "\n\n".join(filter(None, [notice.body, link])), None, [address])
    return True
