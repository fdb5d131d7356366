"""How fast a file of questions is read, checked and compared, against reading the bare file; and blueprints over a large bank."""

import csv
import io
import json
import time
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from hashlib import sha256

import python_calamine
from django.db import connection, transaction

from bench.registry import Figure, measurement, median_seconds
from core.actor import system_actor
from core.clock import now
from core.spreadsheets import write_xlsx
from question_bank.actions.imports import CHUNK
from question_bank.actions.writing import add_questions
from question_bank.domain.blueprint import Blueprint, Cell, Item, build_snapshot
from question_bank.domain.content import content_to_json
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.importing import columns
from question_bank.domain.importing.check import check_import
from question_bank.domain.importing.formats import parse_file
from question_bank.domain.snapshot import ItemRef
from registry.actions import load_reference_data
from registry.models import Authority

ROWS = 10_000
WRITTEN = 4_000
BANK = 100_000


def _stem(number: int) -> str:
    """Thirty characters that hardly another question shares, without a generator of random numbers."""
    digest = sha256(str(number).encode()).digest()
    return "".join(chr(0x4E00 + (digest[i] * 256 + digest[i + 1]) % 3000) for i in range(30)) + str(number)


def _row(number: int) -> dict[str, str]:
    example = dict(columns.EXAMPLES[number % 3])
    return example | {columns.STEM: _stem(number)}


def _rows() -> list[list[str]]:
    return [[_row(number).get(title, "") for title in columns.TITLES] for number in range(ROWS)]


@measurement("import questions")
def measure_import() -> Iterator[Figure]:
    """Parse, normalise, validate and search near-duplicates of a file into an empty bank."""
    rows = _rows()
    text = io.StringIO(newline="")
    csv.writer(text).writerows([columns.TITLES, *rows])
    as_csv = text.getvalue().encode()
    spec = columns.template_sheets((), ())[0]
    as_xlsx = write_xlsx([type(spec)(spec.name, spec.columns, rows)])
    for name, data in (("csv", as_csv), ("xlsx", as_xlsx)):
        bare = median_seconds(lambda name=name, data=data: _bare(name, data), repeats=3)
        ours = median_seconds(lambda name=name, data=data: _checked(name, data), repeats=3)
        yield Figure(f"check {name} of questions", ROWS / ours, "questions/s", "5,000 a second", 5_000)
        yield Figure(f"check {name} of {ROWS:,} questions", ours, "s", f"bare read ({bare:.2f} s)", bare)


def _bare(name: str, data: bytes) -> int:
    if name == "csv":
        return sum(1 for _ in csv.reader(io.StringIO(data.decode())))
    return len(python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python())


def _checked(name: str, data: bytes) -> int:
    return check_import(parse_file(data, f"a.{name}"), industries=None, bank=()).accepted


@measurement("write questions")
def measure_write() -> Iterator[Figure]:
    """Rows, versions and search words of checked questions into the bank, beside bare inserts of two rows each."""
    sample = _checked_drafts()
    if not Authority.objects.exists():
        load_reference_data(system_actor("bench"), now=now())
    authority = Authority.objects.filter(kind=Authority.Kind.OFFICE).first()
    assert authority is not None, "part of the reference data"
    for name, write in (("bare", partial(_insert_bare, sample)), ("ours", partial(_add, authority, sample))):
        began = time.process_time()
        with transaction.atomic():
            write()
            transaction.set_rollback(True)
        seconds = time.process_time() - began
        if name == "bare":
            bare = seconds
            yield Figure("bare insert of two rows a question", WRITTEN / seconds, "questions/s")
        else:
            yield Figure(f"write {WRITTEN:,} questions", seconds, "s CPU", f"bare insert ({bare:.2f} s)", bare)


def _checked_drafts() -> list[QuestionDraft]:
    text = io.StringIO(newline="")
    rows = [[_row(number).get(title, "") for title in columns.TITLES] for number in range(WRITTEN)]
    csv.writer(text).writerows([columns.TITLES, *rows])
    return [*check_import(parse_file(text.getvalue().encode(), "a.csv"), industries=None, bank=()).drafts.values()]


def _add(authority: Authority, drafts: list[QuestionDraft]) -> None:
    for start in range(0, len(drafts), CHUNK):
        add_questions(system_actor("bench"), authority, drafts[start : start + CHUNK], pool="exam", now=now())


def _insert_bare(drafts: list[QuestionDraft]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_question (id integer, name varchar(32))")
        cursor.execute("CREATE TEMPORARY TABLE bench_version (id integer, stem text, content text, words text)")
        names = [(number, f"{number:032x}") for number in range(len(drafts))]
        cursor.executemany("INSERT INTO bench_question VALUES (%s, %s)", names)
        said = [
            (number, draft.content.stem, json.dumps(content_to_json(draft.content)), draft.content.stem)
            for number, draft in enumerate(drafts)
        ]
        cursor.executemany("INSERT INTO bench_version VALUES (%s, %s, %s, %s)", said)


@measurement("blueprint")
def measure_blueprint() -> Iterator[Figure]:
    """A blueprint of 100 items in four cells over a bank of 100,000."""
    kinds = ("single_choice", "multiple_choice", "true_false")
    items = [
        Item(
            ItemRef(f"{number:032x}", 1, sha256(b"%d" % number).hexdigest()),
            kinds[number % 3],
            f"点{number % 20}",
            Decimal("0.5"),
        )
        for number in range(BANK)
    ]
    cells = tuple(
        Cell(str(position), "题组", kind, 25, Decimal(1), points)
        for position, (kind, points) in enumerate([*((kind, ()) for kind in kinds), ("single_choice", ("点3", "点6"))])
    )
    seconds = median_seconds(lambda: build_snapshot(Blueprint("x", cells), items), repeats=3)
    yield Figure(f"commit the bank, {BANK:,} questions", seconds, "s")
