"""Lectures of the demo in all states: last half-year mostly recorded, this one recorded, planned, or still to come."""

from datetime import datetime, timedelta
from io import BytesIO

from django.utils.timezone import get_default_timezone, localtime
from PIL import Image, ImageDraw

from core.actor import Actor, system_actor
from core.clock import simulated
from core.seeded import Stream, stream
from courses.actions import Upload, plan_lecture, record_lecture
from courses.domain.halves import Half, half_of
from courses.domain.records import LectureDraft, LectureRecord
from courses.models import Lecture
from registry.models import Appointment
from registry.queries import appointments_for

_TITLES = (
    "有限空间作业的三条红线",
    "从事故案例看主要负责人的七项职责",
    "动火作业审批为什么不能代签",
    "全员安全生产责任制怎样落到班组",
    "隐患排查的闭环怎么做",
    "应急演练要练什么",
)


def hold_lectures(*, now: datetime) -> int:
    """Lectures of the principals of high-hazard enterprises; returns how many (0 when there are some already)."""
    if Lecture.objects.exists():
        return 0
    system, today = system_actor("demo"), localtime(now).date()
    principals = appointments_for(system, on=today).filter(post="principal", enterprise__is_high_hazard=True)
    firsts = {row.enterprise_id: row for row in principals.order_by("-valid_from", "pk")}
    return sum(_of_enterprise(system, row, half_of(today), now=now) for row in firsts.values())


def _of_enterprise(system: Actor, principal: Appointment, half: Half, *, now: datetime) -> int:
    rng = stream(f"lectures/{principal.enterprise.uscc}")
    held = 0
    if rng.random() < 0.86:
        held += _held(
            system, principal, half.previous, day=_evening(half.previous) - timedelta(days=rng.randrange(8, 16))
        )
    chance, recently = rng.random(), now - timedelta(days=rng.randrange(3, 40))
    begun = datetime(half.year, 1 if half.half == 1 else 7, 2, tzinfo=get_default_timezone())
    if chance < 0.4 and recently > begun:
        held += _held(system, principal, half, day=recently)
    elif chance < 0.65:
        _planned(system, principal, half, rng=rng, at=now + timedelta(days=rng.randrange(2, 20)), now=now)
        held += 1
    return held


def _held(system: Actor, principal: Appointment, half: Half, *, day: datetime) -> int:
    rng = stream(f"lecture/{principal.enterprise.uscc}/{half}")
    with simulated(day - timedelta(days=5)) as then:
        lecture = _planned(system, principal, half, rng=rng, at=day, now=then)
    due = max(3, principal.enterprise.employees or 3)
    record = LectureRecord(
        held_at=day,
        place=rng.choice(("一号会议室", "二楼培训室", "生产车间", "项目部")),
        title=lecture.title,
        minutes=rng.choice((45, 60, 90)),
        due_count=due,
        present_count=max(1, int(due * rng.uniform(0.8, 1.0))),
        summary="结合本单位实际讲解法定职责、典型事故和整改要求。",
    )
    with simulated(day + timedelta(hours=3)) as then:
        record_lecture(system, lecture.public_id, record, files=_evidence(rng), now=then)
    return 1


def _planned(
    system: Actor, principal: Appointment, half: Half, *, rng: Stream, at: datetime, now: datetime,
) -> Lecture:  # fmt: skip
    draft = LectureDraft(
        lecturer_id=principal.person.public_id,
        year=half.year,
        half=half.half,
        title=rng.choice(_TITLES),
        planned_at=at,
        place="本单位",
    )
    return plan_lecture(system, principal.enterprise.public_id, draft, now=now)


def _evidence(rng: Stream) -> list[Upload]:
    kinds = (("outline", "提纲"), ("sign_in", "签到表"), ("photo", "现场一"), ("photo", "现场二"))
    return [Upload(kind, f"{name}.png", _picture(rng)) for kind, name in kinds]


def _picture(rng: Stream) -> bytes:
    """A drawing that is nobody's photo: a few rectangles."""
    image = Image.new("RGB", (240, 180), "#f8fafc")
    pen = ImageDraw.Draw(image)
    for _ in range(6):
        left, top = rng.randrange(200), rng.randrange(140)
        pen.rectangle((left, top, left + 40, top + 40), fill=f"#{rng.randrange(0x1000000):06x}")
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _evening(half: Half) -> datetime:
    due = half.due_on
    return datetime(due.year, due.month, due.day, 15, tzinfo=get_default_timezone())
