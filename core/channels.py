"""How a short text reaches a person: one interface, adapters behind it. `to` is a phone number in E.164 form.

`SMS_CHANNEL` names the adapter for texts to phones, `CHAT_CHANNEL` the one for the office messenger (企业微信, 钉钉), empty
where there is none. Providers are reached by https, or by http on this machine alone.
"""

import base64
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from core.masking import mask_phone
from core.models import OutgoingMessage
from core.seeded import fresh_token

logger = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 10
_TOKEN_SECONDS = 6600
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Unreachable(Exception):
    """The provider said no for good (no such person, number refused): trying again would not help."""


class Channel(Protocol):
    """Sends one text. OSError when it could not now (the caller's job retries), Unreachable when it never will."""

    def send(self, *, to: str, text: str, purpose: str, now: datetime) -> None: ...


class ConsoleChannel:
    """Writes to the server's terminal: for development only, because a code is a secret."""

    def send(self, *, to: str, text: str, purpose: str, now: datetime) -> None:
        print(f"[{now:%H:%M:%S}] {purpose} -> {to}: {text}")  # noqa: T201 - the terminal is the channel


class DatabaseChannel:
    """Keeps the text in a table that the demo shows to its visitor."""

    def send(self, *, to: str, text: str, purpose: str, now: datetime) -> None:
        OutgoingMessage.objects.create(to=to, text=text, purpose=purpose, sent_at=now)
        logger.debug("message kept in the database for %s (%s)", mask_phone(to), purpose)


