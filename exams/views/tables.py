"""Rows of the candidates table."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from core.scores import display
from exams.models import Candidate, CandidateState

_TONES = {
    CandidateState.PASSED: "good",
    CandidateState.FAILED: "bad",
    CandidateState.ABSENT: "bad",
    CandidateState.MISCONDUCT: "bad",
    CandidateState.INVALID: "bad",
    CandidateState.SITTING: "active",
    CandidateState.MAKEUP: "warn",
    CandidateState.FOLLOW_UP: "warn",
}
# What the address may ask to sort by, and nothing else (A40).
_SORTS = {
    "name": "person__name_sort_key",
    "enterprise": "enterprise_name",
    "state": "state",
    "score": "score",
}


def tone_of(state: str) -> str:
    """The colour that goes with a candidate's state."""
    return _TONES.get(CandidateState(state), "")


def sort_columns(query: Mapping[str, str]) -> tuple[str, list[dict[str, object]]]:
    """The order asked for, and the heads of the table with the links that change it."""
    asked = query.get("order", "enterprise")
    name, falling = asked.removeprefix("-"), asked.startswith("-")
    field = _SORTS.get(name, "enterprise_name")
    labels = {"name": _("姓名"), "enterprise": _("单位"), "state": _("状态"), "score": _("得分")}
    sorts = {key: _head(query, key, label, current=name, falling=falling) for key, label in labels.items()}
    columns: list[dict[str, object]] = [
        sorts["name"],
        sorts["enterprise"],
        {"label": _("岗位")},
        {"label": _("街道 / 行业")},
        sorts["state"],
        {**sorts["score"], "numeric": True},
    ]
    return (f"-{field}" if falling else field), columns


def candidate_rows(candidates: Iterable[Candidate]) -> list[list[dict[str, object]]]:
    """Cells for the table component."""
    return [
        [
            {
                "text": candidate.person.name,
                "url": reverse("exams:candidate", args=[candidate.public_id]),
                "sub": _("必考") if candidate.is_must_sit else "",
            },
            {"label": _("单位"), "text": candidate.enterprise_name, "sub": candidate.uscc},
            {"label": _("岗位"), "text": candidate.get_post_display()},
            {"label": _("街道 / 行业"), "text": candidate.area.name, "sub": candidate.industry.name},
            {"label": _("状态"), "state": candidate.get_state_display(), "tone": tone_of(candidate.state)},
            {
                "label": _("得分"),
                "text": display(candidate.score) if candidate.score is not None else "—",
                "numeric": True,
            },
        ]
        for candidate in candidates
    ]


def _head(query: Mapping[str, str], key: str, label: str, *, current: str, falling: bool) -> dict[str, object]:
    is_sorted = current == key
    wanted = f"-{key}" if is_sorted and not falling else key
    kept = {name: value for name, value in query.items() if name not in {"order", "page"}}
    head: dict[str, object] = {"label": label, "sort_url": f"?{urlencode({**kept, 'order': wanted})}"}
    if is_sorted:
        head["sorted"] = "descending" if falling else "ascending"
    return head
