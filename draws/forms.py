"""Shapes of HTML input of the draw pages."""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from draws.domain.parameters import MAX_CERTIFICATE_DAYS, MAX_EMPLOYEES, DrawParameters
from draws.domain.plan import FIXED, HAMILTON, SYSTEMATIC
from draws.domain.pool import EXCLUDED_CODES, EXCUSE_CODES, MUST_SIT_CODES
from draws.models import Draw, DrawState, RosterFlag
from registry.models import Area, Authority, HazardTag, Industry

REASONS = {
    "ACC": _("发生生产安全事故"),
    "DAN": _("存在重大事故隐患"),
    "ORD": _("上级部门指定"),
    "MAT": _("产假"),
    "ILL": _("重病"),
    "ABR": _("出国（境）"),
    "REL": _("参与本轮组织工作，回避"),
    "DTY": _("应急值守或公务"),
    "LEFT": _("已离任"),
    "OTH": _("其他（写明依据）"),
}
# What the system itself writes into a roster or result.
RULE_REASONS = {
    "DEF": _("上一轮缓考"),
    "COV": _("到期未抽到"),
    "LAST": _("上一轮已抽到"),
    "CAP": _("超过每家单位人数上限"),
}
POST_CHOICES = [("P", _("主要负责人")), ("S", _("安全管理人员")), ("D", _("安全总监"))]
METHOD_CHOICES = [
    (HAMILTON, _("最大余数法：按人数比例，余数大的分层先得")),
    (SYSTEMATIC, _("系统抽取法：按人数比例，小分层也有机会")),
    (FIXED, _("固定名额：每个分层写明人数")),
]
SIZE_CHOICES = [("", _("不限")), ("large", _("规模以上")), ("small", _("规模以下"))]
INDUSTRY_COLUMN_CHOICES = [
    ("own", _("按登记的行业分层")),
    ("group", _("按行业大类分层")),
    ("none", _("不按行业分层")),
]
# Since when nobody was called: quarters, or never.
NEVER = "never"
LAST_DRAWN_CHOICES = [
    ("0", _("不限")),
    ("1", _("上一季度没有抽到")),
    ("2", _("近 2 个季度没有抽到")),
    ("4", _("近 4 个季度没有抽到")),
    ("8", _("近 8 个季度没有抽到")),
    (NEVER, _("从未抽到")),
]


def read_table(text: str) -> dict[str, int]:
    """Lines of a stratum and a number, as people type them."""
    lines = [line for line in text.splitlines() if line.strip()]
    table: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        match = re.fullmatch(r"\s*([A-Z0-9]+-[0-9]{6,12}-[PSD])[\s:：,，]+([0-9]{1,7})\s*", line)
        if match is None or match[1] in table:
            raise forms.ValidationError(_("第 %(line)s 行应为一个未重复的分层代码和人数。"), params={"line": number})
        table[match[1]] = int(match[2])
    return table


# What the page of a draw states elsewhere.
_STATED = frozenset({"posts", "method", "seats", "quotas", "standby"})


