"""Make an account, stop it, start it again."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from rest_framework.authtoken.models import Token

from accounts.domain.roles import checked_reason
from accounts.domain.users import UserDraft, e164, normal_display_name, normal_username
from accounts.errors import (
    AccountHasNoPhone,
    EmailTaken,
    PersonHasAccount,
    PhoneTaken,
    SelfAdministration,
    UsernameTaken,
)
from accounts.models import User
from accounts.policies import can_administer_users
from accounts.queries.users import lock_user
from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound
from core.masking import mask_phone
from registry.models import Person


@transaction.atomic
def create_user(actor: Actor, draft: UserDraft, *, now: datetime) -> User:
    """Makes an account without roles. The caller has checked the password's strength (a form does).

    Raises NotAllowed, UsernameInvalid, UsernameTaken, PhoneInvalid, PhoneTaken, EmailTaken, PersonHasAccount.
    """
    user = checked_account(actor, draft, now=now)
    user.set_password(draft.password)
    user.save(force_insert=True)
    audit(
        actor, "accounts.user_created", user, details={"username": user.username, "has_phone": user.phone is not None}
    )
    return user


def checked_account(actor: Actor, draft: UserDraft, *, now: datetime) -> User:
    """The account that a draft would make, not saved; raises what `create_user` raises. The password is not looked at."""
    if not can_administer_users(actor):
        raise NotAllowed
    user = User(
        username=normal_username(draft.username),
        display_name=normal_display_name(draft.display_name),
        phone=e164(draft.phone) if draft.phone.strip() else None,
        email=draft.email.strip().lower(),
        person=_person(draft.person_id),
        date_joined=now,
    )
    user.phone_verified = user.phone is not None
    _refuse_taken(user)
    return user


@transaction.atomic
def deactivate_user(actor: Actor, user_id: str, *, reason: str, now: datetime) -> User:
    """Stops an account at once: its sessions and tokens end, its next request is a stranger's."""
    user = _lock_other(actor, user_id)
    why = checked_reason(reason)
    user.is_active = False
    user.save(update_fields=["is_active"])
    _end_everything(user)
    audit(actor, "accounts.user_deactivated", user, reason=why)
    return user


@transaction.atomic
def activate_user(actor: Actor, user_id: str, *, reason: str, now: datetime) -> User:
    """Lets a stopped account sign in again, with the roles it still has."""
    user = _lock_other(actor, user_id)
    why = checked_reason(reason)
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit(actor, "accounts.user_activated", user, reason=why)
    return user


@transaction.atomic
def end_sessions(actor: Actor, user_id: str, *, reason: str, now: datetime) -> User:
    """Signs an account out everywhere and revokes its tokens, for a lost phone."""
    user = _lock_other(actor, user_id)
    why = checked_reason(reason)
    _end_everything(user)
    audit(actor, "accounts.sessions_ended", user, reason=why)
    return user


@transaction.atomic
def void_password(actor: Actor, user_id: str, *, reason: str, now: datetime) -> User:
    """Makes a forgotten or leaked password useless; the person signs in by phone code and chooses a new one."""
    user = _lock_other(actor, user_id)
    why = checked_reason(reason)
    if user.phone is None:
        raise AccountHasNoPhone
    user.set_unusable_password()
    user.save(update_fields=["password"])
    _end_everything(user)
    audit(actor, "accounts.password_voided", user, reason=why)
    return user


@transaction.atomic
def reset_second_factor(actor: Actor, user_id: str, *, reason: str, now: datetime) -> User:
    """For a lost device: removes second factors and recovery codes; staff must set up a new one at the next sign-in."""
    user = _lock_other(actor, user_id)
    why = checked_reason(reason)
    removed, _rows = Authenticator.objects.filter(user=user).delete()
    _end_everything(user)
    audit(actor, "accounts.second_factor_reset", user, details={"removed": removed}, reason=why)
    return user


def _lock_other(actor: Actor, user_id: str) -> User:
    if not can_administer_users(actor):
        raise NotAllowed
    user = lock_user(actor, user_id)
    if user.pk == actor.user_id:
        raise SelfAdministration
    return user


def _end_everything(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()
    Token.objects.filter(user=user).delete()


def _person(person_id: str) -> Person | None:
    if not person_id:
        return None
    person = Person.objects.filter(public_id=person_id).first()
    if person is None:
        raise NotFound
    return person


def _refuse_taken(user: User) -> None:
    if User.objects.filter(username__iexact=user.username).exists():
        raise UsernameTaken(username=user.username)
    if user.phone and User.objects.filter(phone=user.phone).exists():
        raise PhoneTaken(phone=mask_phone(user.phone))
    if user.email and User.objects.filter(email__iexact=user.email).exists():
        raise EmailTaken
    holder = User.objects.filter(person=user.person).first() if user.person else None
    if holder is not None:
        raise PersonHasAccount(username=holder.username)
