"""统计: what the quarters say, with every chart's table and an export."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.actor import Actor
from core.spreadsheets import Column, SheetSpec, write_xlsx
from oversight.domain.statistics import GroupFigures, Standing, distribution, figures_by
from oversight.queries.statistics import standings_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def statistics(request: HttpRequest) -> HttpResponse:
    standings = standings_for(_actor(request))
    quarters = figures_by(standings, "quarter")
    chosen = _chosen(request, quarters)
    of_quarter = [row for row in standings if row.quarter == chosen]
    industries, streets = figures_by(of_quarter, "industry"), figures_by(of_quarter, "street")
    context = {
        "quarters": [row.name for row in reversed(quarters)],
        "chosen": chosen,
        "figures": next((row for row in quarters if row.name == chosen), None),
        "trend": _trend(quarters),
        "industries": _rates(industries, _("行业领域")),
        "industry_table": _table(industries, _("行业领域")),
        "streets": _rates(streets, _("乡街")),
        "street_table": _table(streets, _("乡街")),
        "bands": _bands(of_quarter),
        "trend_title": _trend_title(quarters),
    }
    return render(request, "oversight/statistics.html", context)


def statistics_export(request: HttpRequest) -> HttpResponse:
    standings = standings_for(_actor(request))
    sheets = [
        _sheet(_("按季度"), _("季度"), figures_by(standings, "quarter")),
        _sheet(_("按行业"), _("行业领域"), figures_by(standings, "industry")),
        _sheet(_("按乡街"), _("乡街"), figures_by(standings, "street")),
    ]
    response = HttpResponse(write_xlsx(sheets), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="choukao-statistics.xlsx"'
    return response


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _chosen(request: HttpRequest, quarters: list[GroupFigures]) -> str:
    """The quarter in the address when there is such a one, else the latest."""
    names = [row.name for row in quarters]
    asked = request.GET.get("quarter", "")
    return asked if asked in names else (names[-1] if names else "")


def _trend(quarters: list[GroupFigures]) -> dict[str, object]:
    return {
        "kind": "line",
        "category_label": _("季度"),
        "unit": "%",
        "series": [_("合格率"), _("平均分")],
        "rows": [[row.name, _number(row.pass_rate), _number(row.mean)] for row in quarters],
    }


def _trend_title(quarters: list[GroupFigures]) -> str:
    if len(quarters) < 2 or quarters[-1].pass_rate is None or quarters[-2].pass_rate is None:
        return _("各季度合格率与平均分")
    change = quarters[-1].pass_rate - quarters[-2].pass_rate
    words = _("比上季度上升 %(points)s 个百分点") if change > 0 else _("比上季度下降 %(points)s 个百分点")
    sentence = words % {"points": abs(change)} if change else _("与上季度持平")
    return _("%(quarter)s 合格率 %(rate)s%%，%(sentence)s") % {
        "quarter": quarters[-1].name, "rate": quarters[-1].pass_rate, "sentence": sentence,
    }  # fmt: skip


def _rates(groups: list[GroupFigures], label: str) -> dict[str, object]:
    ordered = sorted(groups, key=lambda row: (row.pass_rate is None, row.pass_rate))
    return {
        "kind": "hbar",
        "category_label": label,
        "unit": "%",
        "series": [_("合格率")],
        "rows": [[row.name, _number(row.pass_rate)] for row in ordered],
    }


def _bands(standings: list[Standing]) -> dict[str, object]:
    return {
        "kind": "bar",
        "category_label": _("分数段"),
        "unit": _("人"),
        "series": [_("人数")],
        "rows": [[label, heads] for label, heads in distribution(standings)],
    }


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _table(groups: list[GroupFigures], label: str) -> dict[str, object]:
    columns = [{"label": label}, *({"label": title, "numeric": True} for title in _titles())]
    return {"columns": columns, "rows": [_cells(row) for row in groups]}


def _cells(row: GroupFigures) -> list[dict[str, object]]:
    cells: list[dict[str, object]] = [{"text": row.name}]
    for value in (row.due, row.sat, row.passed, row.pass_rate, row.mean):
        cells.append({"text": "—" if value is None else value, "numeric": True})
    return cells


def _titles() -> tuple[str, ...]:
    return _("应考人数"), _("实考人数"), _("合格人数"), _("合格率（%）"), _("平均分")


def _sheet(title: str, label: str, groups: list[GroupFigures]) -> SheetSpec:
    return SheetSpec(
        name=title,
        columns=(Column(label, width=18), *(Column(heading) for heading in _titles())),
        rows=[(row.name, row.due, row.sat, row.passed, row.pass_rate, row.mean) for row in groups],
    )
