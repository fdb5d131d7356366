"""Shapes of HTML input: rounds, draws of a round, reasons, codes, filters."""

from collections.abc import Iterable, Mapping
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exams.domain.access import LEAST_EXTENSION_MINUTES, LEAST_MINUTES, MOST_EXTENSION_MINUTES, MOST_MINUTES
from exams.domain.grading import NEEDS_KEY, POLICY_HELP, POLICY_LABELS, Policy
from exams.models import (
    Accommodation,
    Annulment,
    Appeal,
    Candidate,
    CandidateState,
    CheckIn,
    Deferral,
    ReviewLevel,
    Round,
    RoundState,
)
from question_bank.models import Blueprint
from registry.models import Appointment, Authority

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
    review = forms.ChoiceField(
        label=_("公示后考生能看到"),
        choices=ReviewLevel.choices,
        initial=ReviewLevel.SCORE,
        required=False,
        help_text=_("试题和答案在公示前任何人都看不到；仍在考试题库中的题目不会公开。"),
    )
    appeal_days = forms.IntegerField(
        label=_("申请成绩复核的期限（天）"),
        min_value=1,
        max_value=60,
        initial=5,
        required=False,
        help_text=_("从成绩公示之日起算。"),
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


class KeyShareForm(forms.Form):
    """A share of the paper key, as its custodian wrote it down."""

    share = forms.CharField(
        label=_("密钥份额"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "ck-mono"}),
        help_text=_("17 组，每组 4 位；空格可有可无，大小写均可。最后一组是校验组，写错一位会被发现。"),
    )


