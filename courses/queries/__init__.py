"""Reads about lectures. Every one takes an actor."""

from courses.queries.lectures import (
    LectureState,
    check_may_keep,
    check_may_read,
    enterprises_to_lecture,
    evidence_of,
    get_evidence,
    get_lecture,
    lecture_states,
    lectures_for,
    lock_lecture,
    missing_text,
    principals_of,
    terms_as_principal,
)

__all__ = [
    "LectureState",
    "check_may_keep",
    "check_may_read",
    "enterprises_to_lecture",
    "evidence_of",
    "get_evidence",
    "get_lecture",
    "lecture_states",
    "lectures_for",
    "lock_lecture",
    "missing_text",
    "principals_of",
    "terms_as_principal",
]
