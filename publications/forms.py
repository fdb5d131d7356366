"""Shape of HTML input: filters of the public table, notes, and the typed confirmation."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publications.domain.approval import NOTE_MOST
from publications.domain.reading import PublicSnapshot, RowFilter
from publications.domain.snapshot import POSTS, STATES

PAGE_SIZES = (20, 50, 100)


class RowFilterForm(forms.Form):
    """The filters above a round's rows; all of them stand in the address."""

    q = forms.CharField(
        label=_("查找"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": _("单位名称、信用代码或姓氏"), "autocomplete": "off"}),
    )
    street = forms.ChoiceField(label=_("乡街"), required=False)
    industry = forms.ChoiceField(label=_("行业领域"), required=False)
    post = forms.ChoiceField(label=_("岗位"), required=False)
    state = forms.ChoiceField(label=_("结果"), required=False)

    def __init__(self, data: Any, *, snapshot: PublicSnapshot) -> None:
        super().__init__(data)
        for field in ("street", "industry"):
            self._choices(field, [(value, value) for value in snapshot.distinct(field)])
        self._choices("post", [(value, gettext(POSTS.get(value, value))) for value in snapshot.distinct("post")])
        self._choices("state", [(value, gettext(STATES.get(value, value))) for value in snapshot.distinct("state")])

    def wanted(self) -> RowFilter:
        """What is valid of what was asked; the rest is shown as an error beside its field."""
        self.is_valid()
        asked = self.cleaned_data
        return RowFilter(
            text=asked.get("q", ""),
            street=asked.get("street", ""),
            industry=asked.get("industry", ""),
            post=asked.get("post", ""),
            state=asked.get("state", ""),
        )

    def _choices(self, field: str, choices: list[tuple[str, str]]) -> None:
        self.fields[field].choices = [("", _("全部")), *choices]  # type: ignore[attr-defined]


class ApproveForm(forms.Form):
    """Binds the approval to what was shown, and asks for the round's code."""

    confirm_name = forms.CharField(label=_("轮次代码"), max_length=40)
    snapshot_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, code: str) -> None:
        super().__init__(data)
        self._code = code

    def clean_confirm_name(self) -> str:
        typed = str(self.cleaned_data["confirm_name"]).strip()
        if typed != self._code:
            raise forms.ValidationError(
                _("输入的确认内容不符，应输入“%(expected)s”。未做任何更改。"),
                params={"expected": self._code},
            )
        return typed


class NoteForm(forms.Form):
    """A reason that becomes public, or goes back to the proposer."""

    note = forms.CharField(
        label=_("说明"),
        max_length=NOTE_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("5—500 字。请勿写入姓名、电话或证件号码。"),
    )


class WithdrawForm(NoteForm):
    """A public reason, and the round's code."""

    confirm_name = forms.CharField(label=_("轮次代码"), max_length=40)

    def __init__(self, data: Any = None, *, code: str) -> None:
        super().__init__(data)
        self._code = code
        self.fields["confirm_name"].help_text = _("请输入“%(code)s”以确认。") % {"code": code}

    def clean_confirm_name(self) -> str:
        typed = str(self.cleaned_data["confirm_name"]).strip()
        if typed != self._code:
            raise forms.ValidationError(
                _("输入的确认内容不符，应输入“%(expected)s”。未做任何更改。"),
                params={"expected": self._code},
            )
        return typed
