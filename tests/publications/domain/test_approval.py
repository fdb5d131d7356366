"""Four eyes bound to a hash, and working days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.errors import DomainError, SameApprover
from publications.domain.approval import Approval, PublicationState, approve, has_expired, public_note, refuse
from publications.domain.deadlines import due_date, names_until, rows_are_shown
from publications.errors import NoteMissing, NotProposed, ProposalExpired, SnapshotChanged

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PROPOSED = PublicationState("proposed", "person:1", "a" * 64, NOW + timedelta(hours=24))


def test_approve_by_another_person_in_time_returns_the_approval() -> None:
    assert approve(PROPOSED, approver="person:2", snapshot_sha256="a" * 64, now=NOW) == Approval(
        "person:2", "a" * 64, NOW
    )


@pytest.mark.parametrize(
    ("state", "approver", "sha256", "now", "refusal"),
    [
        (PROPOSED, "person:1", "a" * 64, NOW, SameApprover),
        (PROPOSED, "person:2", "b" * 64, NOW, SnapshotChanged),
        (PROPOSED, "person:2", "a" * 64, NOW + timedelta(hours=24, seconds=1), ProposalExpired),
        (replace(PROPOSED, state="published"), "person:2", "a" * 64, NOW, NotProposed),
        (replace(PROPOSED, state="refused"), "person:2", "a" * 64, NOW, NotProposed),
    ],
)
def test_approve_one_thing_wrong_is_refused(
    state: PublicationState,
    approver: str,
    sha256: str,
    now: datetime,
    refusal: type[DomainError],
) -> None:
    with pytest.raises(refusal):
        approve(state, approver=approver, snapshot_sha256=sha256, now=now)


def test_approve_at_the_last_second_is_in_time() -> None:
    assert approve(PROPOSED, approver="person:2", snapshot_sha256="a" * 64, now=PROPOSED.expires_at)
    assert not has_expired(PROPOSED, PROPOSED.expires_at)
    assert has_expired(PROPOSED, PROPOSED.expires_at + timedelta(seconds=1))


@pytest.mark.parametrize("note", ["", "    ", "短", "长" * 501])
def test_public_note_too_short_or_too_long_is_refused(note: str) -> None:
    with pytest.raises(NoteMissing):
        public_note(note)


def test_refuse_keeps_the_note_on_one_line() -> None:
    assert refuse(PROPOSED, note="  名册\n有误，请核对 ") == "名册 有误，请核对"


def test_due_date_skips_weekends_and_holidays_and_counts_made_up_saturdays() -> None:
    friday = date(2026, 11, 20)
    assert due_date(friday, working_days=1) == date(2026, 11, 23)
    assert due_date(friday, working_days=1, holidays={date(2026, 11, 23)}) == date(2026, 11, 24)
    assert due_date(friday, working_days=1, extra_workdays={date(2026, 11, 21)}) == date(2026, 11, 21)
    assert due_date(friday) == date(2026, 12, 18)


def test_rows_are_shown_to_the_last_day_inclusive() -> None:
    until = names_until(date(2026, 11, 23))
    assert until == date(2027, 2, 21)
    assert rows_are_shown(until, until)
    assert not rows_are_shown(until, until + timedelta(days=1))
    assert not rows_are_shown(None, until)
