"""Shape of what people type about accounts; allauth's forms with our words."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import AT_AUTHORITY, AT_ENTERPRISE, WITHOUT_PLACE
from accounts.domain.users import UserDraft, e164
from accounts.models import Role, User
from accounts.queries import AuditFilter
from core.errors import DomainError
from core.models import JobRun
from registry.models import Authority, Enterprise

_NEW_PASSWORD = {"autocomplete": "new-password"}
_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "8", "autofocus": True}


# --- signing in: allauth's forms, our words ---------------------------------------------------------------------------


class SignInForm(account_forms.LoginForm):
    """Account and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("账号")
        self.fields["login"].help_text = _("手机号、用户名或电子邮箱")
        self.fields["login"].max_length = 254
        self.fields["login"].widget.attrs = {"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"}
        self.fields["password"].label = _("密码")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}

    def clean_login(self) -> str:
        # One spelling per account: otherwise each way to type a phone number would be counted as another account.
        login = super().clean_login()
        try:
            return e164(login)
        except DomainError:
            return login.lower()


class CodeRequestForm(account_forms.RequestLoginCodeForm):
    """A phone that a code goes to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("email", None)
        self.fields["phone"].required = True
        self.fields["phone"].label = _("手机号")
        self._has_email = False


class CodeForm(account_forms.ConfirmLoginCodeForm):
    """The code from the text message."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("短信验证码")
        self.fields["code"].widget.attrs = dict(_CODE)


class PasswordChangeForm(account_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("当前密码")
        self.fields["oldpassword"].help_text = ""
        self.fields["oldpassword"].widget.attrs = {"autocomplete": "current-password"}
        _name_new_passwords(self)


class PasswordSetForm(account_forms.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_passwords(self)


class PasswordResetForm(account_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("电子邮箱")
        self.fields["email"].widget.attrs = {"type": "email", "autocomplete": "email"}


class PasswordResetKeyForm(account_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_passwords(self)


class ReauthenticateForm(account_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("密码")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}


class FactorForm(factor_forms.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self, _("动态口令或恢复码"))


class FactorReauthenticateForm(factor_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self, _("动态口令或恢复码"))


class TotpForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self, _("应用显示的 6 位动态口令"))


class PasskeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("名称")
        self.fields["name"].help_text = _("例如：办公室电脑、我的手机")
        self.fields["name"].max_length = 60
        self.fields["passwordless"].label = _("可以单独登录（通行密钥）")
        self.fields["passwordless"].help_text = _("勾选后，用指纹、面容或设备密码即可登录，不再输入密码。")


class PasskeyNameForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("名称")


def _name_new_passwords(form: forms.Form) -> None:
    first, second = form.fields["password1"], form.fields["password2"]
    first.label, second.label = _("新密码"), _("再输入一次新密码")
    first.help_text = _("至少 10 个字符，不能全是数字，不要用常见密码或与姓名、账号相近的内容。")
    first.widget.attrs, second.widget.attrs = dict(_NEW_PASSWORD), dict(_NEW_PASSWORD)


def _name_code(form: forms.Form, label: Any) -> None:
    form.fields["code"].label = label
    form.fields["code"].widget.attrs = dict(_CODE) | {"inputmode": "text"}


# --- administration ----------------------------------------------------------------------------------------------------


class UserForm(forms.Form):
    """A new account."""

    username = forms.CharField(
        label=_("用户名"), max_length=60, help_text=_("以字母开头，可用字母、数字、点、横线和下划线"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )  # fmt: skip
    display_name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(
        label=_("手机号"), max_length=30, required=False, help_text=_("用于接收登录验证码"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    email = forms.EmailField(label=_("电子邮箱"), required=False, help_text=_("用于重设密码和接收通知"))
    password = forms.CharField(
        label=_("初始密码"), required=False, strip=False, max_length=128, widget=forms.PasswordInput(attrs=_NEW_PASSWORD),
        help_text=_("可不填：本人用手机验证码登录后自行设置。至少 10 个字符。"),
    )  # fmt: skip

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, User(username=self.cleaned_data.get("username", "")))
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned["password"] and not cleaned["phone"]:
            raise ValidationError(_("手机号和初始密码至少填一项，否则本人无法登录。"))
        return cleaned

    def draft(self) -> UserDraft:
        typed = self.cleaned_data
        return UserDraft(
            username=typed["username"],
            display_name=typed["display_name"],
            phone=typed["phone"],
            email=typed["email"],
            password=typed["password"] or None,
        )


class GrantForm(forms.Form):
    """A role and where it holds."""

    role = forms.ChoiceField(
        label=_("角色"),
        choices=[
            ("", _("请选择")),
            *[(role.value, role.label) for role in Role if role.value in AT_AUTHORITY | AT_ENTERPRISE],
        ],
    )
    authority = forms.ModelChoiceField(
        Authority.objects.none(), empty_label=_("请选择"), label=_("监管部门"), required=False, to_field_name="public_id",
        help_text=_("监管人员、审核人、题库管理员、监考须选择；范围随部门的区划和行业而定"),
    )  # fmt: skip
    enterprise_code = forms.CharField(
        label=_("单位的统一社会信用代码"),
        required=False,
        max_length=18,
        help_text=_("仅企业管理员填写"),
    )
    valid_to = forms.DateField(
        label=_("有效期至"),
        required=False,
        help_text=_("不填则长期有效"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].queryset = Authority.objects.select_related("area")  # type: ignore[attr-defined]

    def clean_enterprise_code(self) -> str:
        code = self.cleaned_data["enterprise_code"].strip().upper()
        if not code:
            return ""
        public_id = Enterprise.objects.filter(uscc=code).values_list("public_id", flat=True).first()
        if public_id is None:
            raise ValidationError(_("没有这个统一社会信用代码的单位，请核对，或先登记单位。"))
        return public_id


class RequestRoleForm(forms.Form):
    """An administrator role, to be approved by somebody else."""

    admin_role = forms.ChoiceField(
        label=_("管理员角色"),
        choices=[("", _("请选择")), *[(role.value, role.label) for role in Role if role.value in WITHOUT_PLACE]],
    )
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(forms.Form):
    """Why: it goes to the audit chain."""

    reason = forms.CharField(label=_("原因"), max_length=500, widget=forms.TextInput)


class UserFilterForm(forms.Form):
    q = forms.CharField(label=_("用户名、姓名、手机号"), required=False, max_length=60)
    role = forms.ChoiceField(label=_("角色"), required=False, choices=[("", _("全部")), *Role.choices])
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("active", _("正常")), ("inactive", _("已停用"))],
    )


class JobFilterForm(forms.Form):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *JobRun.State.choices])
    name = forms.CharField(label=_("任务"), required=False, max_length=80)


class AuditFilterForm(forms.Form):
    text = forms.CharField(label=_("内容、对象编号"), required=False, max_length=100)
    actor = forms.CharField(label=_("操作人"), required=False, max_length=60)
    action = forms.CharField(
        label=_("操作"), required=False, max_length=80, help_text=_("例如 exams. 或 accounts.role_granted")
    )
    day_from = forms.DateField(label=_("起始日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    day_to = forms.DateField(label=_("截止日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def wanted(self) -> AuditFilter:
        """The filter; fields that are wrong ask for nothing and are shown with their error."""
        self.is_valid()
        typed = getattr(self, "cleaned_data", {})  # absent on a form that nobody filled in
        return AuditFilter(
            text=typed.get("text") or "",
            actor=typed.get("actor") or "",
            action=typed.get("action") or "",
            day_from=typed.get("day_from"),
            day_to=typed.get("day_to"),
        )
