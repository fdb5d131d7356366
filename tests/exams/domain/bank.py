"""A small bank for tests: three cells, more items than are asked, canaries where nothing may leak."""

from decimal import Decimal

from question_bank.domain.content import Content, Option
from question_bank.domain.snapshot import BankSnapshot, ItemRef, SnapshotCell
from question_bank.domain.versions import content_sha256

LETTERS = "abcd"


def single(name):
    options = tuple(Option(letter, f"{name} 选项 {letter}") for letter in LETTERS)
    return Content("single_choice", f"{name} 题干", options, ["b"], f"CANARY-KEY-{name}")


def multiple(name):
    options = tuple(Option(letter, f"{name} 选项 {letter}") for letter in LETTERS)
    return Content("multiple_choice", f"{name} 题干", options, ["a", "c"], f"CANARY-KEY-{name}")


def true_false(name):
    return Content(
        "true_false", f"{name} 题干", (Option("t", "正确"), Option("f", "错误")), ["t"], f"CANARY-KEY-{name}"
    )


def make_bank(*, singles=6, multiples=5, judgements=4, asked=(3, 2, 2)):
    """A snapshot asking 3 + 2 + 2 (or `asked`) of these, and the contents by `item@version`."""
    cells, contents = [], {}
    for code, make, held, count, mark in (
        ("S", single, singles, asked[0], "1"),
        ("M", multiple, multiples, asked[1], "2"),
        ("T", true_false, judgements, asked[2], "1.50"),
    ):
        items = []
        for number in range(held):
            content = make(f"{code}{number}")
            ref = ItemRef(f"{code.lower()}{number:02}", 1, content_sha256(content))
            contents[ref.ref] = content
            items.append(ref)
        kind = next(iter(contents[item.ref].kind for item in items), "single_choice")
        cells.append(SnapshotCell(code, f"{code} 类", kind, count, Decimal(mark), tuple(items)))
    return BankSnapshot(tuple(cells)), contents