class ReasonForm(forms.Form):
    """A decision with its reason."""

    reason = forms.CharField(label=_("理由"), min_length=2, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class AlarmForm(forms.Form):
    """What an alarm of the recomputation was, and what was done about it."""

    reason = forms.CharField(
        label=_("处理情况"), min_length=2, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


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


class ManyFilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A list of files, which may be empty."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class IncidentForm(forms.Form):
    """What the invigilator saw."""

    kind = forms.ChoiceField(
        label=_("类别"), choices=[("note", _("情况记录")), ("misconduct", _("违纪，须第二人签字"))]
    )
    description = forms.CharField(
        label=_("情况"), min_length=2, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    uploads = ManyFilesField(
        label=_("证据"),
        required=False,
        help_text=_("照片、PDF 或 Office 文件，最多 5 个，每个不超过 20 MB；照片中的地点信息会自动去除。"),
        widget=ManyFilesInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf,.docx,.xlsx"}),
    )


class CheckInForm(forms.Form):
    """How the identity was checked."""

    method = forms.ChoiceField(
        label=_("核对方式"), choices=CheckIn.Method.choices, initial=CheckIn.Method.DOCUMENT, widget=forms.RadioSelect
    )
    seat = forms.CharField(label=_("座位号"), required=False, max_length=12)
    photo = forms.FileField(
        label=_("现场照片（可不拍）"),
        required=False,
        help_text=_("只在考生另行同意时拍摄；不做人脸识别，只供人工核对。不同意不影响考试。"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}),
    )
    has_consent = forms.BooleanField(label=_("考生已单独同意拍照"), required=False)


class SpotExamForm(forms.Form):
    """Who of an enterprise sits on the spot."""

    people = forms.MultipleChoiceField(label=_("参加人员"), widget=forms.CheckboxSelectMultiple)
    occasion = forms.CharField(
        label=_("检查事由"), required=False, max_length=120, help_text=_("例如：节前安全检查。会写入记录。")
    )

    def __init__(self, *args: Any, people: Iterable[Appointment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["people"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(held.person.public_id, f"{held.person.name}（{held.get_post_display()}）") for held in people]


class PaperEntryForm(forms.Form):
    """The letters of an answer sheet, one field for each item."""

    def __init__(self, *args: Any, items: Iterable[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in items:
            number = int(item["number"])
            self.fields[f"n{number}"] = forms.CharField(
                label=_("第 %(number)d 题") % {"number": number},
                required=False,
                max_length=30,
                widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "size": 6}),
            )

    def typed(self) -> dict[int, str]:
        """Number → what was typed."""
        return {int(name[1:]): str(value) for name, value in self.cleaned_data.items()}


class LoadRehearsalForm(forms.Form):
    """What a load rehearsal showed."""

    clients = forms.IntegerField(label=_("同时在线人数"), min_value=1, max_value=100_000)
    p99_milliseconds = forms.IntegerField(label=_("保存耗时 p99（毫秒）"), min_value=0, max_value=600_000)
    failures = forms.IntegerField(label=_("错误数"), min_value=0, max_value=10_000_000, initial=0)
    lost = forms.IntegerField(label=_("丢失的答案数"), min_value=0, max_value=10_000_000, initial=0)


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


class CorrectionForm(forms.Form):
    """A key correction: what is to count, and why. Whether the key can be read is the question kind's to say."""

    policy = forms.ChoiceField(label=_("更正办法"), widget=forms.RadioSelect)
    key_text = forms.CharField(
        label=_("新的答案"),
        required=False,
        max_length=200,
        help_text=_("按上面的选项填写，如 B、A、C、正确。选“给满分”或“不计”时留空。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("理由和依据"),
        min_length=5,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("存档用：哪里有误，依据哪部法规或哪份复核申请。"),
    )
    public_note = forms.CharField(
        label=_("公开说明"),
        min_length=5,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("更正公示时向社会公开，请勿写试题内容、答案和姓名。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["policy"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(policy.value, f"{_(POLICY_LABELS[policy])}：{_(POLICY_HELP[policy])}") for policy in Policy]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        policy, key_text = cleaned.get("policy"), cleaned.get("key_text", "")
        if policy and Policy(policy) in NEEDS_KEY and not key_text.strip():
            self.add_error("key_text", ValidationError(_("请填写新的答案。"), code="key_missing"))
        return cleaned


class DecisionNoteForm(forms.Form):
    """A decision that goes back to whoever asked."""

    note = forms.CharField(label=_("说明"), min_length=5, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class AppealForm(forms.Form):
    """Why a candidate disputes a result."""

    grounds = forms.CharField(
        label=_("复核的理由"),
        min_length=10,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("请写明您认为哪里有误，例如某类题目的评分、违纪的认定。10—1000 字。"),
    )


class AppealAnswerForm(forms.Form):
    """The answer to an appeal."""

    outcome = forms.ChoiceField(
        label=_("复核结论"),
        choices=[("upheld", _("维持原成绩")), ("changed", _("成绩已更正"))],
        widget=forms.RadioSelect,
        help_text=_("只有新的成绩已经记入，才能选“成绩已更正”。"),
    )
    answer = forms.CharField(
        label=_("答复考生"),
        min_length=10,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("写明核对了什么、结论和理由，原文发给考生。请勿写试题内容和答案。"),
    )


class AnnulmentForm(forms.Form):
    """A misconduct that was wrongly recorded."""

    effect = forms.ChoiceField(
        label=_("撤销后"),
        choices=Annulment.Effect.choices,
        widget=forms.RadioSelect,
        help_text=_("作答被中途停止的，按停止时已送达的答案评分，或者本场作废、再考一次。"),
    )
    reason = forms.CharField(
        label=_("撤销的理由"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明核对了什么证据、为什么原认定不成立。提出后由另一位没有参与过的同事审批。"),
    )


class AnnulmentDecisionForm(forms.Form):
    """The second person's word on an annulment."""

    decision = forms.ChoiceField(
        label=_("审批"),
        choices=[("approve", _("同意撤销违纪认定")), ("refuse", _("不同意"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("审批意见"), min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class AppealFilter(django_filters.FilterSet):
    """Filters of the list of appeals."""

    q = django_filters.CharFilter(method="search", label=_("姓名、单位"))
    state = django_filters.ChoiceFilter(choices=Appeal.State.choices, label=_("状态"), empty_label=_("全部"))

    class Meta:
        model = Appeal
        fields = ("q", "state")

    def search(self, appeals: QuerySet[Appeal], _name: str, text: str) -> QuerySet[Appeal]:
        """Part of the person's or the enterprise's name."""
        wanted = text.strip()
        return appeals.filter(
            Q(candidate__person__name__icontains=wanted) | Q(candidate__enterprise_name__icontains=wanted)
        )


class DeferralForm(forms.Form):
    """Leave from the exam."""

    ground = forms.ChoiceField(label=_("原因"), choices=Deferral.Ground.choices)
    reason = forms.CharField(
        label=_("具体情况"), min_length=5, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = forms.CharField(
        label=_("证明材料"),
        min_length=5,
        max_length=200,
        help_text=_("写明材料名称、出具单位和日期，原件交监管部门核对。例如：市二医院 11 月 20 日诊断证明。"),
    )
    uploads = ManyFilesField(
        label=_("材料照片或扫描件"),
        required=False,
        widget=ManyFilesInput(),
        help_text=_("照片、PDF 或 Office 文件，最多 5 个，每个不超过 20 MB；照片中的地点信息会自动去除。"),
    )


class AccommodationForm(forms.Form):
    """What somebody needs to sit the exam."""

    extra_minutes = forms.IntegerField(
        label=_("延长时间（分钟）"), min_value=0, max_value=120, initial=0, help_text=_("不需要时填 0，最多 120 分钟。")
    )
    large_print = forms.BooleanField(label=_("大字号显示"), required=False)
    read_aloud = forms.BooleanField(label=_("朗读题目"), required=False)
    language = forms.ChoiceField(label=_("语言"), choices=Accommodation.Language.choices, required=False)
    reason = forms.CharField(
        label=_("理由"),
        min_length=5,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如：视力残疾二级，附残疾人证。"),
    )


class MarkForm(forms.Form):
    """One marker's points."""

    mark = forms.DecimalField(
        label=_("得分"), min_value=0, max_digits=5, decimal_places=2, widget=forms.NumberInput(attrs={"step": "0.5"})
    )
    comment = forms.CharField(
        label=_("评语"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("可以不填。复核时会看到。"),
    )
