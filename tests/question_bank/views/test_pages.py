import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry
from core.spreadsheets import write_xlsx
from question_bank.domain.importing import columns
from question_bank.models import Blueprint, KnowledgePoint, Question, QuestionImport
from question_bank.queries import blueprint_value, draft_of, viewings_of
from tests.factories.question_bank import make_blueprint, make_cell, make_draft, make_question

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HEADER = "题型,题干,选项A,选项B,答案,知识点\n"
GOOD = HEADER + "单选,安全生产工作坚持的方针是什么,安全第一,效益第一,A,方针\n判断,从业人员有权拒绝违章指挥,,,对,权利\n"


def url(name, *args):
    return reverse(f"question_bank:{name}", args=args)


@pytest.fixture
def trainer(world):
    return world.client("trainer")


@pytest.fixture
def reviewer(world):
    return world.client("reviewer")


def stems(response):
    return {row["stem"] for row in response.context["rows"]}


class TestList:
    def test_number_of_queries_does_not_depend_on_rows(self, world, trainer):
        counted = []
        for rows in (1, 3):
            while Question.objects.count() < rows:
                make_question(world.authority)
            trainer.get(url("question_list"))
            with CaptureQueriesContext(connection) as queries:
                assert len(trainer.get(url("question_list")).context["rows"]) == rows
            counted.append(len(queries))

        assert counted[0] == counted[1] <= 20

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"kind": "true_false"}, {"消防通道必须畅通"}),
            ({"state": "approved"}, {"消防通道必须畅通"}),
            ({"pool": "practice"}, {"有限空间作业先通风"}),
            ({"difficulty": "难"}, {"有限空间作业先通风"}),
            ({"law": "第二十八条"}, {"消防通道必须畅通"}),
            ({"text": "有限空间 通风"}, {"有限空间作业先通风"}),
            ({"text": "有限，空间"}, {"有限空间作业先通风"}),
            ({"text": "没有这样的题"}, set()),
            ({"industry": "JZ"}, {"有限空间作业先通风"}),
            ({"expires_before": "2026-11-23"}, {"有限空间作业先通风"}),
            (
                {"sort": "-difficulty; drop table", "page": "x", "size": "9999"},
                {"消防通道必须畅通", "有限空间作业先通风"},
            ),
        ],
    )
    def test_each_filter_narrows(self, world, trainer, query, found):
        make_question(
            world.authority,
            state="approved",
            kind="true_false",
            stem="消防通道必须畅通",
            law_reference="《消防法》第二十八条",
        )
        make_question(
            world.authority,
            pool="practice",
            stem="有限空间作业先通风",
            difficulty=Decimal("0.7"),
            industry="建筑施工",
            valid_until=date(2026, 11, 22),
        )

        assert stems(trainer.get(url("question_list"), query)) == found

    def test_knowledge_point_filter_offers_what_exists(self, world, trainer):
        make_question(world.authority, knowledge_point="消防", stem="甲题的题干")
        make_question(world.authority, knowledge_point="用电", stem="乙题的题干")
        point = KnowledgePoint.objects.get(name="用电")

        assert stems(trainer.get(url("question_list"), {"knowledge_point": point.pk})) == {"乙题的题干"}

    def test_questions_of_another_bank_are_not_shown(self, world, trainer):
        make_question(world.other_authority, stem="别家的题")

        response = trainer.get(url("question_list"))

        assert stems(response) == set()
        assert "题库里还没有试题" in response.content.decode()

    def test_hostile_text_is_shown_as_text(self, world, trainer):
        make_question(world.authority, stem="1<script2 & \"x\" '{{7*7}}'", options=make_draft().content.options)

        page = trainer.get(url("question_list")).content.decode()

        assert "1&lt;script2 &amp; &quot;x&quot;" in page
        assert "<script2" not in page


