"""plan.json: everything that is decided before the randomness exists (docs/draw.md, section 3)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from draws.domain.roster import ROUND, STRATUM
from draws.domain.sources import (
    DICE,
    ENTROPY_BITS_REQUIRED,
    LOCAL,
    Fallback,
    Source,
    entropy_bits,
    parse_source,
)
from draws.errors import (
    EntropyTooLow,
    LocalOutsideDemo,
    PlanFieldInvalid,
    PlanFieldMissing,
    PlanNotCanonical,
    PlanNotJson,
    QuotaTooLarge,
    QuotaUnknownStratum,
    RosterEmpty,
    SourceTwice,
)

ALGORITHM: Final = "CHOUKAO-DRAW/1"
HAMILTON: Final = "hamilton"
SYSTEMATIC: Final = "systematic"
FIXED: Final = "fixed"
METHODS: Final = (HAMILTON, SYSTEMATIC, FIXED)
MAX_COUNT: Final = 100_000_000
MAX_PLAN_BYTES: Final = 5_000_000
NO_PROGRAM: Final = "0" * 64  # stands for "no verify.py is named", as in the published vectors
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_KNOWN: Final = frozenset(
    "alg bank_root dice fallback n paper_key_commit quota quotas roster_sha256 round rows sources standby verify_sha256".split(),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One round's plan. `seats` is the whole number n, or with the fixed method a table stratum → seats.

    `dice` is how many ten-sided dice a DICE source throws (None: not stated). `extra` holds further public fields.
    """

    round_label: str
    method: str
    seats: int | Mapping[str, int]
    standby: int
    roster_sha256: str
    rows: int
    sources: tuple[Source, ...]
    verify_sha256: str
    bank_root: str | None = None
    paper_key_commit: str | None = None
    dice: int | None = None
    fallback: Fallback | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


def write_plan(plan: Plan) -> bytes:
    """plan.json, byte for byte: keys sorted, `,` and `:`, ASCII, one final LF. Raises the refusals of `parse_plan`."""
    fields: dict[str, object] = dict(plan.extra)
    if clash := sorted(_KNOWN & fields.keys()):
        raise PlanFieldInvalid(field=clash[0], expected=f"extra ∌ {clash[0]}")
    table = {"n": plan.seats} if isinstance(plan.seats, int) else {"quotas": dict(plan.seats)}
    fields |= table | {
        "alg": ALGORITHM,
        "quota": plan.method,
        "roster_sha256": plan.roster_sha256,
        "round": plan.round_label,
        "rows": plan.rows,
        "sources": [str(source) for source in plan.sources],
        "standby": plan.standby,
        "verify_sha256": plan.verify_sha256,
    }
    optional = {"bank_root": plan.bank_root, "paper_key_commit": plan.paper_key_commit, "dice": plan.dice}
    fields |= {key: value for key, value in optional.items() if value is not None}
    if plan.fallback is not None:
        fields["fallback"] = {"after_days": plan.fallback.after_days, "dice": plan.fallback.dice}
    data = _canonical(fields)
    parse_plan(data)
    return data


def parse_plan(data: bytes) -> Plan:
    """Reads plan.json strictly: only canonical bytes with every required field in its form. Raises a naming refusal."""
    fields = _load(data)
    if fields.get("alg") != ALGORITHM:
        raise PlanFieldInvalid(field="alg", expected=ALGORITHM) if "alg" in fields else PlanFieldMissing(field="alg")
    method = _text(fields, "quota", re.compile("|".join(METHODS)))
    if "n" in fields and "quotas" in fields:
        raise PlanFieldInvalid(field="quotas", expected="n ⊻ quotas")
    return Plan(
        round_label=_text(fields, "round", ROUND),
        method=method,
        seats=_table(fields, "quotas") if method == FIXED else _count(fields, "n"),
        standby=_count(fields, "standby"),
        roster_sha256=_text(fields, "roster_sha256", _HASH),
        rows=_count(fields, "rows"),
        sources=_sources(fields),
        verify_sha256=_text(fields, "verify_sha256", _HASH),
        bank_root=_text(fields, "bank_root", _HASH) if "bank_root" in fields else None,
        paper_key_commit=(_text(fields, "paper_key_commit", _HASH) if "paper_key_commit" in fields else None),
        dice=_count(fields, "dice", least=1) if "dice" in fields else None,
        fallback=_fallback(fields),
        extra={key: value for key, value in fields.items() if key not in _KNOWN},
    )


