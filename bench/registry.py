"""How a measurement is declared, and how the time of a call is taken."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `compared_to` names another figure of the same unit, given by name or in words with a value.

    `baseline` is the value compared with; the ratio is value / baseline.
    """

    name: str
    value: float
    unit: str
    compared_to: str = ""
    baseline: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the baseline; None where there is nothing to compare with."""
        return self.value / self.baseline if self.baseline else None

    def to_json(self) -> dict[str, object]:
        """Give the line of build/bench.jsonl."""
        ratio = None if self.ratio is None else round(self.ratio, 3)
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "compared_to": self.compared_to,
            "ratio": ratio,
        }


Measurement = Callable[[], Iterator[Figure]]
_measurements: dict[str, Measurement] = {}


def measurement(name: str) -> Callable[[Measurement], Measurement]:
    """Register a generator of figures under a name that `make bench` lists and takes; a name is used once."""

    def register(function: Measurement) -> Measurement:
        if name in _measurements:
            raise ValueError(f"two measurements are called {name!r}")
        _measurements[name] = function
        return function

    return register


def measurements() -> dict[str, Measurement]:
    """Give all that are registered, by name, in order of registration."""
    return dict(_measurements)


def median_seconds(call: Callable[[], object], *, repeats: int = 5, warm_up: int = 1) -> float:
    """Time a call several times after warming up; the median, in seconds."""
    for _ in range(warm_up):
        call()
    return statistics.median(_seconds(call) for _ in range(repeats))


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
