import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from core.errors import NotAllowed, NotFound, SameApprover
from core.models import AuditEntry
from draws.actions import approve_flag, approve_freeze, propose_freeze, published_program, request_flag, send_back
from draws.domain.parameters import population_to_json
from draws.domain.plan import parse_plan
from draws.domain.roster import Identity, parse_roster, pid_of
from draws.errors import (
    CoverageTooFast,
    EntropyTooLow,
    FlagsPending,
    ProposalChanged,
    ProposalExpired,
    QuotaTooLarge,
    ReasonRequired,
    RosterEmpty,
    SourcesBeforeWindow,
    WrongDrawState,
)
from draws.events import draw_frozen
from draws.models import Draw, DrawFile, RosterEntry
from draws.queries import content_of, parameters_of, public_file, salt_of
from registry.models import Post
from registry.queries import id_number_of
from tests.draws.actions.test_prepare import FLAG
from tests.factories.actors import make_actor
from tests.factories.draws import NOW, make_draft, make_frozen, make_population, make_proposed
from tests.factories.registry import SYSTEM, make_appointment, make_enterprise, make_person


def test_propose_freeze_writes_plan_roster_and_program_that_name_each_other(cast):
    make_population(cast, 4)
    draw = make_proposed(cast, bank_root="b" * 64, paper_key_commit="c" * 64)
    plan, roster, program = (content_of(draw, name) for name in ("plan.json", "roster.csv", "verify.py"))
    parsed = parse_plan(plan)
    assert hashlib.sha256(plan).hexdigest() == draw.plan_sha256
    assert hashlib.sha256(roster).hexdigest() == draw.roster_sha256 == parsed.roster_sha256
    assert hashlib.sha256(program).hexdigest() == parsed.verify_sha256
    assert program == published_program()
    assert (parsed.rows, parsed.seats, parsed.bank_root, parsed.paper_key_commit) == (4, 2, "b" * 64, "c" * 64)
    assert parsed.extra == {
        "authority": cast.authority.code,
        "objection_days": 3,
        "population": population_to_json(parameters_of(draw)),
        "serial": 1,
        "sources_after": "2026-11-26T10:00:00Z",
    }
    assert draw.sources_from == datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def test_propose_freeze_every_pid_is_the_hash_of_its_sealed_parts(cast):
    make_population(cast, 3)
    draw = make_proposed(cast)
    for entry in RosterEntry.objects.filter(draw=draw).select_related("person", "enterprise"):
        identity = Identity("ID", id_number_of(SYSTEM, entry.person), entry.enterprise.uscc, "P")
        assert entry.pid == pid_of(identity, round_label="2026Q4", salt=salt_of(entry))
    assert len({salt_of(entry) for entry in RosterEntry.objects.filter(draw=draw)}) == 3


def test_propose_freeze_puts_nothing_personal_into_the_files(cast):
    appointment = make_population(cast, 1)[0]
    draw = make_proposed(cast)
    number = id_number_of(SYSTEM, appointment.person)
    for file in DrawFile.objects.filter(draw=draw):
        for private in (
            number,
            number[-6:],
            appointment.person.name,
            appointment.enterprise.uscc,
            appointment.person.phone[3:],
        ):
            assert private not in file.content


def test_propose_freeze_person_with_several_appointments_has_one_row(cast):
    first, second = sorted(
        (make_enterprise(area=cast.authority.area, industry=cast.industry) for _ in range(2)),
        key=lambda each: each.uscc,
    )
    appointment = make_appointment(enterprise=second, post=Post.PRINCIPAL)
    make_appointment(person=appointment.person, enterprise=first, post=Post.SAFETY_MANAGER)
    make_appointment(person=appointment.person, enterprise=first, post=Post.PRINCIPAL)
    draw = make_proposed(cast)
    entry = RosterEntry.objects.get(draw=draw)
    assert (entry.enterprise, entry.post, entry.stratum) == (first, Post.PRINCIPAL, "BUILD-430602201-P")


def test_propose_freeze_takes_only_people_in_reach_in_force_and_in_the_posts(cast):
    inside = make_population(cast, 2)
    make_population(cast, 1, post=Post.OTHER)
    make_population(cast, 1, post=Post.SAFETY_DIRECTOR)
    make_appointment()
    make_appointment(
        enterprise=make_enterprise(area=cast.authority.area, industry=cast.industry),
        valid_to=NOW.date() - timedelta(days=1),
    )
    make_appointment(enterprise=make_enterprise(area=cast.authority.area, industry=cast.industry, is_active=False))
    draw = make_proposed(cast)
    people = set(RosterEntry.objects.filter(draw=draw).values_list("person_id", flat=True))
    assert people == {appointment.person_id for appointment in inside}


def test_propose_freeze_carries_approved_flags_with_their_reason(cast):
    appointment = make_population(cast, 3)[0]
    draw = make_draft(cast)
    flag = request_flag(cast.regulator, draw.public_id, person_id=appointment.person.public_id, **FLAG)
    with pytest.raises(FlagsPending):
        propose_freeze(cast.regulator, draw.public_id, now=NOW)
    approve_flag(cast.reviewer, flag.public_id, now=NOW)
    draw = propose_freeze(cast.regulator, draw.public_id, now=NOW)
    rows = parse_roster(content_of(draw, "roster.csv"))
    assert sorted(row.flag for row in rows) == ["", "", "M:ACC"]


