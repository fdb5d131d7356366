from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils.functional import Promise

import question_bank
from core.errors import NotAllowed, NotFound
from core.models import AuditEntry, JobRun
from core.queue import execute
from core.spreadsheets import UnknownFileType
from question_bank.actions import (
    Decisions,
    apply_import,
    apply_requested_import,
    cancel_import,
    check_staged_import,
    import_file,
    import_question_files,
    imports,
    request_import,
    stage_import,
)
from question_bank.errors import ImportChanged, ImportRefused, ReviewerIsAuthor, WrongState
from question_bank.models import KnowledgePoint, Question, QuestionImport
from question_bank.queries import content_of, draft_of
from registry.models import Industry
from tests.factories.question_bank import SYSTEM

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HEADER = "题型,题干,选项A,选项B,答案,知识点,行业\n"
FIRST = "单选,安全生产工作坚持的方针是什么,安全第一,效益第一,A,方针,建筑施工\n"
SECOND = "判断,从业人员有权拒绝违章指挥和强令冒险作业,,,对,权利,\n"
BAD = "单选,没有答案的题,甲,乙,,方针,\n"
DATA = Path(question_bank.__file__).parent / "data"


def file(*rows, name="题目.csv"):
    return name, (HEADER + "".join(rows)).encode()


class TestStageAndApply:
    def test_preview_writes_no_question_and_applying_writes_them_all(self, world):
        trainer = world.actor("trainer")

        row = stage_import(trainer, world.authority, file(FIRST, SECOND), pool="exam", now=NOW)
        assert (row.report["accepted"], row.state, Question.objects.count()) == (2, "preview", 0)
        questions = apply_import(trainer, row.public_id, now=NOW)

        row.refresh_from_db()
        assert (row.state, row.file_content, row.applied_at) == ("applied", None, NOW)
        assert [(question.state, question.current.stem) for question in questions] == [
            ("draft", "安全生产工作坚持的方针是什么"),
            ("draft", "从业人员有权拒绝违章指挥和强令冒险作业"),
        ]
        assert questions[0].current.industry == world.industry
        assert list(KnowledgePoint.objects.values_list("name", flat=True)) == ["方针", "权利"]
        assert AuditEntry.objects.get(action="question_import.applied").object_id == row.public_id

    def test_rows_that_the_clerk_left_out_are_not_written(self, world):
        row = stage_import(world.actor("trainer"), world.authority, file(FIRST, SECOND), pool="exam", now=NOW)

        [question] = apply_import(world.actor("trainer"), row.public_id, decisions=Decisions(skip={2}), now=NOW)

        assert question.current.kind == "true_false"

    def test_one_bad_row_keeps_everything_out(self, world):
        row = stage_import(world.actor("trainer"), world.authority, file(FIRST, BAD), pool="exam", now=NOW)
        assert row.report["rejected"] == [
            {"row": 3, "column": "答案", "code": "key_empty", "message": "没有答案", "params": {}}
        ]

        with pytest.raises(ImportRefused):
            apply_import(world.actor("trainer"), row.public_id, now=NOW)
        assert not Question.objects.exists()
        assert not KnowledgePoint.objects.exists()

    def test_bank_that_moved_since_the_preview_stops_it(self, world):
        trainer = world.actor("trainer")
        rows = [stage_import(trainer, world.authority, file(FIRST), pool="exam", now=NOW) for _ in range(2)]
        apply_import(trainer, rows[0].public_id, now=NOW)

        with pytest.raises(ImportChanged):
            apply_import(trainer, rows[1].public_id, now=NOW)
        assert Question.objects.count() == 1

    def test_upload_is_applied_once(self, world):
        trainer = world.actor("trainer")
        row = stage_import(trainer, world.authority, file(FIRST), pool="exam", now=NOW)
        apply_import(trainer, row.public_id, now=NOW)

        with pytest.raises(WrongState):
            apply_import(trainer, row.public_id, now=NOW)
        with pytest.raises(WrongState):
            cancel_import(trainer, row.public_id)

    def test_cancelled_upload_keeps_no_bytes(self, world):
        row = stage_import(world.actor("trainer"), world.authority, file(FIRST), pool="exam", now=NOW)

        cancelled = cancel_import(world.actor("trainer"), row.public_id)

        assert (cancelled.state, cancelled.file_content) == ("cancelled", None)

    def test_unreadable_file_leaves_nothing_behind(self, world):
        with pytest.raises(UnknownFileType):
            import_file(SYSTEM, world.authority, ("a.csv", b"PK\x05\x06" + b"\x00" * 18), pool="exam", now=NOW)
        assert not QuestionImport.objects.exists()

    @pytest.mark.parametrize("name", ["candidate", "regulator", "reviewer"])
    def test_only_trainers_upload(self, world, name):
        with pytest.raises(NotAllowed):
            stage_import(world.actor(name), world.authority, file(FIRST), pool="exam", now=NOW)

    def test_upload_of_another_bank_does_not_exist(self, world):
        row = stage_import(SYSTEM, world.other_authority, file(FIRST), pool="exam", now=NOW)

        with pytest.raises(NotFound):
            apply_import(world.actor("trainer"), row.public_id, now=NOW)


