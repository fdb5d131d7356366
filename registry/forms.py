"""Shape of what people type about enterprises, people and appointments, and the filters of lists."""

from datetime import date
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core import clock
from core.actor import Actor
from registry.domain.drafts import AppointmentDraft, EnterpriseDraft, PersonDraft
from registry.models import Area, Capacity, Enterprise, HazardTag, IdType, Industry, Person, Post
from registry.queries import all_authorities, hazard_tags, in_force
from registry.queries.choices import industries_for, streets_for

MAX_FILTER_TEXT = 60


# The API's schema is made without a request.
def _streets(request: Any) -> QuerySet[Area]:
    if request is None:
        return Area.objects.none()
    return streets_for(request.actor, on=clock.today())


def _industries(request: Any) -> QuerySet[Industry]:
    if request is None:
        return Industry.objects.none()
    return industries_for(request.actor)


class EnterpriseFilter(django_filters.FilterSet):
    """The filters of the enterprise list and of its API: visible, and in the address."""

    q = django_filters.CharFilter(label=_("名称或信用代码"), method="by_text", max_length=MAX_FILTER_TEXT)
    area = django_filters.ModelChoiceFilter(
        label=_("乡街"), queryset=_streets, to_field_name="code", method="by_area", empty_label=_("全部")
    )
    industry = django_filters.ModelChoiceFilter(
        label=_("行业领域"), queryset=_industries, to_field_name="code", method="by_industry", empty_label=_("全部")
    )
    tag = django_filters.ModelChoiceFilter(
        label=_("风险标签"),
        queryset=lambda request: hazard_tags(),
        to_field_name="code",
        field_name="tags",
        empty_label=_("全部"),
    )
    flag = django_filters.ChoiceFilter(
        label=_("监管标志"),
        method="by_flag",
        empty_label=_("全部"),
        choices=[
            ("is_high_hazard", _("高危行业")),
            ("is_large_scale", _("规模以上")),
            ("needs_safety_director", _("应设安全总监")),
        ],
    )
    # Column heads sort; a changed filter keeps the order.
    sort = django_filters.OrderingFilter(
        label=_("排序"),
        widget=forms.HiddenInput,
        fields=[
            ("name", "name"),
            ("area__path", "area"),
            ("industry__position", "industry"),
            ("employees", "employees"),
            ("revenue_10k", "revenue"),
        ],
    )

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[Enterprise], name: str, value: str) -> QuerySet[Enterprise]:
        return queryset.filter(Q(name__icontains=value.strip()) | Q(uscc__istartswith=value.strip()))

    def by_area(self, queryset: QuerySet[Enterprise], name: str, value: Area) -> QuerySet[Enterprise]:
        # By code: an enterprise registered before a merger keeps the street's old row.
        return queryset.filter(area__code=value.code)

    def by_industry(self, queryset: QuerySet[Enterprise], name: str, value: Industry) -> QuerySet[Enterprise]:
        return queryset.filter(Q(industry=value) | Q(industry__parent=value))

    def by_flag(self, queryset: QuerySet[Enterprise], name: str, value: str) -> QuerySet[Enterprise]:
        return queryset.filter(**{value: True})


