"""Shape of HTML input: look-up by number, the list's filters, revocation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.domain.states import LABELS, REASON_MOST


class LookUpForm(forms.Form):
    """What is printed on the paper: the number and the holder's name."""

    number = forms.CharField(
        label=_("证书编号"),
        max_length=40,
        help_text=_("印在证书标题下方，如 CK2026Q4-483920-9。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    holder = forms.CharField(
        label=_("持证人姓名"),
        max_length=60,
        help_text=_("请输入证书上的完整姓名。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ListFilterForm(forms.Form):
    """The filters above the list of certificates."""

    q = forms.CharField(
        label=_("查找"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": _("编号、单位或姓名")}),
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *LABELS.items()])


class RevokeForm(forms.Form):
    """A public reason, and the number typed again."""

    reason = forms.CharField(
        label=_("撤销原因"),
        max_length=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("5—300 字，会显示在公开的查验页面上。请勿写入姓名、电话或证件号码。"),
    )
    confirm_name = forms.CharField(
        label=_("证书编号"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
