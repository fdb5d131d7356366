"""The table of states as a workbook: exactly the shown rows, names masked, no cell a formula."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext

from core.masking import mask_name
from core.spreadsheets import Column, SheetSpec, WrittenValue, write_xlsx
from courses.domain.halves import STANDING_WORDS
from courses.models import Lecture
from courses.queries.lectures import LectureState


def states_workbook(states: Sequence[LectureState]) -> bytes:
    """One row for each enterprise; what a lecture says is reported by the enterprise, and the head says so."""
    titles = (
        (gettext("单位名称"), 32), (gettext("统一社会信用代码"), 22), (gettext("乡街"), 14), (gettext("行业领域"), 16),
        (gettext("半年"), 12), (gettext("截止日期"), 12), (gettext("状态"), 12), (gettext("讲课人（单位填报）"), 14),
        (gettext("题目（单位填报）"), 30), (gettext("讲课时间（单位填报）"), 18), (gettext("应到"), 8), (gettext("实到"), 8),
    )  # fmt: skip
    columns = tuple(Column(title, width) for title, width in titles)
    return write_xlsx([SheetSpec(gettext("讲安全课"), columns, [_cells(state) for state in states])])


def _cells(state: LectureState) -> list[WrittenValue]:
    enterprise, lecture = state.enterprise, state.lecture
    return [
        enterprise.name,
        enterprise.uscc,
        enterprise.area.name,
        enterprise.industry.name,
        f"{state.half.year}-{state.half.half}",
        state.due_on,
        gettext(STANDING_WORDS[state.state]),
        *(_lecture_cells(lecture) if lecture else [None] * 5),
    ]


def _lecture_cells(lecture: Lecture) -> list[WrittenValue]:
    return [
        mask_name(lecture.lecturer.name),
        lecture.title,
        timezone.localtime(lecture.held_at).strftime("%Y-%m-%d %H:%M") if lecture.held_at else None,
        lecture.due_count,
        lecture.present_count,
    ]
