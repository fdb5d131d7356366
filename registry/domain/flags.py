"""Large scale, high hazard, needs a safety director: computed from raw numbers by a dated rule (product.md section 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final


@dataclass(frozen=True, slots=True)
class SizeRule:
    """From which size on an enterprise is large. `valid_from` is the rule's date, printed beside each flag.

    `revenue_10k` is a year's main business revenue in units of 10,000 yuan.
    """

    valid_from: date
    employees: int
    revenue_10k: Decimal


# The district plan of 2021: at least 100 employees or at least 20 million yuan.
DEFAULT_RULES: Final = (SizeRule(date(2021, 1, 1), employees=100, revenue_10k=Decimal(2000)),)


@dataclass(frozen=True, slots=True)
class Raw:
    """What the flags are computed from. Unknown figures are None and make nothing large."""

    employees: int | None
    revenue_10k: Decimal | None
    is_high_hazard_industry: bool
    is_director_industry_or_tag: bool


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags, the date of the rule, and the reasons of size: `employees`, `revenue`."""

    is_large_scale: bool
    is_high_hazard: bool
    needs_safety_director: bool
    rule: SizeRule
    reasons: tuple[str, ...]


def compute_flags(raw: Raw, rule: SizeRule) -> Flags:
    """Large: either number reaches the rule. A safety director is needed by large enterprises of the seven industries."""
    reasons = (
        *(["employees"] if raw.employees is not None and raw.employees >= rule.employees else []),
        *(["revenue"] if raw.revenue_10k is not None and raw.revenue_10k >= rule.revenue_10k else []),
    )
    return Flags(
        is_large_scale=bool(reasons),
        is_high_hazard=raw.is_high_hazard_industry,
        needs_safety_director=bool(reasons) and raw.is_director_industry_or_tag,
        rule=rule,
        reasons=reasons,
    )


def rule_on(day: date, settings: Mapping[str, object] | None = None) -> SizeRule:
    """The rule in force on a day: the authority's own `size_rules` where it set any, else the plan's.

    `size_rules` is a list of {"from": "2021-01-01", "employees": 100, "revenue_10k": "2000"}. Before the first rule the first holds.
    """
    own = (settings or {}).get("size_rules")
    rules = tuple(_rule(entry) for entry in own if isinstance(entry, Mapping)) if isinstance(own, list) else ()
    ordered = sorted(rules or DEFAULT_RULES, key=lambda rule: rule.valid_from)
    return next((rule for rule in reversed(ordered) if rule.valid_from <= day), ordered[0])


def _rule(entry: Mapping[str, object]) -> SizeRule:
    try:
        return SizeRule(
            valid_from=date.fromisoformat(str(entry["from"])),
            employees=int(str(entry["employees"])),
            revenue_10k=Decimal(str(entry["revenue_10k"])),
        )
    except (KeyError, ValueError, InvalidOperation) as error:
        raise ValueError(f"size_rules entry {dict(entry)!r}") from error