@pytest.mark.parametrize(
    ("people", "over", "refusal"),
    [
        (0, {}, RosterEmpty),
        (3, {"sources": ("SSQ:2026136", "DLT:26136")}, EntropyTooLow),
        (3, {"method": "fixed", "seats": {"BUILD-430602201-P": 4}}, QuotaTooLarge),
        (4, {"coverage_rounds": 3}, CoverageTooFast),
        (3, {"sources_after": NOW + timedelta(days=2)}, SourcesBeforeWindow),
    ],
)
def test_propose_freeze_that_cannot_stand_changes_nothing(cast, people, over, refusal):
    make_population(cast, people)
    draw = make_draft(cast, **over)
    with pytest.raises(refusal):
        propose_freeze(cast.regulator, draw.public_id, now=NOW)
    draw.refresh_from_db()
    assert (draw.state, draw.proposal) == ("draft", 0)
    assert not RosterEntry.objects.exists()
    assert not DrawFile.objects.exists()


def test_approve_freeze_by_another_person_freezes_the_hashes_and_tells(cast, django_capture_on_commit_callbacks):
    make_population(cast, 3)
    draw = make_proposed(cast)
    heard = []
    receiver = lambda draw_id, **_: heard.append(draw_id)  # noqa: E731
    draw_frozen.connect(receiver)
    with django_capture_on_commit_callbacks(execute=True):
        frozen = approve_freeze(cast.reviewer, draw.public_id, plan_sha256=draw.plan_sha256, now=NOW)
    assert (frozen.state, frozen.frozen_at, frozen.plan_sha256) == ("frozen", NOW, draw.plan_sha256)
    assert heard == [draw.pk]
    entry = AuditEntry.objects.get(action="draw.frozen")
    assert draw.plan_sha256 in entry.details
    assert draw.roster_sha256 in entry.details
    assert public_file(frozen, "plan.json") == content_of(draw, "plan.json")


def test_files_of_an_unapproved_proposal_are_not_public(cast):
    make_population(cast, 3)
    draw = make_proposed(cast)
    with pytest.raises(NotFound):
        public_file(draw, "plan.json")


def test_approve_freeze_refusals_leave_the_proposal_as_it_is(cast, world):
    make_population(cast, 3)
    draw = make_proposed(cast)
    attempts = [
        (cast.regulator, draw.plan_sha256, NOW, SameApprover),
        (cast.reviewer, "0" * 64, NOW, ProposalChanged),
        (cast.reviewer, draw.plan_sha256, NOW + timedelta(days=1), ProposalExpired),
        (world.actor("reviewer"), draw.plan_sha256, NOW, NotFound),
    ]
    for actor, seen, now, refusal in attempts:
        with pytest.raises(refusal):
            approve_freeze(actor, draw.public_id, plan_sha256=seen, now=now)
    draw.refresh_from_db()
    assert draw.state == "freeze_proposed"


def test_approve_freeze_by_a_second_account_of_the_same_person_is_refused(cast):
    make_population(cast, 3)
    regulator = make_actor("regulator", authority=cast.authority, person=make_person())
    draw = make_proposed(replace(cast, regulator=regulator))
    same_person = replace(make_actor("reviewer", authority=cast.authority), person_id=regulator.person_id)
    with pytest.raises(SameApprover):
        approve_freeze(same_person, draw.public_id, plan_sha256=draw.plan_sha256, now=NOW)


def test_approve_freeze_by_invigilator_is_not_allowed(cast):
    make_population(cast, 3)
    draw = make_proposed(cast)
    with pytest.raises(NotAllowed):
        approve_freeze(
            make_actor("invigilator", authority=cast.authority), draw.public_id, plan_sha256=draw.plan_sha256, now=NOW
        )


def test_send_back_and_propose_again_makes_new_salts_and_keeps_the_old_record(cast):
    make_population(cast, 3)
    draw = make_proposed(cast)
    first = content_of(draw, "roster.csv")
    with pytest.raises(ReasonRequired):
        send_back(cast.reviewer, draw.public_id, reason="", now=NOW)
    send_back(cast.reviewer, draw.public_id, reason="名额需调整", now=NOW)
    again = propose_freeze(cast.regulator, draw.public_id, now=NOW)
    assert again.proposal == 2
    assert not {row.pid for row in parse_roster(first)} & {
        row.pid for row in parse_roster(content_of(again, "roster.csv"))
    }
    assert DrawFile.objects.filter(draw=draw, proposal=1).count() == 3


def test_freeze_is_the_end_of_changes(cast):
    make_population(cast, 3)
    draw = make_frozen(cast)
    for attempt in (
        lambda: propose_freeze(cast.regulator, draw.public_id, now=NOW),
        lambda: send_back(cast.reviewer, draw.public_id, reason="重来一次", now=NOW),
        lambda: approve_freeze(cast.reviewer, draw.public_id, plan_sha256=draw.plan_sha256, now=NOW),
    ):
        with pytest.raises(WrongDrawState):
            attempt()


@pytest.mark.parametrize(
    ("table", "change"),
    [
        (Draw, {"plan_sha256": "0" * 64}),
        (Draw, {"roster_sha256": "0" * 64}),
        (Draw, {"parameters": {}}),
        (Draw, {"sources_from": NOW}),
        (Draw, {"paper_key_commit": "0" * 64}),
        (Draw, {"proposal": 2}),
        (DrawFile, {"content": ""}),
        (RosterEntry, {"flag": "X:MAT"}),
        (RosterEntry, {"lots": 9}),
    ],
)
def test_database_refuses_to_change_what_was_frozen(cast, table, change):
    make_population(cast, 3)
    make_frozen(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        table.objects.update(**change)


@pytest.mark.parametrize("table", [DrawFile, RosterEntry])
def test_database_refuses_to_delete_what_was_frozen(cast, table):
    make_population(cast, 3)
    draw = make_frozen(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        table.objects.filter(draw=draw)._raw_delete("default")
