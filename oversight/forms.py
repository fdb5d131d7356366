"""Shape of HTML input."""

from django import forms
from django.utils.translation import gettext_lazy as _

from oversight.domain.ladder import EVIDENCE_MOST, LABELS

STATES = (
    ("", _("全部")),
    ("open", _("待办")),
    ("overdue", _("已逾期")),
    ("soon", _("7 天内到期")),
    ("done", _("已办结")),
)


class FollowUpFilterForm(forms.Form):
    """The filters above the follow-ups."""

    q = forms.CharField(
        label=_("查找"), required=False, max_length=60, widget=forms.TextInput(attrs={"placeholder": _("单位或姓名")})
    )
    step = forms.ChoiceField(label=_("步骤"), required=False, choices=[("", _("全部")), *LABELS.items()])
    state = forms.ChoiceField(label=_("状态"), required=False, choices=STATES)


class FileSearchForm(forms.Form):
    """Finding an enterprise's file."""

    q = forms.CharField(
        label=_("查找"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": _("单位名称或信用代码")}),
    )


class CloseForm(forms.Form):
    """What was done, and whether the next step follows."""

    evidence = forms.CharField(
        label=_("办理情况和依据"),
        max_length=EVIDENCE_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("5—300 字，例如文书编号、日期、地点和结果。"),
    )
    open_next = forms.BooleanField(label=_("仍未达到要求，同时开启下一步"), required=False)


class ArchiveForm(forms.Form):
    """The code of the round, typed to confirm."""

    confirm_name = forms.CharField(label=_("轮次代码"), max_length=20)