def check_before_freeze(plan: Plan, eligible: Mapping[str, int], *, is_demo: bool) -> None:
    """What a new plan must also satisfy: people in it, quotas that can be filled, enough public entropy.

    `eligible`: people without a flag in each stratum of the roster.
    Files of others are recomputed without this: a weak plan can still be drawn honestly.
    Raises RosterEmpty, QuotaUnknownStratum, QuotaTooLarge, LocalOutsideDemo, EntropyTooLow, PlanFieldInvalid.
    """
    if not eligible:
        raise RosterEmpty
    check_quotas_fit(plan, eligible)
    _check_entropy(plan, is_demo=is_demo)
    if plan.fallback is not None:
        _check_fallback(plan)


def check_quotas_fit(plan: Plan, eligible: Mapping[str, int]) -> None:
    """A fixed table must name strata of the roster and ask for no more people than each has.

    Raises QuotaUnknownStratum, QuotaTooLarge.
    """
    if isinstance(plan.seats, int):
        return
    for stratum, asked in sorted(plan.seats.items()):
        if stratum not in eligible:
            raise QuotaUnknownStratum(stratum=stratum)
        if asked > eligible[stratum]:
            raise QuotaTooLarge(stratum=stratum, asked=asked, available=eligible[stratum])


def _check_entropy(plan: Plan, *, is_demo: bool) -> None:
    if any(source.name == LOCAL for source in plan.sources):
        if not is_demo:
            raise LocalOutsideDemo
        return
    if plan.dice is None and any(source.name == DICE for source in plan.sources):
        raise PlanFieldMissing(field="dice")
    bits = entropy_bits(plan.sources, dice=plan.dice or 0)
    if bits < ENTROPY_BITS_REQUIRED:
        raise EntropyTooLow(bits=bits, required=ENTROPY_BITS_REQUIRED)


def _check_fallback(plan: Plan) -> None:
    # A fallback throw is named DICE:<line>; a planned throw must not bear the name of another line's fallback.
    for line, source in enumerate(plan.sources, start=1):
        if source.name == DICE and source.issue != str(line):
            raise PlanFieldInvalid(field="sources", expected=f"DICE:{line}")
    if plan.fallback and 10**plan.fallback.dice < 1 << ENTROPY_BITS_REQUIRED:
        raise EntropyTooLow(bits=(10**plan.fallback.dice).bit_length() - 1, required=ENTROPY_BITS_REQUIRED)


def _canonical(fields: object) -> bytes:
    return (json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True) + "\n").encode("ascii")


def _load(data: bytes) -> dict[str, object]:
    if len(data) > MAX_PLAN_BYTES:
        raise PlanNotJson
    try:
        fields = json.loads(data)
        canonical = _canonical(fields)
    except (ValueError, RecursionError) as error:
        raise PlanNotJson from error
    if not isinstance(fields, dict):
        raise PlanNotJson
    if canonical != data:
        raise PlanNotCanonical
    return fields


def _text(fields: Mapping[str, object], name: str, form: re.Pattern[str]) -> str:
    value = _required(fields, name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise PlanFieldInvalid(field=name, expected=form.pattern)
    return value


def _count(fields: Mapping[str, object], name: str, *, least: int = 0) -> int:
    return _number(name, _required(fields, name), least=least)


def _number(name: str, value: object, *, least: int = 0) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MAX_COUNT:
        raise PlanFieldInvalid(field=name, expected=f"{least}…{MAX_COUNT}")
    return value


def _table(fields: Mapping[str, object], name: str) -> dict[str, int]:
    value = _required(fields, name)
    if not isinstance(value, dict) or not value or not all(STRATUM.fullmatch(key) for key in value):
        raise PlanFieldInvalid(field=name, expected='{"C26-430602001-P":3}')
    return {stratum: _number(f"{name}.{stratum}", seats) for stratum, seats in value.items()}


def _sources(fields: Mapping[str, object]) -> tuple[Source, ...]:
    value = _required(fields, "sources")
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise PlanFieldInvalid(field="sources", expected='["SSQ:2026023"]')
    sources = tuple(map(parse_source, value))
    for number, source in enumerate(sources):
        if source in sources[:number]:
            raise SourceTwice(source=str(source))
    return sources


def _fallback(fields: Mapping[str, object]) -> Fallback | None:
    if "fallback" not in fields:
        return None
    value = fields["fallback"]
    if not isinstance(value, dict) or value.keys() != {"after_days", "dice"}:
        raise PlanFieldInvalid(field="fallback", expected='{"after_days":7,"dice":20}')
    return Fallback(
        after_days=_number("fallback.after_days", value["after_days"], least=1),
        dice=_number("fallback.dice", value["dice"], least=1),
    )


def _required(fields: Mapping[str, object], name: str) -> object:
    if name not in fields:
        raise PlanFieldMissing(field=name)
    return fields[name]