class TestWriting:
    DATA = {
        "kind": "单选", "stem": "主要负责人的职责有几项", "option_a": "七项", "option_b": "八项", "key": "a", "knowledge_point": "职责",
        "difficulty": "易", "posts": ["principal"], "law_reference": "《安全生产法》第二十一条", "mark": "1",
    }  # fmt: skip

    def place(self, world):
        return {"place-authority": world.authority.public_id, "place-pool": "exam"}

    def test_question_is_saved_as_a_draft(self, world, trainer):
        response = trainer.post(url("question_new"), self.DATA | self.place(world))

        question = Question.objects.get()
        assert response.headers["Location"] == url("question_detail", question.public_id)
        draft = draft_of(question.current)
        assert (draft.content.key, draft.posts, draft.knowledge_point) == (["a"], ("principal",), "职责")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"key": "Z"}, "key"),
            ({"option_b": ""}, "option_a"), ({"stem": ""}, "stem"), ({"difficulty": "很难说"}, "difficulty"), ({"valid_until": "明年"}, "valid_until")],
    )  # fmt: skip
    def test_faults_stand_beside_their_fields_and_nothing_is_lost(self, world, trainer, change, field):
        response = trainer.post(url("question_new"), self.DATA | self.place(world) | change)

        assert list(response.context["form"].errors) == [field]
        assert response.context["form"]["law_reference"].value() == "《安全生产法》第二十一条"
        assert not Question.objects.exists()

    def test_edit_starts_from_the_current_version_and_makes_a_new_one(self, world, trainer):
        question = make_question(world.authority, state="approved", kind="multiple_choice")
        form = trainer.get(url("question_edit", question.public_id)).context["form"]
        data = {name: value for name, value in form.initial.items() if value} | {
            "explanation": "改过的解析",
            "seen_version": "1",
        }

        response = trainer.post(url("question_edit", question.public_id), data)

        question.refresh_from_db()
        assert (response.status_code, question.state, question.current.number) == (302, "draft", 2)
        page = trainer.get(url("question_detail", question.public_id)).content.decode()
        assert "<del>" in page
        assert "<ins>" in page

    def test_edit_after_somebody_else_says_so_and_keeps_the_text(self, world, trainer):
        question = make_question(world.authority)
        form = trainer.get(url("question_edit", question.public_id)).context["form"]
        data = {name: value for name, value in form.initial.items() if value} | {"seen_version": "7"}

        response = trainer.post(url("question_edit", question.public_id), data)

        assert "已被他人更改" in str(response.context["form"].non_field_errors())
        assert question.versions.count() == 1


class TestLeakTracing:
    def test_who_opened_an_exam_question_is_on_record_and_shown(self, world, trainer, reviewer):
        question = make_question(world.authority)
        practice = make_question(world.authority, pool="practice")

        for client in (trainer, reviewer):
            client.get(url("question_detail", question.public_id))
        trainer.get(url("question_detail", practice.public_id))

        page = trainer.get(url("question_detail", question.public_id))
        assert [who for _, who in page.context["viewings"]] == ["trainer", "reviewer", "trainer"]
        assert viewings_of(practice) == []

    def test_sample_paper_is_on_record(self, world, trainer):
        question = make_question(world.authority, state="approved")
        row = make_blueprint(world.authority)

        trainer.get(url("blueprint_sample", row.public_id))

        entry = AuditEntry.objects.get(action="blueprint.sampled")
        assert question.public_id in entry.details


