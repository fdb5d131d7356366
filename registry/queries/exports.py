"""The list as a workbook: exactly the filtered rows, people masked, no cell a formula."""

from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from core.masking import mask_name, mask_phone
from core.spreadsheets import Column, SheetSpec, WrittenValue, write_xlsx
from registry.models import Appointment, Enterprise
from registry.queries.people import in_force


def enterprises_workbook(enterprises: QuerySet[Enterprise], *, on: date) -> bytes:
    """Two sheets: the enterprises, and their people in post on that day with names and phones masked. Four queries."""
    appointments = Appointment.objects.filter(in_force(on)).select_related("person").order_by("post", "pk")
    rows = list(enterprises.prefetch_related("tags", Prefetch("appointments", appointments, to_attr="in_post")))
    return write_xlsx(
        [
            SheetSpec(gettext("单位"), _enterprise_columns(), [_enterprise_cells(row) for row in rows]),
            SheetSpec(
                gettext("人员（已脱敏）"),
                _people_columns(),
                [_person_cells(row, item) for row in rows for item in getattr(row, "in_post", ())],
            ),
        ]
    )


def _enterprise_columns() -> tuple[Column, ...]:
    titles = (
        (gettext("单位名称"), 32), (gettext("统一社会信用代码"), 22), (gettext("乡街"), 14), (gettext("行业领域"), 16),
        (gettext("风险标签"), 20), (gettext("从业人员数"), 12), (gettext("年主营业务收入(万元)"), 16), (gettext("监管部门"), 18),
        (gettext("规模以上"), 10), (gettext("高危行业"), 10), (gettext("应设安全总监"), 12), (gettext("规则日期"), 12),
    )  # fmt: skip
    return tuple(Column(title, width) for title, width in titles)


def _enterprise_cells(row: Enterprise) -> list[WrittenValue]:
    return [
        row.name,
        row.uscc,
        row.area.name,
        row.industry.name,
        "、".join(tag.name for tag in row.tags.all()),
        row.employees,
        row.revenue_10k,
        row.authority.name if row.authority else "",
        _yes(row.is_large_scale),
        _yes(row.is_high_hazard),
        _yes(row.needs_safety_director),
        row.flags_rule_date,
    ]


def _people_columns() -> tuple[Column, ...]:
    titles = (
        (gettext("单位名称"), 32), (gettext("姓名"), 10), (gettext("证件号码"), 22), (gettext("手机号"), 16),
        (gettext("岗位"), 14), (gettext("身份"), 14), (gettext("任职日期"), 12),
    )  # fmt: skip
    return tuple(Column(title, width) for title, width in titles)


def _person_cells(row: Enterprise, item: Appointment) -> list[WrittenValue]:
    return [
        row.name,
        mask_name(item.person.name),
        item.person.id_number_masked,
        mask_phone(item.person.phone) if item.person.phone else "",
        str(item.get_post_display()),
        str(item.get_capacity_display()) if item.capacity else "",
        item.valid_from,
    ]


def _yes(flag: bool) -> str:
    return gettext("是") if flag else gettext("否")
