"""A person who is drawn can sign in: an account by phone, made without anybody typing a password."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.actor import Actor
from core.audit import audit
from registry.models import Person


@transaction.atomic
def ensure_candidate_account(actor: Actor, person: Person, *, now: datetime) -> User:
    """The person's account, made if there is none, with the person's present phone; may run twice.

    A phone that another account already has is left there: two people may share a number, and a code must open only
    one account. Such an account has no phone until the number is corrected (`user.phone is None`).
    """
    user = User.objects.select_for_update().filter(person=person).first()
    phone = _free_phone(person, user)
    if user is None:
        user = User(
            username=f"p{person.public_id[:16]}",
            display_name=person.name,
            person=person,
            phone=phone,
            phone_verified=phone is not None,
            date_joined=now,
        )
        user.set_unusable_password()
        user.save(force_insert=True)
        audit(actor, "accounts.candidate_account_made", user, details={"has_phone": phone is not None})
    elif phone is not None and phone != user.phone:
        user.phone, user.phone_verified = phone, True
        user.save(update_fields=["phone", "phone_verified"])
        audit(actor, "accounts.phone_changed", user, details={"source": "registry"})
    return user


def _free_phone(person: Person, user: User | None) -> str | None:
    if not person.phone:
        return None
    taken = User.objects.filter(phone=person.phone)
    if user is not None:
        taken = taken.exclude(pk=user.pk)
    return None if taken.exists() else person.phone
