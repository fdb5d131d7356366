"""Two quarters of the demo: last quarter from the plan to the public page, this quarter open for a visitor."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.timezone import get_default_timezone, localtime

from accounts.models import User
from accounts.queries import actor_for_user
from config.demo.candidates import behaviour_of, sit
from config.demo.staff import OFFICE
from core.actor import Actor, system_actor
from core.clock import simulated
from core.seeded import fresh_token
from draws.actions import DrawParameters, approve_freeze, propose_freeze, run_draw, type_source
from exams.actions import (
    RoundDraft,
    SittingWindow,
    close_overdue_attempt,
    close_sitting,
    create_makeup,
    finish_grading,
    notify_candidates,
    open_sitting,
    plan_round,
    prepare_round_draw,
)
from exams.models import Candidate, CandidateState, Round
from exams.queries.due import overdue_attempts
from publications.actions import approve_publication, propose_publication
from question_bank.models import Blueprint
from registry.queries import authority_by_code

LOCAL_SOURCE = "LOCAL:1"
MINUTES = 60


@dataclass(frozen=True, slots=True)
class Quarter:
    """A calendar quarter of the district's time."""

    year: int
    number: int

    @property
    def starts(self) -> datetime:
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=get_default_timezone())

    @property
    def before(self) -> "Quarter":
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    @property
    def title(self) -> str:
        return f"岳阳楼区 {self.year} 年第 {self.number} 季度安全生产抽考"


def quarter_of(now: datetime) -> Quarter:
    """The quarter that `now` lies in."""
    today = localtime(now)
    return Quarter(today.year, (today.month - 1) // 3 + 1)


@dataclass(frozen=True, slots=True)
class Team:
    """Who does what: two people wherever the rules want two."""

    planner: User
    approver: User
    invigilator: User

    def at(self, name: str, moment: datetime) -> Actor:
        user: User = getattr(self, name)
        return actor_for_user(user, today=localtime(moment).date())


def run_last_quarter(team: Team, blueprint: Blueprint, *, now: datetime) -> Round:
    """The quarter before this one, whole: planned, frozen, drawn, sat, made up, graded, approved, published."""
    quarter = quarter_of(now).before
    end = quarter_of(now).starts
    opens, makeup = end - timedelta(days=14, hours=-9), end - timedelta(days=6, hours=-9)
    windows = _window(opens), _window(makeup)
    exam_round = _draw_round(team, blueprint, quarter, seats=116, windows=windows, planned=end - timedelta(days=40))
    _notify(team, exam_round, at=opens - timedelta(days=7))
    _hold_sitting(team, exam_round, number=1, opens=opens)
    at = opens + timedelta(days=1)
    with simulated(at):
        create_makeup(team.at("planner", at), exam_round.public_id, now=at)
    _hold_sitting(team, exam_round, number=2, opens=makeup)
    _publish(team, exam_round, at=end - timedelta(days=2))
    return exam_round


def open_this_quarter(team: Team, blueprint: Blueprint, *, now: datetime) -> Round:
    """This quarter: drawn, notified, and open without a code for two weeks, so that a visitor can sit at once."""
    opens = now - timedelta(minutes=30)
    window = SittingWindow(opens, now + timedelta(days=13), now + timedelta(days=14), place="线上", asks_code=False)
    later = now + timedelta(days=21)
    makeup = SittingWindow(later, later + timedelta(days=2), later + timedelta(days=3), place="线上", asks_code=False)
    planned = now - timedelta(days=10)
    exam_round = _draw_round(
        team, blueprint, quarter_of(now), seats=100, windows=(window, makeup), planned=planned,
    )  # fmt: skip
    _notify(team, exam_round, at=now - timedelta(days=1))
    sitting = exam_round.sittings.get(number=1)
    with simulated(opens):
        open_sitting(team.at("invigilator", opens), sitting.public_id, now=opens)
    return exam_round


def _draw_round(
    team: Team, blueprint: Blueprint, quarter: Quarter, *, seats: int, windows: tuple[SittingWindow, SittingWindow],
    planned: datetime,
) -> Round:  # fmt: skip
    planner = team.at("planner", planned)
    with simulated(planned):
        draft = RoundDraft(
            authority_id=authority_by_code(OFFICE).public_id,
            year=quarter.year,
            quarter=quarter.number,
            title=quarter.title,
            blueprint_id=blueprint.public_id,
            minutes=MINUTES,
            pass_mark=Decimal(80),
            first=windows[0],
            makeup=windows[1],
        )
        exam_round = plan_round(planner, draft, now=planned)
        parameters = DrawParameters(seats=seats, sources=(LOCAL_SOURCE,), standby=3)
        draw = prepare_round_draw(planner, exam_round.public_id, parameters=parameters, now=planned)
    frozen = planned + timedelta(hours=2)
    with simulated(frozen):
        proposal = propose_freeze(planner, draw.public_id, now=frozen)
        approve_freeze(
            team.at("approver", frozen), draw.public_id, plan_sha256=proposal.plan_sha256, now=frozen,
        )  # fmt: skip
    drawn = (proposal.sources_from or frozen) + timedelta(hours=1)
    with simulated(drawn):
        value = fresh_token(32)
        for name in ("planner", "approver"):
            type_source(team.at(name, drawn), draw.public_id, position=0, value=value, now=drawn)
        run_draw(planner, draw.public_id, now=drawn)
    exam_round.refresh_from_db()
    return exam_round


def _window(opens: datetime) -> SittingWindow:
    return SittingWindow(
        opens, opens + timedelta(hours=6), opens + timedelta(hours=8), place="区委党校机房", asks_code=True
    )


def _notify(team: Team, exam_round: Round, *, at: datetime) -> None:
    with simulated(at):
        notify_candidates(team.at("planner", at), exam_round.public_id, now=at)


def _hold_sitting(team: Team, exam_round: Round, *, number: int, opens: datetime) -> None:
    sitting = exam_round.sittings.get(number=number)
    with simulated(opens):
        sitting = open_sitting(team.at("invigilator", opens), sitting.public_id, now=opens)
    waiting = [CandidateState.NOTIFIED, CandidateState.CONFIRMED, CandidateState.MAKEUP]
    expected = Candidate.objects.filter(round=exam_round, state__in=waiting).select_related("person").order_by("pid")
    for place, candidate in enumerate(expected):
        behaviour = behaviour_of(candidate, number)
        if behaviour.comes:
            begins = opens + timedelta(minutes=5, seconds=10 * place)
            sit(candidate, behaviour, opening_code=sitting.opening_code, begins_at=begins)
    ended = opens + timedelta(hours=9)
    system = system_actor("demo")
    with simulated(ended):
        for attempt_pk in overdue_attempts(ended):
            close_overdue_attempt(system, attempt_pk, now=ended)
        close_sitting(team.at("invigilator", ended), sitting.public_id, now=ended)
        finish_grading(system, exam_round.public_id, now=ended)


def _publish(team: Team, exam_round: Round, *, at: datetime) -> None:
    with simulated(at):
        proposal = propose_publication(team.at("planner", at), exam_round.public_id, at)
    approved = at + timedelta(hours=3)
    with simulated(approved):
        approve_publication(
            team.at("approver", approved), proposal.public_id, snapshot_sha256=proposal.snapshot.sha256, now=approved,
        )  # fmt: skip
