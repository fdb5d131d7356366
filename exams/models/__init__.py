"""Rounds, sittings, candidates; papers, attempts and the answer journal; gradings."""

from exams.models.attempts import AnswerEvent, Attempt, AttemptState, ConflictEvent, Extension, Lease, Paper
from exams.models.results import Grading, Incident, Outcome, Result
from exams.models.rounds import Candidate, CandidateState, Round, RoundState, Sitting, SittingState

__all__ = [
    "AnswerEvent",
    "Attempt",
    "AttemptState",
    "Candidate",
    "CandidateState",
    "ConflictEvent",
    "Extension",
    "Grading",
    "Incident",
    "Lease",
    "Outcome",
    "Paper",
    "Result",
    "Round",
    "RoundState",
    "Sitting",
    "SittingState",
]
