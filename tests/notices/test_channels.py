"""Deliveries through real sockets: an SMTP server, an SMS gateway, 阿里云, 企业微信 and 钉钉 as their documents describe them."""

import base64
import email
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from email.policy import default

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from core.actor import system_actor
from core.channels import GatewayChannel, Unreachable, aliyun_signature, chat_channel
from core.errors import NotAllowed, NotFound
from notices import jobs
from notices.actions import notify, retry_failed, set_preference
from notices.domain.channels import Addresses, channels_for, clean_muted
from notices.models import Delivery, DeliveryAttempt
from notices.queries import LedgerFilter, counts_by_state, deliveries_for
from tests.factories.notices import SENT_AT, make_delivery, make_notice
from tests.notices.doubles import http_provider, smtp_server

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("tests")
NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)


def delivered(delivery):
    jobs.task_deliver([delivery.pk])
    delivery.refresh_from_db()
    return delivery.state, delivery.error


def history():
    return list(DeliveryAttempt.objects.values_list("outcome", "detail"))


# E-mail


@pytest.fixture
def mailbox(settings, world):
    User.objects.filter(person=world.person).update(email="zhang@example.cn")
    with smtp_server() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield box


def test_mail_reaches_the_smtp_server_in_chinese_with_the_link(world, mailbox, settings):
    notice = make_notice(world.person, title="您被抽中\nBcc: all@example.cn", link="/my/exams/")

    assert delivered(make_delivery(notice, channel="email")) == ("sent", "")

    ((sender, recipients, text),) = mailbox.messages
    message = email.message_from_bytes(text, policy=default)
    assert (sender, recipients) == (settings.DEFAULT_FROM_EMAIL, ["zhang@example.cn"])
    assert message["Subject"] == "您被抽中 Bcc: all@example.cn"
    assert message["Bcc"] is None
    assert message.get_content().strip().replace("\r\n", "\n") == f"{notice.body}\n\n{settings.BASE_URL}/my/exams/"
    assert history() == [("sent", "")]


def test_mail_refused_for_good_is_not_tried_again(world, mailbox):
    mailbox.refuses["zhang@example.cn"] = "550 no such user"
    delivery = make_delivery(make_notice(world.person), channel="email")
    assert delivered(delivery) == ("failed", "SMTP 550")
    assert (delivery.attempts, history()) == (1, [("refused", "SMTP 550")])


def test_mail_refused_for_now_is_tried_again(world, mailbox):
    mailbox.refuses["zhang@example.cn"] = "451 later"
    delivery = make_delivery(make_notice(world.person), channel="email")
    state, error = delivered(delivery)
    assert (state, "451" in error) == ("due", True)
    del mailbox.refuses["zhang@example.cn"]
    Delivery.objects.filter(pk=delivery.pk).update(next_try_at=NOW)
    assert delivered(delivery) == ("sent", "")
    assert [outcome for outcome, _detail in history()] == ["failed", "sent"]


def test_mail_server_away_is_tried_again(world, mailbox, settings):
    settings.EMAIL_PORT = 1
    delivery = make_delivery(make_notice(world.person), channel="email")
    assert delivered(delivery)[0] == "due"


# Texts


def test_gateway_gets_a_signed_text(world, settings):
    settings.SMS_CHANNEL, settings.SMS_SECRET = "core.channels.GatewayChannel", "secret"
    with http_provider(lambda call: (200, {})) as provider:
        settings.SMS_URL = f"{provider.url}/send"
        assert delivered(make_delivery(make_notice(world.person))) == ("sent", "")
    (call,) = provider.calls
    digest = hmac.new(b"secret", call.body.encode(), hashlib.sha256).hexdigest()
    assert call.headers["x-signature"] == f"sha256={digest}"
    assert (call.path, call.json["to"], call.json["purpose"]) == ("/send", world.person.phone, "tests.told")
    assert call.json["text"].startswith("【抽考】您被抽中参加本季抽考。")


