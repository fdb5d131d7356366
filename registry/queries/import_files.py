"""The files of the import: the template to fill, and the error list of an upload."""

import base64
from datetime import date
from typing import Final

from django.utils.translation import gettext

from core.actor import Actor
from core.spreadsheets import CellProblem, Column, SheetSpec, error_workbook, write_xlsx
from registry.domain.importing import COLUMN_HELP, COLUMNS, REQUIRED, RowProblem
from registry.domain.importing import columns as col
from registry.domain.importing.rows import OFFERED_CAPACITIES, OFFERED_ID_TYPES, OFFERED_POSTS
from registry.errors import ImportClosed
from registry.models import EnterpriseImport
from registry.queries.choices import industries_for, streets_for
from registry.queries.import_checks import check_file
from registry.queries.imports import sealed_content
from registry.queries.territory import all_authorities, hazard_tags

_PROBLEM_ROWS: Final = 5000


def import_template(actor: Actor, *, on: date) -> bytes:
    """The template with the drop-down lists of the actor's own reach; examples stand on the second sheet, never among data."""
    choices = {
        col.AREA: tuple(area.name for area in streets_for(actor, on=on)),
        col.INDUSTRY: tuple(industry.name for industry in industries_for(actor)),
        col.AUTHORITY: tuple(authority.name for authority in all_authorities()),
        col.ID_TYPE: OFFERED_ID_TYPES,
        col.POST: OFFERED_POSTS,
        col.CAPACITY: OFFERED_CAPACITIES,
    }
    columns = template_columns(choices)
    tags = "、".join(tag.name for tag in hazard_tags())
    notes = (
        Column("列名", 24),
        Column("是否必填", 10),
        Column("怎么填", 60),
        Column("示例（虚构）", 28),
    )
    help_rows = [
        [
            title,
            "必填" if title in REQUIRED else "可不填",
            COLUMN_HELP[title].how + (f"可填：{tags}。" if title == col.TAGS else ""),
            COLUMN_HELP[title].example,
        ]
        for title in COLUMNS
    ]
    remarks = [
        ["", "", "请在第一个工作表中填写，一行一人，不要改动第一行的列名，不要合并单元格；一次最多 20000 行。", ""],
        ["", "", "再次导入时，按统一社会信用代码和证件号码更新已登记的内容；可不填的格子留空，表示保持原样。", ""],
        ["", "", "全部内容核对无误才会导入；有一处错误，则什么都不导入。", ""],
        ["", "", "乡街的细分代码由本系统自编，仅用于本系统。", ""],
    ]
    return write_xlsx([SheetSpec("单位与人员", columns), SheetSpec("填写说明", notes, [*help_rows, *remarks])])


def template_columns(choices: dict[str, tuple[str, ...]] | None = None) -> tuple[Column, ...]:
    """The columns as they are written, with drop-down lists."""
    return tuple(
        Column(
            title,
            COLUMN_HELP[title].width,
            required=title in REQUIRED,
            choices=(choices or {}).get(title, ()),
            help=COLUMN_HELP[title].how,
        )
        for title in COLUMNS
    )


def problem_workbook(actor: Actor, row: EnterpriseImport, *, today: date) -> bytes:
    """The faulty rows of an upload as typed, with reasons and red cells. Raises ImportClosed when the file is forgotten."""
    if row.state != EnterpriseImport.State.PREVIEW:
        raise ImportClosed
    checked = check_file(actor, row.file_name, base64.b64decode(sealed_content(row)), today=today)
    cells = [
        CellProblem(problem.row, problem.column, problem.refusal.code, _text(problem))
        for problem in checked.plan.problems[:_PROBLEM_ROWS]
    ]
    return error_workbook(checked.table, template_columns(), cells)


def _text(problem: RowProblem) -> str:
    return gettext(problem.refusal.message).format(**problem.refusal.params)
