"""What sign-in sends, outside the request: texts and mails. Arguments are sealed, because they hold codes."""

import json

from django.core.mail import send_mail

from accounts.queries import check_audit_chain
from core import clock
from core.channels import phone_channel
from core.crypto import unseal
from core.queue import job


@job("accounts.send_text", max_attempts=3)
def task_send_text(row: str, sealed: str) -> None:
    """Sends a code to a phone; an empty address is the same work for an account that does not exist."""
    message = _open(row, sealed)
    if message["to"]:
        phone_channel().send(to=message["to"], text=message["text"], purpose=message["purpose"], now=clock.now())


@job("accounts.send_mail", max_attempts=3)
def task_send_mail(row: str, sealed: str) -> None:
    """Sends a mail of the sign-in pages."""
    message = _open(row, sealed)
    if message["to"]:
        send_mail(message["subject"], message["text"], None, [message["to"]])


@job("accounts.verify_audit")
def task_verify_audit() -> dict[str, object]:
    """Recomputes the audit chain; the result is shown on the auditor's page."""
    return check_audit_chain()


def _open(row: str, sealed: str) -> dict[str, str]:
    message: dict[str, str] = json.loads(
        unseal(bytes.fromhex(sealed), table="core_jobrun", column="arguments", row=row),
    )
    return message
