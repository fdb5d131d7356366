"""From role rows to an Actor: the only place where reach is computed (house_style section 7)."""

from datetime import date

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import Role, RoleAssignment, User
from core import clock
from core.actor import AUDITOR, SECURITY_ADMIN, SYSTEM_ADMIN, Actor, Grant, Reach, Region
from core.errors import NotFound
from registry.queries import region_of_authority

ANONYMOUS = Actor(user_id=None, person_id=None, label="anonymous")
# These administer the installation: they see no regulated rows by that role (three separate roles, GB/T 22239).
_WITHOUT_REACH = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN, AUDITOR})


def actor_for_request(request: HttpRequest) -> Actor:
    """The actor behind a request, with its address as far as trusted proxies vouch for it."""
    if not isinstance(request.user, User):
        return ANONYMOUS
    return actor_for_user(request.user, today=clock.today(), address=client_address(request))


def actor_for_user(user: User, *, today: date, address: str = "") -> Actor:
    """The roles in force `today`, and the reach that they add up to. Two queries, and two more per authority."""
    grants = tuple(_grant(row) for row in role_rows_in_force(user, today))
    return Actor(
        user_id=user.pk,
        person_id=user.person_id,
        label=user.username,
        grants=grants,
        address=address,
        reach=Reach(
            regions=tuple(
                dict.fromkeys(grant.region for grant in grants if grant.region and grant.role not in _WITHOUT_REACH),
            ),
            enterprises=frozenset(grant.enterprise_id for grant in grants if grant.enterprise_id is not None),
            person=user.person_id,
        ),
    )


def actor_for_user_id(user_id: int, *, today: date) -> Actor:
    """The same for a job that goes on in somebody's name. Raises NotFound."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return actor_for_user(user, today=today)


def role_rows_in_force(user: User, today: date) -> list[RoleAssignment]:
    """The user's role rows valid on that day; none for an inactive account."""
    if not user.is_active:
        return []
    return list(user.role_assignments.filter(in_force_on(today)).select_related("authority__area"))


def in_force_on(day: date) -> Q:
    """Condition on role rows: valid on that day and not revoked."""
    return Q(valid_from__lte=day, revoked_at=None) & (Q(valid_to=None) | Q(valid_to__gte=day))


def identity_of_user(user: User) -> str:
    """What makes two approvers two people, in the words of `Actor.identity`: the person where known, else the account."""
    identity: str = Actor(user_id=user.pk, person_id=user.person_id, label=user.username).identity()
    return identity


def client_address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw; a forged X-Forwarded-For counts for nothing (A47)."""
    hops = int(settings.ALLAUTH_TRUSTED_PROXY_COUNT)
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


def _grant(row: RoleAssignment) -> Grant:
    region: Region | None = region_of_authority(row.authority) if row.authority else None
    return Grant(
        role=Role(row.role).value, authority_id=row.authority_id, enterprise_id=row.enterprise_id, region=region
    )
