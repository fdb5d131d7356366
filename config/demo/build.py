"""The demo, step by step; every step finds out for itself whether it was done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from accounts.actions import grant_role
from accounts.models import Role, User
from accounts.queries import actor_for_user, find_user_by_username
from config.demo.bank import fill_bank
from config.demo.district import settle_district
from config.demo.lectures import hold_lectures
from config.demo.quarters import Team, open_this_quarter, quarter_of, run_last_quarter
from config.demo.staff import PASSWORD, STAFF, hire_staff
from core.actor import Actor, system_actor
from core.clock import simulated
from exams.models import Candidate, Round

CANDIDATE = "candidate"
ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the demo; `build` returns what it did, in words."""

    title: str
    build: Callable[[datetime], str]


def build_step(step: Step, *, now: datetime) -> str:
    """Does the step if it was not done before."""
    return step.build(now)


def _district(now: datetime) -> str:
    # a hundred days ago, so that the last quarter finds people who were there
    past = _founding(now)
    with simulated(past):
        added = settle_district(now=past)
    return f"{added} enterprises added"


def _bank(now: datetime) -> str:
    past = _founding(now)
    with simulated(past):
        blueprint = fill_bank(_actor("trainer", past), _actor("examiner", past), now=past)
    return blueprint.title


def _last_quarter(now: datetime) -> str:
    quarter = quarter_of(now).before
    if Round.objects.filter(year=quarter.year, quarter=quarter.number).exists():
        return "there already"
    blueprint = fill_bank(_actor("trainer", now), _actor("examiner", now), now=now)
    exam_round = run_last_quarter(_team(now), blueprint, now=now)
    return f"{exam_round.candidates.count()} candidates"


def _this_quarter(now: datetime) -> str:
    quarter = quarter_of(now)
    if Round.objects.filter(year=quarter.year, quarter=quarter.number).exists():
        return "there already"
    blueprint = fill_bank(_actor("trainer", now), _actor("examiner", now), now=now)
    exam_round = open_this_quarter(_team(now), blueprint, now=now)
    return f"{exam_round.candidates.count()} candidates"


def _lectures(now: datetime) -> str:
    return f"{hold_lectures(now=now)} lectures added"


def _visitors(now: datetime) -> str:
    """A candidate and an enterprise administrator whom a visitor can be."""
    if find_user_by_username(CANDIDATE) is not None:
        return "there already"
    system = system_actor("demo")
    quarter = quarter_of(now)
    drawn = (
        Candidate.objects.filter(round__year=quarter.year, round__quarter=quarter.number, post="principal")
        .select_related("person__user", "enterprise")
        .order_by("pid")
    )
    candidate = drawn[0]
    # Somebody whose enterprise owes a lecture, so that a visitor can plan and record one.
    other = next(row for row in drawn[1:] if row.enterprise.is_high_hazard)
    _name_account(candidate.person.user, CANDIDATE)
    administrator = _name_account(other.person.user, ENTERPRISE)
    grant_role(
        system, administrator.public_id, Role.ENTERPRISE_ADMIN.value, now=now, enterprise_id=other.enterprise.public_id,
    )  # fmt: skip
    return f"{CANDIDATE}, {ENTERPRISE}"


STEPS = (
    Step("district, staff, enterprises and people", _district),
    Step("question bank and blueprint", _bank),
    Step("last quarter", _last_quarter),
    Step("this quarter", _this_quarter),
    Step("safety lectures", _lectures),
    Step("accounts for visitors", _visitors),
)


def demo_accounts() -> Iterator[str]:
    """The lines that tell a visitor whom they can be."""
    yield f"demo accounts (password of all: {PASSWORD})"
    for member in STAFF:
        yield f"  {member.username:<12} {member.title}"
    yield f"  {CANDIDATE:<12} 考生（主要负责人，本季度已抽中，可立即考试）"
    yield f"  {ENTERPRISE:<12} 企业管理员（高危行业，可填报讲安全课；也是本季度考生）"


def _founding(now: datetime) -> datetime:
    return quarter_of(now).before.starts - timedelta(days=30)


def _actor(username: str, now: datetime) -> Actor:
    user = find_user_by_username(username)
    assert user is not None
    return actor_for_user(user, today=localtime(now).date())


def _team(now: datetime) -> Team:
    staff = hire_staff(system_actor("demo"), now=now)
    return Team(staff["planner"], staff["approver"], staff["invigilator"])


def _name_account(user: User, username: str) -> User:
    """A name and the demo's password for an account that was made with a phone only."""
    user.username = username
    user.set_password(PASSWORD)
    user.save(update_fields=["username", "password"])
    return user
