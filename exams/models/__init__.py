"""Rounds, sittings, candidates; papers, attempts and the answer journal; gradings."""

from exams.models.alarms import PaperAlarm
from exams.models.attempts import AnswerEvent, Attempt, AttemptState, ConflictEvent, Extension, Lease, Paper
from exams.models.conduct import (
    CheckIn,
    DeviceCheck,
    IncidentFile,
    PaperEntry,
    PhotoErasure,
    Presence,
    Signal,
    SimilarityReport,
)
from exams.models.corrections import Annulment, Appeal, KeyCorrection
from exams.models.custody import KeyShare
from exams.models.drills import Drill, DrillFault, DrillMode, DrillState
from exams.models.marking import ManualItem, ManualMark
from exams.models.requests import Accommodation, Deferral, DeferralFile
from exams.models.results import Grading, Incident, Outcome, Result
from exams.models.rounds import Candidate, CandidateState, ReviewLevel, Round, RoundState, Sitting, SittingState

__all__ = [
    "Accommodation",
    "Annulment",
    "AnswerEvent",
    "Appeal",
    "Attempt",
    "AttemptState",
    "Candidate",
    "CandidateState",
    "CheckIn",
    "ConflictEvent",
    "Deferral",
    "DeferralFile",
    "DeviceCheck",
    "Drill",
    "DrillFault",
    "DrillMode",
    "DrillState",
    "Extension",
    "Grading",
    "Incident",
    "IncidentFile",
    "KeyCorrection",
    "KeyShare",
    "Lease",
    "ManualItem",
    "ManualMark",
    "Outcome",
    "Paper",
    "PaperAlarm",
    "PaperEntry",
    "PhotoErasure",
    "Presence",
    "Result",
    "ReviewLevel",
    "Round",
    "RoundState",
    "Signal",
    "SimilarityReport",
    "Sitting",
    "SittingState",
]