class GatewayChannel:
    """An SMS gateway of one's own: JSON by POST to SMS_URL, signed with HMAC-SHA256 of the body under SMS_SECRET.

    2xx is taken, 4xx except 408 and 429 is refused for good, anything else is tried again.
    """

    def send(self, *, to: str, text: str, purpose: str, now: datetime) -> None:
        body = json.dumps({"to": to, "text": text, "purpose": purpose, "at": now.isoformat()}, ensure_ascii=False)
        signature = hmac.new(settings.SMS_SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
        _call(settings.SMS_URL, body=body.encode(), headers={"X-Signature": f"sha256={signature}"})


class AliyunSmsChannel:
    """阿里云短信服务 (SendSms, 2017-05-25). SMS_TEMPLATE has one variable, `text`; signed as the RPC interface asks."""

    _REFUSED = frozenset({"isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT", "isv.BLACK_KEY_CONTROL_LIMIT"})

    def send(self, *, to: str, text: str, purpose: str, now: datetime) -> None:
        parameters = {
            "AccessKeyId": settings.SMS_KEY,
            "Action": "SendSms",
            "Format": "JSON",
            "PhoneNumbers": to.removeprefix("+86"),
            "SignName": settings.SMS_SIGN,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": fresh_token(16),
            "SignatureVersion": "1.0",
            "TemplateCode": settings.SMS_TEMPLATE,
            "TemplateParam": json.dumps({"text": text}, ensure_ascii=False),
            "Timestamp": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "Version": "2017-05-25",
        }
        signed = {**parameters, "Signature": aliyun_signature(parameters, secret=settings.SMS_SECRET)}
        answer = _call(
            f"{settings.SMS_URL}/",
            body=urlencode(signed).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        code = answer.get("Code")
        if code in self._REFUSED:
            raise Unreachable(code)
        if code != "OK":
            raise ConnectionError(f"SMS provider answered {code}")


class WeComChannel:
    """企业微信 application messages. CHAT_KEY is the corp id, CHAT_SECRET the application's, CHAT_AGENT its agent id."""

    _NO_SUCH_PERSON = frozenset({46004, 60111, 60103, 40003})
    _TOKEN_DEAD = frozenset({40014, 42001, 40001})

    def send(self, *, to: str, text: str, purpose: str, now: datetime) -> None:
        found = self._ask("/cgi-bin/user/getuserid", {"mobile": to.removeprefix("+86")})
        message = {
            "touser": found["userid"],
            "msgtype": "text",
            "agentid": int(settings.CHAT_AGENT),
            "text": {"content": text},
        }
        sent = self._ask("/cgi-bin/message/send", message)
        if sent.get("invaliduser"):
            raise Unreachable("invaliduser")

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        query = urlencode({"access_token": self._token()})
        answer = _call(f"{settings.CHAT_URL}{path}?{query}", body=json.dumps(body, ensure_ascii=False).encode())
        return _checked(answer, refused=self._NO_SUCH_PERSON, dead=self._TOKEN_DEAD)

    def _token(self) -> str:
        query = urlencode({"corpid": settings.CHAT_KEY, "corpsecret": settings.CHAT_SECRET})
        return _token(f"{settings.CHAT_URL}/cgi-bin/gettoken?{query}")


class DingTalkChannel:
    """钉钉 work notices. CHAT_KEY and CHAT_SECRET are the application's, CHAT_AGENT its agent id."""

    _NO_SUCH_PERSON = frozenset({60121, 40103, 40104})
    _TOKEN_DEAD = frozenset({40014, 42001, 88})

    def send(self, *, to: str, text: str, purpose: str, now: datetime) -> None:
        found = self._ask("/topapi/v2/user/getbymobile", {"mobile": to.removeprefix("+86")})
        message = {
            "agent_id": int(settings.CHAT_AGENT),
            "userid_list": found["result"]["userid"],
            "msg": {"msgtype": "text", "text": {"content": text}},
        }
        self._ask("/topapi/message/corpconversation/asyncsend_v2", message)

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        query = urlencode({"access_token": self._token()})
        answer = _call(f"{settings.CHAT_URL}{path}?{query}", body=json.dumps(body, ensure_ascii=False).encode())
        return _checked(answer, refused=self._NO_SUCH_PERSON, dead=self._TOKEN_DEAD)

    def _token(self) -> str:
        query = urlencode({"appkey": settings.CHAT_KEY, "appsecret": settings.CHAT_SECRET})
        return _token(f"{settings.CHAT_URL}/gettoken?{query}")


def phone_channel() -> Channel:
    """The adapter named by settings.SMS_CHANNEL."""
    channel: Channel = import_string(settings.SMS_CHANNEL)()
    return channel


def chat_channel() -> Channel | None:
    """The adapter named by settings.CHAT_CHANNEL, or None where the installation has none."""
    if not settings.CHAT_CHANNEL:
        return None
    channel: Channel = import_string(settings.CHAT_CHANNEL)()
    return channel


def aliyun_signature(parameters: dict[str, str], *, secret: str) -> str:
    """HMAC-SHA1 over the sorted, percent-encoded parameters of a POST, as the RPC interface of 阿里云 defines it."""
    query = "&".join(f"{_encoded(name)}={_encoded(parameters[name])}" for name in sorted(parameters))
    text = f"POST&{_encoded('/')}&{_encoded(query)}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


def _checked(answer: dict[str, Any], *, refused: frozenset[int], dead: frozenset[int]) -> dict[str, Any]:
    code = answer.get("errcode", 0)
    if code in refused:
        raise Unreachable(f"errcode {code}")
    if code in dead:
        cache.delete(_token_key())
    if code:
        raise ConnectionError(f"messenger answered errcode {code}")
    return answer


def _token(url: str) -> str:
    key = _token_key()
    known = cache.get(key)
    if known is None:
        answer = _call(url)
        known = answer.get("access_token")
        if answer.get("errcode", 0) or not known:
            raise ConnectionError(f"messenger gave no token: errcode {answer.get('errcode')}")
        cache.set(key, known, min(int(answer.get("expires_in", _TOKEN_SECONDS)), _TOKEN_SECONDS))
    return str(known)


def _token_key() -> str:
    return f"channels.token:{settings.CHAT_CHANNEL}:{settings.CHAT_KEY}"


def _call(url: str, *, body: bytes | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """One request; the answer as JSON. OSError for what may pass, Unreachable for a refusal of the provider."""
    place = urlsplit(url)
    if place.scheme != "https" and not (place.scheme == "http" and place.hostname in _LOOPBACK):
        raise ImproperlyConfigured("SMS_URL and CHAT_URL must be https addresses")
    request = Request(url, data=body, headers={"Content-Type": "application/json", **(headers or {})})  # noqa: S310 - checked above
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - checked above  # nosec B310
            text = response.read(1_000_000)
    except HTTPError as error:
        with error:
            if 400 <= error.code < 500 and error.code not in {408, 429}:
                raise Unreachable(f"HTTP {error.code}") from error
            raise ConnectionError(f"HTTP {error.code}") from error
    try:
        answer = json.loads(text) if text.strip() else {}
    except ValueError as error:
        raise ConnectionError("the provider's answer is not JSON") from error
    return answer if isinstance(answer, dict) else {}