class ParametersForm(forms.Form):
    """The rules of one draw. `parameters()` gives them as the domain's value once the form is valid."""

    # Titles of the page's sections, and what stands in each.
    sections = (
        (_("抽签轮次"), ("authority", "year", "quarter")),
        (
            _("谁在范围内"),
            (
                "posts", "areas", "industries", "tags", "high_hazard_only", "size", "employees_from", "employees_to",
                "last_drawn", "certificate_days",
            ),
        ),
        (_("怎样分层"), ("industry_column", "by_street", "by_size")),
        (_("抽多少人"), ("method", "seats", "quotas", "standby")),
        (_("必考和不参加的规则"), ("coverage_rounds", "exclude_last_drawn", "enterprise_cap")),
        (
            _("公开随机源和异议期"),
            ("sources", "dice", "fallback_days", "objection_days", "sources_after"),
        ),
    )  # fmt: skip

    method = forms.ChoiceField(label=_("名额分配"), choices=METHOD_CHOICES)
    seats = forms.IntegerField(label=_("抽取人数"), min_value=1, max_value=1_000_000, required=False)
    quotas = forms.CharField(
        label=_("固定名额表"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("只在选择“固定名额”时填写。每行一个分层和人数，例如：BUILD-430602007-P 3"),
    )
    standby = forms.IntegerField(label=_("每个分层的递补人数"), min_value=0, max_value=100)
    posts = forms.MultipleChoiceField(label=_("岗位"), choices=POST_CHOICES, widget=forms.CheckboxSelectMultiple)
    industries = forms.MultipleChoiceField(
        label=_("行业领域"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ck-choices-scroll"}),
        help_text=_("不选表示本部门管辖的全部行业。"),
    )
    areas = forms.MultipleChoiceField(
        label=_("乡街"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ck-choices-scroll"}),
        help_text=_("不选表示本部门管辖的全部乡街；选区县表示其下全部乡街。"),
    )
    tags = forms.MultipleChoiceField(
        label=_("风险标签"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ck-choices-scroll"}),
        help_text=_("不选表示不按风险标签筛选。"),
    )
    size = forms.ChoiceField(label=_("单位规模"), choices=SIZE_CHOICES, required=False)
    employees_from = forms.IntegerField(
        label=_("从业人数不少于"), min_value=0, max_value=MAX_EMPLOYEES, required=False, help_text=_("不填表示不限。")
    )
    employees_to = forms.IntegerField(
        label=_("从业人数不多于"),
        min_value=0,
        max_value=MAX_EMPLOYEES,
        required=False,
        help_text=_("不填表示不限。限定人数时，没有登记从业人数的单位不在范围内。"),
    )
    last_drawn = forms.ChoiceField(
        label=_("上次抽到"),
        choices=LAST_DRAWN_CHOICES,
        required=False,
        help_text=_(
            "只看本部门组织的抽签。不符合的人不在名册中；如要留在名册中写明原因，请用下面的“上一轮已抽到的人本轮不抽”。"
        ),
    )
    certificate_days = forms.IntegerField(
        label=_("合格证几天内到期"),
        min_value=0,
        max_value=MAX_CERTIFICATE_DAYS,
        required=False,
        help_text=_("填写后只抽合格证在这些天内到期或已经到期的人；不填表示不限。"),
    )
    industry_column = forms.ChoiceField(label=_("行业"), choices=INDUSTRY_COLUMN_CHOICES, required=False)
    by_size = forms.BooleanField(label=_("按单位规模分层（规模以上、以下分开）"), required=False)
    enterprise_cap = forms.IntegerField(
        label=_("每家单位最多几人参加"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_(
            "不填表示不限。超过的人在名册中标为 X:CAP：必考的先占名额，然后等候轮次多的优先，相同时按与盐值和种子无关的哈希排序，谁也不能挑选。"
        ),
    )
    high_hazard_only = forms.BooleanField(label=_("只抽高危行业单位"), required=False)
    by_street = forms.BooleanField(
        label=_("按乡街分层"), required=False, help_text=_("不选时全区合为一层，分层少而大，小乡街也不会总是没有名额。")
    )
    exclude_last_drawn = forms.BooleanField(label=_("上一轮已抽到的人本轮不抽"), required=False)
    coverage_rounds = forms.IntegerField(
        label=_("几轮之内每人至少抽到一次"), min_value=0, max_value=100, help_text=_("填 0 表示不要求。")
    )
    sources = forms.CharField(
        label=_("公开随机源"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "每行一个，写明尚未开奖的期号：双色球 SSQ:2026136，大乐透 DLT:26136，福彩3D FC3D:2026313，排列5 PL5:26313，十面骰子 DICE:1。合计不少于 64 比特。"
        ),
    )
    dice = forms.IntegerField(
        label=_("骰子枚数"), min_value=1, max_value=150, help_text=_("使用十面骰子时掷几枚，20 枚为 66 比特。")
    )
    fallback_days = forms.IntegerField(
        label=_("休市几天后改用骰子"),
        min_value=0,
        max_value=60,
        help_text=_("填 0 表示方案中不设替代办法；否则休市时先用下一期。"),
    )
    objection_days = forms.IntegerField(label=_("异议期（工作日）"), min_value=0, max_value=60)
    sources_after = forms.DateTimeField(
        label=_("最后一个随机源的开奖时间"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("不得早于异议期结束；不填则为异议期最后一天 18:00。"),
    )

    def __init__(
        self,
        *args: Any,
        industries: Iterable[Industry],
        areas: Iterable[Area],
        tags: Iterable[HazardTag],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["industries"].choices = [(row.code, row.name) for row in industries]  # type: ignore[attr-defined]
        self.fields["areas"].choices = [(row.code, row.name) for row in areas]  # type: ignore[attr-defined]
        self.fields["tags"].choices = [(row.code, row.name) for row in tags]  # type: ignore[attr-defined]

    def clean_quotas(self) -> dict[str, int]:
        return read_table(self.cleaned_data["quotas"])

    def clean_sources(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.cleaned_data["sources"].splitlines() if line.strip())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("method") == FIXED and not values.get("quotas") and "quotas" not in self.errors:
            self.add_error("quotas", _("请填写每个分层的名额。"))
        if (
            values.get("method") in (HAMILTON, SYSTEMATIC)
            and values.get("seats") is None
            and "seats" not in self.errors
        ):
            self.add_error("seats", _("请填写抽取人数。"))
        return values

    def parameters(self) -> DrawParameters:
        """The domain's value of a valid form."""
        values = self._values()
        table = values.pop("quotas")
        seats = values.pop("seats")
        return DrawParameters(seats=table if values["method"] == FIXED else seats, **values)

    def preview(self, saved: DrawParameters) -> tuple[DrawParameters, dict[str, int] | None]:
        """What is typed so far, over what is saved: proportional seats, and the fixed table to compare them with."""
        values = self._values()
        table = values.pop("quotas", None) or None
        seats = values.pop("seats", None) or (sum(table.values()) if table else saved.total_seats)
        return replace(saved, **values | {"seats": seats, "method": HAMILTON}), table

    def grouped(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields by section, for the page."""
        return [
            (title, fields)
            for title, names in self.sections
            if (fields := [self[name] for name in names if name in self.fields])
        ]

    def _values(self) -> dict[str, Any]:
        # What is valid, as the domain names it; empty numbers are zeros.
        values = dict(self.cleaned_data)
        for name in ("posts", "industries", "areas", "tags"):
            if name in values:
                values[name] = tuple(values[name])
        for name in ("employees_from", "employees_to", "certificate_days", "enterprise_cap"):
            if name in values:
                values[name] = values[name] or 0
        if "industry_column" in values:
            values["industry_column"] = values["industry_column"] or "own"
        if "last_drawn" in values:
            last_drawn = values.pop("last_drawn") or "0"
            values["never_drawn"] = last_drawn == NEVER
            values["undrawn_quarters"] = 0 if last_drawn == NEVER else int(last_drawn)
        for name in ("year", "quarter", "authority"):
            values.pop(name, None)
        return values


def initial_of(parameters: DrawParameters) -> dict[str, Any]:
    """The form's initial values for parameters that exist."""
    fixed = not isinstance(parameters.seats, int)
    table = {} if isinstance(parameters.seats, int) else parameters.seats
    return {
        **{name: getattr(parameters, name) for name in ParametersForm.base_fields if hasattr(parameters, name)},
        "seats": None if fixed else parameters.seats,
        "quotas": "\n".join(f"{stratum} {seats}" for stratum, seats in sorted(table.items())),
        "sources": "\n".join(parameters.sources),
        "last_drawn": NEVER if parameters.never_drawn else str(parameters.undrawn_quarters),
        # A zero means that there is no limit: the page shows an empty box.
        **{
            name: getattr(parameters, name) or None
            for name in ("employees_from", "employees_to", "certificate_days", "enterprise_cap")
        },
    }


def rule_words(parameters: DrawParameters) -> list[str]:
    """Every filter, column and rule that is not the usual one, in the words of the form: what an approver must see."""
    shown = initial_of(parameters)
    usual = initial_of(DrawParameters(seats=1, sources=()))
    words = []
    for name in chain.from_iterable(names for _title, names in ParametersForm.sections[1:5]):
        if name in _STATED or shown[name] == usual[name]:
            continue
        field, value = ParametersForm.base_fields[name], shown[name]
        choices = dict(getattr(field, "choices", []))
        if isinstance(value, bool):
            words.append(str(field.label) if value else _("不%(rule)s") % {"rule": field.label})
        else:
            texts = [str(choices.get(each, each)) for each in (value if isinstance(value, tuple) else (value,))]
            words.append(f"{field.label} {'、'.join(texts)}")
    return words


class NewDrawForm(ParametersForm):
    """A new draw: the quarter and the authority, then its rules."""

    field_order = ("authority", "year", "quarter")

    authority = forms.ModelChoiceField(
        label=_("监管部门"), queryset=Authority.objects.none(), to_field_name="public_id"
    )
    year = forms.IntegerField(label=_("年度"), min_value=2020, max_value=2099)
    quarter = forms.ChoiceField(label=_("季度"), choices=[(number, str(number)) for number in range(1, 5)])

    def __init__(self, *args: Any, authorities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].queryset = authorities  # type: ignore[attr-defined]


class EvidenceFileField(forms.FileField):
    """One private file; what it holds is judged by the action."""

    def __init__(self, **kwargs: Any) -> None:
        help_text = _(
            "PDF、Word、PPT、Excel、JPG 或 PNG，不超过 20 MB。只有审批的人能看到；照片中的拍摄地点等信息会自动去除。"
        )
        accepted = forms.FileInput(attrs={"accept": ".pdf,.docx,.pptx,.xlsx,.jpg,.jpeg,.png"})
        super().__init__(help_text=help_text, widget=accepted, allow_empty_file=True, **kwargs)


class FlagForm(forms.Form):
    """A must-sit or an exclusion of one person."""

    kind_code = forms.ChoiceField(label=_("类别和原因"))
    reason = forms.CharField(label=_("说明"), min_length=2, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    evidence = forms.CharField(
        label=_("依据"), min_length=2, max_length=200, help_text=_("文号、证明编号或材料名称。不写入公开文件。")
    )
    file = EvidenceFileField(label=_("证明材料"))
    whole_enterprise = forms.BooleanField(
        label=_("本单位在范围内的其他人也一并列为必考"),
        required=False,
        help_text=_("只用于必考：事故和重大隐患是单位的，不是一个人的。每个人仍分别审批。"),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("whole_enterprise") and str(values.get("kind_code", "M")).startswith("X"):
            self.add_error("whole_enterprise", _("不参加只能逐人申请，请取消此项。"))
        return values

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = {RosterFlag.Kind.MUST_SIT: MUST_SIT_CODES, RosterFlag.Kind.EXCLUDED: EXCLUDED_CODES}
        self.fields["kind_code"].choices = [  # type: ignore[attr-defined]
            (str(kind.label), [(f"{kind}:{code}", f"{code} {REASONS[code]}") for code in codes])
            for kind, codes in kinds.items()
        ]


class ReasonForm(forms.Form):
    """A reason for something that stays on record."""

    reason = forms.CharField(label=_("原因"), min_length=2, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class HashForm(forms.Form):
    """The hash that the approver has seen; hidden in the page."""

    plan_sha256 = forms.RegexField(r"^[0-9a-f]{64}\Z", widget=forms.HiddenInput)


class SourceForm(forms.Form):
    """What one person reads from the notice for one source."""

    position = forms.IntegerField(min_value=0, max_value=1000, widget=forms.HiddenInput)
    source = forms.ChoiceField(label=_("期号"), required=False)
    value = forms.CharField(
        label=_("开奖号码"),
        max_length=2000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, allowed: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, name) for name in allowed]
        self.fields["source"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["source"].widget = forms.HiddenInput()
            self.fields["source"].initial = choices[0][0]


class ReplacementForm(forms.Form):
    """An excuse after the draw."""

    reason_code = forms.ChoiceField(
        label=_("原因"), choices=[(code, f"{code} {REASONS[code]}") for code in EXCUSE_CODES]
    )
    reason = forms.CharField(label=_("说明"), min_length=2, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    evidence = forms.CharField(
        label=_("依据"), min_length=2, max_length=200, help_text=_("证明编号或材料名称。不公开。")
    )
    file = EvidenceFileField(label=_("证明材料"))


class EnlargementForm(forms.Form):
    """How many further seats: in all, or in which strata."""

    seats = forms.IntegerField(
        label=_("一共增加几人"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=_("按各分层还没有抽到的人数比例（最大余数法）分配。"),
    )
    table = forms.CharField(
        label=_("或者写明分层"),
        max_length=100_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("每行一个分层和增加的人数，例如：BUILD-430602007-P 1。填写后以此为准。"),
    )
    reason = forms.CharField(label=_("原因"), min_length=2, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_table(self) -> dict[str, int]:
        return read_table(self.cleaned_data["table"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("seats") and not values.get("table") and not self.errors:
            self.add_error("seats", _("请填写人数，或写明分层。"))
        return values


class MinutesForm(forms.Form):
    """Where the draw took place and who was there."""

    place = forms.CharField(label=_("地点"), min_length=2, max_length=100)
    present = forms.CharField(
        label=_("在场人员"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("每行一人：姓名，单位或身份。请先告知本人：姓名会写入公开的抽签记录。"),
    )
    remarks = forms.CharField(
        label=_("备注"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class DecisionForm(forms.Form):
    """Approve or refuse."""

    decision = forms.ChoiceField(choices=[("approve", ""), ("refuse", "")])


class DrawFilterForm(forms.Form):
    """The filter bar of the list of draws."""

    year = forms.IntegerField(label=_("年度"), required=False, min_value=2020, max_value=2099)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *DrawState.choices])

    def narrow(self, draws: Any) -> Any:
        """The queryset narrowed by what is valid in the form."""
        values = self.cleaned_data if self.is_valid() else {}
        if values.get("year"):
            draws = draws.filter(year=values["year"])
        if values.get("state"):
            draws = draws.filter(state=values["state"])
        return draws


def reason_text(code: str) -> str:
    """`ACC` or `M:ACC` in the reader's language."""
    bare = code.rpartition(":")[2]
    return str(REASONS.get(bare) or RULE_REASONS.get(bare) or bare)


def title_of(draw: Draw) -> str:
    """`区安委办 2026 年第 4 季度`."""
    return _("%(authority)s %(year)s 年第 %(quarter)s 季度抽签") % {
        "authority": draw.authority.name,
        "year": draw.year,
        "quarter": draw.quarter,
    }
