"""The seven people of a quarter, and the little that must exist before the first of them signs in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.test import override_settings
from django.utils.timezone import localtime

import question_bank
from accounts.actions import create_user, grant_role
from accounts.domain.users import UserDraft
from accounts.models import Role, User
from accounts.queries import actor_for_user
from config.demo.district import workbook
from config.demo.invention import InventedEnterprise, invent_district
from core.actor import system_actor
from draws.actions import DrawParameters
from exams.actions import RoundDraft, SittingWindow, plan_round, prepare_round_draw
from exams.models import Round
from question_bank.actions import create_blueprint, import_question_files
from question_bank.domain.blueprint import Cell
from question_bank.models import Blueprint, Pool
from registry.actions import load_reference_data
from registry.queries import areas_in_force, authority_by_code

OFFICE = "YYLQ-AWB"
CELLS = (
    Cell("DX", "单项选择题", "single_choice", 4, Decimal(10)),
    Cell("PD", "判断题", "true_false", 2, Decimal(10)),
    Cell("DUO", "多项选择题", "multiple_choice", 2, Decimal(20)),
)
BLUEPRINT = "演练组卷方案"


@dataclass(frozen=True, slots=True)
class Cast:
    """Staff of the journey. Candidates and the enterprise's administrator come out of the import and the draw."""

    planner: User
    approver: User
    invigilator: User
    trainer: User


def hire(now: datetime) -> Cast:
    """Reference data, staff, question bank and a short blueprint: made once, before the quarter begins."""
    system = system_actor("journey")
    load_reference_data(system, now)
    cast = Cast(
        planner=_member("planner", Role.REGULATOR, now),
        approver=_member("approver", Role.REVIEWER, now),
        invigilator=_member("invigilator", Role.INVIGILATOR, now),
        trainer=_member("trainer", Role.TRAINER, now),
    )
    examiner = _member("examiner", Role.REVIEWER, now)
    office, today = authority_by_code(OFFICE), localtime(now).date()
    trainer = actor_for_user(cast.trainer, today=today)
    file = Path(question_bank.__file__).with_name("data") / "safety-production-law.csv"
    import_question_files(
        trainer, office, [(file.name, file.read_bytes())], pool=Pool.EXAM, now=now,
        approve_as=actor_for_user(examiner, today=today),
    )  # fmt: skip
    create_blueprint(trainer, office, BLUEPRINT, cells=CELLS, now=now)
    return cast


def _member(name: str, role: Role, now: datetime) -> User:
    system = system_actor("journey")
    user = create_user(system, UserDraft(name, f"{name}职员", password="a-long-test-password"), now=now)
    grant_role(system, user.public_id, role.value, now=now, authority_id=authority_by_code(OFFICE).public_id)
    return user


def clerks_workbook(folder: Path, now: datetime) -> tuple[Path, list[InventedEnterprise]]:
    """An Excel as a clerk would upload it: twelve enterprises over all streets."""
    streets = tuple(area.name for area in areas_in_force(localtime(now).date()) if area.parent_id is not None)
    district = invent_district(streets, enterprises=12, today=localtime(now).date())
    path = folder / "单位与人员.xlsx"
    path.write_bytes(workbook(district))
    return path, district


def make_planned_round(cast: Cast, *, now: datetime) -> Round:
    """A round of next quarter with a draft of its draw, by the planner's own actions."""
    planner = actor_for_user(cast.planner, today=localtime(now).date())
    opens = now + timedelta(days=1)
    window = SittingWindow(opens, opens + timedelta(hours=1), opens + timedelta(hours=3))
    draft = RoundDraft(
        authority_id=authority_by_code(OFFICE).public_id,
        year=localtime(now).year + 1,
        quarter=1,
        title="下一轮抽考",
        blueprint_id=Blueprint.objects.get(title=BLUEPRINT).public_id,
        minutes=60,
        pass_mark=Decimal(80),
        first=window,
    )
    exam_round = plan_round(planner, draft, now=now)
    parameters = DrawParameters(seats=3, sources=("LOCAL:1",), objection_days=0)
    with override_settings(DEMO=True):
        prepare_round_draw(planner, exam_round.public_id, parameters=parameters, now=now)
    exam_round.refresh_from_db()
    return exam_round
