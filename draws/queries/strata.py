"""How many people each stratum has, and what each method of quotas would give it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count
from django.utils.translation import gettext as _

from draws.domain.parameters import DrawParameters
from draws.domain.pool import LARGE
from draws.domain.quotas import hamilton
from draws.models import Draw
from draws.queries.population import POST_OF_LETTER, PoolMember, RowToBe
from registry.models import Area, Industry
from registry.models import Post as RegisteredPost


@dataclass(frozen=True, slots=True)
class StratumCount:
    """One line of the preview. `chance` is the probability that the systematic method adds a seat to `floor`."""

    stratum: str
    industry: str
    area: str
    post: str
    eligible: int
    must_sit: int
    excluded: int
    hamilton: int
    floor: int
    chance: Fraction
    fixed: int | None

    @property
    def chance_percent(self) -> int:
        return round(self.chance * 100)

    @property
    def most(self) -> int:
        """The most seats that the systematic method can give."""
        return self.floor + (1 if self.chance else 0)

    @property
    def expected(self) -> Fraction:
        """Seats that the systematic method gives on average."""
        return self.floor + self.chance

    @property
    def is_small(self) -> bool:
        """A share of the people too small for one sure seat."""
        return self.floor == 0 and self.eligible > 0


@dataclass(frozen=True, slots=True)
class SmallStrata:
    """What the methods give all strata together that have less than one sure seat. `systematic`: on average, tenths."""

    strata: int
    people: int
    without_hamilton: int
    hamilton: int
    systematic: str
    fixed: int | None


@dataclass(frozen=True, slots=True)
class _Group:
    stratum: str
    industry: str
    industry_group: str
    area: str
    post: str
    flag: str


def strata_of(
    members: Iterable[PoolMember | RowToBe], parameters: DrawParameters, *, fixed: Mapping[str, int] | None = None
) -> list[StratumCount]:
    """Live counts per stratum with what each quota method gives it; `fixed`: a table to compare with the plan's n."""
    counted = Counter[tuple[str, str, str, str, str]]()
    for member in members:
        post = member.post
        counted[member.stratum, post.industry, post.area, post.post, member.flag[:1]] += 1
    industries = {row.code: row for row in Industry.objects.select_related("parent")}
    areas = dict(Area.objects.order_by("valid_from").values_list("code", "name"))  # the name of today comes last
    groups = Counter[_Group]()
    for (stratum, code, area, letter, flag), people in counted.items():
        industry = industries[code]
        group = industry.parent.name if industry.parent else industry.name
        groups[_Group(stratum, industry.name, group, areas[area], str(POST_OF_LETTER[letter]), flag)] += people
    return _count_strata(groups, parameters, fixed=fixed)


def roster_strata(draw: Draw, parameters: DrawParameters) -> list[StratumCount]:
    """The same from the rows of the current proposal. One query."""
    industry = "enterprise__industry__name"
    columns = ("stratum", industry, "enterprise__industry__parent__name", "enterprise__area__name", "post", "flag")
    rows = draw.entries.filter(proposal=draw.proposal).order_by().values_list(*columns).annotate(people=Count("pk"))
    groups = Counter[_Group]()
    for stratum, name, group, area, post, flag, people in rows:
        groups[_Group(stratum, name, group or name, area, post, flag[:1])] += people
    return _count_strata(groups, parameters, fixed=None)


def small_strata(strata: Iterable[StratumCount]) -> SmallStrata:
    """The strata that the choice of a method is about."""
    small = [row for row in strata if row.is_small]
    fixed = [row.fixed for row in small if row.fixed is not None]
    tenths = round(sum((row.expected for row in small), Fraction(0)) * 10)
    return SmallStrata(
        strata=len(small),
        people=sum(row.eligible for row in small),
        without_hamilton=sum(row.hamilton == 0 for row in small),
        hamilton=sum(row.hamilton for row in small),
        systematic=f"{tenths // 10}.{tenths % 10}",
        fixed=sum(fixed) if fixed else None,
    )


def _count_strata(
    groups: Mapping[_Group, int], parameters: DrawParameters, *, fixed: Mapping[str, int] | None
) -> list[StratumCount]:
    table = fixed if isinstance(parameters.seats, int) else parameters.seats
    counts = {stratum: Counter[str]() for stratum in sorted({group.stratum for group in groups})}
    example = {group.stratum: group for group in groups}
    for group, people in groups.items():
        counts[group.stratum][group.flag] += people
    eligible = {stratum: count[""] for stratum, count in counts.items()}
    seats = parameters.total_seats
    equal = hamilton(eligible, seats)
    total = sum(eligible.values())
    return [
        StratumCount(
            stratum=stratum,
            industry=_industry_label(example[stratum], parameters),
            area=example[stratum].area if parameters.by_street else "",
            post=str(RegisteredPost(example[stratum].post).label),
            eligible=count[""],
            must_sit=count["M"],
            excluded=count["X"],
            hamilton=equal[stratum],
            floor=seats * count[""] // total if seats < total else count[""],
            chance=Fraction(seats * count[""] % total, total) if seats < total else Fraction(0),
            fixed=None if table is None else table.get(stratum, 0),
        )
        for stratum, count in counts.items()
    ]


def _industry_label(group: _Group, parameters: DrawParameters) -> str:
    labels = {"own": group.industry, "group": group.industry_group, "none": _("全部行业")}
    label = labels[parameters.industry_column]
    if not parameters.by_size:
        return label
    size = _("规模以上") if group.stratum.partition("-")[0].endswith(LARGE) else _("规模以下")
    return f"{label} · {size}"
