"""Uploads for tests: rows of the people template as .xlsx or .csv bytes."""

from collections.abc import Sequence
from typing import Any

from core.spreadsheets import Column, SheetSpec, write_csv, write_xlsx
from registry.domain.importing import COLUMNS
from tests.factories.registry import make_id_number, make_uscc

TEXTS = {
    "单位名称": "岳阳望岳建筑有限公司",
    "统一社会信用代码": make_uscc(7_000_001),
    "乡街": "望岳路街道",
    "行业领域": "建筑施工",
    "风险标签": "有限空间、动火作业",
    "从业人员数": "120",
    "年主营业务收入(万元)": "2600",
    "监管部门": "区住建局",
    "姓名": "李建国",
    "证件类型": "居民身份证",
    "证件号码": make_id_number(7_001),
    "手机号": "13812341234",
    "岗位": "主要负责人",
    "身份": "法定代表人",
    "任职日期": "2024-01-05",
    "离任日期": "",
}


def row(**over: Any) -> dict[str, Any]:
    """One right row; `over` by column title."""
    return {**TEXTS, **over}


def xlsx(rows: Sequence[dict[str, Any]], columns: Sequence[str] = COLUMNS, name: str = "单位与人员") -> bytes:
    """A workbook with those rows."""
    cells = [[values.get(title) for title in columns] for values in rows]
    return write_xlsx([SheetSpec(name, tuple(Column(title) for title in columns), cells)])


def csv(rows: Sequence[dict[str, Any]], columns: Sequence[str] = COLUMNS) -> bytes:
    """A CSV with those rows."""
    return write_csv(columns, [[values.get(title) for title in columns] for values in rows])
