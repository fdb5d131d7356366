"""The latest comparison of the papers of a sitting, with names for those who may see them."""

import json
from dataclasses import dataclass
from typing import Any

from core.actor import Actor
from exams.models import Attempt, SimilarityReport, Sitting
from exams.queries.candidates import candidates_for


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two attempts that share more wrong answers than chance explains; `percent` of innocent sittings show as much."""

    first: Attempt
    second: Attempt
    shared: int
    both_wrong: int
    percent: str


def latest_report(sitting: Sitting) -> tuple[SimilarityReport, dict[str, Any]] | None:
    """The last comparison as it was kept."""
    report = SimilarityReport.objects.filter(sitting=sitting).select_related("made_by").first()
    return (report, json.loads(report.content)) if report else None


def pairs_of(actor: Actor, sitting: Sitting, content: dict[str, Any]) -> list[SimilarPair]:
    """The pairs of a report whose two people are both in reach."""
    attempts = {
        attempt.public_id: attempt
        for attempt in Attempt.objects.filter(sitting=sitting, candidate__in=candidates_for(actor)).select_related(
            "candidate__person"
        )
    }
    return [
        SimilarPair(
            attempts[pair["first"]],
            attempts[pair["second"]],
            pair["shared"],
            pair["both_wrong"],
            f"{pair['rate_ppm'] / 10_000:.1f}",
        )
        for pair in content["pairs"]
        if pair["first"] in attempts and pair["second"] in attempts
    ]
