"""Shape of what people type about lectures, and the filters of the table of states."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.domain.halves import STANDING_WORDS, STANDINGS, Half, half_of
from courses.domain.records import LectureDraft, LectureRecord
from courses.models import Lecture, LectureEvidence
from registry.models import Area, Industry, Person
from registry.queries import areas_in_force, industries

HALVES = [(1, _("上半年")), (2, _("下半年"))]


class StateFilterForm(forms.Form):
    """The filters of the table: all in the address."""

    year = forms.TypedChoiceField(label=_("年份"), coerce=int, required=False)
    half = forms.TypedChoiceField(label=_("半年"), coerce=int, choices=HALVES, required=False)
    state = forms.ChoiceField(label=_("状态"), required=False)
    area = forms.ModelChoiceField(
        label=_("乡街"), queryset=Area.objects.none(), to_field_name="code", required=False, empty_label=_("全部")
    )
    industry = forms.ModelChoiceField(
        label=_("行业领域"),
        queryset=Industry.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("全部"),
    )
    q = forms.CharField(label=_("单位名称"), max_length=60, required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        current = half_of(today)
        given = data.copy()
        given.setdefault("year", str(current.year))
        given.setdefault("half", str(current.half))
        super().__init__(given)
        fields: dict[str, Any] = self.fields
        fields["year"].choices = [(year, str(year)) for year in range(current.year + 1, current.year - 3, -1)]
        fields["state"].choices = [("", _("全部")), *((name, _(STANDING_WORDS[name])) for name in STANDINGS)]
        fields["area"].queryset = areas_in_force(today).filter(parent__isnull=False)
        fields["industry"].queryset = industries().filter(is_high_hazard=True)
        self.today = today

    def period(self) -> Half:
        """The half-year asked for; the current one when the address says nonsense."""
        data = self.cleaned_data if self.is_valid() else {}
        current = half_of(self.today)
        return Half(data.get("year") or current.year, data.get("half") or current.half)


class DateTimeInput(forms.DateTimeInput):
    """The browser's own picker."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class _PrincipalChoice(forms.ChoiceField):
    """One of the enterprise's principals, by public id."""

    def offer(self, people: Sequence[Person]) -> None:
        self.choices = [(person.public_id, person.name) for person in people]


class PlanForm(forms.Form):
    """A plan."""

    period = forms.ChoiceField(label=_("属于"), help_text=_("上半年 6 月 30 日前、下半年 12 月 31 日前各讲一次。"))
    lecturer_id = _PrincipalChoice(label=_("讲课人"), help_text=_("由主要负责人本人讲课。"))
    title = forms.CharField(label=_("题目"), max_length=120)
    planned_at = forms.DateTimeField(
        label=_("计划时间"), widget=DateTimeInput(), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )
    place = forms.CharField(label=_("地点"), max_length=120, required=False)

    def __init__(self, *args: Any, people: Sequence[Person], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["lecturer_id"].offer(people)
        current = half_of(today)
        following = Half(current.year, 2) if current.half == 1 else Half(current.year + 1, 1)
        fields["period"].choices = [
            (f"{half.year}-{half.half}", f"{half.year} {dict(HALVES)[half.half]}")
            for half in (current, following, current.previous)
        ]

    def draft(self) -> LectureDraft:
        """The plan as typed."""
        data = self.cleaned_data
        year, half = data["period"].split("-")
        return LectureDraft(
            lecturer_id=data["lecturer_id"],
            year=int(year),
            half=int(half),
            title=data["title"],
            planned_at=data["planned_at"],
            place=data["place"],
        )


class RecordForm(forms.Form):
    """What happened, as the enterprise says."""

    held_at = forms.DateTimeField(
        label=_("讲课时间"), widget=DateTimeInput(), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )
    minutes = forms.IntegerField(label=_("时长（分钟）"), min_value=5, max_value=600, initial=45)
    place = forms.CharField(label=_("地点"), max_length=120)
    title = forms.CharField(label=_("题目"), max_length=120)
    lecturer_id = _PrincipalChoice(label=_("讲课人"), help_text=_("应为讲课当日在任的主要负责人。"))
    due_count = forms.IntegerField(label=_("应到人数"), min_value=1, max_value=1_000_000)
    present_count = forms.IntegerField(label=_("实到人数"), min_value=1, max_value=1_000_000)
    summary = forms.CharField(
        label=_("主要内容"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["lecturer_id"].offer(people)

    def record(self) -> LectureRecord:
        """The record as typed."""
        return LectureRecord(**self.cleaned_data)


class MultipleFileInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """A list of files."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(MultipleFileField, self).clean(file, initial) for file in files]


class EvidenceForm(forms.Form):
    """Files of one kind."""

    kind = forms.ChoiceField(label=_("材料种类"), choices=LectureEvidence.Kind.choices)
    uploads = MultipleFileField(
        label=_("文件"),
        allow_empty_file=True,
        help_text=_(
            "PDF、Word、PPT、Excel、JPG 或 PNG，每个不超过 20 MB。照片 2–3 张；照片中的拍摄地点等信息会自动去除。"
        ),
        widget=MultipleFileInput(attrs={"accept": ".pdf,.docx,.pptx,.xlsx,.jpg,.jpeg,.png"}),
    )


class CancelForm(forms.Form):
    """Why a plan will not happen."""

    reason = forms.CharField(label=_("取消原因"), max_length=300)


def initial_of_record(lecture: Lecture, *, now: datetime) -> dict[str, object]:
    """What the plan already says; its time only once it has passed."""
    return {
        "held_at": lecture.planned_at if lecture.planned_at <= now else None,
        "place": lecture.place,
        "title": lecture.title,
        "lecturer_id": lecture.lecturer.public_id,
    }
