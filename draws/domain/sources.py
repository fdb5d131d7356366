"""sources.txt: public randomness, named by issue number before it exists (docs/draw.md, sections 2 and 4)."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from draws.errors import (
    DiceInvalid,
    DltInvalid,
    DrandInvalid,
    Fc3dInvalid,
    LocalInvalid,
    Pl5Invalid,
    SourceNotPlanned,
    SourcesCountWrong,
    SourcesDiffer,
    SourcesNotText,
    SourceUnknown,
    SourceValueInvalid,
    SsqInvalid,
)

DICE: Final = "DICE"
LOCAL: Final = "LOCAL"
LOTTERIES: Final = frozenset({"SSQ", "DLT", "FC3D", "PL5"})  # the sources whose market can be closed
ENTROPY_BITS_REQUIRED: Final = 64
_HEX: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Balls:
    """A lottery of numbered balls: in each part `count` distinct numbers of 01…`highest`, written in rising order."""

    parts: tuple[tuple[int, int], ...]

    def outcomes(self, _dice: int) -> int:
        total = 1
        for count, highest in self.parts:
            total *= math.comb(highest, count)
        return total

    def accepts(self, value: str, _dice: int | None) -> bool:
        parts = value.split("+")
        return len(parts) == len(self.parts) and all(map(self._accepts_part, parts, self.parts))

    @staticmethod
    def _accepts_part(text: str, shape: tuple[int, int]) -> bool:
        count, highest = shape
        if not re.fullmatch(r"[0-9]{2}(?:\.[0-9]{2})*", text):
            return False
        numbers = [int(number) for number in text.split(".")]
        return numbers == sorted(set(numbers)) and len(numbers) == count and 1 <= numbers[0] <= numbers[-1] <= highest

    def tidy(self, typed: str) -> str:
        parts = [sorted(number.zfill(2) for number in re.findall(r"[0-9]+", part)) for part in typed.split("+")]
        if len(parts) == 1 and len(self.parts) == 2:  # typed without the plus: the last ones are the second part
            numbers = [number.zfill(2) for number in re.findall(r"[0-9]+", typed)]
            parts = [sorted(numbers[: self.parts[0][0]]), sorted(numbers[self.parts[0][0] :])]
        return "+".join(".".join(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits 0–9 in the order drawn. `count` None: ten-sided dice, as many as the plan says."""

    count: int | None

    def outcomes(self, dice: int) -> int:
        return int(10 ** (dice if self.count is None else self.count))

    def accepts(self, value: str, dice: int | None) -> bool:
        wanted = dice if self.count is None else self.count
        return bool(re.fullmatch(r"[0-9](?:\.[0-9])*", value)) and wanted in {None, len(value) // 2 + 1}

    def tidy(self, typed: str) -> str:
        return ".".join(re.findall(r"[0-9]", typed))


@dataclass(frozen=True, slots=True)
class Hex:
    """64 lowercase hex digits from a beacon or, in the demo, from this machine."""

    def outcomes(self, _dice: int) -> int:
        return 1 << 256

    def accepts(self, value: str, _dice: int | None) -> bool:
        return bool(_HEX.fullmatch(value))

    def tidy(self, typed: str) -> str:
        return "".join(typed.split()).lower()


@dataclass(frozen=True, slots=True)
class SourceKind:
    """How one kind of source is named, what its values look like, and how a wrong one is refused."""

    issue: re.Pattern[str]
    values: Balls | Digits | Hex
    refusal: type[SourceValueInvalid]
    example: str


KINDS: Final[dict[str, SourceKind]] = {
    "SSQ": SourceKind(re.compile(r"[0-9]{7}"), Balls(((6, 33), (1, 16))), SsqInvalid, "03.07.12.19.25.33+08"),
    "DLT": SourceKind(re.compile(r"[0-9]{5}"), Balls(((5, 35), (2, 12))), DltInvalid, "02.11.17.28.35+04.09"),
    "FC3D": SourceKind(re.compile(r"[0-9]{7}"), Digits(3), Fc3dInvalid, "0.3.7"),
    "PL5": SourceKind(re.compile(r"[0-9]{5}"), Digits(5), Pl5Invalid, "1.0.9.9.4"),
    DICE: SourceKind(re.compile(r"[1-9][0-9]?"), Digits(None), DiceInvalid, "6.3.4.5.0"),
    "DRAND": SourceKind(re.compile(r"[0-9a-f]{64}:[1-9][0-9]{0,15}"), Hex(), DrandInvalid, "5f…c2"),
    LOCAL: SourceKind(re.compile(r"[1-9]"), Hex(), LocalInvalid, "5f…c2"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One event of public randomness, named before it happens: `SSQ:2026023`, `DRAND:<chain hash>:<round>`."""

    name: str
    issue: str

    def __str__(self) -> str:
        return f"{self.name}:{self.issue}"

    @property
    def kind(self) -> SourceKind:
        return KINDS[self.name]

    @property
    def next_issue(self) -> "Source":
        """The lottery's following number, same width. At a year's end the numbering restarts: then dice decide."""
        return Source(self.name, str(int(self.issue) + 1).zfill(len(self.issue)))


def parse_source(text: str) -> Source:
    """`NAME:ISSUE` as a plan names it. Raises SourceUnknown."""
    name, _, issue = text.partition(":")
    kind = KINDS.get(name)
    if kind is None or not kind.issue.fullmatch(issue):
        raise SourceUnknown(source=text[:90], examples="SSQ:2026023, DLT:26023, FC3D:2026060, PL5:26060, DICE:1")
    return Source(name, issue)


def entropy_bits(sources: Sequence[Source], *, dice: int) -> int:
    """Whole bits of entropy in all sources together; `dice` is how many ten-sided dice a DICE source throws."""
    return math.prod(source.kind.values.outcomes(dice) for source in sources).bit_length() - 1


def check_value(source: Source, value: str, *, dice: int | None) -> str:
    """The value itself when it is one that `source` can give; `dice` None accepts any number of dice.

    Raises the refusal of the source's kind.
    """
    kind = source.kind
    if not kind.values.accepts(value, dice):
        raise kind.refusal(source=str(source), example=kind.example)
    return value


def read_typed(source: Source, typed: str, *, dice: int | None) -> str:
    """A value as a person types it from a notice (spaces, commas, full-width digits, any order of balls) in canonical form.

    Raises the refusal of the source's kind.
    """
    text = unicodedata.normalize("NFKC", typed[:2000])
    return check_value(source, source.kind.values.tidy(text), dice=dice)


@dataclass(frozen=True, slots=True)
class Fallback:
    """What counts when a source gives nothing: its next issue, and after some days `dice` ten-sided dice."""

    after_days: int
    dice: int


def write_sources(values: Sequence[tuple[Source, str]]) -> bytes:
    """sources.txt from sources in the plan's order with their checked values."""
    return "".join(f"{source}:{value}\n" for source, value in values).encode("ascii")


def parse_sources(
    data: bytes,
    *,
    planned: Sequence[Source],
    dice: int | None,
    fallback: Fallback | None,
) -> tuple[tuple[Source, str], ...]:
    """Reads sources.txt strictly, in the plan's order; raises a refusal naming the line.

    A line may be of the planned source or, where it is a lottery and the plan has a fallback, of what
    `allowed_sources` names.
    """
    if not data.isascii() or not data.endswith(b"\n"):
        raise SourcesNotText
    lines = data.decode("ascii")[:-1].split("\n")
    if len(lines) != len(planned):
        raise SourcesCountWrong(planned=len(planned), found=len(lines))
    return tuple(
        _parse_line(number, line, source, dice=dice, fallback=fallback)
        for number, (line, source) in enumerate(zip(lines, planned, strict=True), start=1)
    )


def allowed_sources(line: int, planned: Source, fallback: Fallback | None) -> tuple[Source, ...]:
    """What may stand in the given line (from 1): the planned source first, then its next issue, then `DICE:<line>`."""
    if fallback is None or planned.name not in LOTTERIES:
        return (planned,)
    return (planned, planned.next_issue, Source(DICE, str(line)))


def compare_entries(first: Sequence[str], second: Sequence[str]) -> None:
    """Two people typed the sources, each on their own: raises SourcesDiffer naming the sources, never the values."""
    if len(first) != len(second):
        raise SourcesCountWrong(planned=len(first), found=len(second))
    differing = [a.rpartition(":")[0] for a, b in zip(first, second, strict=True) if a != b]
    if differing:
        raise SourcesDiffer(sources=", ".join(differing))


def _parse_line(
    number: int,
    line: str,
    planned: Source,
    *,
    dice: int | None,
    fallback: Fallback | None,
) -> tuple[Source, str]:
    name, _, value = line.rpartition(":")
    for source in allowed_sources(number, planned, fallback):
        if name == str(source):
            thrown = fallback.dice if fallback and source != planned and source.name == DICE else dice
            return source, check_value(source, value, dice=thrown)
    raise SourceNotPlanned(line=number, planned=str(planned), found=name[:90])
