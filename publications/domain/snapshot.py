"""What the public gets to see of a round, from plain rows: masked, totalled, sorted by nothing but itself.

The snapshot's canonical JSON is the published file. Pages, CSV and charts are made from it and from nothing else
(security.md section 3.6). It holds no moment of time, so the same figures always have the same hash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.canonical import canonical_json, sha256_hex
from core.errors import gettext_noop
from core.masking import mask_name
from core.scores import display
from publications.domain.privacy import Vocabulary, fold, require_clean
from publications.domain.totals import SMALLEST_GROUP, Counted, Group, average, banded, grouped, percent

SCHEMA: Final = "choukao-scores/1"
STATES: Final = {
    "passed": gettext_noop("合格"),
    "failed": gettext_noop("不合格"),
    "absent": gettext_noop("缺考"),
    "misconduct": gettext_noop("违纪"),
    "invalid": gettext_noop("无效"),
    "deferred": gettext_noop("缓考"),
}
POSTS: Final = {
    "principal": gettext_noop("主要负责人"),
    "safety_manager": gettext_noop("安全管理人员"),
    "safety_director": gettext_noop("安全总监"),
    "other": gettext_noop("其他"),
}
_WITH_SCORE = frozenset({"passed", "failed"})
# A name shorter than this inside a firm's name is left alone even for its own candidate: one character is no name.
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """One candidate's standing result as the exam room knows it, full name included. Never leaves this module."""

    full_name: str
    enterprise: str
    uscc: str
    industry: str
    street: str
    post: str
    state: str
    score: Decimal | None
    is_must_sit: bool
    is_makeup: bool


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """The round, and the draw that chose its candidates, as printed above the figures."""

    round_id: str
    code: str
    year: int
    quarter: int
    title: str
    authority: str
    total_mark: Decimal
    pass_mark: Decimal
    held_on: tuple[str, ...]
    draw_id: str = ""
    plan_sha256: str = ""
    roster_sha256: str = ""
    result_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """Which version is replaced, and the public reason."""

    replaces_version: int
    replaces_sha256: str
    note: str


@dataclass(frozen=True, slots=True)
class BuiltSnapshot:
    """The finished file and its hash."""

    content: str
    sha256: str


@dataclass(frozen=True, slots=True)
class _Row:
    """One published line. Its fields are all that the order of lines depends on."""

    enterprise: str
    uscc: str
    industry: str
    street: str
    name: str
    post: str
    state: str
    score: str
    must_sit: bool
    makeup: bool

    def to_json(self) -> dict[str, object]:
        return {
            "enterprise": self.enterprise,
            "uscc": self.uscc,
            "industry": self.industry,
            "street": self.street,
            "name": self.name,
            "post": self.post,
            "state": self.state,
            "score": self.score or None,
            "must_sit": self.must_sit,
            "makeup": self.makeup,
        }


def build_snapshot(
    facts: RoundFacts,
    results: Sequence[CandidateResult],
    *,
    version: int,
    correction: Correction | None = None,
    full_name_basis: str = "",
) -> BuiltSnapshot:
    """The canonical file of a round. `full_name_basis`: the recorded legal basis for full names; empty masks them.

    Raises PrivateDatumFound when the gate finds anything that must not be public; nothing is returned then.
    """
    content = _content(facts, results, full_name_basis=full_name_basis)
    content["version"] = version
    content["correction"] = _correction_json(correction)
    require_clean(
        content,
        full_names=[result.full_name for result in results],
        vocabulary=_vocabulary(facts, results),
        names_are_public=bool(full_name_basis),
    )
    text = canonical_json(content)
    return BuiltSnapshot(text, sha256_hex(text))


