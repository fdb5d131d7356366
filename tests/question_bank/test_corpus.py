"""Flawed and foreign files: each a clear error, nothing imported, memory and time bounded (tests/question_bank/corpus)."""

import json
import time
import tracemalloc
from pathlib import Path

import pytest
from django.core.management import call_command

from core.models import AuditEntry
from question_bank.models import Picture, Question, QuestionImport

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = json.loads((CORPUS / "expected.json").read_text())


def run(path, capsys, *options):
    code = 0
    try:
        call_command("import_questions", str(path), "--json", *options)
    except SystemExit as stopped:
        code = stopped.code
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", EXPECTED)
def test_file_is_read_or_refused_as_listed_and_a_faulty_one_writes_nothing(world, name, capsys):
    wanted = EXPECTED[name]

    began = time.monotonic()
    code, report = run(CORPUS / name, capsys)

    assert (code, report["accepted"], [problem["code"] for problem in report["rejected"]]) == (
        1 if wanted["codes"] else 0,
        wanted["accepted"],
        wanted["codes"],
    )
    assert all(problem["message"] for problem in report["rejected"])
    written = (Question.objects.count(), QuestionImport.objects.count(), AuditEntry.objects.count())
    assert (written == (0, 0, 0)) == bool(wanted["codes"])
    assert not Picture.objects.exists()
    assert time.monotonic() - began < 30


def test_every_file_of_the_corpus_is_listed():
    kept = {path.name for path in CORPUS.iterdir() if path.suffix not in {".py", ".json"} and path.is_file()}

    assert kept == set(EXPECTED)


def test_line_of_a_gigabyte_is_refused_without_being_read(world, tmp_path, capsys):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(1 << 30)

    tracemalloc.start()
    try:
        code, report = run(path, capsys)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (code, [problem["code"] for problem in report["rejected"]]) == (1, ["file_too_large"])
    assert peak < 50 * 1024 * 1024


@pytest.mark.parametrize("format_name", ["csv", "text", "gift", "aiken", "moodle-xml", "docx", "qti", "xlsx"])
def test_wrong_format_is_a_clear_error(world, format_name, capsys):
    code, report = run(CORPUS / "old.xls", capsys, "--format", format_name)

    assert (code, report["accepted"]) == (1, 0)
    assert report["rejected"][0]["message"]
