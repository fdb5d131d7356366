import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from core.models import AuditEntry
from question_bank.models import Question, QuestionImport
from registry.models import Authority
from tests.factories.question_bank import make_question

HEADER = "题型,题干,选项A,选项B,答案,知识点\n"
GOOD = HEADER + "单选,安全生产工作坚持的方针是什么,安全第一,效益第一,A,方针\n判断,从业人员有权拒绝违章指挥,,,对,权利\n"
NEAR = GOOD + "单选,安全生产工作坚持的方针是什么呢,安全第一,效益第一,A,方针\n"
BAD = HEADER + "单选,没有答案的题,甲,乙,,方针\n"


@pytest.fixture
def run(tmp_path, capsys):
    def run_command(text, *options):
        path = tmp_path / "题目.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        code = 0
        try:
            call_command("import_questions", str(path), *options)
        except SystemExit as stopped:
            code = stopped.code
        return code, capsys.readouterr().out

    return run_command


class TestImport:
    def test_good_file_is_imported_into_the_office_bank(self, world, run):
        code, out = run(GOOD, "--json")

        assert (code, json.loads(out)) == (
            0,
            {"format": "csv", "accepted": 2, "rejected": [], "duplicates": [], "unsupported": []},
        )
        assert set(Question.objects.values_list("authority__code", "state")) == {("AWB", "draft")}

    def test_dry_run_writes_nothing(self, world, run):
        code, out = run(GOOD, "--json", "--dry-run")

        assert (code, json.loads(out)["accepted"]) == (0, 2)
        assert (Question.objects.count(), QuestionImport.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)

    def test_faulty_file_is_refused_with_row_and_column_and_exit_code(self, world, run):
        code, out = run(BAD, "--json")

        assert (code, json.loads(out)) == (1, {
            "format": "csv", "accepted": 0, "duplicates": [], "unsupported": [],
            "rejected": [{"row": 2, "column": "答案", "code": "key_empty", "message": "没有答案"}],
        })  # fmt: skip
        assert not Question.objects.exists()

    def test_near_duplicates_are_listed_and_second_run_adds_nothing(self, world, run):
        assert json.loads(run(NEAR, "--json")[1])["duplicates"][0] | {"similarity": 0} == {
            "row": 4,
            "of": 2,
            "similarity": 0,
        }

        report = json.loads(run(NEAR, "--json")[1])

        assert report["accepted"] == 0
        assert [near["similarity"] for near in report["duplicates"]] == [1.0, 1.0, 1.0]
        assert Question.objects.count() == 3

    def test_unreadable_file_is_a_rejection_of_the_whole_file(self, world, run):
        code, out = run(b"\xff\xfea", "--json")

        assert (code, [problem["code"] for problem in json.loads(out)["rejected"]]) == (1, ["undecodable_text"])

    def test_people_are_told_in_sentences(self, world, run):
        assert run(GOOD, "--dry-run")[1] == "可以导入 2 道试题。\n"
        assert run(BAD)[1] == "第 2 行 答案：没有答案\n有 1 处错误，未导入任何试题。\n"

    def test_dry_run_needs_no_authority(self, db, run):
        assert run(GOOD, "--dry-run", "--json")[0] == 0
        assert not Authority.objects.exists()

    def test_author_is_named_and_must_be_a_trainer(self, world, run):
        run(GOOD, "--as", "trainer", "--authority", world.authority.code)
        assert set(Question.objects.values_list("current__author__username", flat=True)) == {"trainer"}

        code, out = run(GOOD, "--as", "reviewer", "--authority", world.authority.code, "--json")

        assert (code, json.loads(out)["rejected"][0]["code"]) == (1, "not_allowed")

    @pytest.mark.parametrize("options", [["--authority", "NONE"], ["--as", "nobody"]])
    def test_unknown_names_are_said(self, world, run, options):
        with pytest.raises(CommandError):
            run(GOOD, *options)

    def test_missing_file_is_said(self, world):
        with pytest.raises(CommandError, match="无法读取"):
            call_command("import_questions", "/nowhere/题目.csv")


class TestExport:
    def test_filtered_questions_are_written_and_recorded(self, world, tmp_path, capsys):
        wanted = make_question(world.authority, state="approved", kind="true_false")
        make_question(world.authority, kind="single_choice")
        path = tmp_path / "出.csv"

        call_command("export_questions", "--format", "csv", "--output", str(path), "--kind", "true_false")

        rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
        assert [row["题干"] for row in rows] == [wanted.current.stem]
        assert capsys.readouterr().out == f"已导出 1 道试题到 {path}。\n"
        assert AuditEntry.objects.get(action="question.exported").object_id == world.authority.public_id

    def test_unwritable_path_is_said(self, world):
        with pytest.raises(CommandError, match="无法写入"):
            call_command("export_questions", "--format", "csv", "--output", "/nowhere/出.csv")