class PersonFilter(django_filters.FilterSet):
    """The filters of the people list and of its API. Names are searched; numbers are not."""

    q = django_filters.CharFilter(label=_("姓名或单位名称"), method="by_text", max_length=MAX_FILTER_TEXT)
    post = django_filters.ChoiceFilter(
        label=_("在任岗位"), method="by_post", choices=Post.choices, empty_label=_("全部")
    )
    sort = django_filters.OrderingFilter(
        label=_("排序"), widget=forms.HiddenInput, fields=[("name_sort_key", "name"), ("created_at", "created")]
    )

    class Meta:
        model = Person
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        found = queryset.filter(
            Q(name__icontains=value.strip()) | Q(appointments__enterprise__name__icontains=value.strip())
        )
        return queryset.filter(pk__in=found.order_by().values("pk"))

    def by_post(self, queryset: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        holders = queryset.filter(in_force(clock.today(), "appointments__"), appointments__post=value)
        return queryset.filter(pk__in=holders.order_by().values("pk"))


class EnterpriseForm(forms.Form):
    """The facts of an enterprise. Choices are those of the actor's reach."""

    name = forms.CharField(label=_("单位名称"), max_length=120, help_text=_("与营业执照一致。"))
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=40, help_text=_("营业执照上的18位代码。"))
    area = forms.ModelChoiceField(
        label=_("乡街"), queryset=Area.objects.none(), to_field_name="code", empty_label=_("请选择")
    )
    industry = forms.ModelChoiceField(
        label=_("行业领域"), queryset=Industry.objects.none(), to_field_name="code", empty_label=_("请选择")
    )
    tags = forms.ModelMultipleChoiceField(
        label=_("风险标签"),
        queryset=HazardTag.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    authority = forms.ModelChoiceField(
        label=_("监管部门"),
        queryset=all_authorities().none(),
        to_field_name="code",
        required=False,
        empty_label=_("不填"),
    )
    employees = forms.IntegerField(
        label=_("从业人员数"), min_value=0, max_value=1_000_000, required=False, help_text=_("不清楚时不填。")
    )
    revenue_10k = forms.DecimalField(
        label=_("年主营业务收入（万元）"),
        min_value=Decimal(0),
        max_value=Decimal(100_000_000),
        decimal_places=2,
        required=False,
        help_text=_("不清楚时不填。规模以上和应设安全总监的标志由系统按人数和收入计算。"),
    )

    def __init__(self, *args: Any, actor: Actor, today: date, current_area: Area | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        streets = streets_for(actor, on=today)
        fields: dict[str, Any] = self.fields
        # A street that has merged since stays selectable for the enterprise that still has it.
        is_past = current_area is not None and current_area.valid_to is not None
        fields["area"].queryset = (
            Area.objects.filter(pk=current_area.pk) | streets if is_past and current_area else streets
        )
        fields["industry"].queryset = industries_for(actor)
        fields["tags"].queryset = hazard_tags()
        fields["authority"].queryset = all_authorities()

    def draft(self) -> EnterpriseDraft:
        """What was typed."""
        data = self.cleaned_data
        return EnterpriseDraft(
            name=data["name"],
            uscc=data["uscc"],
            area_code=data["area"].code,
            industry_code=data["industry"].code,
            tag_codes=tuple(tag.code for tag in data["tags"]),
            authority_code=data["authority"].code if data["authority"] else "",
            employees=data["employees"],
            revenue_10k=data["revenue_10k"],
        )


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EmployForm(forms.Form):
    """A person, by document, and the post taken."""

    name = forms.CharField(label=_("姓名"), max_length=60, help_text=_("与证件一致。"))
    id_type = forms.ChoiceField(label=_("证件类型"), choices=IdType.choices, initial=IdType.ID_CARD)
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        help_text=_("加密保存，页面上只显示最后两位。已登记过的人员，按证件号码自动找到。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = forms.CharField(
        label=_("手机号"),
        max_length=40,
        required=False,
        help_text=_("本人的手机号，用来接收通知和登录。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    post = forms.ChoiceField(label=_("岗位"), choices=Post.choices)
    capacity = forms.ChoiceField(
        label=_("身份"), choices=[("", _("不填")), *Capacity.choices], required=False, help_text=_("仅主要负责人填写。")
    )
    valid_from = forms.DateField(label=_("任职日期"), widget=DateInput())

    def person(self) -> PersonDraft:
        """The person as typed."""
        data = self.cleaned_data
        return PersonDraft(data["name"], data["id_number"], data["id_type"], data["phone"])

    def appointment(self) -> AppointmentDraft:
        """The appointment as typed."""
        data = self.cleaned_data
        return AppointmentDraft(post=data["post"], valid_from=data["valid_from"], capacity=data["capacity"])


class EndAppointmentForm(forms.Form):
    """The last day in post."""

    valid_to = forms.DateField(label=_("离任日期"), widget=DateInput(), help_text=_("在任的最后一天。"))


class PhoneForm(forms.Form):
    """Another phone."""

    phone = forms.CharField(
        label=_("新手机号"),
        max_length=40,
        help_text=_("本人的手机号，用来接收通知和登录。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


class NameForm(forms.Form):
    """Another name for the same document."""

    name = forms.CharField(label=_("更正后的姓名"), max_length=60, help_text=_("与证件一致。"))
    reason = forms.CharField(label=_("更正原因"), max_length=300, help_text=_("例如：录入错误；已更名，附户口簿。"))


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("原因"), max_length=300, help_text=_("例如：已注销；已迁出本区；恢复经营。"))


class UploadForm(forms.Form):
    """The file of an import."""

    file = forms.FileField(
        label=_("单位与人员表"),
        help_text=_("Excel 工作簿（.xlsx）或 CSV，最大 20 MB，最多 20000 行。"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
