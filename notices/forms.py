"""Filters of the ledger."""

from django import forms
from django.utils.translation import gettext_lazy as _

from notices.models import Delivery

CHANNELS = {"in_app": _("站内"), "sms": _("短信"), "email": _("邮件")}


class LedgerFilterForm(forms.Form):
    q = forms.CharField(label=_("姓名、标题"), required=False, max_length=60)
    channel = forms.ChoiceField(label=_("渠道"), required=False, choices=[("", _("全部")), *CHANNELS.items()])
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *Delivery.State.choices])
