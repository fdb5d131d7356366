"""Every write of the room. `draw_id` and the like are public ids; events go out after commit."""

from draws.actions.ceremony import cancel_draw, compute_cancelled, run_draw, type_source
from draws.actions.certificates import record_certificate_term
from draws.actions.enlargements import decide_enlargement, end_enlarging, request_enlargement
from draws.actions.evidence import Upload
from draws.actions.freeze import approve_freeze, propose_freeze, published_program, send_back
from draws.actions.large import propose_freeze_later, run_draw_later
from draws.actions.minutes import record_minutes
from draws.actions.prepare import (
    approve_flag,
    change_parameters,
    prepare_draw,
    request_enterprise_flags,
    request_flag,
    withdraw_flag,
)
from draws.actions.replacements import decide_replacement, request_replacement
from draws.domain.parameters import DrawParameters

__all__ = [
    "DrawParameters",
    "Upload",
    "approve_flag",
    "approve_freeze",
    "cancel_draw",
    "change_parameters",
    "compute_cancelled",
    "decide_enlargement",
    "decide_replacement",
    "end_enlarging",
    "prepare_draw",
    "propose_freeze",
    "propose_freeze_later",
    "published_program",
    "record_certificate_term",
    "record_minutes",
    "request_enlargement",
    "request_enterprise_flags",
    "request_flag",
    "request_replacement",
    "run_draw",
    "run_draw_later",
    "send_back",
    "type_source",
    "withdraw_flag",
]
