"""Charts of a round from its snapshot's totals; the title states the finding (interface.md, Pages 7)."""

from typing import Any

from django.utils.translation import gettext as _

from publications.domain.reading import PublicSnapshot, Rate, best_and_worst


def chart_of_rates(snapshot: PublicSnapshot, dimension: str) -> dict[str, Any] | None:
    """Pass rate by industry or street: None where nothing may be shown."""
    rates = snapshot.rates(dimension)
    if all(rate.people is None for rate in rates):
        return None
    label = {"industry": _("行业领域"), "street": _("乡街")}[dimension]
    return {
        "id": f"chart-{dimension}",
        "title": _finding(rates, label),
        "unit": "%",
        "n": snapshot.totals["people"],
        "data": {
            "kind": "hbar",
            "category_label": label,
            "unit": "%",
            "series": [_("合格率")],
            "rows": [[rate.name, None if rate.pass_percent is None else str(rate.pass_percent)] for rate in rates],
        },
    }


def chart_of_scores(snapshot: PublicSnapshot) -> dict[str, Any] | None:
    """How many scores lie in each band: None where nothing may be shown."""
    bands = snapshot.totals["by_score"]
    shown = [band for band in bands if band["people"]]
    if not shown:
        return None
    most = max(shown, key=lambda band: band["people"])
    return {
        "id": "chart-score",
        "title": _("成绩以 %(band)s 分为最多，共 %(people)s 人") % {"band": most["band"], "people": most["people"]},
        "unit": _("人"),
        "n": sum(band["people"] for band in shown),
        "data": {
            "kind": "bar",
            "category_label": _("分数段"),
            "unit": _("人"),
            "series": [_("人数")],
            "rows": [[band["band"], band["people"]] for band in bands],
        },
    }


def _finding(rates: list[Rate], label: str) -> str:
    ends = best_and_worst(rates)
    if ends is None:
        return _("各%(label)s合格率") % {"label": label}
    best, worst = ends
    return _("%(best)s合格率最高（%(high)s%%），%(worst)s最低（%(low)s%%）") % {
        "best": _named(best, rates, label),
        "high": best.pass_percent,
        "worst": _named(worst, rates, label),
        "low": worst.pass_percent,
    }


def _named(rate: Rate, rates: list[Rate], label: str) -> str:
    """The group's name, or how many share its rate: a chart's title singles nobody out of several."""
    equal = sum(other.pass_percent == rate.pass_percent for other in rates)
    return rate.name if equal == 1 else _("%(count)s 个%(label)s并列") % {"count": equal, "label": label}
