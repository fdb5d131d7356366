"""Shapes of the question bank's HTML input. What a question may say is checked by the same rules as an import."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import django_filters
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.scores import display
from question_bank.domain.blueprint import MAX_ITEMS_PER_PAPER, Cell
from question_bank.domain.bulk import BulkChange
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.exporting import WRITERS
from question_bank.domain.exporting.table import KIND_WORDS as TABLE_WORDS
from question_bank.domain.exporting.table import row_values
from question_bank.domain.importing import columns
from question_bank.domain.importing.check import read_question
from question_bank.domain.importing.raw import RawQuestion
from question_bank.domain.kinds import KINDS
from question_bank.domain.kinds.base import ALL_OR_NOTHING, PROPORTIONAL, SUBSET, MarkingRule
from question_bank.domain.kinds.choices import OPTION_IDS
from question_bank.domain.normalise import BANDS, EASY_BELOW, HARD_ABOVE, POST_NAMES, read_difficulty, spelling
from question_bank.domain.similarity import letters
from question_bank.models import KnowledgePoint, Pool, Question, QuestionState
from question_bank.queries import acting_versions, affected_questions, subtree_of, watched_versions
from registry.models import Authority, Industry

# More words than these in one search narrow nothing any more.
MOST_WORDS: Final = 10
KIND_CHOICES: Final = [(kind.code, _(kind.label)) for kind in KINDS.values()]
BAND_CHOICES: Final = [("易", _("易")), ("中", _("中")), ("难", _("难"))]
POST_CHOICES: Final = [(code, _(name)) for code, name in POST_NAMES.items()]

# Field of the question form → column of the template, whose rules check it.
_COLUMN_OF_FIELD: Final[Mapping[str, str]] = {
    "kind": columns.KIND,
    "stem": columns.STEM,
    **{f"option_{option_id}": columns.option_title(option_id) for option_id in OPTION_IDS},
    "key": columns.KEY,
    "explanation": columns.EXPLANATION,
    "difficulty": columns.DIFFICULTY,
    "knowledge_point": columns.KNOWLEDGE_POINT,
    "industry": columns.INDUSTRY,
    "posts": columns.POSTS,
    "law_reference": columns.LAW_REFERENCE,
    "law_edition": columns.LAW_EDITION,
    "valid_until": columns.VALID_UNTIL,
    "mark": columns.MARK,
    "source": columns.SOURCE,
    "note": columns.NOTE,
}
_FIELD_OF_COLUMN: Final = {column: field for field, column in _COLUMN_OF_FIELD.items()}
_CHOICE_CODES: Final = frozenset({"single_choice", "multiple_choice", "true_false"})
_KIND_WORDS: Final = [
    ("单选", _("单选题")),
    ("多选", _("多选题")),
    ("不定项", _("不定项选择题")),
    ("判断", _("判断题")),
    *((word, _(KINDS[code].label)) for code, word in TABLE_WORDS.items() if code not in _CHOICE_CODES),
]


class QuestionForm(forms.Form):
    """A question as a row of the template: one set of rules for the form, the file and the API."""

    kind = forms.ChoiceField(label=_("题型"), choices=_KIND_WORDS)
    stem = forms.CharField(label=_("题干"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000)
    key = forms.CharField(
        label=_("答案"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "单选填 B；多选填 A、C；判断填 正确 或 错误；填空各空用“；”分隔，不同写法用“|”分隔；数值如 3.5±0.1 m；"
            "匹配如 A-甲；B-乙；排序如 B、A、C；简答写参考答案，行末写分值；案例逐题写“1.【单选 2分】题目”、选项和答案。"
        ),
    )
    explanation = forms.CharField(
        label=_("解析"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=8000,
    )
    knowledge_point = forms.CharField(
        label=_("知识点"),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "knowledge-points"}),
        help_text=_("从已有的知识点中选择，或填写新的。"),
    )
    difficulty = forms.CharField(
        label=_("难度"),
        required=False,
        max_length=10,
        help_text=_("易、中、难，或 0 至 1 的小数，数字越大越难；不填为中。"),
    )
    industry = forms.ChoiceField(label=_("行业"), required=False, help_text=_("只适用于一个行业时选择。"))
    posts = forms.MultipleChoiceField(
        label=_("适用人员"),
        required=False,
        choices=POST_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选为全部人员。"),
    )
    law_reference = forms.CharField(
        label=_("法规依据"), required=False, max_length=240, help_text=_("如《中华人民共和国安全生产法》第五条。")
    )
    law_edition = forms.CharField(label=_("法规版本"), required=False, max_length=40, help_text=_("如 2021。"))
    valid_until = forms.CharField(
        label=_("有效期至"), required=False, max_length=20, help_text=_("如 2027-12-31；不填为长期有效。")
    )
    mark = forms.CharField(
        label=_("建议分值"), required=False, max_length=10, help_text=_("不填为 1；组卷时以组卷方案为准。")
    )
    source = forms.CharField(label=_("来源"), required=False, max_length=240)
    note = forms.CharField(label=_("备注"), required=False, max_length=600)

    def __init__(self, *args: Any, industries: Sequence[Industry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [industry.name for industry in industries]
        self.fields["industry"].choices = [("", _("通用")), *((name, name) for name in names)]  # type: ignore[attr-defined]
        self._industry_names = {spelling(name): name for name in names}
        for option_id in OPTION_IDS:
            self.fields[f"option_{option_id}"] = forms.CharField(
                label=_("选项 %(letter)s") % {"letter": option_id.upper()},
                required=False,
                max_length=1000,
                help_text=_("单选、多选、匹配、排序题从 A 起连续填写，其他题型不填。") if option_id == "a" else "",
            )
        first = ["kind", "stem", *(f"option_{option_id}" for option_id in OPTION_IDS), "key"]
        self.order_fields([*first, *(name for name in self.fields if name not in first)])
        self.draft: QuestionDraft | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        posts = "、".join(POST_NAMES[post] for post in data["posts"])
        values = {
            column: posts if name == "posts" else str(data.get(name, "")) for name, column in _COLUMN_OF_FIELD.items()
        }
        draft, problems = read_question(RawQuestion(0, values), self._industry_names)
        for problem in problems:
            text = gettext(problem.message).format(**problem.params)
            self.add_error(_FIELD_OF_COLUMN.get(problem.column), text)
        self.draft = draft
        return data


def form_values(draft: QuestionDraft) -> dict[str, Any]:
    """Initial values of a `QuestionForm` for an existing version."""
    values = row_values(draft)
    initial: dict[str, Any] = {name: values.get(column, "") for name, column in _COLUMN_OF_FIELD.items()}
    return initial | {"posts": list(draft.posts)}


class PlaceForm(forms.Form):
    """Whose bank it is."""

    authority = forms.ModelChoiceField(
        label=_("所属题库"), queryset=Authority.objects.none(), to_field_name="public_id"
    )

    def __init__(self, *args: Any, authorities: QuerySet[Authority], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["authority"]
        assert isinstance(field, forms.ModelChoiceField), "declared above"
        field.queryset = authorities
        field.initial = authorities.first()
        field.empty_label = None


class PoolForm(PlaceForm):
    """Where a new question goes."""

    pool = forms.ChoiceField(
        label=_("题库范围"),
        choices=Pool.choices,
        # From exam to practice there is a way, from practice to exam none: a slip must be the one that can be mended.
        initial=Pool.EXAM,
        help_text=_("练习题库的试题考生看得到，不能再用于考试。"),
    )


class UploadForm(PoolForm):
    """A file of questions on its way to the preview."""

    file = forms.FileField(
        label=_("试题文件"),
        help_text=_(
            "按模板填写的 Excel（.xlsx）或 CSV，文本文件（题干、A. B. C. D.、答案：、解析：），或 GIFT、Aiken、Moodle XML。"
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.gift,.xml"}),
    )
    field_order = ("file", "authority", "pool")

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        limit = settings.UPLOAD_MAX_BYTES
        if file.size is None or file.size > limit:
            raise forms.ValidationError(_("文件超过 %(limit)s MB，请拆分后上传。") % {"limit": limit // 1024 // 1024})
        return file


class CommentForm(forms.Form):
    """What a reviewer says about a decision."""

    comment = forms.CharField(
        label=_("意见"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("退回和停用时请说明原因。"),
    )


class BankRulesForm(forms.Form):
    """How an authority reviews and uses its questions."""

    reviewers = forms.IntegerField(
        label=_("审题人数"),
        min_value=1,
        max_value=5,
        help_text=_("一道试题要由几位审题人分别通过，才能用于考试；编写人不算在内。"),
    )
    checklist = forms.CharField(
        label=_("审核要点"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=1200,
        help_text=_("每行一条，审题人通过前要逐条勾选。如：答案有现行法规依据。"),
    )
    exposure_limit = forms.IntegerField(
        label=_("使用次数上限"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("在正式试卷中出现超过这个次数后不再抽取，并提议转入练习题库；不填为不限。"),
    )

    def clean_checklist(self) -> tuple[str, ...]:
        lines = (line.strip() for line in self.cleaned_data["checklist"].splitlines())
        return tuple(line for line in lines if line)


class PairForm(forms.Form):
    """Another question, by its number or by its address as copied from the browser."""

    other = forms.CharField(label=_("另一道试题的编号或网址"), max_length=300)

    def clean_other(self) -> str:
        found = re.search(r"[0-9a-f]{32}", self.cleaned_data["other"])
        if found is None:
            raise forms.ValidationError(_("请粘贴另一道试题的编号（32 位）或它的网址。"))
        return found.group()


class QuestionFilter(django_filters.FilterSet):
    """The visible filters of the list; also those of the API and of the export."""

    text = django_filters.CharFilter(label=_("文字"), method="with_text")
    kind = django_filters.ChoiceFilter(
        label=_("题型"), field_name="current__kind", choices=KIND_CHOICES, empty_label=_("全部")
    )
    state = django_filters.ChoiceFilter(label=_("状态"), choices=QuestionState.choices, empty_label=_("全部"))
    pool = django_filters.ChoiceFilter(label=_("题库范围"), choices=Pool.choices, empty_label=_("全部"))
    knowledge_point = django_filters.ModelChoiceFilter(
        label=_("知识点"),
        method="of_topic",
        queryset=KnowledgePoint.objects.all(),
        empty_label=_("全部"),
    )
    industry = django_filters.ModelChoiceFilter(
        label=_("行业"),
        field_name="current__industry",
        queryset=Industry.objects.all(),
        to_field_name="code",
        empty_label=_("全部"),
    )
    difficulty = django_filters.ChoiceFilter(
        label=_("难度"), method="in_band", choices=BAND_CHOICES, empty_label=_("全部")
    )
    expires_before = django_filters.DateFilter(
        label=_("有效期早于"),
        field_name="current__valid_until",
        lookup_expr="lt",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    law = django_filters.CharFilter(label=_("法规依据"), method="with_law")

    held = django_filters.ChoiceFilter(
        label=_("统计提示"),
        method="with_flags",
        choices=[("1", _("暂停使用或答案存疑")), ("watch", _("留意"))],
        empty_label=_("全部"),
    )

    due = django_filters.ChoiceFilter(
        label=_("待复审"),
        method="is_due",
        choices=[("law", _("法规有变化")), ("valid", _("有效期已过"))],
        empty_label=_("全部"),
    )

    class Meta:
        model = Question
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, actor: Actor | None = None, on: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.on = actor, on

    def is_due(self, queryset: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        """Approved questions whose law has changed or whose validity has passed on the day of asking."""
        if self.actor is None or self.on is None:
            return queryset
        if value == "valid":
            return queryset.filter(state=QuestionState.APPROVED, current__valid_until__lt=self.on)
        return queryset.filter(pk__in=affected_questions(self.actor, on=self.on))

    def of_topic(self, queryset: QuerySet[Question], name: str, value: KnowledgePoint | None) -> QuerySet[Question]:
        """The knowledge point and everything below it in the tree."""
        return queryset if value is None else queryset.filter(current__knowledge_point__in=subtree_of(value))

    def with_flags(self, queryset: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        """Those that wait for a reviewer's look, or whose figures may be chance."""
        return queryset.filter(current__in=watched_versions() if value == "watch" else acting_versions())

    def with_text(self, queryset: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        """Every word must occur in stem or options; punctuation, spaces and width do not matter."""
        for word in filter(None, map(letters, value.split()[:MOST_WORDS])):
            queryset = queryset.filter(words__text__has=word)
        return queryset

    def with_law(self, queryset: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        """Part of the reference: found by the words, then compared as written."""
        word = letters(value)
        found = queryset.filter(words__text__has=word) if word else queryset
        return found.filter(current__law_reference__contains=value.strip())

    def in_band(self, queryset: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        """易, 中 or 难."""
        lowest, highest = BANDS[value]
        if lowest is not None:
            queryset = queryset.filter(current__difficulty__gte=lowest)
        return queryset if highest is None else queryset.filter(current__difficulty__lte=highest)


class PlaceTopicForm(forms.Form):
    """Below which knowledge point."""

    topic = forms.IntegerField(min_value=1)
    parent = forms.IntegerField(min_value=1, required=False)


class FilterNameForm(forms.Form):
    """Filters under a name."""

    name = forms.CharField(label=_("筛选名称"), max_length=30)
    query = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        """Only filters that exist, so that a saved address leads nowhere else."""
        found = QueryDict(self.cleaned_data["query"])
        kept = QueryDict(mutable=True)
        for name in [*QuestionFilter.base_filters, "sort"]:
            if found.get(name):
                kept[name] = found[name]
        return kept.urlencode()


class BulkEditForm(forms.Form):
    """What many questions are to say from now on; what is left empty stays."""

    knowledge_point = forms.CharField(
        label=_("知识点改为"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "knowledge-points"}),
    )
    difficulty = forms.ChoiceField(label=_("难度改为"), required=False, choices=[("", _("不改")), *BAND_CHOICES])
    industry = forms.ChoiceField(label=_("行业改为"), required=False)
    posts = forms.MultipleChoiceField(
        label=_("适用人员改为"), required=False, choices=POST_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    law_reference = forms.CharField(label=_("法规依据改为"), required=False, max_length=120)
    law_edition = forms.CharField(label=_("法规版本改为"), required=False, max_length=20)
    valid_until = forms.DateField(label=_("有效期改为"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, industries: Sequence[Industry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(industry.name, industry.name) for industry in industries]
        self.fields["industry"].choices = [("", _("不改")), (_GENERAL, _("通用")), *names]  # type: ignore[attr-defined]

    def change(self) -> BulkChange:
        """What was filled in."""
        data = self.cleaned_data
        return BulkChange(
            knowledge_point=data["knowledge_point"].strip() or None,
            difficulty=read_difficulty(data["difficulty"]) if data["difficulty"] else None,
            industry="" if data["industry"] == _GENERAL else data["industry"] or None,
            posts=tuple(data["posts"]) or None,
            law_reference=data["law_reference"].strip() or None,
            law_edition=data["law_edition"].strip() or None,
            valid_until=data["valid_until"],
        )


_GENERAL: Final = "-"


class ViewingFilterForm(forms.Form):
    """Which question, and who."""

    question = forms.CharField(label=_("试题编号"), required=False, max_length=64)
    who = forms.CharField(label=_("查看人"), required=False, max_length=60)

    def clean_question(self) -> str:
        text: str = self.cleaned_data["question"].strip()
        if text and re.fullmatch(r"[0-9a-f]{8,32}", text) is None:
            raise forms.ValidationError(_("试题编号由 8 至 32 位数字和字母 a–f 组成。"))
        return text


class LawForm(forms.Form):
    """An edition of a law."""

    title = forms.CharField(
        label=_("法规名称"), max_length=100, help_text=_("不写书名号，如：中华人民共和国安全生产法。")
    )
    edition = forms.CharField(label=_("版本"), max_length=20, help_text=_("与试题的“法规版本”一致，如 2021。"))
    in_force_on = forms.DateField(label=_("施行日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_title(self) -> str:
        text: str = self.cleaned_data["title"]
        return text.strip().strip("《》")


class WithdrawalForm(forms.Form):
    """An article that fell or was changed."""

    article = forms.IntegerField(label=_("第几条"), min_value=1, max_value=2000)
    withdrawn_on = forms.DateField(label=_("废止或修改日期"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=_("说明"), required=False, max_length=200)


class RepealForm(forms.Form):
    """From when on a law is no law."""

    repealed_on = forms.DateField(label=_("废止日期"), widget=forms.DateInput(attrs={"type": "date"}))


class ExportForm(forms.Form):
    """In which format the filtered questions leave."""

    format = forms.ChoiceField(choices=[(name, name) for name in WRITERS])


# --- blueprints -----------------------------------------------------------------------------------------------------

_CELL_BANDS: Final[Mapping[str, tuple[Decimal | None, Decimal | None]]] = {
    "": (None, None),
    **BANDS,
    "易至中": (None, HARD_ABOVE),
    "中至难": (EASY_BELOW, None),
}
_CELL_BAND_CHOICES: Final = [
    ("", _("不限")), ("易", _("易")), ("中", _("中")), ("难", _("难")), ("易至中", _("易至中")), ("中至难", _("中至难")),
]  # fmt: skip
_RULE_CHOICES: Final = [
    (ALL_OR_NOTHING, _("全部选对得分")), (PROPORTIONAL, _("按比例得分，错选倒扣")), (SUBSET, _("少选得部分分")),
]  # fmt: skip


class BlueprintForm(forms.Form):
    """Title, marking rule, and how equally hard the papers must be."""

    title = forms.CharField(label=_("名称"), max_length=80)
    rule = forms.ChoiceField(label=_("多选题计分"), choices=_RULE_CHOICES, help_text=_("规则会印在试卷上。"))
    subset_percent = forms.IntegerField(
        label=_("少选得分比例（%）"),
        min_value=0,
        max_value=100,
        initial=50,
        required=False,
        help_text=_("只用于“少选得部分分”。"),
    )

    tolerance_percent = forms.DecimalField(
        label=_("各份试卷预期得分的最大差距（%）"),
        min_value=0,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        required=False,
        help_text=_(
            "抽出的任何两份试卷，预期得分率相差不超过这个数；不填为不控制。难度以历次作答为准，没有的以编写人填写的为准。"
        ),
    )

    def tolerance(self) -> Decimal | None:
        """The largest difference as a share of the total."""
        percent: Decimal | None = self.cleaned_data["tolerance_percent"]
        return None if percent is None else percent / 100

    def marking_rule(self) -> MarkingRule:
        """The rule as chosen."""
        percent = self.cleaned_data.get("subset_percent")
        fraction = Decimal(50 if percent is None else percent) / 100
        return MarkingRule(self.cleaned_data["rule"], fraction)


class CellForm(forms.Form):
    """One group of questions of a blueprint."""

    title = forms.CharField(label=_("题组名称"), max_length=60)
    kind = forms.ChoiceField(label=_("题型"), choices=KIND_CHOICES)
    count = forms.IntegerField(label=_("题数"), min_value=1, max_value=MAX_ITEMS_PER_PAPER)
    mark = forms.DecimalField(
        label=_("每题分值"), min_value=Decimal("0.01"), max_value=100, max_digits=5, decimal_places=2
    )
    band = forms.ChoiceField(label=_("难度"), required=False, choices=_CELL_BAND_CHOICES)
    knowledge_points = forms.MultipleChoiceField(
        label=_("知识点"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选为不限。"),
    )
    industries = forms.MultipleChoiceField(
        label=_("行业"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("通用试题总是包括在内。"),
    )
    posts = forms.MultipleChoiceField(
        label=_("适用人员"),
        required=False,
        choices=POST_CHOICES,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, points: Sequence[str], industry_names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["knowledge_points"].choices = [(name, name) for name in points]  # type: ignore[attr-defined]
        self.fields["industries"].choices = [(name, name) for name in industry_names]  # type: ignore[attr-defined]
        # Bounds that are no band come from the API or an older blueprint: they stay choosable under their own name.
        band = self.initial.get("band")
        self._bands = dict(_CELL_BANDS)
        if band and band not in _CELL_BANDS:
            self._bands[band] = self.initial["bounds"]
            self.fields["band"].choices = [*_CELL_BAND_CHOICES, (band, band)]  # type: ignore[attr-defined]

    def cell(self, code: str) -> Cell:
        """The cell as typed."""
        data = self.cleaned_data
        lowest, highest = self._bands[data["band"]]
        return Cell(
            code=code,
            title=data["title"],
            kind=data["kind"],
            count=data["count"],
            mark=data["mark"],
            knowledge_points=tuple(data["knowledge_points"]),
            difficulty_from=lowest,
            difficulty_to=highest,
            industries=tuple(data["industries"]),
            posts=tuple(data["posts"]),
        )


CellFormSet = forms.formset_factory(CellForm, extra=0, min_num=1, max_num=30, absolute_max=30, can_delete=True)


def band_key(cell: Cell) -> str:
    """The band choice of an existing cell; bounds that are no band get a name of their own."""
    bounds = (cell.difficulty_from, cell.difficulty_to)
    for name, known in _CELL_BANDS.items():
        if known == bounds:
            return name
    return f"{cell.difficulty_from or 0}–{1 if cell.difficulty_to is None else cell.difficulty_to}"


def cell_initial(cell: Cell) -> dict[str, Any]:
    """Initial values of a `CellForm`."""
    return {
        "title": cell.title,
        "kind": cell.kind,
        "count": cell.count,
        "mark": display(cell.mark),
        "band": band_key(cell),
        "bounds": (cell.difficulty_from, cell.difficulty_to),
        "knowledge_points": list(cell.knowledge_points),
        "industries": list(cell.industries),
        "posts": list(cell.posts),
    }