class TestDecisions:
    CHANGED = "单选,安全生产工作坚持的方针是什么,安全第一,效益第一,B,方针,建筑施工\n"

    def test_faulty_rows_are_left_out_when_the_clerk_says_so(self, world):
        trainer = world.actor("trainer")
        row = stage_import(trainer, world.authority, file(FIRST, BAD), pool="exam", now=NOW)

        [question] = apply_import(trainer, row.public_id, decisions=Decisions(skips_faulty=True), now=NOW)

        assert question.current.stem == "安全生产工作坚持的方针是什么"

    def test_row_that_replaces_becomes_a_new_version_in_draft(self, world):
        trainer = world.actor("trainer")
        import_file(trainer, world.authority, file(FIRST), pool="exam", now=NOW)
        row = stage_import(trainer, world.authority, file(self.CHANGED), pool="exam", now=NOW)
        assert (row.report["accepted"], row.report["equal"]) == (0, 1)

        apply_import(trainer, row.public_id, decisions=Decisions(replace={2}), now=NOW)

        [question] = Question.objects.all()
        assert (question.current.number, content_of(question.current).key, question.state) == (2, ["b"], "draft")
        assert question.versions.count() == 2

    def test_replacing_by_the_same_adds_no_version(self, world):
        trainer = world.actor("trainer")
        import_file(trainer, world.authority, file(FIRST), pool="exam", now=NOW)
        row = stage_import(trainer, world.authority, file(FIRST), pool="exam", now=NOW)

        assert apply_import(trainer, row.public_id, decisions=Decisions(replace={2}), now=NOW) == []
        assert Question.objects.get().versions.count() == 1

    def test_rows_that_replace_nothing_are_not_lost(self, world):
        trainer = world.actor("trainer")
        row = stage_import(trainer, world.authority, file(FIRST), pool="exam", now=NOW)

        assert len(apply_import(trainer, row.public_id, decisions=Decisions(replace={2}), now=NOW)) == 1


