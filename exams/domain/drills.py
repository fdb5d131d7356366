"""Exams that count for nothing: what a paper of practice items is made of, and how its answers are kept.

They speak the same protocol as the exam, so that a rehearsal rehearses it, and need less: one row per paper holds the
latest answer of each item. No journal, no signed receipt: nothing is decided by them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from exams.domain.journal import Entry
from exams.domain.papers import Heading
from exams.errors import PracticePoolEmpty
from question_bank.domain.content import Content, Json, Option
from question_bank.domain.kinds.base import MarkingRule
from question_bank.domain.snapshot import BankSnapshot, ItemRef, SnapshotCell
from question_bank.domain.versions import content_sha256

ITEMS: Final = 10
LEAST_ITEMS: Final = 3
FULL_MARK: Final = Decimal(100)
PASS_MARK: Final = Decimal(80)
MINUTES: Final = 15
GRACE_SECONDS: Final = 30
START_MINUTES: Final = 60
# Judged by the server at once, and known to everybody who has ever sat an exam.
KINDS: Final = ("single_choice", "true_false", "multiple_choice")

Kept = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class PracticeItem:
    """A version of the practice pool that can be drawn, with what is explained afterwards."""

    ref: ItemRef
    content: Content
    law_reference: str = ""


def practice_item(version: tuple[str, int, str], content: Content, *, law_reference: str) -> PracticeItem:
    """From public id, number and hash of a version."""
    return PracticeItem(ItemRef(*version), content, law_reference)


def plain_heading(title: str) -> Heading:
    """What is printed above a paper that counts for nothing."""
    return Heading(title, MINUTES, PASS_MARK, MarkingRule())


def practice_snapshot(items: Sequence[PracticeItem]) -> BankSnapshot:
    """One cell of practice items: ten are drawn, or as many as there are; raises PracticePoolEmpty below three."""
    if len(items) < LEAST_ITEMS:
        raise PracticePoolEmpty(least=LEAST_ITEMS)
    count = min(ITEMS, len(items))
    mark = (FULL_MARK / count).quantize(Decimal("0.01"))
    refs = tuple(sorted((item.ref for item in items), key=lambda ref: ref.ref))
    return BankSnapshot((SnapshotCell("P", "", "", count, mark, refs),))


def tutorial_items() -> tuple[PracticeItem, ...]:
    """Questions about the exam page itself, for a rehearsal where the practice pool is still empty."""
    return tuple(
        PracticeItem(ItemRef(f"tutorial-{number}", 1, content_sha256(content)), content)
        for number, content in enumerate(_TUTORIAL, start=1)
    )


def _asked(stem: str, options: tuple[str, ...], explanation: str) -> Content:
    """The first option is the right one; every paper has its own order."""
    listed = tuple(Option(chr(ord("a") + place), text) for place, text in enumerate(options))
    return Content("single_choice", stem, listed, ["a"], explanation)


_TUTORIAL: Final = (
    _asked(
        "作答时网络断开，已经选好的答案会怎样？",
        ("保存在本机，网络恢复后自动送达", "全部丢失", "需要重新开始考试"),
        "每个答案先存于本机，收到服务器回执后才显示“已保存”。",
    ),
    _asked(
        "怎样知道一个答案已经送达服务器？",
        ("题目下方显示“✔ 已保存”和时间", "选项变色即可", "只有交卷后才知道"),
        "○ 未答，● 已存于本机，✔ 已保存。",
    ),
    _asked(
        "剩余时间以什么为准？",
        ("服务器的时间", "手机上的时钟", "监考的手表"),
        "把手机时间调快或调慢都不影响考试时间。",
    ),
    _asked(
        "到了结束时间还没有点交卷，会怎样？",
        ("系统自动收卷，已送达的答案全部有效", "成绩记为零分", "可以第二天再交"),
        "到时系统按最后送达的答案收卷，不会丢失。",
    ),
    _asked(
        "拿不准的题目，可以怎么做？",
        ("点“标记”，交卷前在答题卡中找到它", "只能立即作答", "关闭页面再打开"),
        "标记只有您自己看得到，不影响评分。",
    ),
)


def with_entries(kept: Kept, entries: Iterable[Entry]) -> dict[str, dict[str, object]]:
    """The latest answer per item after these entries; late ones change nothing."""
    answers = {item: dict(one) for item, one in kept.items()}
    for entry in entries:
        known = answers.get(entry.item)
        if entry.late or (known is not None and _order(known) > (entry.epoch, entry.seq)):
            continue
        answers[entry.item] = {"epoch": entry.epoch, "seq": entry.seq, "answer": entry.answer}
    return answers


def answers_of(kept: Kept) -> dict[str, Json]:
    """Item → answer, without those that were cleared."""
    answers: dict[str, Json] = {}
    for item, one in kept.items():
        answer = one["answer"]
        if isinstance(answer, list):
            answers[item] = [str(entry) for entry in answer]
    return answers


def ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Inclusive ranges of the numbers, ascending."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def _order(kept: Mapping[str, object]) -> tuple[int, int]:
    return int(str(kept["epoch"])), int(str(kept["seq"]))
