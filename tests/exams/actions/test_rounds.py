"""From the plan to people who know that they sit: through the real draw, as two people of one authority do it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from core.actor import INVIGILATOR, REGULATOR
from core.errors import NotAllowed, NotFound
from core.models import AuditEntry
from draws.actions import (
    approve_freeze,
    cancel_draw,
    decide_replacement,
    propose_freeze,
    request_replacement,
    run_draw,
)
from draws.models import Place
from exams.actions import (
    RoundDraft,
    SittingWindow,
    cancel_round,
    give_key_share,
    mark_published,
    notify_candidates,
    plan_round,
    prepare_round_draw,
)
from exams.domain.custody import key_of_shares, share_text
from exams.domain.papers import paper_key_commit
from exams.domain.states import RoundState
from exams.errors import (
    CustodyIncomplete,
    DurationWrong,
    PassMarkWrong,
    ReasonMissing,
    RoundEmpty,
    RoundExists,
    RoundNotInState,
    WindowWrong,
)
from exams.models import Candidate, Round
from exams.queries.bank import paper_key_of
from notices.models import Notice
from tests.exams.domain.bank import make_bank
from tests.factories.actors import make_actor
from tests.factories.draws import AFTER_WINDOW, NOW, make_cast, make_parameters, make_population, type_all
from tests.factories.exams import make_blueprint_row, make_questions
from tests.factories.registry import make_area, make_authority

pytestmark = pytest.mark.django_db
OPENS = AFTER_WINDOW + timedelta(days=3)
WINDOW = SittingWindow(OPENS, OPENS + timedelta(minutes=30), OPENS + timedelta(minutes=90), place="区委党校")


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def draft(cast):
    snapshot, contents = make_bank()
    blueprint = make_blueprint_row(cast.authority, snapshot)
    make_questions(cast.authority, contents)
    return RoundDraft(
        authority_id=cast.authority.public_id,
        year=2026,
        quarter=4,
        title="2026 年第 4 季度抽考",
        blueprint_id=blueprint.public_id,
        minutes=60,
        pass_mark=Decimal(8),
        first=WINDOW,
        makeup=replace(
            WINDOW,
            opens_at=OPENS + timedelta(days=7),
            last_start_at=OPENS + timedelta(days=8),
            hard_end_at=OPENS + timedelta(days=9),
        ),
    )


def test_plan_copies_the_rules_and_plans_both_sittings(cast, draft):
    planned = plan_round(cast.regulator, draft, now=NOW)
    assert (planned.state, planned.total_mark, planned.pass_mark, planned.minutes) == (
        RoundState.PLANNED,
        Decimal("10.00"),
        Decimal(8),
        60,
    )
    assert list(planned.sittings.values_list("number", "place", "asks_code")) == [
        (1, "区委党校", True),
        (2, "区委党校", True),
    ]
    assert AuditEntry.objects.filter(action="exams.round_planned").count() == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"pass_mark": Decimal(0)}, PassMarkWrong),
        ({"pass_mark": Decimal("10.01")}, PassMarkWrong),
        ({"minutes": 4}, DurationWrong),
        ({"grace_seconds": 601}, DurationWrong),
        ({"first": replace(WINDOW, hard_end_at=OPENS + timedelta(minutes=59))}, WindowWrong),
        ({"makeup": replace(WINDOW, last_start_at=OPENS)}, WindowWrong),
        ({"blueprint_id": "0" * 32}, NotFound),
        ({"authority_id": "0" * 32}, NotFound),
    ],
)
def test_plan_with_senseless_settings_is_refused_and_plans_nothing(cast, draft, change, error):
    with pytest.raises(error):
        plan_round(cast.regulator, replace(draft, **change), now=NOW)
    assert not Round.objects.exists()


def test_plan_of_a_second_round_in_the_quarter_is_refused_until_the_first_is_cancelled(cast, draft):
    first = plan_round(cast.regulator, draft, now=NOW)
    with pytest.raises(RoundExists):
        plan_round(cast.regulator, draft, now=NOW)
    with pytest.raises(ReasonMissing):
        cancel_round(cast.regulator, first.public_id, reason=" ", now=NOW)
    cancel_round(cast.regulator, first.public_id, reason="时间有误", now=NOW)
    assert plan_round(cast.regulator, draft, now=NOW).state == RoundState.PLANNED


def test_plan_by_somebody_without_the_right_is_refused(cast, draft):
    with pytest.raises(NotAllowed):
        plan_round(make_actor(INVIGILATOR, authority=cast.authority), draft, now=NOW)


def prepared(cast, draft, **over):
    planned = plan_round(cast.regulator, draft, now=NOW)
    prepare_round_draw(cast.regulator, planned.public_id, parameters=make_parameters(**over), now=NOW)
    planned.refresh_from_db()
    return planned


def drawn(cast, draft, commit):
    """Everything up to the drawn round, with jobs run as after a commit."""
    make_population(cast, 6)
    planned = prepared(cast, draft)
    with commit(execute=True):
        proposal = propose_freeze(cast.regulator, planned.draw.public_id, now=NOW)
        approve_freeze(cast.reviewer, planned.draw.public_id, plan_sha256=proposal.plan_sha256, now=NOW)
    planned.refresh_from_db()
    assert planned.state == RoundState.FROZEN
    for actor in (cast.regulator, cast.reviewer):
        type_all(actor, planned.draw)
    with commit(execute=True):
        run_draw(cast.regulator, planned.draw.public_id, now=AFTER_WINDOW)
    planned.refresh_from_db()
    return planned


def test_prepare_draw_commits_bank_and_key_into_the_draw(cast, draft):
    planned = prepared(cast, draft)
    key = paper_key_of(planned)
    assert (planned.draw.paper_key_commit, planned.draw.bank_root) == (
        paper_key_commit(key),
        planned.bank_snapshot.bank_root,
    )
    assert key.hex().encode() not in bytes(planned.paper_key_sealed)
    assert key.hex() not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_prepare_draw_with_two_custodians_commits_to_a_key_that_is_not_here(cast, draft):
    planned = plan_round(cast.regulator, draft, now=NOW)
    first, second = "1a" * 32, "2b" * 32
    give_key_share(cast.regulator, planned.public_id, typed=share_text(first), now=NOW)
    with pytest.raises(CustodyIncomplete):
        prepare_round_draw(cast.regulator, planned.public_id, parameters=make_parameters(), now=NOW)
    give_key_share(cast.reviewer, planned.public_id, typed=share_text(second), now=NOW)

    draw = prepare_round_draw(cast.regulator, planned.public_id, parameters=make_parameters(), now=NOW)

    assert draw.paper_key_commit == paper_key_commit(key_of_shares(first, second))
    assert Round.objects.get(pk=planned.pk).paper_key_sealed is None


def test_prepare_draw_twice_is_refused_and_after_a_cancelled_draw_makes_a_fresh_key(
    cast, draft, django_capture_on_commit_callbacks
):
    planned = prepared(cast, draft)
    first = planned.paper_key_commit
    with pytest.raises(RoundNotInState):
        prepare_round_draw(cast.regulator, planned.public_id, parameters=make_parameters(), now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        cancel_draw(cast.regulator, planned.draw.public_id, reason="名册有误", now=NOW)
    prepare_round_draw(cast.regulator, planned.public_id, parameters=make_parameters(), now=NOW)
    planned.refresh_from_db()
    assert planned.paper_key_commit != first


def test_completed_draw_makes_candidates_and_a_notice_tells_them(cast, draft, django_capture_on_commit_callbacks):
    exam_round = drawn(cast, draft, django_capture_on_commit_callbacks)
    called = set(Place.objects.filter(draw=exam_round.draw, state="called").values_list("entry__pid", flat=True))
    candidates = Candidate.objects.filter(round=exam_round)
    assert exam_round.state == RoundState.DRAWN
    assert {candidate.pid for candidate in candidates} == called
    assert {candidate.state for candidate in candidates} == {"drawn"}
    with django_capture_on_commit_callbacks(execute=True):
        notify_candidates(cast.regulator, exam_round.public_id, now=AFTER_WINDOW)
    exam_round.refresh_from_db()
    assert (exam_round.state, {candidate.state for candidate in candidates.all()}) == (
        RoundState.NOTIFIED,
        {"notified"},
    )
    assert Notice.objects.filter(kind="exams.candidate_notified").count() == len(called)
    assert User.objects.filter(person__candidacies__round=exam_round).count() == len(called)
    with pytest.raises(RoundNotInState):
        notify_candidates(cast.regulator, exam_round.public_id, now=AFTER_WINDOW)


def test_excused_candidate_is_deferred_and_the_reserve_moves_up(cast, draft, django_capture_on_commit_callbacks):
    exam_round = drawn(cast, draft, django_capture_on_commit_callbacks)
    excused = Candidate.objects.filter(round=exam_round).first()
    with django_capture_on_commit_callbacks(execute=True):
        asked = request_replacement(
            cast.regulator,
            exam_round.draw.public_id,
            pid=excused.pid,
            reason_code="ILL",
            reason="住院治疗",
            evidence="病历",
            now=AFTER_WINDOW,
        )
        decide_replacement(cast.reviewer, asked.public_id, approve=True, now=AFTER_WINDOW)
    excused.refresh_from_db()
    moved_up = Place.objects.get(draw=exam_round.draw, state="moved_up").entry.pid
    assert excused.state == "deferred"
    assert set(Candidate.objects.filter(round=exam_round, state="drawn").values_list("pid", flat=True)) >= {moved_up}
    assert Candidate.objects.filter(round=exam_round).count() == 3


def test_notify_before_the_draw_is_refused(cast, draft):
    planned = plan_round(cast.regulator, draft, now=NOW)
    with pytest.raises((RoundNotInState, RoundEmpty)):
        notify_candidates(cast.regulator, planned.public_id, now=NOW)


def test_publish_before_the_results_are_there_is_refused(cast, draft):
    planned = plan_round(cast.regulator, draft, now=NOW)
    with pytest.raises(RoundNotInState):
        mark_published(cast.regulator, planned.public_id, now=NOW)


def test_round_of_another_authority_is_not_found(cast, draft):
    planned = plan_round(cast.regulator, draft, now=NOW)
    stranger = make_actor(REGULATOR, authority=make_authority(area=make_area(code="430602299", name="另一街道")))
    for call in (notify_candidates, mark_published):
        with pytest.raises(NotFound):
            call(stranger, planned.public_id, now=NOW)
