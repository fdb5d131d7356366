"""Who acts, and how far they reach: plain values that every query and action takes.

`accounts` computes an `Actor` once per request from the role rows; nothing below it knows how (house_style section 7).
"""

from dataclasses import dataclass, field
from typing import Final

# Roles of product.md section 2. System, security and audit administration are three separate roles (GB/T 22239).
CANDIDATE: Final = "candidate"
ENTERPRISE_ADMIN: Final = "enterprise_admin"
TRAINER: Final = "trainer"
REVIEWER: Final = "reviewer"
REGULATOR: Final = "regulator"
INVIGILATOR: Final = "invigilator"
AUDITOR: Final = "auditor"
SYSTEM_ADMIN: Final = "system_admin"
SECURITY_ADMIN: Final = "security_admin"
STAFF_ROLES: Final = frozenset(
    {TRAINER, REVIEWER, REGULATOR, INVIGILATOR, AUDITOR, SYSTEM_ADMIN, SECURITY_ADMIN},
)


@dataclass(frozen=True, slots=True)
class Region:
    """An authority's rectangle: primary keys of areas × industries. None means all of them."""

    areas: frozenset[int] | None
    industries: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Grant:
    """One role row in force: the role, the authority it is held at, and that authority's region."""

    role: str
    authority_id: int | None = None
    enterprise_id: int | None = None
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """What regulated rows an actor may see: any of `regions`, or of `enterprises`, or the `person` themself."""

    regions: tuple[Region, ...] = ()
    enterprises: frozenset[int] = frozenset()
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user for one request, or the system. `person_id` is what four-eyes rules compare."""

    user_id: int | None
    person_id: int | None
    label: str
    grants: tuple[Grant, ...] = ()
    address: str = ""
    is_system: bool = False
    reach: Reach = field(default_factory=Reach)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants)

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF_ROLES)

    def has_role(self, *roles: str) -> bool:
        """Whether any of the roles is held anywhere."""
        return not self.roles.isdisjoint(roles)

    def has_role_at(self, authority_id: int | None, *roles: str) -> bool:
        """Whether any of the roles is held at that very authority."""
        return any(grant.role in roles and grant.authority_id == authority_id for grant in self.grants)

    def authorities(self, *roles: str) -> frozenset[int]:
        """The authorities at which any of the roles is held."""
        return frozenset(
            grant.authority_id for grant in self.grants if grant.role in roles and grant.authority_id is not None
        )

    def identity(self) -> str:
        """What makes two approvers two people: the person where known, else the account."""
        return f"person:{self.person_id}" if self.person_id is not None else f"user:{self.user_id}"


EVERYTHING: Final = Region(areas=None, industries=None)


def system_actor(task: str) -> Actor:
    """The system as an actor, named after the job that acts. It reaches everything and holds no role."""
    return Actor(
        user_id=None,
        person_id=None,
        label=f"system:{task}",
        is_system=True,
        reach=Reach(regions=(EVERYTHING,)),
    )
