"""What the exam page tells beside its answers: that it is there, and what it noticed. Evidence, never a verdict.

Whatever a page sends is a claim of the candidate's own device. It is kept small and is read with its context: nothing
here changes a state, a time or a mark.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from exams.errors import EnvelopeMalformed, FaultReportWrong

MOST_SIGNALS: Final = 20
MOST_SECONDS: Final = 6 * 3600
MOST_ITEMS: Final = 500
LEAST_REPORT, MOST_REPORT = 2, 500
KINDS: Final = frozenset({"hidden", "blur", "paste", "copy"})
_CLIENT_MS = 2**53
_REF = re.compile(r"[A-Za-z0-9_-]{8,64}")
_ITEM = re.compile(r"[0-9a-f]{1,64}")


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing the page noticed; `seconds` by its monotonic clock, `item` the one on the screen."""

    kind: str
    seconds: int
    item: str
    client_ms: int | None


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life: `dwell` counts, per opaque item id, the seconds it was on the screen so far."""

    noticed: tuple[Noticed, ...]
    dwell: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FaultReport:
    """A candidate says that an item is faulty. `ref` names the report, so that sending it twice records it once."""

    ref: str
    item: str
    text: str


def read_beat(body: object) -> Beat:
    """Reads a beat; raises EnvelopeMalformed. Single entries that make no sense are dropped: they prove nothing."""
    fields = _object(body)
    noticed, dwell = fields.get("noticed", []), fields.get("dwell", {})
    if not isinstance(noticed, list) or len(noticed) > MOST_SIGNALS:
        raise EnvelopeMalformed(field="noticed")
    if not isinstance(dwell, dict) or len(dwell) > MOST_ITEMS:
        raise EnvelopeMalformed(field="dwell")
    read = (_noticed(one) for one in noticed)
    seconds = {item: _seconds(value) for item, value in dwell.items() if _ITEM.fullmatch(item)}
    return Beat(tuple(one for one in read if one is not None), {item: one for item, one in seconds.items() if one})


def read_fault(body: object, items: Mapping[str, object]) -> FaultReport:
    """Reads a report about one item of the paper; raises EnvelopeMalformed or FaultReportWrong."""
    fields = _object(body)
    ref, item, text = fields.get("ref"), fields.get("item"), fields.get("text")
    if not isinstance(ref, str) or not _REF.fullmatch(ref):
        raise EnvelopeMalformed(field="ref")
    if not isinstance(item, str) or item not in items:
        raise EnvelopeMalformed(field="item")
    if not isinstance(text, str) or not LEAST_REPORT <= len(text.strip()) <= MOST_REPORT:
        raise FaultReportWrong(least=LEAST_REPORT, most=MOST_REPORT)
    return FaultReport(ref, item, text.replace("\x00", "").strip())


def _noticed(one: object) -> Noticed | None:
    if not isinstance(one, dict) or one.get("kind") not in KINDS:
        return None
    item, at = one.get("item", ""), one.get("at")
    return Noticed(
        kind=str(one["kind"]),
        seconds=_seconds(one.get("seconds", 0)),
        item=item if isinstance(item, str) and _ITEM.fullmatch(item) else "",
        client_ms=at if isinstance(at, int) and not isinstance(at, bool) and 0 <= at < _CLIENT_MS else None,
    )


def _seconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _CLIENT_MS:
        return 0
    return min(MOST_SECONDS, int(value))


def _object(body: object) -> Mapping[str, object]:
    if not isinstance(body, dict):
        raise EnvelopeMalformed(field="body")
    return body