class TestReviewing:
    def test_trainer_submits_and_reviewer_approves(self, world, trainer, reviewer):
        question = make_question(world.authority)
        address = url("question_decide", question.public_id)

        trainer.post(address, {"decision": "submit"})
        page = reviewer.get(url("question_detail", question.public_id)).content.decode()
        reviewer.post(address, {"decision": "approve", "comment": "可用"})

        question.refresh_from_db()
        assert "审核通过" in page
        assert question.state == "approved"

    def test_many_are_previewed_first_and_changed_after_confirmation(self, world, trainer):
        ids = [make_question(world.authority).public_id for _ in range(3)]

        preview = trainer.post(url("questions_decide"), {"decision": "submit", "question": ids})
        assert len(preview.context["rows"]) == 3
        assert set(Question.objects.values_list("state", flat=True)) == {"draft"}

        trainer.post(url("questions_decide"), {"decision": "submit", "question": ids, "confirmed": "1"})
        assert set(Question.objects.values_list("state", flat=True)) == {"in_review"}

    def test_everything_that_is_filtered_can_be_decided_at_once(self, world, trainer):
        for _ in range(3):
            make_question(world.authority)
        make_question(world.authority, state="approved")

        preview = trainer.post(url("questions_decide") + "?state=draft", {"decision": "submit", "all": "1"})

        assert len(preview.context["ids"]) == 3

    def test_refusal_is_shown_on_the_preview_and_nothing_changes(self, world, trainer):
        ids = [make_question(world.authority).public_id, make_question(world.authority, state="approved").public_id]

        response = trainer.post(url("questions_decide"), {"decision": "submit", "question": ids, "confirmed": "1"})

        assert "不能提交审核" in str(response.context["form"].non_field_errors())
        assert set(Question.objects.values_list("state", flat=True)) == {"draft", "approved"}

    @pytest.mark.parametrize("data", [{}, {"decision": "submit"}, {"decision": "burn", "question": ["x"]}])
    def test_nothing_chosen_leads_back(self, world, trainer, data):
        assert trainer.post(url("questions_decide"), data).headers["Location"] == url("question_list")

    def test_steps_are_taken_by_post_only(self, world, trainer):
        question = make_question(world.authority)

        for name, args in (
            ("question_decide", [question.public_id]),
            ("questions_decide", []),
            ("question_practice", [question.public_id]),
        ):
            assert trainer.get(url(name, *args)).status_code == 405


