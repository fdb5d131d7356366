"""K in two hands: nobody has both, the server has none until two people have typed theirs at the opening."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.actor import AUDITOR, REGULATOR, REVIEWER, TRAINER
from core.errors import NotAllowed, NotFound
from core.models import AuditEntry
from draws.models import Draw
from exams.actions import discard_key_shares, give_key_share, open_key_share, open_sitting, start_attempt
from exams.domain.custody import key_of_shares, share_commitment, share_text
from exams.domain.papers import paper_key_commit
from exams.errors import (
    AccessRefused,
    BankChanged,
    CustodyClosed,
    KeyShareEarly,
    KeyShareTyped,
    KeyShareUnknown,
    KeyShareWrong,
    KeyWithCustodians,
    ReasonMissing,
    SameCustodian,
)
from exams.models import KeyShare, Paper, Round, RoundState
from exams.queries.bank import paper_key_of
from exams.queries.home import tasks_for
from exams.queries.readiness import readiness_of
from tests.factories.actors import make_actor
from tests.factories.exams import NOW, OPENS_AT, make_draw_row, make_stage
from tests.factories.registry import make_person

FIRST, SECOND = "1a" * 32, "2b" * 32
KEY = key_of_shares(FIRST, SECOND)
BEFORE = OPENS_AT - timedelta(days=20)
EARLY = OPENS_AT - timedelta(hours=2, seconds=1)


@pytest.fixture
def stage(db):
    """A round that is planned, without a draw."""
    made = make_stage()
    Round.objects.filter(pk=made.exam_round.pk).update(
        state=RoundState.PLANNED, draw=None, paper_key_sealed=None, paper_key_commit=""
    )
    made.exam_round.refresh_from_db()
    Draw.objects.all().delete()
    return made


@pytest.fixture
def other(stage):
    return make_actor(REVIEWER, authority=stage.exam_round.authority)


def give(actor, stage, share):
    return give_key_share(actor, stage.exam_round.public_id, typed=share_text(share), now=BEFORE)


def entrusted(stage, other):
    """Both shares given; the draw has committed to K, and everybody is notified."""
    give(stage.regulator, stage, FIRST)
    give(other, stage, SECOND)
    exam_round = stage.exam_round
    exam_round.refresh_from_db()
    exam_round.draw = make_draw_row(exam_round)
    exam_round.state = RoundState.NOTIFIED
    exam_round.save(update_fields=["draw", "state"])
    return exam_round


def type_in(actor, exam_round, share, now=NOW):
    return open_key_share(actor, exam_round.public_id, typed=share_text(share), now=now)


def audited():
    return list(
        AuditEntry.objects.filter(action__startswith="exams.").order_by("sequence").values_list("action", flat=True)
    )


def titles(actor, now):
    return [task.title for task in tasks_for(actor, now)]


def everything_stored():
    rows = [bytes(row.share_sealed or b"") for row in KeyShare.objects.all()]
    rows += [bytes(row.paper_key_sealed or b"") for row in Round.objects.all()]
    return b"".join(rows)


def test_two_shares_commit_to_a_key_that_the_server_no_longer_has(stage, other):
    give(stage.regulator, stage, FIRST)
    assert KeyShare.objects.get().share_sealed is not None
    give(other, stage, SECOND)

    stage.exam_round.refresh_from_db()
    assert stage.exam_round.paper_key_commit == paper_key_commit(KEY)
    assert everything_stored() == b""
    with pytest.raises(BankChanged):
        paper_key_of(stage.exam_round)
    assert [row.commit for row in KeyShare.objects.all()] == [
        share_commitment(FIRST, round_id=stage.exam_round.public_id, number=1),
        share_commitment(SECOND, round_id=stage.exam_round.public_id, number=2),
    ]
    said = str(list(AuditEntry.objects.values_list("details", flat=True)))
    assert audited() == ["exams.key_share_given"] * 2
    assert not any(secret in said for secret in (FIRST, SECOND, KEY.hex()))


def test_one_person_cannot_keep_both_shares_even_by_another_account(stage, other):
    person = make_person()
    give(make_actor(REGULATOR, authority=stage.exam_round.authority, person=person), stage, FIRST)
    with pytest.raises(SameCustodian):
        give(replace(other, person_id=person.pk), stage, SECOND)
    assert KeyShare.objects.count() == 1


def test_the_second_share_is_not_the_first_again_and_there_is_no_third(stage, other):
    give(stage.regulator, stage, FIRST)
    with pytest.raises(KeyShareTyped):
        give(other, stage, FIRST)
    give(other, stage, SECOND)
    with pytest.raises(CustodyClosed):
        give(stage.invigilator, stage, "3c" * 32)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1a" * 32,
        share_text(FIRST)[:-1],
        share_text(FIRST).replace("1a", "1b", 1),
        "甲" * 68,
        share_text(FIRST) + " 0000",
    ],
)
def test_a_slip_in_a_share_is_refused_and_keeps_nothing(stage, typed):
    with pytest.raises(KeyShareWrong):
        give_key_share(stage.regulator, stage.exam_round.public_id, typed=typed, now=BEFORE)
    assert not KeyShare.objects.exists()


def test_only_those_who_work_on_the_round_keep_a_share(stage):
    authority = stage.exam_round.authority
    with pytest.raises(NotAllowed):
        give(make_actor(AUDITOR, authority=authority), stage, FIRST)
    for stranger in (
        make_actor(TRAINER, authority=authority),
        make_actor(REVIEWER, authority=make_stage().exam_round.authority),
    ):
        with pytest.raises(NotFound):
            give(stranger, stage, FIRST)


def test_shares_are_discarded_with_a_reason_until_a_draw_has_committed(stage, other):
    give(stage.regulator, stage, FIRST)
    with pytest.raises(ReasonMissing):
        discard_key_shares(other, stage.exam_round.public_id, reason=" ")
    discard_key_shares(other, stage.exam_round.public_id, reason="信封遗失")
    assert not KeyShare.objects.exists()
    assert AuditEntry.objects.get(action="exams.key_shares_discarded").reason == "信封遗失"

    exam_round = entrusted(stage, other)
    with pytest.raises(CustodyClosed):
        discard_key_shares(other, exam_round.public_id, reason="信封遗失")


def test_sitting_opens_only_after_two_people_typed_both_shares(stage, other):
    exam_round = entrusted(stage, other)
    with pytest.raises(KeyWithCustodians) as none_typed:
        open_sitting(stage.invigilator, stage.sitting.public_id, now=NOW)
    assert none_typed.value.params == {"missing": 2}
    assert type_in(stage.regulator, exam_round, FIRST) is False
    with pytest.raises(KeyWithCustodians):
        open_sitting(stage.invigilator, stage.sitting.public_id, now=NOW)
    assert not Paper.objects.exists()

    assert type_in(other, exam_round, SECOND) is True

    stage.open()
    attempt = stage.start()
    exam_round.refresh_from_db()
    assert paper_key_of(exam_round) == KEY
    assert attempt.paper_id is not None
    assert [row.share_sealed for row in KeyShare.objects.all()] == [None, None]
    assert audited()[2:5] == ["exams.key_share_opened", "exams.key_share_opened", "exams.paper_key_put_together"]


def test_one_person_cannot_type_both_shares_but_an_envelope_may_be_handed_on(stage, other):
    exam_round = entrusted(stage, other)
    type_in(stage.invigilator, exam_round, SECOND)
    with pytest.raises(SameCustodian):
        type_in(stage.invigilator, exam_round, FIRST)
    with pytest.raises(KeyShareTyped):
        type_in(other, exam_round, SECOND)
    with pytest.raises(KeyShareUnknown):
        type_in(other, exam_round, "3c" * 32)
    assert type_in(other, exam_round, FIRST) is True
    with pytest.raises(CustodyClosed):
        type_in(other, exam_round, FIRST)


def test_shares_come_together_shortly_before_the_exam_and_not_days_ahead(stage, other):
    exam_round = entrusted(stage, other)
    with pytest.raises(KeyShareEarly):
        type_in(other, exam_round, SECOND, now=EARLY)
    assert type_in(other, exam_round, SECOND, now=EARLY + timedelta(seconds=1)) is False


def test_shares_of_another_round_do_not_fit(stage, other):
    exam_round = entrusted(stage, other)
    assert share_commitment(FIRST, round_id=exam_round.public_id, number=2) != KeyShare.objects.get(number=1).commit
    with pytest.raises(KeyShareUnknown):
        type_in(other, exam_round, KEY.hex())


def test_the_database_keeps_two_custodians_and_two_openers_apart(stage, other):
    give(stage.regulator, stage, FIRST)
    give(other, stage, SECOND)
    for change in ({"given_by": other.user_id}, {"opened_by": other.user_id}, {"number": 3}):
        with pytest.raises(IntegrityError), transaction.atomic():
            KeyShare.objects.update(**change)


def test_home_page_asks_a_second_custodian_and_at_the_hour_both(stage, other):
    give(stage.regulator, stage, FIRST)
    asked = "领取另一份组卷密钥：2026 年第 4 季度抽考"
    assert asked in titles(other, BEFORE)
    assert asked not in titles(stage.regulator, BEFORE)
    discard_key_shares(other, stage.exam_round.public_id, reason="重新领取")

    exam_round = entrusted(stage, other)
    due = f"输入您保管的密钥份额：{exam_round.title}"
    assert due not in titles(other, EARLY)
    assert due in titles(other, NOW)
    assert due not in titles(stage.invigilator, NOW)
    type_in(other, exam_round, SECOND)
    assert due not in titles(other, NOW)


def test_readiness_board_says_that_the_key_is_still_with_its_custodians(stage, other):
    exam_round = entrusted(stage, other)
    stage.sitting.refresh_from_db()
    papers = readiness_of(stage.sitting)[0]
    assert (papers.code, papers.tone, papers.detail) == ("papers", "bad", "组卷密钥由两人保管，尚未合成")
    type_in(stage.regulator, exam_round, FIRST)
    type_in(other, exam_round, SECOND)
    assert readiness_of(type(stage.sitting).objects.get(pk=stage.sitting.pk))[0].tone == "good"


def test_a_candidate_cannot_start_on_a_key_that_nobody_has_put_together(stage, other):
    entrusted(stage, other)
    with pytest.raises(AccessRefused):
        start_attempt(stage.actor(), stage.candidates[0].public_id, opening_code="", now=NOW)
    assert not Paper.objects.exists()
