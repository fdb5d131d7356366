from datetime import UTC, datetime, timedelta

import pytest

from accounts.actions import decide_role_request, grant_role, request_role, revoke_role
from accounts.errors import (
    AccountInactive,
    LastSecurityAdmin,
    RequestExpired,
    RoleAlreadyHeld,
    RoleNotInForce,
    RolePlaceWrong,
    RolesConflict,
    SelfAdministration,
)
from accounts.models import RoleAssignment, User
from accounts.queries import actor_for_user, identity_of_user
from core.actor import REGULATOR, SECURITY_ADMIN, SYSTEM_ADMIN, TRAINER, system_actor
from core.errors import NotAllowed, NotFound, SameApprover
from core.models import AuditEntry
from tests.factories.accounts import make_role, make_user
from tests.factories.actors import TODAY, World, actor_of, make_staff_user

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def test_grant_role_gives_reach_at_once_and_one_entry(world: World) -> None:
    user = make_user()

    row = grant_role(
        world.actor("security_admin"),
        user.public_id,
        REGULATOR,
        authority_id=world.authority.public_id,
        now=NOW,
    )

    assert actor_of(user).has_role_at(world.authority.pk, REGULATOR)
    assert (row.valid_from, row.valid_to, row.granted_by) == (TODAY, None, world.users["security_admin"])
    entry = AuditEntry.objects.latest("sequence")
    assert (entry.action, entry.actor_label) == ("accounts.role_granted", "security_admin")
    assert f'"authority":"{world.authority.code}"' in entry.details


def test_grant_role_refusals_change_nothing(world: World) -> None:
    admin = world.actor("security_admin")
    user, place = make_user(), world.authority.public_id
    before = RoleAssignment.objects.count()

    with pytest.raises(SelfAdministration):
        grant_role(admin, world.users["security_admin"].public_id, REGULATOR, authority_id=place, now=NOW)
    with pytest.raises(NotAllowed):
        grant_role(world.actor("regulator"), user.public_id, REGULATOR, authority_id=place, now=NOW)
    with pytest.raises(NotAllowed):
        grant_role(admin, user.public_id, SYSTEM_ADMIN, now=NOW)  # needs a second person
    with pytest.raises(RolePlaceWrong):
        grant_role(admin, user.public_id, REGULATOR, now=NOW)
    with pytest.raises(NotFound):
        grant_role(admin, user.public_id, REGULATOR, authority_id="0" * 32, now=NOW)
    with pytest.raises(RoleAlreadyHeld):
        grant_role(admin, world.users["regulator"].public_id, REGULATOR, authority_id=place, now=NOW)
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(AccountInactive):
        grant_role(admin, user.public_id, TRAINER, authority_id=place, now=NOW)

    assert RoleAssignment.objects.count() == before
    assert AuditEntry.objects.count() == 0


def test_revoke_role_acts_at_the_next_request_and_role_can_be_given_again(world: World) -> None:
    admin, user = world.actor("security_admin"), world.users["regulator"]
    row = user.role_assignments.get()
    client = world.client("regulator")
    assert client.get("/notices/").status_code == 200

    revoke_role(admin, row.public_id, reason="调岗", now=NOW)

    assert client.get("/notices/").status_code == 403
    assert actor_of(user).grants == ()
    with pytest.raises(RoleNotInForce):
        revoke_role(admin, row.public_id, reason="再来", now=NOW)
    grant_role(admin, user.public_id, REGULATOR, authority_id=world.authority.public_id, now=NOW)
    assert actor_of(user).roles == {REGULATOR}


def test_revoke_role_own_role_and_last_security_admin_are_kept(world: World) -> None:
    second = make_staff_user(SECURITY_ADMIN)
    admin = world.actor("security_admin")
    own = world.users["security_admin"].role_assignments.get()

    with pytest.raises(SelfAdministration):
        revoke_role(admin, own.public_id, reason="自己", now=NOW)
    revoke_role(admin, second.role_assignments.get().public_id, reason="调岗", now=NOW)
    with pytest.raises(LastSecurityAdmin):
        revoke_role(system_actor("tests"), own.public_id, reason="清空", now=NOW)


def test_role_request_is_decided_by_another_security_admin(world: World) -> None:
    user, second = make_user(), make_staff_user(SECURITY_ADMIN)
    asker = world.actor("security_admin")
    row = request_role(asker, user.public_id, SYSTEM_ADMIN, reason="值班", now=NOW)
    assert actor_of(user).roles == frozenset()

    with pytest.raises(SameApprover):
        decide_role_request(asker, row.public_id, approve=True, now=NOW)
    with pytest.raises(NotFound):
        decide_role_request(world.actor("regulator"), row.public_id, approve=True, now=NOW)
    decide_role_request(actor_of(second), row.public_id, approve=True, now=NOW)

    assert actor_of(user).roles == {SYSTEM_ADMIN}
    assert list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True)) == [
        "accounts.role_requested",
        "accounts.role_request_approved",
        "accounts.role_granted",
    ]


def test_role_request_second_account_of_the_same_person_is_the_same_approver(world: World) -> None:
    asker = world.users["security_admin"]
    asker.person = world.person
    User.objects.filter(person=world.person).update(person=None)
    asker.save()
    row = request_role(actor_of(asker), make_user().public_id, SYSTEM_ADMIN, reason="值班", now=NOW)
    alias = make_user()
    make_role(alias, SECURITY_ADMIN)
    alias_actor = actor_for_user(alias, today=TODAY)
    same_person = type(alias_actor)(
        user_id=alias.pk,
        person_id=world.person.pk,
        label=alias.username,
        grants=alias_actor.grants,
    )

    with pytest.raises(SameApprover):
        decide_role_request(same_person, row.public_id, approve=True, now=NOW)
    assert identity_of_user(asker) == same_person.identity()


def test_role_request_after_24_hours_can_only_be_refused(world: World) -> None:
    user, second = make_user(), make_staff_user(SECURITY_ADMIN)
    row = request_role(world.actor("security_admin"), user.public_id, SYSTEM_ADMIN, reason="值班", now=NOW)
    late = NOW + timedelta(hours=24, seconds=1)

    with pytest.raises(RequestExpired):
        decide_role_request(actor_of(second), row.public_id, approve=True, now=late)
    decided = decide_role_request(actor_of(second), row.public_id, approve=False, now=late)

    assert decided.state == "refused"
    assert actor_of(user).roles == frozenset()


def test_role_request_for_a_second_administration_is_refused(world: World) -> None:
    with pytest.raises(RolesConflict):
        request_role(
            world.actor("security_admin"),
            world.users["auditor"].public_id,
            SYSTEM_ADMIN,
            reason="兼任",
            now=NOW,
        )
