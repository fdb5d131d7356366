"""Who acts in tests: single actors, signed-in clients, and the world of the access matrix.

The territory here is the smallest that tells reach from out of reach: two streets with one authority, one enterprise
and one person each, below a district authority.
"""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.test import Client, TestCase
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import User
from accounts.queries import ANONYMOUS, actor_for_user
from core import actor as roles
from core.actor import STAFF_ROLES, Actor
from core.crypto import keyed_digest, seal
from core.models import new_public_id
from registry.models import Appointment, Area, Authority, Enterprise, Industry, Person
from tests.factories.accounts import make_role, make_second_factor, make_user

TODAY = date(2026, 11, 23)
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = itertools.count(1)


def make_actor(role: str = "", **over: Any) -> Actor:
    """The actor of a new user: `role` with `authority` or `enterprise`, `person` for a candidate."""
    return actor_of(make_staff_user(role, **over))


def make_staff_user(role: str = "", **over: Any) -> User:
    """A new user with one role; staff have a second factor, so that pages let them in."""
    places = {name: over.pop(name) for name in ("authority", "enterprise") if name in over}
    user = make_user(**over)
    if role and role != roles.CANDIDATE:
        make_role(user, role, **places)
    if role in STAFF_ROLES:
        make_second_factor(user)
    return user


def actor_of(user: User) -> Actor:
    """The actor that a request of this user would have."""
    return actor_for_user(user, today=TODAY)


class Browser(Client):
    """A client whose requests end as they do in life: what was to happen after the commit happens."""

    def request(self, **request: Any) -> Any:
        with TestCase.captureOnCommitCallbacks(execute=True):
            return super().request(**request)


def client_of(user: User | None) -> Client:
    """A browser in which the user is signed in; None: nobody is."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def staff_client(role: str, **over: Any) -> Client:
    """A browser of a new user with that role."""
    return client_of(make_staff_user(role, **over))


def api_client_of(user: User | None) -> APIClient:
    """An API client that carries the user's token."""
    client = APIClient()
    if user is not None:
        token, _made = Token.objects.get_or_create(user=user)
        client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
    return client


# --- the smallest territory -------------------------------------------------------------------------------------------


def _area(code: str, name: str, parent: Area | None) -> Area:
    path = f"{parent.path}/{code}" if parent else code
    return Area.objects.create(code=code, name=name, parent=parent, path=path, valid_from=date(2020, 1, 1))


def _enterprise(name: str, area: Area, industry: Industry) -> Enterprise:
    number = next(_numbers)
    return Enterprise.objects.create(
        uscc=f"91430602T{number:09d}",
        name=name,
        area=area,
        industry=industry,
        created_at=MADE_AT,
        updated_at=MADE_AT,
    )


def _person(name: str, enterprise: Enterprise) -> Person:
    number = next(_numbers)
    public_id = new_public_id()
    id_number = f"T{number:08d}"
    person = Person.objects.create(
        public_id=public_id,
        name=name,
        name_sort_key=name,
        id_type="OTHER",
        id_number_sealed=seal(id_number, table="registry_person", column="id_number", row=public_id),
        id_number_digest=keyed_digest(f"OTHER|{id_number}", purpose="registry.id_number"),
        id_number_masked=f"{'*' * 7}{id_number[-2:]}",
        phone=f"+861380000{number:04d}",
        created_at=MADE_AT,
        updated_at=MADE_AT,
    )
    Appointment.objects.create(person=person, enterprise=enterprise, post="principal", valid_from=date(2025, 1, 1))
    return person


@dataclass(slots=True)
class World:
    """One district with two streets. Everything without `other_` is in reach of `regulator`; `other_` is not.

    `users` by name: candidate, other_candidate, enterprise_admin, other_enterprise_admin, regulator, other_regulator,
    trainer, reviewer, invigilator (these three at `authority`), auditor, system_admin, security_admin.
    `things` is where a room's access rows keep what they made, to make it once.
    """

    district: Area
    industry: Industry
    office: Authority
    authority: Authority
    other_authority: Authority
    enterprise: Enterprise
    other_enterprise: Enterprise
    person: Person
    other_person: Person
    users: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The actor called `name`; `anonymous` is nobody."""
        return ANONYMOUS if name == "anonymous" else actor_of(self.users[name])

    def client(self, name: str) -> Client:
        """A browser in which `name` is signed in; `anonymous`: nobody."""
        return client_of(self.users.get(name))

    def api_client(self, name: str) -> APIClient:
        """An API client with the token of `name`."""
        return api_client_of(self.users.get(name))


def make_world() -> World:
    """The territory and twelve users; about 70 queries."""
    district = _area("430602", "岳阳楼区", None)
    streets = [_area("430602101", "望岳路街道", district), _area("430602102", "城陵矶街道", district)]
    industry = Industry.objects.create(code="JZ", name="建筑施工", is_high_hazard=True)
    office = Authority.objects.create(code="AWB", name="区安委办", kind="office", area=district)
    authorities = [
        Authority.objects.create(code=f"ST{street.code[-2:]}", name=f"{street.name}办事处", kind="street", area=street)
        for street in streets
    ]
    enterprises = [_enterprise(f"{street.name}第一建筑公司", street, industry) for street in streets]
    people = [_person(name, place) for name, place in zip(("张小三", "李四"), enterprises, strict=True)]
    world = World(
        district,
        industry,
        office,
        authorities[0],
        authorities[1],
        enterprises[0],
        enterprises[1],
        people[0],
        people[1],
    )
    world.users = {
        "candidate": make_user(username="candidate", person=people[0], phone=people[0].phone),
        "other_candidate": make_user(username="other_candidate", person=people[1], phone=people[1].phone),
        "enterprise_admin": make_staff_user(roles.ENTERPRISE_ADMIN, username="own_admin", enterprise=enterprises[0]),
        "other_enterprise_admin": make_staff_user(
            roles.ENTERPRISE_ADMIN,
            username="other_admin",
            enterprise=enterprises[1],
        ),
        "other_regulator": make_staff_user(roles.REGULATOR, username="other_regulator", authority=authorities[1]),
    }
    for role in (roles.REGULATOR, roles.TRAINER, roles.REVIEWER, roles.INVIGILATOR):
        world.users[role] = make_staff_user(role, username=role, authority=authorities[0])
    for role in (roles.AUDITOR, roles.SYSTEM_ADMIN, roles.SECURITY_ADMIN):
        world.users[role] = make_staff_user(role, username=role)
    return world