@pytest.mark.parametrize(
    ("status", "body", "state", "outcome"),
    [
        (400, {}, "failed", "refused"),
        (404, {}, "failed", "refused"),
        (429, {}, "due", "failed"),
        (500, "busy", "due", "failed"),
        (200, "<html>portal</html>", "due", "failed"),
        (200, "", "sent", "sent"),
    ],
)
def test_gateway_answers_are_told_apart(world, settings, status, body, state, outcome):
    settings.SMS_CHANNEL = "core.channels.GatewayChannel"
    with http_provider(lambda call: (status, body)) as provider:
        settings.SMS_URL = provider.url
        assert delivered(make_delivery(make_notice(world.person)))[0] == state
    assert history()[0][0] == outcome


def test_gateway_is_reached_by_https_or_on_this_machine_only(settings):
    for url in ("http://sms.example.cn", "ftp://127.0.0.1", "file:///etc/passwd", ""):
        settings.SMS_URL = url
        with pytest.raises(ImproperlyConfigured):
            GatewayChannel().send(to="+8613800000000", text="x", purpose="x", now=NOW)


def test_aliyun_signature_is_that_of_the_documents_example():
    # RPC signature, worked out by hand: sorted, percent-encoded, HMAC-SHA1 under secret + "&"
    parameters = {"Version": "2017-05-25", "Action": "SendSms", "SignName": "抽考 *~", "Format": "JSON"}
    text = (
        "POST&%2F&Action%3DSendSms%26Format%3DJSON%26SignName%3D%25E6%258A%25BD%25E8%2580%2583%2520%252A~"
        "%26Version%3D2017-05-25"
    )
    digest = hmac.new(b"testSecret&", text.encode(), hashlib.sha1).digest()
    assert aliyun_signature(parameters, secret="testSecret") == base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    ("code", "state"), [("OK", "sent"), ("isv.MOBILE_NUMBER_ILLEGAL", "failed"), ("isv.BUSINESS_LIMIT_CONTROL", "due")]
)
def test_aliyun_gets_a_signed_form(world, settings, code, state):
    settings.SMS_CHANNEL, settings.SMS_KEY, settings.SMS_SECRET = "core.channels.AliyunSmsChannel", "id", "secret"
    settings.SMS_SIGN, settings.SMS_TEMPLATE = "抽考", "SMS_1"
    with http_provider(lambda call: (200, {"Code": code})) as provider:
        settings.SMS_URL = provider.url
        assert delivered(make_delivery(make_notice(world.person)))[0] == state
    form = provider.calls[0].form
    signature = form.pop("Signature")
    assert signature == aliyun_signature(form, secret="secret")
    assert (form["PhoneNumbers"], form["SignName"], form["TemplateCode"]) == (
        world.person.phone.removeprefix("+86"), "抽考", "SMS_1",
    )  # fmt: skip
    assert json.loads(form["TemplateParam"])["text"].startswith("【抽考】")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", form["Timestamp"])


# Messengers


def wecom(call):
    if call.path == "/cgi-bin/gettoken":
        right = (call.query["corpid"], call.query["corpsecret"]) == ("corp", "secret")
        return 200, {"errcode": 0, "access_token": "T", "expires_in": 7200} if right else {"errcode": 40001}
    if call.query.get("access_token") != "T":
        return 200, {"errcode": 40014}
    if call.path == "/cgi-bin/user/getuserid":
        known = call.json["mobile"].startswith("1380000")
        return 200, {"errcode": 0, "userid": "zhang"} if known else {"errcode": 46004}
    return 200, {"errcode": 0, "invaliduser": ""}


def dingtalk(call):
    if call.path == "/gettoken":
        return 200, {"errcode": 0, "access_token": "D"}
    if call.path == "/topapi/v2/user/getbymobile":
        known = call.json["mobile"].startswith("1380000")
        return 200, {"errcode": 0, "result": {"userid": "u1"}} if known else {"errcode": 60121}
    return 200, {"errcode": 0, "task_id": 1}


