"""Who may call what. Each room lists its addresses in tests/access/<room>.py:

    MATRIX: dict[str, Row | tuple[Row, ...]] = {
        "registry:enterprise_list": Row({"anonymous": LOGIN, "candidate": 403, "*": 200}),
        "registry:enterprise_detail": Row(
            {"anonymous": LOGIN, "regulator": 200, "enterprise_admin": 200, "other_regulator": 404, "*": 403},
            kwargs=lambda world: {"enterprise_id": world.enterprise.public_id},
        ),
        "api:enterprise-list": Row({"anonymous": API_LOGIN, "*": 200}),
    }

A name is what `reverse` takes. An address with several methods has one Row per method. Each row is tried by every name
in ACTORS, each in a transaction that is rolled back, so that a row may change things.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.factories.actors import World

ACTORS: Final = (
    "anonymous",
    "candidate",
    "other_candidate",
    "enterprise_admin",
    "other_enterprise_admin",
    "regulator",
    "other_regulator",
    "trainer",
    "reviewer",
    "invigilator",
    "auditor",
    "system_admin",
    "security_admin",
)
# What somebody who is not signed in is answered: a page leads to the sign-in page, the API refuses.
LOGIN: Final = "login"
API_LOGIN: Final = frozenset({401, 403})

Expected = int | str | frozenset[int]


def nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Row:
    """What each actor is answered. `expected` maps names of ACTORS to a status, a set of statuses, or LOGIN;
    `*` stands for all that are not named. `kwargs` makes the objects and returns the URL's arguments; `data` is the
    posted form or JSON, `query` the query string."""

    expected: Mapping[str, Expected]
    kwargs: Callable[[World], dict[str, Any]] = nothing
    method: str = "get"
    data: Callable[[World], dict[str, Any]] = nothing
    query: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = set(self.expected) - {*ACTORS, "*"}
        assert not unknown, f"no such actor: {unknown}"
        assert "*" in self.expected or set(self.expected) == set(ACTORS), "some actors have no expected answer"

    def expected_of(self, name: str) -> Expected:
        return self.expected[name] if name in self.expected else self.expected["*"]


def public(status: int = 200, **over: Any) -> Row:
    """Open to everybody, signed in or not."""
    return Row({"*": status}, **over)


def only(*names: str, status: int = 200, otherwise: int = 403, anonymous: Expected = LOGIN, **over: Any) -> Row:
    """`status` for the named actors, `otherwise` for the rest, LOGIN for nobody."""
    return Row({"anonymous": anonymous} | dict.fromkeys(names, status) | {"*": otherwise}, **over)


def signed_in(status: int = 200, *, anonymous: Expected = LOGIN, **over: Any) -> Row:
    """The same for everybody who is signed in."""
    return Row({"anonymous": anonymous, "*": status}, **over)
