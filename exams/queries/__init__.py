"""Every read of this room that has a name."""

from exams.queries.appeals import get_appeal_of_news
from exams.queries.candidates import (
    Candidacy,
    candidates_for,
    candidates_of_round,
    get_candidate,
    my_candidacies,
    my_candidacy,
)
from exams.queries.corrections import get_key_correction
from exams.queries.records import recorded_candidates
from exams.queries.results import RoundResult, results_of_round
from exams.queries.rounds import annotate_counts, archive_blockers, get_round, get_sitting, rounds_for

__all__ = [
    "Candidacy",
    "RoundResult",
    "annotate_counts",
    "archive_blockers",
    "candidates_for",
    "candidates_of_round",
    "get_appeal_of_news",
    "get_candidate",
    "get_key_correction",
    "get_round",
    "get_sitting",
    "my_candidacies",
    "my_candidacy",
    "recorded_candidates",
    "results_of_round",
    "rounds_for",
]