class TestInTheBackground:
    @pytest.fixture(autouse=True)
    def everything_is_large(self, monkeypatch):
        monkeypatch.setattr(imports, "AT_ONCE_BYTES", 10)

    def test_large_file_is_checked_and_imported_by_jobs(self, world, django_capture_on_commit_callbacks):
        trainer = world.actor("trainer")
        row = stage_import(trainer, world.authority, file(FIRST, SECOND), pool="exam", now=NOW)
        run = JobRun.objects.get(name="question_bank.check_import")
        assert (row.state, row.job_id, run.arguments) == ("checking", run.public_id, {"import_id": row.public_id})

        execute(run.pk)
        row.refresh_from_db()
        run.refresh_from_db()
        assert (row.state, row.report["accepted"], run.result) == ("preview", 2, 2)
        assert (run.progress_done, run.progress_total) == (4, 4)

        request_import(trainer, row.public_id, Decisions(skip={3}), now=NOW)
        row.refresh_from_db()
        assert (row.state, Question.objects.count()) == ("applying", 0)
        execute(JobRun.objects.get(name="question_bank.apply_import").pk)
        row.refresh_from_db()
        assert (row.state, row.file_content, Question.objects.count()) == ("applied", None, 1)
        assert AuditEntry.objects.get(action="question_import.applied").actor_user_id == trainer.user_id

    def test_jobs_may_run_twice(self, world):
        trainer = world.actor("trainer")
        row = stage_import(trainer, world.authority, file(FIRST), pool="exam", now=NOW)

        assert [check_staged_import(row.public_id) for _ in range(2)] == [1, 0]
        request_import(trainer, row.public_id, Decisions(), now=NOW)
        assert [apply_requested_import(trainer, row.public_id, now=NOW) for _ in range(2)] == [1, 0]

    def test_unreadable_large_file_fails_with_its_reason(self, world):
        trainer = world.actor("trainer")
        row = stage_import(trainer, world.authority, ("a.xlsx", b"PK\x03\x04" + bytes(100)), pool="exam", now=NOW)

        assert check_staged_import(row.public_id) == 0
        row.refresh_from_db()
        assert (row.state, row.file_content, row.report["refused"]["code"]) == ("failed", None, "file_damaged")

    def test_cancelled_upload_is_not_checked_any_more(self, world):
        trainer = world.actor("trainer")
        row = stage_import(trainer, world.authority, file(FIRST), pool="exam", now=NOW)
        cancel_import(trainer, row.public_id)

        assert check_staged_import(row.public_id) == 0
        row.refresh_from_db()
        assert (row.state, row.report) == ("cancelled", {})

    def test_refused_import_goes_back_to_its_preview_with_the_reason(self, world):
        trainer = world.actor("trainer")
        row = stage_import(trainer, world.authority, file(FIRST), pool="exam", now=NOW)
        check_staged_import(row.public_id)
        request_import(trainer, row.public_id, Decisions(), now=NOW)
        import_file(trainer, world.authority, file(FIRST), pool="exam", now=NOW)

        with pytest.raises(ImportChanged):
            apply_requested_import(trainer, row.public_id, now=NOW)
        row.refresh_from_db()
        assert (row.state, row.report["refused"]["code"]) == ("preview", "import_changed")

    def test_faults_are_refused_before_anything_is_sent(self, world):
        trainer = world.actor("trainer")
        row = stage_import(trainer, world.authority, file(FIRST, BAD), pool="exam", now=NOW)
        check_staged_import(row.public_id)

        with pytest.raises(ImportRefused):
            request_import(trainer, row.public_id, Decisions(), now=NOW)


def test_refusals_speak_the_readers_language(world):
    trainer = world.actor("trainer")
    row = stage_import(trainer, world.authority, file(FIRST), pool="exam", now=NOW)
    cancel_import(trainer, row.public_id)

    with pytest.raises(WrongState) as refused:
        cancel_import(trainer, row.public_id)
    assert isinstance(refused.value.params["verb"], Promise)


class TestFiles:
    def test_files_are_imported_and_approved_by_another_person(self, world):
        questions = import_question_files(
            world.actor("trainer"), world.authority, [file(FIRST), file(SECOND)], pool="exam", now=NOW,
            approve_as=world.actor("reviewer"),
        )  # fmt: skip

        assert len(questions) == 2
        assert set(Question.objects.values_list("state", flat=True)) == {"approved"}

    def test_second_run_adds_nothing(self, world):
        for expected in (1, 0):
            added = import_question_files(world.actor("trainer"), world.authority, [file(FIRST)], pool="exam", now=NOW)
            assert len(added) == expected

    def test_one_bad_file_keeps_the_good_one_out(self, world):
        with pytest.raises(ImportRefused):
            import_question_files(
                world.actor("trainer"), world.authority, [file(FIRST), file(BAD)], pool="exam", now=NOW
            )
        assert not Question.objects.exists()

    def test_importer_cannot_approve_own_questions(self, world):
        with pytest.raises(ReviewerIsAuthor):
            import_question_files(SYSTEM, world.authority, [file(FIRST)], pool="exam", now=NOW, approve_as=SYSTEM)
        assert not Question.objects.exists()

    def test_our_own_question_files_pass_every_check(self, world):
        for name in (
            "危险化学品 非煤矿山 金属冶炼 烟花爆竹 民爆物品 交通运输 工贸 城镇燃气 特种设备 人员密集场所 其他"
        ).split():
            Industry.objects.create(code=f"T{Industry.objects.count()}", name=name)
        files = [(path.name, path.read_bytes()) for path in sorted(DATA.glob("*.csv"))]

        questions = import_question_files(world.actor("trainer"), world.authority, files, pool="exam", now=NOW)

        kinds = [question.current.kind for question in questions]
        assert len(questions) >= 360
        assert min(kinds.count(kind) for kind in ("single_choice", "multiple_choice", "true_false")) >= 60
        assert all(draft_of(question.current).law_reference for question in questions)
        assert all(content_of(question.current).explanation for question in questions)