@pytest.mark.parametrize(
    ("adapter", "answer", "sent_to", "user"),
    [
        ("core.channels.WeComChannel", wecom, "/cgi-bin/message/send", ("touser", "zhang")),
        (
            "core.channels.DingTalkChannel",
            dingtalk,
            "/topapi/message/corpconversation/asyncsend_v2",
            ("userid_list", "u1"),
        ),
    ],
)
def test_messenger_finds_the_person_by_phone_and_sends(world, settings, adapter, answer, sent_to, user):
    settings.CHAT_CHANNEL, settings.CHAT_KEY = adapter, "corp"
    settings.CHAT_SECRET, settings.CHAT_AGENT = "secret", "1000002"
    with http_provider(answer) as provider:
        settings.CHAT_URL = provider.url
        assert delivered(make_delivery(make_notice(world.person), channel="chat")) == ("sent", "")
        assert delivered(make_delivery(make_notice(world.person), channel="chat")) == ("sent", "")
        world.person.phone = "+8613911112222"
        world.person.save()
        stranger = make_delivery(make_notice(world.person), channel="chat")
        state, error = delivered(stranger)
    assert (state, error[:7]) == ("failed", "errcode")
    tokens = [call for call in provider.calls if "gettoken" in call.path]
    messages = [call for call in provider.calls if call.path == sent_to]
    assert (len(tokens), len(messages)) == (1, 2)
    body = messages[0].json
    assert body[user[0]] == user[1]
    assert "您被抽中参加本季抽考" in json.dumps(body, ensure_ascii=False)


def test_messenger_token_that_died_is_asked_for_again(world, settings):
    settings.CHAT_CHANNEL, settings.CHAT_KEY, settings.CHAT_SECRET = "core.channels.WeComChannel", "corp", "secret"
    dead = {"yes": True}

    def answer(call):
        if dead["yes"] and "gettoken" not in call.path:
            return 200, {"errcode": 42001}
        return wecom(call)

    with http_provider(answer) as provider:
        settings.CHAT_URL = provider.url
        delivery = make_delivery(make_notice(world.person), channel="chat")
        assert delivered(delivery)[0] == "due"
        dead["yes"] = False
        Delivery.objects.filter(pk=delivery.pk).update(next_try_at=NOW)
        assert delivered(delivery) == ("sent", "")
    assert sum("gettoken" in call.path for call in provider.calls) == 2


def test_messenger_is_none_where_the_installation_has_none(settings):
    settings.CHAT_CHANNEL = ""
    assert chat_channel() is None
    assert issubclass(ConnectionError, OSError)
    assert not issubclass(Unreachable, OSError)


# Which channels, and preferences


def test_channels_follow_addresses_and_preferences_except_for_calls():
    everywhere = Addresses(has_phone=True, has_email=True, has_chat=True)
    assert channels_for("exams.appeal", everywhere, []) == ("in_app", "sms", "email", "chat")
    assert channels_for("exams.appeal", everywhere, ["sms", "chat"]) == ("in_app", "email")
    assert channels_for("exams.reminder", everywhere, ["sms", "email", "chat"]) == ("in_app", "sms", "email", "chat")
    assert channels_for("exams.appeal", Addresses(False, False, True), []) == ("in_app",)
    assert clean_muted(["chat", "in_app", "pigeon", "sms"]) == ["sms", "chat"]


def test_preference_is_ones_own_and_obeyed(world):
    set_preference(world.actor("candidate"), muted=["sms", "pigeon"], now=NOW)
    with pytest.raises(NotFound):
        set_preference(world.actor("regulator"), muted=[], now=NOW)
    for kind in ("exams.appeal", "exams.candidate_notified"):
        notify(SYSTEM, people=[world.person], kind=kind, dedupe=kind, title="x", body="y", now=NOW)
    kinds = Delivery.objects.filter(channel="sms").values_list("notice__kind", flat=True)
    assert list(kinds) == ["exams.candidate_notified"]


# The ledger


def test_ledger_counts_and_retries_what_the_filter_shows(world, settings, django_capture_on_commit_callbacks):
    settings.SMS_CHANNEL = "core.channels.DatabaseChannel"
    old = make_notice(world.person, created_at=SENT_AT - timedelta(days=9))
    for notice in (old, make_notice(world.person), make_notice(world.other_person)):
        make_delivery(notice, state="failed", attempts=5)
    make_delivery(make_notice(world.person), state="sent")
    actor = world.actor("regulator")
    wanted = LedgerFilter(state="failed", since=SENT_AT.date())

    assert counts_by_state(actor, LedgerFilter()) == {"failed": 2, "sent": 1}
    with pytest.raises(NotAllowed):
        retry_failed(world.actor("reviewer"), wanted, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        assert retry_failed(actor, wanted, now=NOW) == 1

    assert counts_by_state(actor, LedgerFilter()) == {"failed": 1, "sent": 2}
    assert deliveries_for(world.actor("other_regulator")).get().state == "failed"
