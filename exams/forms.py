"""Shapes of HTML input: rounds, draws of a round, reasons, codes, filters."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exams.domain.access import LEAST_EXTENSION_MINUTES, LEAST_MINUTES, MOST_EXTENSION_MINUTES, MOST_MINUTES
from exams.models import Candidate, CandidateState, Round, RoundState
from question_bank.models import Blueprint
from registry.models import Authority

_DATETIME = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
_QUARTERS = [(number, _("第 %(number)d 季度") % {"number": number}) for number in range(1, 5)]
_MOST_RESCUE_BYTES = 2 * 1024 * 1024


class RoundForm(forms.Form):
    """A new round with its sitting and, if wanted, its makeup."""

    authority = forms.ModelChoiceField(Authority.objects.none(), label=_("监管部门"), to_field_name="public_id")
    year = forms.IntegerField(label=_("年度"), min_value=2020, max_value=2099)
    quarter = forms.TypedChoiceField(label=_("季度"), choices=_QUARTERS, coerce=int)
    title = forms.CharField(label=_("名称"), max_length=80)
    blueprint = forms.ModelChoiceField(
        Blueprint.objects.none(),
        label=_("组卷方案"),
        to_field_name="public_id",
        help_text=_("题库是否够用，可先在组卷方案页面查看。"),
    )
    minutes = forms.IntegerField(
        label=_("考试时长（分钟）"), min_value=LEAST_MINUTES, max_value=MOST_MINUTES, initial=60
    )
    pass_mark = forms.DecimalField(label=_("合格分"), min_value=0, max_value=1000, decimal_places=2, initial=80)
    grace_seconds = forms.IntegerField(
        label=_("网络宽限（秒）"),
        min_value=0,
        max_value=600,
        initial=30,
        help_text=_("到时后，还在路上的答案在这段时间内送达仍然有效。"),
    )
    place = forms.CharField(label=_("考试地点"), max_length=120, required=False, help_text=_("留空表示线上。"))
    asks_code = forms.BooleanField(
        label=_("进入考试需要输入开考码"),
        required=False,
        initial=True,
        help_text=_("开考码在开场时生成，由监考公布。"),
    )
    opens_at = forms.DateTimeField(label=_("开始时间"), widget=_DATETIME)
    last_start_at = forms.DateTimeField(label=_("最晚入场时间"), widget=_DATETIME)
    hard_end_at = forms.DateTimeField(label=_("结束时间"), widget=_DATETIME)
    makeup_opens_at = forms.DateTimeField(label=_("补考开始时间"), widget=_DATETIME, required=False)
    makeup_last_start_at = forms.DateTimeField(label=_("补考最晚入场时间"), widget=_DATETIME, required=False)
    makeup_hard_end_at = forms.DateTimeField(label=_("补考结束时间"), widget=_DATETIME, required=False)

    def __init__(
        self, *args: Any, authorities: QuerySet[Authority], blueprints: QuerySet[Blueprint], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("authority", authorities), ("blueprint", blueprints)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = choices

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        names = ("makeup_opens_at", "makeup_last_start_at", "makeup_hard_end_at")
        given = [name for name in names if cleaned.get(name)]
        if given and len(given) < len(names):
            raise ValidationError(_("补考的三个时间要么都填，要么都不填。"), code="makeup_incomplete")
        return cleaned


class RoundDrawForm(forms.Form):
    """The rules of the round's draw; everything else about it is set on the page of the draw."""

    seats = forms.IntegerField(label=_("抽取人数"), min_value=1, max_value=100_000)
    standby = forms.IntegerField(label=_("每层递补人数"), min_value=0, max_value=50, initial=3)
    method = forms.ChoiceField(
        label=_("名额分配"),
        choices=[("hamilton", _("最大余数法")), ("systematic", _("系统抽样，小层轮到"))],
        help_text=_("各层按人数分配名额的办法，写入公开的抽签方案。"),
    )
    posts = forms.MultipleChoiceField(
        label=_("岗位"),
        choices=[("P", _("主要负责人")), ("S", _("安全管理人员")), ("D", _("安全总监"))],
        initial=["P", "S"],
        widget=forms.CheckboxSelectMultiple,
    )
    objection_days = forms.IntegerField(label=_("异议期（工作日）"), min_value=0, max_value=30, initial=3)
    sources = forms.CharField(
        label=_("随机来源"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("每行一个，写明期号，如 SSQ:2026023。合计不足 64 比特的方案会被拒绝。"),
    )

    def clean_sources(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.cleaned_data["sources"].splitlines() if line.strip())


class ReasonForm(forms.Form):
    """A decision with its reason."""

    reason = forms.CharField(label=_("理由"), min_length=2, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ExtensionForm(ReasonForm):
    """Extra time for a sitting or for one attempt."""

    minutes = forms.IntegerField(
        label=_("延长（分钟）"),
        min_value=LEAST_EXTENSION_MINUTES,
        max_value=MOST_EXTENSION_MINUTES,
        initial=10,
    )
    attempt = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    field_order = ("minutes", "reason", "attempt")


class IncidentForm(forms.Form):
    """What the invigilator saw."""

    kind = forms.ChoiceField(
        label=_("类别"), choices=[("note", _("情况记录")), ("misconduct", _("违纪，须第二人签字"))]
    )
    description = forms.CharField(
        label=_("情况"), min_length=2, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class RescueForm(forms.Form):
    """The rescue file that a candidate's page saved."""

    file = forms.FileField(label=_("救援文件"), help_text=_("考生页面保存的 .json 文件，不超过 2 MB。"))

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > _MOST_RESCUE_BYTES:
            raise ValidationError(_("文件超过 2 MB，不是救援文件。"), code="too_large")
        content: bytes = file.read()
        return content


class StartForm(forms.Form):
    """What a candidate types to begin. Whether a code is needed is the sitting's rule, checked by the action."""

    opening_code = forms.CharField(
        label=_("开考码"),
        required=False,
        max_length=16,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("由监考在开场时公布的 6 位数字。"),
    )


class ReceiptForm(forms.Form):
    """A final receipt, as its code or as its text."""

    code = forms.CharField(
        label=_("交卷回执"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("粘贴回执上的编码或回执文件的全部内容。"),
    )


class RoundFilter(django_filters.FilterSet):
    """Filters of the list of rounds."""

    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label=_("名称"))
    year = django_filters.NumberFilter(label=_("年度"))
    state = django_filters.ChoiceFilter(choices=RoundState.choices, label=_("状态"), empty_label=_("全部"))

    class Meta:
        model = Round
        fields = ("q", "year", "state")


class CandidateFilter(django_filters.FilterSet):
    """Filters of the candidates of a round."""

    q = django_filters.CharFilter(method="search", label=_("姓名、单位或信用代码"))
    state = django_filters.ChoiceFilter(choices=CandidateState.choices, label=_("状态"), empty_label=_("全部"))
    source = django_filters.ChoiceFilter(
        method="by_source",
        choices=[("must_sit", _("必考")), ("drawn", _("抽中"))],
        label=_("来源"),
        empty_label=_("全部"),
    )

    class Meta:
        model = Candidate
        fields = ("q", "state", "source")

    def search(self, candidates: QuerySet[Candidate], _name: str, text: str) -> QuerySet[Candidate]:
        """Part of the name, of the enterprise's name, or of the credit code."""
        wanted = text.strip()
        return candidates.filter(
            Q(person__name__icontains=wanted)
            | Q(enterprise_name__icontains=wanted)
            | Q(uscc__icontains=wanted.upper()),
        )

    def by_source(self, candidates: QuerySet[Candidate], _name: str, source: str) -> QuerySet[Candidate]:
        """Must-sit, or drawn."""
        return candidates.filter(is_must_sit=source == "must_sit")
