"""Every write of this room."""

from exams.actions.annulments import apply_annulment, decide_annulment, propose_annulment
from exams.actions.appeals import answer_appeal, ask_to_mark_anew, file_appeal, take_appeal, withdraw_appeal
from exams.actions.archiving import archive_round, begin_follow_up
from exams.actions.attempts import start_attempt
from exams.actions.candidates import (
    check_in,
    confirm_attendance,
    create_candidates,
    follow_replacement,
    notify_candidates,
    remind_candidates,
)
from exams.actions.conduct import record_beat, report_fault
from exams.actions.corrections import (
    CorrectionDraft,
    apply_key_correction,
    approve_key_correction,
    preview_key_correction,
    propose_key_correction,
    refuse_key_correction,
)
from exams.actions.custody import discard_key_shares, give_key_share, open_key_share
from exams.actions.devices import attempt_of_handover, offer_handover, record_device_check
from exams.actions.drills import (
    close_overdue_drill,
    open_drill,
    open_spot_exam,
    paper_of_drill,
    report_drill_fault,
    save_drill_events,
    start_rehearsal,
    submit_drill,
)
from exams.actions.extensions import approve_extension, request_extension
from exams.actions.finalising import close_overdue_attempt, submit_attempt
from exams.actions.incidents import record_incident, sign_misconduct
from exams.actions.journal import open_lease, save_events
from exams.actions.marking import give_mark
from exams.actions.photos import withdraw_photo_consent
from exams.actions.printed import enter_paper, paper_attempt, start_on_paper
from exams.actions.requests import (
    DeferralDraft,
    decide_accommodation,
    decide_deferral,
    recommend_deferral,
    request_accommodation,
    request_deferral,
    withdraw_accommodation,
    withdraw_deferral,
)
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
from exams.actions.similarity import compare_papers
from exams.actions.sittings import close_sitting, create_makeup, open_sitting, record_load_rehearsal

__all__ = [
    "CorrectionDraft",
    "DeferralDraft",
    "RoundDraft",
    "SittingWindow",
    "answer_appeal",
    "apply_annulment",
    "apply_key_correction",
    "approve_extension",
    "approve_key_correction",
    "archive_round",
    "ask_to_mark_anew",
    "attempt_of_handover",
    "begin_follow_up",
    "cancel_round",
    "check_in",
    "close_overdue_attempt",
    "close_overdue_drill",
    "close_sitting",
    "compare_papers",
    "confirm_attendance",
    "create_candidates",
    "create_makeup",
    "decide_accommodation",
    "decide_annulment",
    "decide_deferral",
    "discard_key_shares",
    "enter_paper",
    "file_appeal",
    "finish_grading",
    "follow_replacement",
    "give_key_share",
    "give_mark",
    "grade_attempt",
    "mark_published",
    "notify_candidates",
    "offer_handover",
    "open_drill",
    "open_key_share",
    "open_lease",
    "open_sitting",
    "open_spot_exam",
    "paper_attempt",
    "paper_of_drill",
    "plan_round",
    "prepare_round_draw",
    "preview_key_correction",
    "propose_annulment",
    "propose_key_correction",
    "recommend_deferral",
    "record_beat",
    "record_device_check",
    "record_draw_cancelled",
    "record_frozen",
    "record_incident",
    "record_load_rehearsal",
    "refuse_key_correction",
    "remind_candidates",
    "report_drill_fault",
    "report_fault",
    "request_accommodation",
    "request_deferral",
    "request_extension",
    "save_drill_events",
    "save_events",
    "sign_misconduct",
    "start_attempt",
    "start_on_paper",
    "start_rehearsal",
    "submit_attempt",
    "submit_drill",
    "take_appeal",
    "upload_rescue_file",
    "withdraw_accommodation",
    "withdraw_appeal",
    "withdraw_deferral",
    "withdraw_photo_consent",
]