class TestImport:
    def upload(self, world, trainer, data=GOOD, name="题目.csv", **over):
        content = data if isinstance(data, bytes) else data.encode()
        form = {"authority": world.authority.public_id, "pool": "exam", "file": SimpleUploadedFile(name, content)}
        return trainer.post(url("import_new"), form | over, follow=True)

    def test_upload_preview_and_confirmation(self, world, trainer):
        page = self.upload(world, trainer)
        row = QuestionImport.objects.get()
        assert (page.context["accepted"], len(page.context["preview"]), Question.objects.count()) == (2, 2, 0)

        trainer.post(url("import_apply", row.public_id))

        assert Question.objects.count() == 2
        assert "查看草稿" in trainer.get(url("import_detail", row.public_id)).content.decode()

    def test_faulty_file_shows_row_and_column_and_gives_an_error_file(self, world, trainer):
        page = self.upload(world, trainer, GOOD + "单选,=没有答案,甲,乙,,方针\n")
        row = QuestionImport.objects.get()

        assert page.context["rejected"] == [{"row": 4, "column": "答案", "code": "key_empty", "message": "没有答案"}]
        data = trainer.get(url("import_errors", row.public_id)).content
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        assert [cell.value for cell in sheet[2]][:4] == [4, "答案：没有答案", "单选", "=没有答案"]
        assert sheet["D2"].data_type == "s"

    def test_pasted_text_goes_the_same_way_up_to_its_error_file(self, world, trainer):
        self.upload(world, trainer, "1. 没有答案的题\nA. 甲\nB. 乙\n", "题目.txt")
        row = QuestionImport.objects.get()

        sheet = openpyxl.load_workbook(io.BytesIO(trainer.get(url("import_errors", row.public_id)).content)).active
        assert (row.file_format, [cell.value for cell in sheet[2]][:4]) == (
            "text",
            [1, "答案：没有答案", "单选", "没有答案的题"],
        )

    def test_faulty_file_cannot_be_applied_even_by_hand(self, world, trainer):
        self.upload(world, trainer, GOOD + "单选,没有答案,甲,乙,,方针\n")

        response = trainer.post(url("import_apply", QuestionImport.objects.get().public_id))

        assert response.status_code == 422
        assert not Question.objects.exists()

    def test_near_duplicate_can_be_left_out(self, world, trainer):
        page = self.upload(world, trainer, GOOD + "判断,从业人员有权拒绝违章指挥令,,,对,权利\n")
        assert [near["row"] for near in page.context["near"]] == [4]

        trainer.post(
            url("import_apply", QuestionImport.objects.get().public_id),
            {"row-4": "skip", "row-x": "skip", "row-²": "skip", "skip_rows": "x, 900-"},
        )

        assert Question.objects.count() == 2

    @pytest.mark.parametrize(
        ("data", "name", "said"),
        [
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "旧版 Excel"),
            (b"PK\x03\x04broken", "a.xlsx", "已损坏"),
            (b"\xff\xfea", "a.csv", "文字编码"),
            (b"%PDF-1.7", "a.pdf", "无法判断文件"),
            ("题型,题干\n".encode(), "a.csv", "表头缺少"),
            (HEADER.encode(), "a.csv", "没有试题"),
            (b"a", "<img src=x onerror=alert(1)>.exe", "无法判断文件"),
            (b'<!DOCTYPE q [<!ENTITY x "y">]><quiz/>', "a.xml", "内部结构异常"),
        ],
    )
    def test_unreadable_files_are_explained_and_leave_nothing(self, world, trainer, data, name, said):
        page = self.upload(world, trainer, data, name)

        assert said in str(page.context["form"].non_field_errors())
        assert "<img src=x" not in page.content.decode()
        assert not QuestionImport.objects.exists()

    def test_too_large_file_is_refused_before_it_is_read(self, world, trainer, settings):
        settings.UPLOAD_MAX_BYTES = 10

        page = self.upload(world, trainer)

        assert "拆分后上传" in str(page.context["form"].errors["file"])

    def test_upload_into_another_bank_is_refused(self, world, trainer):
        page = self.upload(world, trainer, authority=world.other_authority.public_id)

        assert "authority" in page.context["form"].errors
        assert not QuestionImport.objects.exists()

    def test_template_is_read_back_without_a_fault(self, world, trainer):
        make_question(world.authority, knowledge_point="消防")
        data = trainer.get(url("import_template", "xlsx")).content
        book = openpyxl.load_workbook(io.BytesIO(data))

        assert book.sheetnames[:1] == [columns.QUESTION_SHEET]
        assert "消防" in str(book[columns.QUESTION_SHEET].data_validations.dataValidation[-2].formula1)
        assert "没有试题" in str(self.upload(world, trainer, data, "a.xlsx").context["form"].non_field_errors())
        assert trainer.get(url("import_template", "exe")).status_code == 404

    def test_excel_goes_the_same_way(self, world, trainer):
        data = write_xlsx(columns.template_sheets((), ())[1:])
        book = openpyxl.load_workbook(io.BytesIO(data))
        book.active.title = columns.QUESTION_SHEET
        buffer = io.BytesIO()
        book.save(buffer)

        assert self.upload(world, trainer, buffer.getvalue(), "a.xlsx").context["accepted"] == len(columns.EXAMPLES)


class TestExport:
    def test_exactly_what_is_filtered_leaves_and_is_recorded(self, world, trainer):
        make_question(world.authority, kind="true_false", stem="要导出的题")
        make_question(world.authority, stem="不导出的题")

        response = trainer.post(url("questions_export") + "?kind=true_false", {"format": "csv"})

        text = response.content.decode("utf-8-sig")
        assert "要导出的题" in text
        assert "不导出的题" not in text
        assert AuditEntry.objects.filter(action="question.exported").count() == 1

    def test_unknown_format_is_refused(self, world, trainer):
        assert trainer.post(url("questions_export"), {"format": "exe"}).status_code == 422


def cells_data(*cells, **over):
    data = {"cells-TOTAL_FORMS": len(cells), "cells-INITIAL_FORMS": 0, "title": "季度方案", "rule": "all_or_nothing"}
    for index, cell in enumerate(cells):
        data |= {f"cells-{index}-{name}": value for name, value in cell.items()}
    return data | over


