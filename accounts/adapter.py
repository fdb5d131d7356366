"""How django-allauth meets our users: phone, username or e-mail; codes through core.channels; no public sign-up.

Whatever is sent at sign-in goes through the queue, for known and unknown accounts alike: the answer's time tells nothing.
"""

import json
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.domain.users import e164
from accounts.models import User
from accounts.queries import actor_for_user, find_user_by_login, find_user_by_phone
from core import clock
from core.crypto import seal, unseal
from core.errors import DomainError
from core.queue import enqueue
from core.seeded import fresh_digits, fresh_token

_CODE_DIGITS = 6
_WRONG_PAIR = _("账号或密码不正确。请核对后重试，也可以用手机验证码登录。")


class PhoneField(forms.CharField):
    """A phone number as people type it; cleaned to +86…"""

    def __init__(self, **options: Any) -> None:
        attributes = {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        defaults: dict[str, Any] = {"label": _("手机号"), "max_length": 30, "widget": forms.TextInput(attrs=attributes)}
        super().__init__(**defaults | options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        number = find_phone(text)
        if number is None:
            raise ValidationError(_("手机号格式不正确，请填写 11 位手机号。"), code="phone_invalid")
        return number


class AccountAdapter(DefaultAccountAdapter):
    """Hooks of allauth.account.adapter."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("该账号已停用，请联系安全管理员。"),
        "email_password_mismatch": _WRONG_PAIR,
        "phone_password_mismatch": _WRONG_PAIR,
        "username_password_mismatch": _WRONG_PAIR,
        "invalid_login": _WRONG_PAIR,
        "enter_current_password": _("当前密码不正确，请重新输入。"),
        "incorrect_code": _("验证码不正确，请核对后重新输入。"),
        "incorrect_password": _("密码不正确，请重新输入。"),
        "invalid_or_expired_key": _("链接无效或已过期，请重新申请。"),
        "invalid_password_reset": _("重设密码的链接无效或已用过，请重新申请。"),
        "too_many_login_attempts": _("尝试次数过多，请 5 分钟后再试。"),
        "select_only_one": _("手机号和邮箱请只填一项。"),
        "rate_limited": _("操作过于频繁，请稍候再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def generate_login_code(self) -> str:
        return fresh_digits(_CODE_DIGITS)

    def generate_phone_verification_code(self, *, user: Any, phone: str) -> str:
        return fresh_digits(_CODE_DIGITS)

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(**kwargs)

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def get_user_by_phone(self, phone: str) -> User | None:
        number = find_phone(phone)
        return find_user_by_phone(number) if number else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        # Numbers are kept in the register; a sign-in does not change them.
        return

    def set_phone_verified(self, user: Any, phone: str) -> None:
        return

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        text = gettext("【抽考】您的验证码是 %(code)s，5 分钟内有效。请勿告诉他人。") % {"code": code}
        _send_later("accounts.send_text", {"to": phone, "text": text, "purpose": "sign_in_code"})

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        # Nothing is sent to a number that we do not know; the same work is done, so that the time is the same.
        _send_later("accounts.send_text", {"to": "", "text": "", "purpose": "sign_in_code"})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if template_prefix.endswith(("unknown_account", "account_already_exists")):
            _send_later("accounts.send_mail", {"to": "", "subject": "", "text": ""})
            return
        mail = self.render_mail(template_prefix, email, context)
        _send_later("accounts.send_mail", {"to": email, "subject": mail.subject, "text": mail.body})

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # One count for an account, by whichever of its names it is tried.
        login = str(credentials.get("email") or credentials.get("phone") or credentials.get("username") or "").lower()
        user = find_user_by_login(find_phone(login) or login)
        return f"user:{user.pk}" if user else f"login:{login}"

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_reset_password_from_key_url(self, key: str) -> str:
        # The address of this installation, never the Host header of whoever asked (security.md, A48).
        uid, _dash, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.BASE_URL}{path}"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Hooks of allauth.mfa.adapter."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("验证码不正确，请核对后重新输入。"),
        "cannot_delete_authenticator": _("您的角色必须使用第二重验证，不能移除最后一种方式。请先添加另一种。"),
        "cannot_generate_recovery_codes": _("请先设置动态口令或通行密钥，再生成恢复码。"),
        "rate_limited": _("尝试次数过多，请稍候再试。"),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        if not settings.STAFF_MFA_REQUIRED:
            return True
        others = (
            Authenticator.objects.filter(user=authenticator.user)
            .exclude(
                pk=authenticator.pk,
            )
            .exclude(type=Authenticator.Type.RECOVERY_CODES)
        )
        return others.exists() or not actor_for_user(authenticator.user, today=clock.today()).is_staff

    def encrypt(self, text: str) -> str:
        return seal(text, table="mfa_authenticator", column="data", row="").hex()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(bytes.fromhex(encrypted_text), table="mfa_authenticator", column="data", row="")

    def get_totp_label(self, user: User) -> str:
        return user.username

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return gettext("通行密钥")


def find_phone(text: str) -> str | None:
    """The number as +86…, or None when it is not one."""
    try:
        return e164(text)
    except DomainError:
        return None


def _send_later(job: str, message: dict[str, str]) -> None:
    """The code in it is a secret, so the job's arguments carry it sealed."""
    row = fresh_token(8)
    sealed = seal(json.dumps(message), table="core_jobrun", column="arguments", row=row)
    enqueue(job, row=row, sealed=sealed.hex())
