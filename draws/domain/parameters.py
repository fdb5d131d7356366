"""What a regulator decides about a draw before the roster is made; kept as JSON with the draft."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Final

from draws.domain.plan import FIXED, HAMILTON, MAX_COUNT, METHODS
from draws.domain.sources import LOCAL, Fallback, Source, parse_source
from draws.errors import ParametersInvalid, SourceTwice

POSTS: Final = ("P", "S", "D")
MAX_STANDBY: Final = 100
MAX_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class DrawParameters:
    """Rules of one draw. Codes of industries and areas narrow the authority's own reach; empty means all of it.

    `seats` is n, or with `method` fixed a table stratum → seats; `standby` reserves per stratum; `objection_days` working
    days; `sources_after` (aware) when the sources are drawn in public, None: when the objection window ends;
    `by_street` False: strata of the whole district (the first six digits of the area code), fewer and larger;
    `dice` ten-sided dice of a DICE source; `fallback_days` 0: no fallback in the plan; `coverage_rounds` 0: no rule.
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
    }
    for name, (least, most) in ranges.items():
        _check_number(name, getattr(parameters, name), least=least, most=most)
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


def _check_number(name: str, value: object, *, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ParametersInvalid(field=name, expected=f"{least}…{most}")