class TestBlueprints:
    CELL = {
        "title": "单选题",
        "kind": "single_choice",
        "count": "2",
        "mark": "1.5",
        "band": "中",
        "posts": ["principal"],
    }

    def test_regulator_writes_a_blueprint_and_sees_what_is_missing(self, world):
        make_question(world.authority, state="approved")
        client = world.client("regulator")
        place = {"place-authority": world.authority.public_id}

        response = client.post(url("blueprint_new"), cells_data(self.CELL) | place, follow=True)

        row = Blueprint.objects.get()
        [cell] = blueprint_value(row).cells
        assert (cell.count, cell.mark, cell.difficulty_from, cell.posts) == (
            2,
            Decimal("1.50"),
            Decimal("0.40"),
            ("principal",),
        )
        page = response.content.decode()
        assert "要求 2 道难度为中的单选题（主要负责人），题库只有 1 道，还缺 1 道" in page
        assert make_draft().content.stem not in page

    def test_check_shows_the_table_without_saving(self, world):
        place = {"place-authority": world.authority.public_id}
        response = world.client("trainer").post(url("blueprint_new"), cells_data(self.CELL, check="1") | place)

        assert "题库只有 0 道" in response.content.decode()
        assert not Blueprint.objects.exists()

    def test_adding_a_group_keeps_what_was_typed(self, world):
        place = {"place-authority": world.authority.public_id}
        response = world.client("trainer").post(url("blueprint_new"), cells_data(self.CELL, add="1") | place)

        forms = response.context["cells"].forms
        assert [form["title"].value() for form in forms] == ["单选题", None]

    def test_edit_removes_a_group(self, world):
        row = make_blueprint(world.authority, make_cell("1"), make_cell("2", "true_false"))
        second = {"title": "判断题", "kind": "true_false", "count": "1", "mark": "1"}

        world.client("trainer").post(
            url("blueprint_edit", row.public_id),
            cells_data(self.CELL | {"DELETE": "on"}, second, **{"cells-INITIAL_FORMS": 2}),
        )

        row.refresh_from_db()
        assert [cell.kind for cell in row.cells.all()] == ["true_false"]

    def test_bounds_that_are_no_band_survive_an_edit(self, world):
        cell = make_cell("1", difficulty_from=Decimal("0.20"), difficulty_to=Decimal("0.50"))
        row = make_blueprint(world.authority, cell)
        client = world.client("trainer")
        form = client.get(url("blueprint_edit", row.public_id)).context["cells"].forms[0]
        typed = {name: form.initial[name] for name in ("title", "kind", "count", "mark", "band")}

        client.post(url("blueprint_edit", row.public_id), cells_data(typed, **{"cells-INITIAL_FORMS": 1}))

        row.refresh_from_db()
        assert blueprint_value(row).cells == (cell,)
        assert row.title == "季度方案"

    @pytest.mark.parametrize(
        "over",
        [
            {"cells-TOTAL_FORMS": "x"},
            {"cells-TOTAL_FORMS": "9999"},
            {"cells-0-count": "-1"},
            {"cells-0-kind": "essay"},
            {"rule": "guess"},
            {"title": ""},
        ],
    )
    def test_hostile_forms_change_nothing(self, world, over):
        place = {"place-authority": world.authority.public_id}
        response = world.client("trainer").post(url("blueprint_new"), cells_data(self.CELL) | place | over)

        assert response.status_code == 200
        assert not Blueprint.objects.exists()

    def test_sample_shows_questions_with_keys_to_the_bank_only(self, world):
        question = make_question(world.authority, state="approved")
        row = make_blueprint(world.authority)

        page = world.client("trainer").get(url("blueprint_sample", row.public_id), {"number": "../1"})
        assert question.current.stem in page.content.decode()
        assert world.client("regulator").get(url("blueprint_sample", row.public_id)).status_code == 403

    def test_sample_of_an_infeasible_blueprint_says_what_is_missing(self, world):
        make_question(world.authority, state="approved")
        row = make_blueprint(world.authority, make_cell(count=5))

        response = world.client("trainer").get(url("blueprint_sample", row.public_id))

        assert response.status_code == 422
        assert "还缺 4 道" in response.content.decode()

    def test_copy_starts_from_the_source(self, world):
        row = make_blueprint(world.authority, title="春季")

        response = world.client("trainer").get(url("blueprint_new"), {"copy": row.public_id})

        assert response.context["form"]["title"].value() == "春季（副本）"
        assert world.client("trainer").get(url("blueprint_new"), {"copy": "nobody"}).status_code == 404
