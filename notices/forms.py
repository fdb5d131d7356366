"""Filters of the ledger, and a person's choice of channels."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notices.domain.channels import CHAT, MUTABLE
from notices.models import Delivery

CHANNELS = {"in_app": _("站内"), "sms": _("短信"), "email": _("邮件"), "chat": _("企业微信 / 钉钉")}
KINDS = {
    "exams.candidate_notified": _("抽考通知"),
    "exams.makeup_called": _("补考通知"),
    "exams.reminder": _("考前提醒"),
    "exams.appeal": _("成绩复核"),
    "exams.deferral": _("缓考申请"),
    "exams.accommodation": _("便利安排"),
}
_ALL = ("", _("全部"))
_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LedgerFilterForm(forms.Form):
    q = forms.CharField(label=_("姓名、标题"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[_ALL, *KINDS.items()])
    channel = forms.ChoiceField(label=_("渠道"), required=False, choices=[_ALL, *CHANNELS.items()])
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[_ALL, *Delivery.State.choices])
    since = forms.DateField(label=_("从"), required=False, widget=_DATE)
    until = forms.DateField(label=_("到"), required=False, widget=_DATE)


class PreferenceForm(forms.Form):
    """What a person wants beside the in-app notice."""

    wanted = forms.MultipleChoiceField(
        label=_("除站内通知外，还通过"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("参加考试、补考的通知和考前提醒不受此限，始终通过所有渠道发送。"),
    )

    def __init__(self, *args: Any, has_chat: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["wanted"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(name, CHANNELS[name]) for name in MUTABLE if has_chat or name != CHAT]
