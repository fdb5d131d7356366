"""The pages of the three administrators, and one's own."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.actions import UserDraft, create_user, grant_role
from accounts.models import RoleAssignment, RoleRequest, User
from accounts.queries import reach_label, role_label
from accounts.queries.home import navigation_for, tasks_for
from core import clock
from core.actor import REGULATOR, SECURITY_ADMIN, Actor, system_actor
from core.append_only import dangerously_drop_guards
from core.audit import audit
from core.models import AuditEntry, JobRun
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.actors import Browser, World, make_staff_user

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def browser(world: World, name: str) -> Browser:
    client = Browser()
    client.force_login(world.users[name])
    return client


def errors_of(page: str) -> list[str]:
    box = re.search(r'class="ck-errors".*?</ul>', page, re.DOTALL)
    return (
        [re.sub(r"<[^>]+>", "", item).strip() for item in re.findall(r"<li>(.*?)</li>", box[0], re.DOTALL)]
        if box
        else []
    )


# --- accounts and roles --------------------------------------------------------------------------------------------------


def test_user_list_shows_roles_with_their_reach_in_words(world: World) -> None:
    page = browser(world, "security_admin").get("/accounts/users/?role=regulator").content.decode()

    assert "望岳路街道办事处（望岳路街道 · 全部行业）" in page
    assert "共 2 条" in page
    assert world.person.phone not in page
    assert world.person.phone.removeprefix("+86") not in page


@pytest.mark.parametrize("query", ["?page=abc&size=-1", "?page=999", "?role=<script>", "?state=nope", "?size=100000"])
def test_user_list_odd_filters_do_not_break_the_page(world: World, query: str) -> None:
    answer = browser(world, "security_admin").get(f"/accounts/users/{query}")

    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().split("<main")[1].split("</main>")[0]


def test_user_list_needs_the_same_queries_for_one_and_for_three(
    world: World,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = browser(world, "security_admin")
    client.get("/accounts/users/")
    for prefix, count in (("one", 1), ("three", 3)):
        for number in range(count):
            make_staff_user(REGULATOR, username=f"{prefix}{number}", authority=world.authority)
        with django_assert_num_queries(LIST_QUERIES):
            client.get(f"/accounts/users/?q={prefix}")


LIST_QUERIES = 8


def test_user_create_page_makes_an_account_and_leads_to_its_roles(world: World) -> None:
    client = browser(world, "security_admin")

    answer = client.post("/accounts/users/new/", {"username": "li.na", "display_name": "李娜", "phone": "13900000001"})

    user = User.objects.get(username="li.na")
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/users/{user.public_id}/")
    assert not user.has_usable_password()


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({}, "用户名"),
        ({"username": "13900000001", "display_name": "李", "phone": "13900000001"}, "以字母开头"),
        ({"username": "candidate", "display_name": "李", "phone": "13900000001"}, "已被使用"),
        ({"username": "li.na", "display_name": "李", "phone": "12"}, "手机号格式不正确"),
        ({"username": "li.na", "display_name": "李"}, "至少填一项"),
        ({"username": "li.na", "display_name": "李", "password": "1234567890"}, "密码"),
        ({"username": "li.na", "display_name": "李", "phone": "13900000001", "email": "nope"}, "电子邮箱"),
        ({"username": "l" * 61, "display_name": "李" * 61, "phone": "13900000001"}, "用户名"),
    ],
)
def test_user_create_bad_input_says_why_and_changes_nothing(world: World, typed: dict[str, str], error: str) -> None:
    before = User.objects.count()

    answer = browser(world, "security_admin").post("/accounts/users/new/", typed)

    assert answer.status_code == 200
    assert any(error in line for line in errors_of(answer.content.decode())), errors_of(answer.content.decode())
    assert User.objects.count() == before


def test_grant_on_the_page_gives_reach_and_revoke_takes_it(world: World) -> None:
    client, user = browser(world, "security_admin"), make_user()
    path = f"/accounts/users/{user.public_id}"

    client.post(f"{path}/grant/", {"role": "regulator", "authority": world.authority.public_id})
    row = RoleAssignment.objects.get(user=user)
    assert (row.role, row.authority) == ("regulator", world.authority)
    page = client.get(f"{path}/").content.decode()
    assert "望岳路街道办事处（望岳路街道 · 全部行业）" in page
    assert "授予角色：监管人员" in page

    client.post(f"/accounts/roles/{row.public_id}/revoke/", {"reason": "调岗"})
    row.refresh_from_db()
    assert row.revoked_at is not None


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({}, "角色"),
        ({"role": "security_admin"}, "角色"),
        ({"role": "regulator"}, "角色与范围不符"),
        ({"role": "regulator", "authority": "0" * 32}, "监管部门"),
        ({"role": "enterprise_admin", "enterprise_code": "91430602000000000X"}, "没有这个统一社会信用代码"),
        ({"role": "regulator", "valid_to": "soon"}, "有效期"),
    ],
)
def test_grant_bad_input_says_why_and_changes_nothing(world: World, typed: dict[str, str], error: str) -> None:
    user = make_user()

    answer = browser(world, "security_admin").post(f"/accounts/users/{user.public_id}/grant/", typed)

    assert answer.status_code == 422
    assert any(error in line for line in errors_of(answer.content.decode())), errors_of(answer.content.decode())
    assert not RoleAssignment.objects.filter(user=user).exists()


def test_grant_enterprise_admin_by_credit_code(world: World) -> None:
    user = make_user()

    browser(world, "security_admin").post(
        f"/accounts/users/{user.public_id}/grant/",
        {"role": "enterprise_admin", "enterprise_code": world.enterprise.uscc.lower()},
    )

    assert RoleAssignment.objects.get(user=user).enterprise == world.enterprise


def test_admin_role_goes_through_two_people_on_the_pages(world: World) -> None:
    user = make_user()
    world.users["second"] = make_staff_user(SECURITY_ADMIN)
    first, second = browser(world, "security_admin"), browser(world, "second")
    first.post(f"/accounts/users/{user.public_id}/request-role/", {"admin_role": "auditor", "reason": "接任"})
    row = RoleRequest.objects.get()

    own = first.post(f"/accounts/role-requests/{row.public_id}/decide/", {"decision": "approve"})
    assert own.status_code == 422
    assert "两个不同的人" in own.content.decode()
    assert "等待另一位安全管理员" in first.get("/accounts/role-requests/").content.decode()
    assert [task.count for task in tasks_for(world.actor("second"), clock.now())] == [1]
    assert tasks_for(world.actor("security_admin"), clock.now()) == []
    second.post(f"/accounts/role-requests/{row.public_id}/decide/", {"decision": "approve"})

    assert RoleAssignment.objects.get(user=user).role == "auditor"


def test_user_action_unknown_verb_and_missing_reason(world: World) -> None:
    client, user = browser(world, "security_admin"), world.users["regulator"]

    assert client.post(f"/accounts/users/{user.public_id}/delete/", {"reason": "x"}).status_code == 404
    missing = client.post(f"/accounts/users/{user.public_id}/deactivate/", {"reason": " "})
    assert missing.status_code == 422
    assert errors_of(missing.content.decode()) == ["原因:这个字段是必填项。"] or errors_of(missing.content.decode())
    assert User.objects.get(pk=user.pk).is_active


def test_hostile_names_are_shown_as_text(world: World) -> None:
    name = "<img src=x onerror=alert(1)>"
    user = create_user(system_actor("t"), UserDraft("evil", name, phone="13900000009"), now=NOW)

    for path in ("/accounts/users/", f"/accounts/users/{user.public_id}/"):
        page = browser(world, "security_admin").get(path).content.decode()
        assert name not in page
        assert "&lt;img src=x" in page


# --- jobs ------------------------------------------------------------------------------------------------------------------


def test_job_list_retries_what_failed_and_shows_no_arguments(world: World) -> None:
    run = JobRun.objects.create(
        name="accounts.send_text", arguments={"row": "a", "sealed": "cafe"}, state="failed", error="OSError: no route",
        created_at=NOW, run_after=NOW,
    )  # fmt: skip
    check = JobRun.objects.create(name="accounts.verify_audit", state="failed", created_at=NOW, run_after=NOW)
    client = browser(world, "system_admin")

    page = client.get("/accounts/jobs/?state=failed").content.decode()
    assert "OSError: no route" in page
    assert "cafe" not in page
    client.post(f"/accounts/jobs/{check.public_id}/retry/")

    assert JobRun.objects.filter(name="accounts.verify_audit", state="done").count() == 1
    assert AuditEntry.objects.get(action="accounts.job_retried").object_id == check.public_id
    JobRun.objects.filter(pk=run.pk).update(state="done")
    refused = client.post(f"/accounts/jobs/{run.public_id}/retry/")
    assert refused.status_code == 422
    assert "只有失败或未执行的任务可以重试" in refused.content.decode()


# --- audit -----------------------------------------------------------------------------------------------------------------


def _entries(count: int, **over: str) -> None:
    with transaction.atomic():
        for number in range(count):
            audit(
                Actor(1, None, "zhao"),
                over.get("action", "tests.done"),
                JobRun(name=f"=cmd{number}"),
                reason=over.get("reason", ""),
            )


def test_audit_list_filters_and_leads_to_the_entry(world: World) -> None:
    _entries(2)
    _entries(1, action="draws.frozen", reason="到期")
    client = browser(world, "auditor")

    assert "共 1 条" in client.get("/accounts/audit/?action=draws.").content.decode()
    assert "共 1 条" in client.get("/accounts/audit/?text=到期").content.decode()
    assert "共 0 条" in client.get("/accounts/audit/?actor=nobody").content.decode()
    assert "共 0 条" in client.get("/accounts/audit/?day_to=2020-01-01").content.decode()
    assert "共 3 条" in client.get("/accounts/audit/?day_from=nonsense").content.decode()
    entry = client.get("/accounts/audit/3/").content.decode()
    assert "draws.frozen" in entry
    assert client.get("/accounts/audit/99/").status_code == 404


def test_audit_check_says_whole_and_then_names_the_break(world: World) -> None:
    _entries(3)
    client = browser(world, "auditor")

    client.post("/accounts/audit/check/")
    assert "核验完整，共 3 条" in client.get("/accounts/audit/").content.decode()
    dangerously_drop_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_auditentry SET reason = 'x' WHERE sequence = 2")
    client.post("/accounts/audit/check/")

    page = client.get("/accounts/audit/").content.decode()
    assert "审计链断裂" in page
    assert "第 2 条不完整" in page
    assert [task.urgency for task in tasks_for(world.actor("auditor"), clock.now())] == ["overdue"]


def test_audit_export_is_the_filtered_list_with_safe_cells_and_leaves_an_entry(world: World) -> None:
    _entries(2)
    _entries(1, action="draws.frozen", reason='=HYPERLINK("http://evil.example")')
    client = browser(world, "auditor")

    answer = client.post("/accounts/audit/export/", {"action": "draws."})

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (len(rows), rows[0][0], rows[1][0], rows[1][5]) == (2, "序号", "3", "draws.frozen")
    assert rows[1][8].startswith(("'=cmd", "=cmd0 ", "'="))
    assert rows[1][10] == '\'=HYPERLINK("http://evil.example")'
    assert AuditEntry.objects.latest("sequence").details == '{"action":"draws.","rows":1}'


# --- one's own -------------------------------------------------------------------------------------------------------------


def test_token_is_shown_once_and_opens_the_api_with_the_same_reach(world: World) -> None:
    client = browser(world, "regulator")

    page = client.post("/accounts/me/token/", {"verb": "make"}).content.decode()
    found = re.search(r"[0-9a-f]{40}", page)
    assert found
    key = found[0]
    assert key not in client.get("/accounts/me/").content.decode()
    me = Browser().get("/api/v1/me/", headers={"Authorization": f"Token {key}"}).json()
    assert me == {
        "id": world.users["regulator"].public_id,
        "username": "regulator",
        "name": world.users["regulator"].display_name,
        "roles": ["regulator"],
        "reach": "望岳路街道 · 全部行业",
        "person_id": None,
    }

    client.post("/accounts/me/token/", {"verb": "revoke"})
    assert Browser().get("/api/v1/me/", headers={"Authorization": f"Token {key}"}).status_code in (401, 403)


def test_labels_say_reach_and_roles_in_words(world: World) -> None:
    world.authority.industries.add(world.industry)

    assert reach_label(world.actor("regulator")) == "望岳路街道 · 建筑施工"
    assert reach_label(world.actor("enterprise_admin")) == "望岳路街道第一建筑公司"
    assert reach_label(world.actor("candidate")) == "本人"
    assert reach_label(world.actor("auditor")) == ""
    assert role_label(world.actor("regulator")) == "监管人员"
    assert role_label(world.actor("candidate")) == "考生"


def test_navigation_gives_each_administrator_their_own_place_only(world: World) -> None:
    titles = {
        name: [item.title for item in navigation_for(world.actor(name))]
        for name in ("regulator", "security_admin", "system_admin", "auditor")
    }

    assert titles == {
        "regulator": ["我的账号"],
        "security_admin": ["账号与角色", "管理员授权审批", "我的账号"],
        "system_admin": ["后台任务", "我的账号"],
        "auditor": ["审计记录", "我的账号"],
    }


# --- the first administrators ----------------------------------------------------------------------------------------------


def _create(monkeypatch: pytest.MonkeyPatch, name: str, password: str = PASSWORD) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    call_command("create_staff", username=name, name="安全员", password_stdin=True)


@pytest.mark.django_db
def test_create_staff_makes_two_security_admins_and_no_third(monkeypatch: pytest.MonkeyPatch) -> None:
    _create(monkeypatch, "first")
    _create(monkeypatch, "second")
    with pytest.raises(CommandError, match="there are two security administrators"):
        _create(monkeypatch, "third")

    assert sorted(RoleAssignment.objects.values_list("user__username", "role")) == [
        ("first", "security_admin"),
        ("second", "security_admin"),
    ]
    assert User.objects.get(username="first").check_password(PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "password"), [("first", "short"), ("first", "12345678901"), ("1", PASSWORD)])
def test_create_staff_weak_password_or_bad_name_makes_nothing(
    monkeypatch: pytest.MonkeyPatch, name: str, password: str
) -> None:
    with pytest.raises(CommandError):
        _create(monkeypatch, name, password)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_create_staff_says_what_is_wrong_with_a_name_before_it_asks_for_a_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = io.StringIO(f"{PASSWORD}\n")
    monkeypatch.setattr("sys.stdin", asked)

    with pytest.raises(CommandError, match="username_invalid"):
        call_command("create_staff", username="1", name="安全员", password_stdin=True)

    assert asked.tell() == 0


def test_grant_role_at_authority_is_seen_in_the_list_of_users(world: World) -> None:
    user = make_user(username="fresh")
    grant_role(
        world.actor("security_admin"), user.public_id, REGULATOR, authority_id=world.authority.public_id, now=NOW
    )

    page = browser(world, "security_admin").get("/accounts/users/?q=fresh").content.decode()

    assert "监管人员" in page
