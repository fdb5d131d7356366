from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from rest_framework.authtoken.models import Token

from accounts.actions import (
    UserDraft,
    activate_user,
    create_user,
    deactivate_user,
    end_sessions,
    ensure_candidate_account,
    make_token,
    reset_second_factor,
    void_password,
)
from accounts.errors import (
    AccountHasNoPhone,
    EmailTaken,
    PersonHasAccount,
    PhoneTaken,
    ReasonMissing,
    SelfAdministration,
    UsernameTaken,
)
from accounts.models import User
from core.actor import system_actor
from core.errors import NotAllowed, NotFound
from core.models import AuditEntry
from tests.factories.actors import World

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
SYSTEM = system_actor("tests")


def _audited() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("sequence").values_list("action", "actor_label"))


def test_create_user_by_security_admin_makes_account_and_one_entry(world: World) -> None:
    draft = UserDraft(
        username="Li.Na", display_name=" 李娜 ", phone="139 0000 0001", email="Li@Example.cn", password="x" * 12
    )

    user = create_user(world.actor("security_admin"), draft, now=NOW)

    assert (user.username, user.display_name, user.phone, user.email, user.phone_verified, user.date_joined) == (
        "li.na", "李娜", "+8613900000001", "li@example.cn", True, NOW,
    )  # fmt: skip
    assert user.check_password("x" * 12)
    assert _audited() == [("accounts.user_created", "security_admin")]


@pytest.mark.parametrize("name", ["regulator", "system_admin", "auditor", "candidate", "enterprise_admin", "anonymous"])
def test_create_user_by_others_is_not_allowed(world: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        create_user(world.actor(name), UserDraft("new", "新"), now=NOW)
    assert not User.objects.filter(username="new").exists()
    assert _audited() == []


def test_create_user_taken_names_change_nothing(world: World) -> None:
    taken = world.users["candidate"]
    User.objects.filter(pk=taken.pk).update(email="zhang@example.cn")
    before = User.objects.count()
    drafts = [
        (UsernameTaken, UserDraft("CANDIDATE", "甲")),
        (PhoneTaken, UserDraft("fresh", "甲", phone=str(taken.phone))),
        (EmailTaken, UserDraft("fresh", "甲", email="ZHANG@example.cn")),
        (PersonHasAccount, UserDraft("fresh", "甲", person_id=world.person.public_id)),
        (NotFound, UserDraft("fresh", "甲", person_id="0" * 32)),
    ]

    for refusal, draft in drafts:
        with pytest.raises(refusal):
            create_user(SYSTEM, draft, now=NOW)

    assert User.objects.count() == before
    assert _audited() == []


def test_deactivate_user_ends_sessions_and_tokens_at_the_next_request(world: World) -> None:
    user = world.users["regulator"]
    client = Client()
    client.force_login(user)
    assert client.get("/accounts/me/").status_code == 200
    key = make_token(world.actor("regulator"), now=NOW)

    deactivate_user(world.actor("security_admin"), user.public_id, reason="离岗", now=NOW)

    assert client.get("/accounts/me/").status_code == 302
    assert Client().get("/api/v1/me/", headers={"Authorization": f"Token {key}"}).status_code in (401, 403)
    entry = AuditEntry.objects.latest("sequence")
    assert (entry.action, entry.object_id, entry.reason) == ("accounts.user_deactivated", user.public_id, "离岗")


def test_activate_user_gives_the_roles_back(world: World) -> None:
    admin, user = world.actor("security_admin"), world.users["regulator"]
    deactivate_user(admin, user.public_id, reason="误会", now=NOW)
    assert world.actor("regulator").roles == frozenset() or not User.objects.get(pk=user.pk).is_active

    activate_user(admin, user.public_id, reason="更正", now=NOW)

    world.users["regulator"] = User.objects.get(pk=user.pk)
    assert world.actor("regulator").roles == {"regulator"}


@pytest.mark.parametrize("action", [deactivate_user, activate_user, end_sessions, void_password, reset_second_factor])
def test_account_actions_on_oneself_without_reason_or_right_are_refused(world: World, action) -> None:
    admin = world.actor("security_admin")
    other = world.users["candidate"].public_id

    with pytest.raises(SelfAdministration):
        action(admin, world.users["security_admin"].public_id, reason="自己", now=NOW)
    with pytest.raises(ReasonMissing):
        action(admin, other, reason="  ", now=NOW)
    with pytest.raises(NotAllowed):
        action(world.actor("system_admin"), other, reason="越权", now=NOW)
    with pytest.raises(NotFound):
        action(admin, "f" * 32, reason="不存在", now=NOW)
    assert _audited() == []


def test_void_password_needs_a_phone_to_come_back_by(world: World) -> None:
    admin = world.actor("security_admin")
    with_phone, without = world.users["candidate"], world.users["trainer"]

    void_password(admin, with_phone.public_id, reason="泄露", now=NOW)
    with pytest.raises(AccountHasNoPhone):
        void_password(admin, without.public_id, reason="泄露", now=NOW)

    assert not User.objects.get(pk=with_phone.pk).has_usable_password()
    assert User.objects.get(pk=without.pk).has_usable_password()


def test_reset_second_factor_removes_every_factor(world: World) -> None:
    user = world.users["regulator"]
    assert Authenticator.objects.filter(user=user).exists()

    reset_second_factor(world.actor("security_admin"), user.public_id, reason="手机丢失", now=NOW)

    assert not Authenticator.objects.filter(user=user).exists()
    assert AuditEntry.objects.latest("sequence").details == '{"removed":1}'


def test_ensure_candidate_account_is_made_once_with_the_phone(world: World) -> None:
    User.objects.filter(person=world.person).update(person=None, phone=None)

    first = ensure_candidate_account(SYSTEM, world.person, now=NOW)
    again = ensure_candidate_account(SYSTEM, world.person, now=NOW)

    assert again.pk == first.pk
    assert (first.phone, first.display_name, first.person, first.has_usable_password()) == (
        world.person.phone, "张小三", world.person, False,
    )  # fmt: skip
    assert _audited() == [("accounts.candidate_account_made", "system:tests")]


def test_ensure_candidate_account_shared_phone_stays_with_its_first_account(world: World) -> None:
    User.objects.filter(person=world.person).delete()
    world.person.phone = world.other_person.phone
    world.person.save()

    user = ensure_candidate_account(SYSTEM, world.person, now=NOW)

    assert user.phone is None
    assert User.objects.get(phone=world.other_person.phone).person == world.other_person


def test_ensure_candidate_account_takes_a_corrected_phone_over(world: World) -> None:
    world.person.phone = "+8613700000000"
    world.person.save()

    user = ensure_candidate_account(SYSTEM, world.person, now=NOW)

    assert user.phone == "+8613700000000"
    assert _audited() == [("accounts.phone_changed", "system:tests")]


def test_make_token_replaces_the_one_before(world: World) -> None:
    actor = world.actor("regulator")

    first, second = make_token(actor, now=NOW), make_token(actor, now=NOW)

    assert first != second
    assert list(Token.objects.filter(user_id=actor.user_id).values_list("key", flat=True)) == [second]
