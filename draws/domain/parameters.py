"""What a regulator decides about a draw before the roster is made; kept as JSON with the draft."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Final

from draws.domain.plan import FIXED, HAMILTON, MAX_COUNT, METHODS
from draws.domain.sources import LOCAL, Fallback, Source, parse_source
from draws.errors import ParametersInvalid, SourceTwice

POSTS: Final = ("P", "S", "D")
# What the first part of a stratum says: the enterprise's own industry, the group above it, or nothing.
INDUSTRY_COLUMNS: Final = ("own", "group", "none")
SIZES: Final = ("", "large", "small")
MAX_EMPLOYEES: Final = 10_000_000
MAX_CERTIFICATE_DAYS: Final = 1100
MAX_STANDBY: Final = 100
MAX_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class DrawParameters:
    """Rules of one draw. Codes of industries and areas narrow the authority's own reach; empty means all of it.

    `seats` is n, or with `method` fixed a table stratum → seats; `standby` reserves per stratum; `objection_days` working
    days; `sources_after` (aware) when the sources are drawn in public, None: when the objection window ends;
    `by_street` False: strata of the whole district (the first six digits of the area code), fewer and larger;
    `dice` ten-sided dice of a DICE source; `fallback_days` 0: no fallback in the plan; `coverage_rounds` 0: no rule.

    Further filters: `size` large or small scale; `employees_from`…`employees_to` (0: no limit; an enterprise whose number is
    unknown is then outside); `undrawn_quarters` people whom no draw of the authority called in so many quarters;
    `never_drawn`; `certificate_days` people whose certificate expires within so many days or has expired (0: no filter).
    Columns of the strata: `industry_column`, `by_street`, `by_size`; the post is always one.
    `enterprise_cap` at most so many people of one enterprise may be called (0: no cap; ADR 22).
    """

    seats: int | Mapping[str, int]
    sources: tuple[str, ...]
    method: str = HAMILTON
    standby: int = 3
    posts: tuple[str, ...] = ("P", "S")
    industries: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    high_hazard_only: bool = False
    by_street: bool = True
    objection_days: int = 3
    sources_after: datetime | None = None
    dice: int = 20
    fallback_days: int = 0
    exclude_last_drawn: bool = False
    coverage_rounds: int = 0
    size: str = ""
    employees_from: int = 0
    employees_to: int = 0
    undrawn_quarters: int = 0
    never_drawn: bool = False
    certificate_days: int = 0
    industry_column: str = "own"
    by_size: bool = False
    enterprise_cap: int = 0

    @property
    def total_seats(self) -> int:
        return self.seats if isinstance(self.seats, int) else sum(self.seats.values())

    @property
    def parsed_sources(self) -> tuple[Source, ...]:
        return tuple(map(parse_source, self.sources))

    @property
    def is_local(self) -> bool:
        return any(source.name == LOCAL for source in self.parsed_sources)

    @property
    def fallback(self) -> Fallback | None:
        return Fallback(after_days=self.fallback_days, dice=self.dice) if self.fallback_days else None


def check_parameters(parameters: DrawParameters) -> DrawParameters:
    """The parameters themselves when each is in its range. Raises ParametersInvalid naming the field, SourceUnknown, SourceTwice."""
    ranges = {
        "standby": (0, MAX_STANDBY),
        "objection_days": (0, MAX_DAYS),
        "dice": (1, 150),
        "fallback_days": (0, MAX_DAYS),
        "coverage_rounds": (0, 100),
        "employees_from": (0, MAX_EMPLOYEES),
        "employees_to": (0, MAX_EMPLOYEES),
        "undrawn_quarters": (0, 40),
        "certificate_days": (0, MAX_CERTIFICATE_DAYS),
        "enterprise_cap": (0, 100),
    }
    for name, (least, most) in ranges.items():
        _check_number(name, getattr(parameters, name), least=least, most=most)
    check_population(parameters)
    if parameters.method not in METHODS or (parameters.method == FIXED) == isinstance(parameters.seats, int):
        raise ParametersInvalid(field="method", expected=" | ".join(METHODS))
    seats = {"": parameters.seats} if isinstance(parameters.seats, int) else parameters.seats
    for stratum, count in seats.items():
        _check_number(f"seats {stratum}".strip(), count, least=0 if stratum else 1, most=MAX_COUNT)
    if not parameters.posts or not set(parameters.posts) <= set(POSTS):
        raise ParametersInvalid(field="posts", expected="P, S, D")
    if not parameters.sources:
        raise ParametersInvalid(field="sources", expected="SSQ:2026023, DLT:26023, PL5:26060")
    parsed = parameters.parsed_sources
    for number, source in enumerate(parsed):
        if source in parsed[:number]:
            raise SourceTwice(source=str(source))
    return parameters


def population_to_json(parameters: DrawParameters) -> dict[str, object]:
    """Who is meant and by which rules, as the plan publishes it: a filter that nobody sees could pick people."""
    names = (
        "areas", "by_size", "by_street", "certificate_days", "coverage_rounds", "employees_from", "employees_to",
        "enterprise_cap", "exclude_last_drawn", "high_hazard_only", "industries", "industry_column", "never_drawn", "posts",
        "size", "tags", "undrawn_quarters",
    )  # fmt: skip
    values = {name: getattr(parameters, name) for name in names}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def parameters_to_json(parameters: DrawParameters) -> dict[str, object]:
    """As stored with the draft: plain JSON values."""
    values = asdict(parameters)
    if parameters.sources_after is not None:
        values["sources_after"] = parameters.sources_after.isoformat()
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def parameters_from_json(values: Mapping[str, object]) -> DrawParameters:
    """The inverse of `parameters_to_json`; unknown keys are ignored, so that old drafts stay readable."""
    known = {field.name for field in fields(DrawParameters)}
    chosen = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name in known
    }
    if isinstance(chosen.get("sources_after"), str):
        chosen["sources_after"] = datetime.fromisoformat(str(chosen["sources_after"]))
    return DrawParameters(**chosen)  # type: ignore[arg-type]  # checked by check_parameters before it was stored


def check_population(parameters: DrawParameters) -> None:
    """What the filters and columns themselves must satisfy. Raises ParametersInvalid."""
    if parameters.size not in SIZES:
        raise ParametersInvalid(field="size", expected="large | small")
    if parameters.industry_column not in INDUSTRY_COLUMNS:
        raise ParametersInvalid(field="industry_column", expected=" | ".join(INDUSTRY_COLUMNS))
    if 0 < parameters.employees_to < parameters.employees_from:
        raise ParametersInvalid(field="employees_to", expected=f"≥ {parameters.employees_from}")


def _check_number(name: str, value: object, *, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ParametersInvalid(field=name, expected=f"{least}…{most}")
