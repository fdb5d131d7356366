"""The people of the demo who work for the district: an account each, with the roles they need and no more."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actions import create_user, grant_role
from accounts.domain.users import UserDraft
from accounts.models import Role, User
from accounts.queries import find_user_by_username
from core.actor import Actor
from registry.queries import authority_by_code

OFFICE = "YYLQ-AWB"
PASSWORD = "choukao-demo-2026"  # printed for visitors of the demo; no account elsewhere has it


@dataclass(frozen=True, slots=True)
class Member:
    """One account: sign-in name, invented name, and (role, authority code) pairs."""

    username: str
    display_name: str
    title: str
    roles: tuple[tuple[Role, str], ...]


STAFF = (
    Member("planner", "周景行", "区安委办，拟定轮次、名册与公示", ((Role.REGULATOR, OFFICE),)),
    Member("approver", "沈明远", "区安委办，审批名册与公示", ((Role.REVIEWER, OFFICE), (Role.REGULATOR, OFFICE))),
    Member("street", "何若水", "望岳路街道办事处", ((Role.REGULATOR, "YYLQ-007"),)),
    Member("builder", "蒋正阳", "区住建局", ((Role.REGULATOR, "YYLQ-ZJ"),)),
    Member("trainer", "彭书瑶", "题库管理员", ((Role.TRAINER, OFFICE),)),
    Member("examiner", "罗知行", "审题人", ((Role.REVIEWER, OFFICE),)),
    Member("invigilator", "宋清和", "监考", ((Role.INVIGILATOR, OFFICE),)),
    Member("auditor", "唐守仁", "审计管理员", ((Role.AUDITOR, ""),)),
    Member("system", "段启航", "系统管理员", ((Role.SYSTEM_ADMIN, ""),)),
    Member("security", "余怀瑾", "安全管理员", ((Role.SECURITY_ADMIN, ""),)),
)


def hire_staff(actor: Actor, *, now: datetime) -> dict[str, User]:
    """Accounts and roles of `STAFF`, by sign-in name; those already there stay."""
    return {member.username: _hire(actor, member, now=now) for member in STAFF}


def _hire(actor: Actor, member: Member, *, now: datetime) -> User:
    known = find_user_by_username(member.username)
    if known is not None:
        return known
    user = create_user(actor, UserDraft(member.username, member.display_name, password=PASSWORD), now=now)
    for role, authority_code in member.roles:
        place = authority_by_code(authority_code).public_id if authority_code else ""
        grant_role(actor, user.public_id, role.value, now=now, authority_id=place)
    return user
