"""The gallery: every component once, with invented content, for people who write pages. Served in the demo only."""

from datetime import UTC, datetime

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

_WHEN = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


class _EnterpriseForm(forms.Form):
    name = forms.CharField(label="单位名称", help_text="与营业执照一致。")
    street = forms.ChoiceField(label="乡街", choices=[("", "请选择"), ("wangyuelu", "望岳路街道")])
    founded_on = forms.DateField(label="成立日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    tags = forms.MultipleChoiceField(
        label="风险标签",
        required=False,
        choices=[("dust", "粉尘涉爆"), ("ammonia", "涉氨制冷"), ("confined", "有限空间")],
        widget=forms.CheckboxSelectMultiple,
    )
    post = forms.ChoiceField(
        label="岗位",
        choices=[("principal", "主要负责人"), ("safety_manager", "安全管理人员")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea)
    evidence = forms.FileField(label="证明材料", help_text="PDF 或图片，不超过 10 MB。")
    checked = forms.BooleanField(label="我已核对以上内容")


class _FilterForm(forms.Form):
    q = forms.CharField(label="姓名或单位", required=False)
    street = forms.ChoiceField(label="乡街", choices=[("", "全部"), ("wangyuelu", "望岳路街道")], required=False)
    outcome = forms.ChoiceField(label="结果", choices=[("", "全部"), ("passed", "合格")], required=False)


@login_not_required
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "base/gallery.html", {"gallery": {**_facts(), **_lists(), **_forms()}, "is_demo": True})


def _facts() -> dict[str, object]:
    return {
        "crumbs": [{"title": "抽考轮次", "url": "#"}, {"title": "2026 年第 4 季度"}],
        "steps": [
            {"title": "名册冻结", "state": "done", "note": "145 人"},
            {"title": "公开抽签", "state": "done", "note": "抽中 30 人"},
            {"title": "考试", "state": "done", "note": "28 人交卷"},
            {"title": "批准公示", "state": "waiting", "note": "等待 刘* 批准"},
            {"title": "处置", "state": "later"},
        ],
        "stats": [
            {"label": "合格率", "value": "90.8", "unit": "%", "note": "上季 88.2%"},
            {"label": "应考", "value": "30", "unit": "人"},
            {"label": "缺考", "value": "2", "unit": "人", "tone": "warn", "url": "#"},
            {"label": "逾期处置", "value": "1", "unit": "件", "tone": "bad", "url": "#"},
        ],
        "facts": [
            {"label": "监管部门", "value": "区应急管理局"},
            {"label": "合格分数", "value": "80 分"},
            {"label": "组卷方案", "value": "建筑施工通用 A", "url": "#"},
            {"label": "状态", "state": "已批准", "tone": "good"},
            {"label": "缓考", "value": ""},
        ],
        "timeline": [
            {"when": _WHEN, "who": "王*（区安委办）", "what": "提出公示", "why": "28 人成绩已复核"},
            {"when": _WHEN, "who": "刘*、陈*", "what": "两人录入抽签种子"},
        ],
        "tabs": [
            {"title": "全部", "url": "#", "count": 54, "active": True},
            {"title": "待补考", "url": "#", "count": 3},
        ],
        "consequences": ["名册内容不能再改，新登记的人员进入下一季", "名册摘要立即向社会公布"],
    }


def _lists() -> dict[str, object]:
    return {
        "columns": [
            {"label": "姓名", "sort_url": "#", "sorted": "ascending"},
            {"label": "单位", "sort_url": "#"},
            {"label": "成绩", "numeric": True, "sort_url": "#"},
            {"label": "结果"},
        ],
        "rows": [
            _row("张*三", "主要负责人", "86", outcome=("合格", "good")),
            _row("李*", "安全管理人员", "72", outcome=("不合格", "bad")),
            _row("欧阳*华", "安全总监", "—", outcome=("缺考", "warn")),
        ],
        "page": Paginator(range(237), 20).page(3),
        "sizes": [20, 50, 100],
        "bars": [
            {"label": "望岳路街道", "value": 92.3, "text": "92.3%"},
            {"label": "奇家岭街道", "value": 81, "text": "81.0%"},
            {"label": "西塘镇", "value": None},
        ],
        "chart": {
            "kind": "bar",
            "category_label": "季度",
            "series": ["建筑施工", "交通运输"],
            "rows": [["第 2 季度", 85.4, None], ["第 3 季度", 88.2, 83.5], ["第 4 季度", 90.8, 86.1]],
        },
    }


def _row(name: str, post: str, score: str, *, outcome: tuple[str, str]) -> list[dict[str, object]]:
    state, tone = outcome
    return [
        {"text": name, "url": "#", "sub": post},
        {"text": "岳阳洞庭食品有限公司", "label": "单位"},
        {"text": score, "numeric": True, "label": "成绩"},
        {"state": state, "tone": tone, "label": "结果"},
    ]


def _forms() -> dict[str, object]:
    return {"form": _EnterpriseForm({"name": "望岳建筑"}), "filter": _FilterForm()}
