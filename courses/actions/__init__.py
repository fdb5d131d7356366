"""Every write about lectures."""

from courses.actions.evidence import Upload, add_evidence, remove_evidence
from courses.actions.exports import export_states
from courses.actions.lectures import cancel_lecture, plan_lecture, record_lecture

__all__ = [
    "Upload",
    "add_evidence",
    "cancel_lecture",
    "export_states",
    "plan_lecture",
    "record_lecture",
    "remove_evidence",
]
