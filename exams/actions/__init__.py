"""Every write of this room."""

from exams.actions.attempts import start_attempt
from exams.actions.candidates import (
    check_in,
    confirm_attendance,
    create_candidates,
    follow_replacement,
    notify_candidates,
)
from exams.actions.extensions import approve_extension, request_extension
from exams.actions.finalising import close_overdue_attempt, submit_attempt
from exams.actions.incidents import record_incident, sign_misconduct
from exams.actions.journal import open_lease, save_events
from exams.actions.rescue import upload_rescue_file
from exams.actions.results import finish_grading, grade_attempt
from exams.actions.rounds import (
    RoundDraft,
    SittingWindow,
    cancel_round,
    mark_published,
    plan_round,
    prepare_round_draw,
    record_draw_cancelled,
    record_frozen,
)
from exams.actions.sittings import close_sitting, create_makeup, open_sitting

__all__ = [
    "RoundDraft",
    "SittingWindow",
    "approve_extension",
    "cancel_round",
    "check_in",
    "close_overdue_attempt",
    "close_sitting",
    "confirm_attendance",
    "create_candidates",
    "create_makeup",
    "finish_grading",
    "follow_replacement",
    "grade_attempt",
    "mark_published",
    "notify_candidates",
    "open_lease",
    "open_sitting",
    "plan_round",
    "prepare_round_draw",
    "record_draw_cancelled",
    "record_frozen",
    "record_incident",
    "request_extension",
    "save_events",
    "sign_misconduct",
    "start_attempt",
    "submit_attempt",
    "upload_rescue_file",
]
