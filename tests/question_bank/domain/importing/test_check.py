import csv
import io
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter

from core.spreadsheets import MissingColumns, write_xlsx
from question_bank.domain.content import Content, Option
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.importing import columns
from question_bank.domain.importing.check import Duplicate, check_import
from question_bank.domain.importing.formats import detect_format, parse_file
from question_bank.domain.similarity import normal_text
from question_bank.errors import ImportEmpty, UnknownFormat

INDUSTRIES = ("建筑施工", "危险化学品")
GOOD = {
    "题型": "单选",
    "题干": "安全生产工作的方针是（ ）。",
    "选项A": "安全第一",
    "选项B": "效益第一",
    "答案": "A",
    "知识点": "方针",
}
MULTIPLE = {**GOOD, "题型": "多选", "题干": "三个必须包括哪些管理要求", "选项C": "管生产", "答案": "A、C"}
JUDGE = {"题型": "判断", "题干": "从业人员有权拒绝违章指挥", "答案": "对", "知识点": "权利"}


def csv_of(*rows, titles=columns.TITLES):
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, titles)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


def report_of(*rows, bank=()):
    return check_import(parse_file(csv_of(*rows), "a.csv"), industries=INDUSTRIES, bank=bank)


def faults(report):
    return [(problem.row, problem.column, problem.code) for problem in report.rejected]


class TestGoodRows:
    def test_full_row_becomes_a_draft(self):
        row = GOOD | {
            "解析": "第三条。", "难度": "难", "行业": "建筑施工", "适用人员": "主要负责人、安全总监", "法规依据": "《安全生产法》第三条",
            "法规版本": "2021", "有效期至": "2027年12月31日", "分值": "1.5分", "来源": "自编", "备注": "甲",
        }  # fmt: skip
        report = report_of(row)

        content = Content(
            "single_choice",
            "安全生产工作的方针是（ ）。",
            (Option("a", "安全第一"), Option("b", "效益第一")),
            ["a"],
            "第三条。",
        )
        assert report.drafts == {
            2: QuestionDraft(
                content, "方针", Decimal("0.70"), "建筑施工", ("principal", "safety_director"),
                "《安全生产法》第三条", "2021", date(2027, 12, 31), Decimal("1.5"), "自编", "甲",
            ),
        }  # fmt: skip
        assert (report.format, report.accepted, report.rejected, report.duplicates) == ("csv", 1, (), ())

    def test_all_kinds_are_read_with_their_row_numbers(self):
        report = report_of(GOOD, MULTIPLE, JUDGE)

        assert [(row, draft.content.kind, draft.content.key) for row, draft in report.drafts.items()] == [
            (2, "single_choice", ["a"]),
            (3, "multiple_choice", ["a", "c"]),
            (4, "true_false", ["t"]),
        ]

    def test_indefinite_choice_may_have_one_right_option(self):
        assert faults(report_of(MULTIPLE | {"题型": "不定项", "答案": "C"})) == []

    def test_true_false_by_letter_of_its_option_column(self):
        report = report_of(JUDGE | {"选项A": "正确", "选项B": "错误", "答案": "B"})

        assert report.drafts[2].content.key == ["f"]

    def test_our_own_template_examples_are_valid(self):
        data = csv_of(*columns.EXAMPLES)

        assert faults(check_import(parse_file(data, "a.csv"), industries=INDUSTRIES, bank=())) == []


class TestFaults:
    @pytest.mark.parametrize(
        ("change", "column", "code"),
        [
            ({"题型": ""}, "题型", "kind_empty"),
            ({"题型": "论述"}, "题型", "kind_unknown"),
            ({"题型": "简答"}, "选项A", "options_not_wanted"),
            ({"题干": " "}, "题干", "stem_empty"),
            ({"题干": "<script>alert(1)</script>"}, "题干", "html_refused"),
            ({"选项A": "<img src=x onerror=alert(1)>"}, "选项A", "html_refused"),
            ({"选项B": ""}, "选项A", "options_too_few"),
            ({"选项B": "", "选项C": "丙"}, "选项B", "option_gap"),
            ({"选项B": "安全第一"}, "选项B", "option_repeated"),
            ({"答案": ""}, "答案", "key_empty"),
            ({"答案": "D"}, "答案", "key_unknown_option"),
            ({"答案": "AB"}, "答案", "key_too_many"),
            ({"答案": "见解析"}, "答案", "key_unreadable"),
            ({"知识点": ""}, "知识点", "knowledge_point_empty"),
            ({"知识点": "长" * 61}, "知识点", "knowledge_point_too_long"),
            ({"难度": "五星"}, "难度", "difficulty_unreadable"),
            ({"行业": "捕鱼"}, "行业", "industry_unknown"),
            ({"行业": "建筑施工、危险化学品"}, "行业", "industry_several"),
            ({"适用人员": "厂长"}, "适用人员", "posts_unknown"),
            ({"有效期至": "明年"}, "有效期至", "date_unreadable"),
            ({"分值": "一分"}, "分值", "mark_unreadable"),
            ({"分值": "0"}, "分值", "mark_range"),
            ({"备注": "长" * 301}, "备注", "note_too_long"),
        ],
    )
    def test_each_fault_is_named_by_row_and_column(self, change, column, code):
        report = report_of(JUDGE, GOOD | change)

        assert faults(report) == [(3, column, code)]
        assert "{" not in report.rejected[0].text

    def test_multiple_choice_with_one_right_option_is_a_slip(self):
        assert faults(report_of(MULTIPLE | {"答案": "A"})) == [(2, "答案", "key_single")]

    def test_true_false_with_other_options_is_named(self):
        assert faults(report_of(JUDGE | {"选项A": "甲"})) == [(2, "选项A", "options_fixed")]

    def test_several_faults_of_one_row_are_all_named(self):
        assert faults(report_of(GOOD | {"难度": "x", "行业": "x", "答案": ""})) == [
            (2, "难度", "difficulty_unreadable"),
            (2, "行业", "industry_unknown"),
            (2, "答案", "key_empty"),
        ]

    def test_same_question_with_another_answer_is_a_contradiction(self):
        report = report_of(GOOD, GOOD | {"答案": "B"})

        assert faults(report) == [(3, "答案", "contradiction")]
        assert list(report.drafts) == [2]

    def test_swapped_options_with_the_swapped_letter_are_no_contradiction(self):
        swapped = GOOD | {"选项A": "效益第一", "选项B": "安全第一", "答案": "B"}

        report = report_of(GOOD, swapped)

        assert (faults(report), report.duplicates) == ([], (Duplicate(3, 2, 1.0),))


