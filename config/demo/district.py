"""The district of the demo: reference data, staff, and about 400 enterprises that come in through a clerk's Excel."""

from datetime import datetime
from io import BytesIO

import xlsxwriter
from django.utils.timezone import localtime

from accounts.queries import actor_for_user
from config.demo.invention import InventedEnterprise, InventedPerson, invent_district
from config.demo.staff import hire_staff
from core.actor import Actor, system_actor
from registry.actions import apply_enterprise_import, load_reference_data, stage_enterprise_import
from registry.queries import areas_in_force, enterprises_for

ENTERPRISES = 400
_COLUMNS = (
    "单位名称", "统一社会信用代码", "乡街", "行业领域", "风险标签", "从业人员数", "年主营业务收入(万元)", "监管部门",
    "姓名", "证件类型", "证件号码", "手机号", "岗位", "身份", "任职日期", "离任日期",
)  # fmt: skip


def settle_district(*, now: datetime) -> int:
    """Reference data, staff and enterprises; returns how many enterprises were added (0 the second time)."""
    system = system_actor("demo")
    load_reference_data(system, now)
    staff = hire_staff(system, now=now)
    planner = actor_for_user(staff["planner"], today=localtime(now).date())
    if enterprises_for(planner).exists():
        return 0
    return _import_enterprises(planner, now=now)


def _import_enterprises(clerk: Actor, *, now: datetime) -> int:
    streets = tuple(area.name for area in areas_in_force(localtime(now).date()) if area.parent_id is not None)
    district = invent_district(streets, enterprises=ENTERPRISES, today=localtime(now).date())
    upload = stage_enterprise_import(clerk, file_name="岳阳楼区生产经营单位.xlsx", content=workbook(district), now=now)
    apply_enterprise_import(clerk, upload.public_id, now=now)
    return len(district)


def workbook(district: list[InventedEnterprise]) -> bytes:
    """The district as the Excel that a clerk would upload: one row per person."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("单位与人员")
        sheet.write_row(0, 0, _COLUMNS)
        rows = [(enterprise, person) for enterprise in district for person in enterprise.people]
        for number, (enterprise, person) in enumerate(rows, start=1):
            for column, value in enumerate(_row(enterprise, person)):
                sheet.write_string(number, column, value)
    return buffer.getvalue()


def _row(enterprise: InventedEnterprise, person: InventedPerson) -> tuple[str, ...]:
    return (
        enterprise.name,
        enterprise.uscc,
        enterprise.street,
        enterprise.industry,
        "、".join(enterprise.tags),
        str(enterprise.employees),
        str(enterprise.revenue_10k),
        "",
        person.name,
        "居民身份证",
        person.id_number,
        person.phone,
        person.post,
        person.capacity,
        person.since.isoformat(),
        "",
    )
