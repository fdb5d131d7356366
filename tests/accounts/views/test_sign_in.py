"""Signing in as a person does it: through the pages, with allauth behind them (security.md, A41–A48)."""

import base64
import hmac
import re
import struct
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from core.models import AuditEntry, JobRun, OutgoingMessage
from tests.factories.accounts import PASSWORD, make_second_factor, make_user
from tests.factories.actors import Browser as Client
from tests.factories.actors import World, client_of, make_staff_user

LOGIN = "/accounts/login/"
CODE = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"
PHONE = "+8613812341234"
WRONG = "账号或密码不正确"


@pytest.fixture(autouse=True)
def _texts_in_the_database(settings: Settings) -> None:
    settings.SMS_CHANNEL = "core.channels.DatabaseChannel"


@pytest.fixture
def person(db: None) -> User:
    return make_user(username="wang", phone=PHONE, email="wang@example.cn")


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/me/").status_code == 200


def sent_code() -> str:
    text = OutgoingMessage.objects.latest("pk").text
    found = re.search(r"\d{6}", text)
    assert found, text
    return found[0]


def totp(secret: str) -> str:
    """RFC 6238, written anew as an oracle."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 10**6:06d}"


@pytest.mark.parametrize(
    "login",
    ["wang", "WANG", "wang@example.cn", "Wang@Example.cn", "13812341234", "138 1234 1234", "+8613812341234"],
)
def test_password_with_any_name_of_the_account_signs_in(person: User, login: str) -> None:
    client = Client()

    answer = client.post(LOGIN, {"login": login, "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)
    entry = AuditEntry.objects.latest("sequence")
    assert (entry.action, entry.actor_label, entry.object_id) == ("accounts.signed_in", "wang", person.public_id)


@pytest.mark.parametrize(
    "login", ["wang", "13812341234", "wang@example.cn", "nobody", "13900000000", "no@example.cn", "' or 1=1", "\x00"]
)
def test_wrong_password_and_unknown_account_get_the_same_answer(person: User, login: str) -> None:
    client = Client()

    answer = client.post(LOGIN, {"login": login, "password": "wrong-password-9"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert WRONG in page or "不能包含" in page or "Null" in page or "空字符" in page
    assert not is_signed_in(client)


def test_wrong_password_page_is_the_same_for_known_and_unknown_but_for_the_typed_name(person: User) -> None:
    pages = []
    for login in ("wangx", "13812341234"):
        page = Client().post(LOGIN, {"login": login, "password": "wrong-password-9"}).content.decode()
        page = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", page)
        page = re.sub(r"request_id[^<]*", "", page)
        pages.append(page.replace(login, "*").replace("+8613812341234", "*"))
    assert pages[0] == pages[1]


def test_failed_sign_ins_leave_the_same_trace_for_known_and_unknown(person: User) -> None:
    for login in ("wang", "nobody"):
        Client().post(LOGIN, {"login": login, "password": "wrong-password-9"})

    entries = AuditEntry.objects.order_by("sequence").values_list("action", "actor_label", "details")
    assert list(entries) == [
        ("accounts.sign_in_failed", "anonymous", '{"known":true}'),
        ("accounts.sign_in_failed", "anonymous", '{"known":false}'),
    ]


def test_fifth_failure_locks_the_account_under_all_its_names_for_five_minutes(person: User) -> None:
    names = ["wang", "13812341234", "wang@example.cn", "138-1234-1234", "WANG"]
    for login in names:
        assert WRONG in Client().post(LOGIN, {"login": login, "password": "wrong-password-9"}).content.decode()

    locked = Client()
    answer = locked.post(LOGIN, {"login": "wang", "password": PASSWORD})

    assert "尝试次数过多" in answer.content.decode()
    assert not is_signed_in(locked)
    other = make_user()
    assert Client().post(LOGIN, {"login": other.username, "password": PASSWORD}).status_code == 302
    with time_machine.travel(timedelta(minutes=5, seconds=1)):
        assert Client().post(LOGIN, {"login": "wang", "password": PASSWORD}).status_code == 302


def test_a_hall_signs_in_through_one_address(db: None) -> None:
    people = [make_user() for _ in range(60)]

    answers = [Client().post(LOGIN, {"login": user.username, "password": PASSWORD}).status_code for user in people]

    assert answers == [302] * 60


def test_code_by_text_signs_in_and_changes_the_session(person: User) -> None:
    client = Client()
    client.get(LOGIN)

    asked = client.post(CODE, {"phone": "138 1234 1234"})
    assert (asked.status_code, asked["Location"]) == (302, CONFIRM)
    before = client.session.session_key
    assert OutgoingMessage.objects.get().to == PHONE
    answer = client.post(CONFIRM, {"code": sent_code(), "action": "verify"})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)
    assert client.session.session_key != before


def test_code_for_an_unknown_phone_gets_the_same_answers_and_no_text(person: User) -> None:
    known, unknown = Client(), Client()

    answers = [client.post(CODE, {"phone": phone}) for client, phone in ((known, PHONE), (unknown, "13900000000"))]
    pages = [
        re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", client.get(CONFIRM).content.decode())
        for client in (known, unknown)
    ]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, CONFIRM)] * 2
    assert pages[0].replace(PHONE, "*") == pages[1].replace("+8613900000000", "*")
    assert list(OutgoingMessage.objects.values_list("to", flat=True)) == [PHONE]
    assert JobRun.objects.filter(name="accounts.send_text", state="done").count() == 2
    wrong = unknown.post(CONFIRM, {"code": "123456", "action": "verify"})
    assert "验证码不正确" in wrong.content.decode()


def test_code_is_a_secret_in_the_queue(person: User) -> None:
    Client().post(CODE, {"phone": PHONE})

    arguments = str(JobRun.objects.get(name="accounts.send_text").arguments)
    assert sent_code() not in arguments
    assert "1381234" not in arguments


def test_code_of_an_inactive_account_is_never_sent(person: User) -> None:
    User.objects.update(is_active=False)

    assert Client().post(CODE, {"phone": PHONE})["Location"] == CONFIRM
    assert not OutgoingMessage.objects.exists()


def test_code_wrong_five_times_ends_the_attempt(person: User) -> None:
    client = Client()
    client.post(CODE, {"phone": PHONE})
    code = sent_code()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        client.post(CONFIRM, {"code": wrong, "action": "verify"})

    answer = client.post(CONFIRM, {"code": code, "action": "verify"})

    assert answer["Location"].startswith(LOGIN)
    assert not is_signed_in(client)
    assert AuditEntry.objects.filter(action="accounts.sign_in_code_rejected").count() == 5


def test_code_after_five_minutes_is_too_old(person: User) -> None:
    client = Client()
    client.post(CODE, {"phone": PHONE})
    code = sent_code()

    with time_machine.travel(timedelta(minutes=5, seconds=1)):
        answer = client.post(CONFIRM, {"code": code, "action": "verify"})

    assert answer["Location"].startswith(LOGIN)
    assert not is_signed_in(client)


def test_code_requests_are_counted_per_phone_however_it_is_typed(person: User) -> None:
    for typed in ("13812341234", "138 1234 1234", "+8613812341234"):
        assert Client().post(CODE, {"phone": typed}).status_code == 302

    answer = Client().post(CODE, {"phone": "138-1234-1234"})

    assert "尝试次数过多" in answer.content.decode()
    assert OutgoingMessage.objects.count() == 3


@pytest.mark.parametrize("typed", ["", "12345", "abc", "<script>alert(1)</script>", "1" * 500])
def test_code_request_with_no_phone_says_what_to_type(db: None, typed: str) -> None:
    answer = Client().post(CODE, {"phone": typed})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<script>alert" not in page
    assert 'aria-invalid="true"' in page


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "\\\\evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "//evil.example%0d%0aX: y",
        "\thttps://evil.example",
    ],
)
def test_sign_in_leads_to_this_site_only(person: User, target: str) -> None:
    answer = Client().post(f"{LOGIN}", {"login": "wang", "password": PASSWORD, "next": target})

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_sign_in_leads_back_to_the_page_that_was_asked_for(person: User) -> None:
    asked = Client()
    refused = asked.get("/accounts/me/")
    assert refused["Location"] == f"{LOGIN}?next=/accounts/me/"

    answer = asked.post(refused["Location"], {"login": "wang", "password": PASSWORD, "next": "/accounts/me/"})

    assert answer["Location"] == "/accounts/me/"


def test_sign_in_without_csrf_token_is_refused(person: User) -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.post(LOGIN, {"login": "wang", "password": PASSWORD}).status_code == 403
    assert client.post(CODE, {"phone": PHONE}).status_code == 403


def test_inactive_account_with_the_right_password_stays_out(person: User) -> None:
    User.objects.update(is_active=False)
    client = Client()

    answer = client.post(LOGIN, {"login": "wang", "password": PASSWORD})

    assert answer["Location"] == "/accounts/inactive/"
    assert not is_signed_in(client)
    assert "账号已停用" in client.get("/accounts/inactive/").content.decode()


def test_nobody_can_sign_up(db: None) -> None:
    for answer in (
        Client().get("/accounts/signup/"),
        Client().post("/accounts/signup/", {"username": "x", "password1": PASSWORD}),
    ):
        assert "不开放注册" in answer.content.decode()
    assert not User.objects.exists()
    for path in ("/accounts/email/", "/accounts/phone/change/", "/accounts/confirm-email/", "/admin/"):
        assert Client().get(path).status_code == 404, path


# --- passwords ---------------------------------------------------------------------------------------------------------


def test_password_reset_goes_to_the_known_mail_with_our_own_address(person: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(headers={"host": "evil.example"})

    answers = [
        client.post("/accounts/password/reset/", {"email": address}) for address in ("wang@example.cn", "no@example.cn")
    ]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/accounts/password/reset/sent/")}
    assert [message.to for message in mail.outbox] == [["wang@example.cn"]]
    assert "evil.example" not in mail.outbox[0].body
    assert f"{settings.BASE_URL}/accounts/password/reset/key/" in mail.outbox[0].body
    assert JobRun.objects.filter(name="accounts.send_mail", state="done").count() == 2


def test_password_reset_link_works_once(person: User, settings: Settings) -> None:
    Client().post("/accounts/password/reset/", {"email": "wang@example.cn"})
    found = re.search(r"http\S+", mail.outbox[0].body)
    assert found
    path = found[0].removeprefix(settings.BASE_URL)
    client = Client()
    form = client.get(path)["Location"]
    new = "fresh-river-88-stone"

    assert client.post(form, {"password1": "short", "password2": "short"}).status_code == 200
    done = client.post(form, {"password1": new, "password2": new})

    assert done["Location"] == reverse("account_reset_password_from_key_done")
    assert Client().post(LOGIN, {"login": "wang", "password": new}).status_code == 302
    assert Client().post(LOGIN, {"login": "wang", "password": PASSWORD}).status_code == 200
    assert "链接无效" in Client().get(path, follow=True).content.decode()


def test_password_change_signs_out_every_device(person: User) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.post(LOGIN, {"login": "wang", "password": PASSWORD})
    new = "fresh-river-88-stone"

    answer = here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert answer.status_code == 302
    assert not is_signed_in(here)
    assert not is_signed_in(there)
    assert AuditEntry.objects.filter(action="accounts.password_changed").count() == 1


@pytest.mark.parametrize("weak", ["short", "1234567890123", "password1234", "wang-wang"])
def test_password_change_to_a_weak_one_changes_nothing(person: User, weak: str) -> None:
    client = client_of(person)

    answer = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})

    assert answer.status_code == 200
    assert User.objects.get().check_password(PASSWORD)


# --- second factor -----------------------------------------------------------------------------------------------------


@pytest.fixture
def regulator(world: World) -> User:
    return make_staff_user("regulator", username="zhao", authority=world.authority)


def test_half_login_reaches_nothing(regulator: User) -> None:
    client = Client()

    answer = client.post(LOGIN, {"login": "zhao", "password": PASSWORD})

    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert "动态口令" in client.get(answer["Location"]).content.decode()
    for path in ("/accounts/me/", "/notices/", "/accounts/2fa/", "/accounts/sessions/", "/accounts/password/change/"):
        assert client.get(path)["Location"].startswith(LOGIN), path
    assert client.get("/api/v1/me/").status_code in (401, 403)


def test_staff_without_second_factor_are_led_to_set_one_up_and_reach_nothing_else(
    world: World, settings: Settings
) -> None:
    settings.STAFF_MFA_REQUIRED = True
    user = make_user(username="qian")
    user.role_assignments.create(role="regulator", authority=world.authority, valid_from="2026-01-01")
    client = client_of(user)

    for path in ("/notices/", "/accounts/me/", "/my/notices/", "/accounts/sessions/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/"), path
    refused = client.get("/api/v1/me/")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_missing")
    assert "必须启用第二重验证" in client.get("/accounts/2fa/").content.decode()

    make_second_factor(user)
    assert client.get("/notices/").status_code == 200


def test_second_factor_is_not_asked_of_staff_where_the_setting_is_off(world: World, settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = False
    user = make_user()
    user.role_assignments.create(role="regulator", authority=world.authority, valid_from="2026-01-01")

    assert client_of(user).get("/notices/").status_code == 200


def test_setting_up_totp_asks_for_the_password_again_and_keeps_the_secret_sealed(world: World) -> None:
    user = world.users["candidate"]
    client = Client()
    client.force_login(user)

    answer = client.get("/accounts/2fa/totp/activate/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    client.post(answer["Location"], {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = client.session["mfa.totp.secret"]
    assert secret in page
    assert 'src="data:image/svg+xml' in page
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert "验证码不正确" in wrong.content.decode()

    done = client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)})

    assert done.status_code == 302
    row = Authenticator.objects.get(user=user, type="totp")
    assert secret not in str(row.data)
    added = AuditEntry.objects.filter(action="accounts.second_factor_added").values_list("details", flat=True)
    assert sorted(added) == ['{"known":true,"type":"recovery_codes"}', '{"known":true,"type":"totp"}']

    elsewhere = Client()
    half = elsewhere.post(LOGIN, {"login": user.username, "password": PASSWORD})
    assert half["Location"] == "/accounts/2fa/authenticate/"
    with time_machine.travel(timedelta(minutes=2)):
        elsewhere.post("/accounts/2fa/authenticate/", {"code": totp(secret)})
        assert is_signed_in(elsewhere)


# --- sessions ----------------------------------------------------------------------------------------------------------


def test_idle_session_ends_and_comes_back_to_the_page(person: User, settings: Settings) -> None:
    settings.SESSION_IDLE_SECONDS = 600
    client = Client()
    with time_machine.travel("2026-11-23 09:00:00+08:00", tick=False) as clock:
        client.post(LOGIN, {"login": "wang", "password": PASSWORD})
        clock.shift(599)
        assert is_signed_in(client)
        clock.shift(599)
        assert is_signed_in(client)

        clock.shift(661)
        answer = client.get("/accounts/me/?page=2")

        assert answer["Location"] == f"{LOGIN}?next=%2Faccounts%2Fme%2F%3Fpage%3D2&idle=1"
        assert "自动退出" in client.get(answer["Location"]).content.decode()
        assert not is_signed_in(client)


def test_idle_session_is_not_ended_by_the_sitting_page(person: User, settings: Settings) -> None:
    settings.SESSION_IDLE_SECONDS = 600
    client = Client()
    with time_machine.travel("2026-11-23 09:00:00+08:00", tick=False) as clock:
        client.post(LOGIN, {"login": "wang", "password": PASSWORD})
        clock.shift(3600)

        client.get("/sit/" + "0" * 32 + "/")

        assert "_auth_user_id" in client.session


def test_sessions_of_other_devices_are_ended_from_the_list(person: User) -> None:
    here, there = Client(), Client(headers={"user-agent": "Old <b>phone</b>"})
    for client in (here, there):
        client.post(LOGIN, {"login": "wang", "password": PASSWORD})
    page = here.get("/accounts/sessions/").content.decode()
    assert "Old &lt;b&gt;phone&lt;/b&gt;" in page

    here.post("/accounts/sessions/")

    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_forged_forwarded_address_counts_for_nothing(person: User, settings: Settings) -> None:
    client = Client(headers={"x-forwarded-for": "203.0.113.9"})

    client.post(LOGIN, {"login": "wang", "password": PASSWORD})

    assert AuditEntry.objects.latest("sequence").address == "127.0.0.1"


def test_sign_out_needs_a_post(person: User) -> None:
    client = client_of(person)

    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_language_is_kept_through_sign_in(person: User) -> None:
    client = Client()
    client.post("/language/", {"language": "en", "next": "/accounts/login/"})
    client.post(LOGIN, {"login": "wang", "password": PASSWORD})

    assert 'lang="en"' in client.get("/accounts/me/").content.decode()


def test_demo_texts_are_shown_in_the_demo_only(person: User, settings: Settings) -> None:
    Client().post(CODE, {"phone": PHONE})

    assert Client().get("/accounts/messages/").status_code == 404
    settings.DEMO = True
    assert sent_code() in Client().get("/accounts/messages/").content.decode()