class TestDuplicates:
    LONG = GOOD | {"题干": "生产经营单位的主要负责人对本单位的安全生产工作全面负责，发现重大事故隐患应当在三日内报告"}

    def test_equal_rows_are_left_out_and_near_ones_are_kept(self):
        near = self.LONG | {"题干": self.LONG["题干"].replace("三日", "五日")}
        report = report_of(self.LONG, near, self.LONG)

        assert [(found.row, found.of) for found in report.duplicates] == [(3, 2), (4, 2)]
        assert 0.8 <= report.duplicates[0].similarity < 1 == report.duplicates[1].similarity
        assert list(report.drafts) == [2, 3]

    def test_the_bank_is_compared(self):
        known = normal_text(report_of(self.LONG).drafts[2].content)
        report = report_of(self.LONG, JUDGE, bank=[("f" * 32, known)])

        assert (report.duplicates, list(report.drafts)) == ((Duplicate(2, "f" * 32, 1.0),), [3])


def workbook(write):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("试题")
    sheet.write_row(0, 0, ["题型", "题干", "选项A", "选项B", "答案", "知识点"])
    write(book, sheet)
    book.close()
    return buffer.getvalue()


class TestExcel:
    def test_template_with_examples_left_in_place_is_empty(self):
        data = write_xlsx(columns.template_sheets(("方针",), INDUSTRIES))

        with pytest.raises(ImportEmpty):
            parse_file(data, "模板.xlsx")

    def test_numbers_and_booleans_are_read_as_shown(self):
        def write(book, sheet):
            sheet.write_row(1, 0, ["判断", "题干甲", "", "", True, "点"])
            sheet.write_row(2, 0, ["单选", "题干乙", 30, 0.5, 2, "点"])

        report = check_import(parse_file(workbook(write), "a.xlsx"), industries=(), bank=())

        assert [draft.content.key for draft in report.drafts.values()] == [["t"], ["b"]]
        assert [option.text for option in report.drafts[3].content.options] == ["30", "0.5"]

    def test_faults_that_only_a_workbook_can_have_are_named(self):
        def write(book, sheet):
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            sheet.write_row(1, 0, ["单选", "题干甲", "甲", 430602199001011234, "A", "点"])
            sheet.write_row(2, 0, ["单选", "题干乙", "甲", "乙"])
            sheet.write_datetime(2, 4, date(2026, 1, 3), day)
            sheet.write(2, 5, "点")
            sheet.write_row(3, 0, ["单选", "题干丙", "甲", "乙", "A"])
            sheet.write_formula(3, 5, "=A1", None, "")
            sheet.merge_range(4, 1, 5, 1, "题干丁")
            sheet.write_row(4, 2, ["甲", "乙", "A", "点"])
            sheet.write(4, 0, "单选")

        report = check_import(parse_file(workbook(write), "a.xlsx"), industries=(), bank=())

        assert faults(report) == [
            (2, "选项B", "digits_lost"),
            (3, "答案", "date_in_text"),
            (4, "知识点", "formula_without_value"),
            (5, "题干", "merged_cells"),
        ]

    def test_other_sheets_and_columns_are_listed_not_dropped_silently(self):
        def write(book, sheet):
            sheet.write_row(1, 0, ["判断", "题干甲", "", "", "对", "点"])
            sheet.write(0, 6, "页码")
            book.add_worksheet("旧题").write(0, 0, "x")

        assert tuple(note.text for note in parse_file(workbook(write), "a.xlsx").unsupported) == (
            "未读取工作表“旧题”",
            "未读取列“页码”",
        )


class TestFiles:
    def test_missing_column_is_named(self):
        with pytest.raises(MissingColumns) as refused:
            parse_file("题型,题干\n单选,甲\n".encode(), "a.csv")

        assert refused.value.params == {"missing": "答案、知识点"}

    def test_header_alone_is_refused_as_empty(self):
        with pytest.raises(ImportEmpty):
            parse_file(csv_of(), "a.csv")

    @pytest.mark.parametrize(
        ("data", "name", "expected"), [(b"PK..", "x", "xlsx"), (b"a", "x.XLS", "xlsx"), (b"a", "x.csv", "csv")]
    )
    def test_format_is_detected_by_content_then_name(self, data, name, expected):
        assert detect_format(data, name) == expected

    def test_unknown_format_lists_the_known_ones(self):
        with pytest.raises(UnknownFormat) as refused:
            detect_format(b"hello", "a.pdf")

        assert "csv" in str(refused.value)