def same_figures(content: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether two parsed snapshots say the same, apart from version and correction note."""
    apart = {"version", "correction"}
    return {key: content[key] for key in content if key not in apart} == {
        key: other[key] for key in other if key not in apart
    }


def mask_in_firm_name(firm: str, full_names: Sequence[str]) -> str:
    """A firm named after its own candidate shows the name masked there as well: 张三 in 岳阳张三餐馆 → 岳阳张*餐馆."""
    for name in sorted({"".join(name.split()) for name in full_names}, key=len, reverse=True):
        if len(name) >= _SHORTEST_NAME and name in firm:
            firm = firm.replace(name, mask_name(name))
    return firm


def _content(facts: RoundFacts, results: Sequence[CandidateResult], *, full_name_basis: str) -> dict[str, object]:
    rows = _published_rows(results, masked=not full_name_basis)
    return {
        "schema": SCHEMA,
        "round": {
            "id": facts.round_id,
            "code": facts.code,
            "year": facts.year,
            "quarter": facts.quarter,
            "title": facts.title,
            "authority": facts.authority,
            "total_mark": display(facts.total_mark),
            "pass_mark": display(facts.pass_mark),
            "held_on": list(facts.held_on),
        },
        "draw": {
            "id": facts.draw_id,
            "plan_sha256": facts.plan_sha256,
            "roster_sha256": facts.roster_sha256,
            "result_sha256": facts.result_sha256,
        }
        if facts.draw_id
        else None,
        "full_name_basis": full_name_basis,
        "labels": {"state": dict(STATES), "post": dict(POSTS)},
        "rows": [row.to_json() for row in rows],
        "totals": _totals(results, full_mark=facts.total_mark),
    }


def _published_rows(results: Sequence[CandidateResult], *, masked: bool) -> list[_Row]:
    firms = _firm_names(results) if masked else {}
    rows = [
        _Row(
            enterprise=firms.get(result.uscc, result.enterprise),
            uscc=result.uscc,
            industry=result.industry,
            street=result.street,
            name=mask_name(result.full_name) if masked else result.full_name,
            post=result.post,
            state=result.state,
            score=display(result.score) if result.score is not None and result.state in _WITH_SCORE else "",
            must_sit=result.is_must_sit,
            makeup=result.is_makeup,
        )
        for result in results
    ]
    # By published fields alone: an order by name, ticket or row number would tell what the mask hides.
    return sorted(
        rows,
        key=lambda row: (row.enterprise, row.uscc, row.post, row.name, row.state, row.score, row.must_sit, row.makeup),
    )


def _firm_names(results: Sequence[CandidateResult]) -> dict[str, str]:
    everybody = [result.full_name for result in results if len(fold(result.full_name)) > _SHORTEST_NAME]
    own: dict[str, list[str]] = {}
    for result in results:
        own.setdefault(result.uscc, []).append(result.full_name)
    return {result.uscc: mask_in_firm_name(result.enterprise, [*own[result.uscc], *everybody]) for result in results}


def _totals(results: Sequence[CandidateResult], *, full_mark: Decimal) -> dict[str, object]:
    # A deferral is leave: the reserve sat instead, so it counts in no rate.
    counted = [result for result in results if result.state != "deferred"]
    small = len(counted) < SMALLEST_GROUP
    scores = [result.score for result in counted if result.score is not None and result.state in _WITH_SCORE]
    passed = sum(result.state == "passed" for result in counted)
    mean = average(scores)
    return {
        "people": len(counted),
        "enterprises": len({result.uscc for result in counted}),
        "must_sit": sum(result.is_must_sit for result in counted),
        "deferred": len(results) - len(counted),
        "states": None
        if small
        else {state: sum(result.state == state for result in counted) for state in STATES if state != "deferred"},
        "pass_percent": None if small else str(percent(passed, len(counted))),
        "average": None if small or mean is None else display(mean),
        "by_industry": _group_json(grouped(_counted(result, result.industry) for result in counted)),
        "by_street": _group_json(grouped(_counted(result, result.street) for result in counted)),
        "by_post": _group_json(grouped(_counted(result, result.post) for result in counted)),
        "by_score": [{"band": band, "people": people} for band, people in banded(scores, full_mark=full_mark)],
        "suppressed_below": SMALLEST_GROUP,
    }


def _counted(result: CandidateResult, name: str) -> Counted:
    return Counted(name, result.state == "passed", result.state == "absent")


def _group_json(groups: Sequence[Group]) -> list[dict[str, object]]:
    return [
        {"group": group.name, "people": group.people, "passed": group.passed, "absent": group.absent}
        for group in groups
    ]


def _correction_json(correction: Correction | None) -> dict[str, object] | None:
    if correction is None:
        return None
    return {
        "replaces_version": correction.replaces_version,
        "replaces_sha256": correction.replaces_sha256,
        "note": correction.note,
    }


def _vocabulary(facts: RoundFacts, results: Sequence[CandidateResult]) -> Vocabulary:
    words = {facts.authority, *STATES.values(), *POSTS.values()}
    for result in results:
        words |= {result.industry, result.street}
    return Vocabulary(frozenset(words))
