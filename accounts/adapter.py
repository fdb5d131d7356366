"""How django-allauth meets our users: phone, username or e-mail; codes through core.channels; no public sign-up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext

from accounts.models import User
from core import clock
from core.channels import phone_channel
from core.seeded import fresh_digits


class AccountAdapter(DefaultAccountAdapter):
    """Hooks of allauth.account.adapter."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def generate_login_code(self) -> str:
        return fresh_digits(6)

    def generate_phone_verification_code(self, *, user: Any, phone: str) -> str:
        return fresh_digits(6)

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone, is_active=True).first()

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        User.objects.filter(pk=user.pk).update(phone=phone, phone_verified=verified)

    def set_phone_verified(self, user: Any, phone: str) -> None:
        User.objects.filter(pk=user.pk, phone=phone).update(phone_verified=True)

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        text = gettext("【抽考】您的验证码是 %(code)s，5 分钟内有效。请勿告诉他人。") % {"code": code}
        phone_channel().send(to=phone, text=text, purpose="sign_in_code", now=clock.now())

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        # Nothing is sent to a number that we do not know: a text would tell which numbers we know.
        return
