"""What a stranger may upload, and what we hand back: see security.md section 5, A32, A33, A35, A37."""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from core.spreadsheets import (
    CellError,
    CellProblem,
    CellTooLong,
    Column,
    DuplicateColumns,
    ExternalLinksRefused,
    FileDamaged,
    FileEmpty,
    FileEncrypted,
    FileTooLarge,
    HostileFile,
    Limits,
    MacrosRefused,
    MalformedCsv,
    MissingColumns,
    OldExcelFile,
    Row,
    SheetSpec,
    SheetTooLarge,
    SpreadsheetRefused,
    UndecodableText,
    UnknownFileType,
    cell_text,
    decode_text,
    error_workbook,
    is_number,
    plain_cell,
    read_table,
    read_workbook,
    safe_cell,
    write_csv,
    write_xlsx,
)

HEADER = ("题型", "题干", "答案")


def book(rows, start=(0, 0)):
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "in_memory": True})
    sheet = workbook.add_worksheet("题目")
    for index, row in enumerate(rows):
        sheet.write_row(start[0] + index, start[1], row)
    workbook.close()
    return buffer.getvalue()


def edited(data, changes=None, added=None, dropped=()):
    """The same container with parts replaced (bytes → bytes), added or dropped."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in dropped:
                body = old.read(name)
                for before, after in (changes or {}).get(name, ()):
                    assert before in body
                    body = body.replace(before, after)
                new.writestr(name, body)
        for name, body in (added or {}).items():
            new.writestr(name, body)
    return buffer.getvalue()


SHEET1 = "xl/worksheets/sheet1.xml"


def rows_of(data, filename="a.xlsx", **limits):
    return [row.cells for row in read_workbook(data, filename, Limits(**limits))[0].rows()]


class TestReadXlsx:
    def test_types_numbers_and_text_are_told_apart(self):
        [row] = rows_of(book([["430602", 430602, True, 0.5]]))

        assert row == ("430602", 430602.0, True, 0.5)
        assert [is_number(cell) for cell in row] == [False, True, False, True]

    def test_offset_sheet_keeps_row_and_column_numbers(self):
        [sheet] = read_workbook(book([["a"], ["b"]], start=(3, 2)), "a.xlsx")

        assert [row for row in sheet.rows() if not row.is_empty] == [
            Row(4, (None, None, "a")),
            Row(5, (None, None, "b")),
        ]

    def test_hidden_sheet_is_not_read(self):
        buffer = io.BytesIO()
        workbook = xlsxwriter.Workbook(buffer)
        workbook.add_worksheet("看得见").write(0, 0, "a")
        workbook.add_worksheet("看不见").hide()
        workbook.close()

        assert [sheet.name for sheet in read_workbook(buffer.getvalue(), "a.xlsx")] == ["看得见"]

    def test_formula_without_stored_value_is_named(self):
        data = edited(book([["a", 7]]), {SHEET1: [(b"<v>7</v>", b"<f>1+6</f><v></v>")]})

        assert rows_of(data) == [("a", CellError("formula"))]

    def test_formula_with_stored_value_gives_the_value(self):
        data = edited(book([["a", 7]]), {SHEET1: [(b"<v>7</v>", b"<f>1+6</f><v>7</v>")]})

        assert rows_of(data) == [("a", 7.0)]

    def test_error_value_is_named(self):
        data = edited(
            book([["a", 7]]), {SHEET1: [(b'<c r="B1"><v>7</v>', b'<c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v>')]}
        )

        assert rows_of(data) == [("a", CellError("#DIV/0!"))]

    def test_merged_cells_are_reported(self):
        buffer = io.BytesIO()
        workbook = xlsxwriter.Workbook(buffer)
        workbook.add_worksheet().merge_range(1, 0, 2, 1, "x")
        workbook.close()

        assert read_workbook(buffer.getvalue(), "a.xlsx")[0].merged == ((2, 1, 3, 2),)

    def test_sheet_without_cells_has_no_rows(self):
        assert rows_of(book([])) == []


class TestRefusedWorkbooks:
    def test_nothing_is_refused_as_empty(self):
        with pytest.raises(FileEmpty):
            read_workbook(b" \r\n", "a.csv")

    def test_too_many_bytes_are_refused(self):
        with pytest.raises(FileTooLarge):
            read_workbook(book([["a"]]), "a.xlsx", Limits(max_bytes=100))

    def test_zip_bomb_is_refused_by_its_real_size(self):
        bomb = edited(book([["a"]]), added={"xl/media/bomb.xml": b" " * 3_000_000})
        assert len(bomb) < 20_000

        with pytest.raises(FileTooLarge):
            read_workbook(bomb, "a.xlsx", Limits(max_unzipped_bytes=1_000_000))

    def test_size_lied_about_in_the_directory_is_still_counted(self):
        bomb = bytearray(edited(book([["a"]]), added={"bomb.xml": b" " * 3_000_000}))
        size = (3_000_000).to_bytes(4, "little")
        while size in bomb:
            at = bomb.index(size)
            bomb[at : at + 4] = (10).to_bytes(4, "little")

        with pytest.raises(SpreadsheetRefused):
            read_workbook(bytes(bomb), "a.xlsx", Limits(max_unzipped_bytes=1_000_000))

    @pytest.mark.parametrize("keep", [10, 300, -400, -30, -1])
    def test_truncated_workbook_is_refused_as_damaged(self, keep):
        with pytest.raises(FileDamaged):
            read_workbook(book([["a"]])[:keep], "a.xlsx")

    def test_old_excel_is_refused_with_what_to_do(self):
        with pytest.raises(OldExcelFile) as refused:
            read_workbook(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls")

        assert "另存为" in str(refused.value)

    def test_password_is_refused_with_what_to_do(self):
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")

        with pytest.raises(FileEncrypted) as refused:
            read_workbook(ole, "a.xlsx")

        assert "密码" in str(refused.value)

    def test_macros_are_refused(self):
        with pytest.raises(MacrosRefused):
            read_workbook(edited(book([["a"]]), added={"xl/vbaProject.bin": b"x"}), "a.xlsm")

    def test_external_links_are_refused(self):
        with pytest.raises(ExternalLinksRefused):
            read_workbook(edited(book([["a"]]), added={"xl/externalLinks/externalLink1.xml": b"<x/>"}), "a.xlsx")

    def test_binary_workbook_is_refused_as_old(self):
        with pytest.raises(OldExcelFile):
            read_workbook(edited(book([["a"]]), added={"xl/workbook.bin": b"x"}), "a.xlsb")

    @pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "xl\\evil.xml", "a/../../b.xml", "C:evil.xml"])
    def test_paths_out_of_the_container_are_refused(self, name):
        with pytest.raises(HostileFile):
            read_workbook(edited(book([["a"]]), added={name: b"<x/>"}), "a.xlsx")

    def test_symbolic_link_is_refused(self):
        buffer = io.BytesIO(book([["a"]]))
        with zipfile.ZipFile(buffer, "a") as archive:
            link = zipfile.ZipInfo("xl/link.xml")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/passwd")

        with pytest.raises(HostileFile):
            read_workbook(buffer.getvalue(), "a.xlsx")

    def test_too_many_parts_are_refused(self):
        with pytest.raises(HostileFile):
            read_workbook(edited(book([["a"]]), added={f"x/{i}.xml": b"" for i in range(201)}), "a.xlsx")

    def test_xml_entities_are_refused(self):
        laughs = b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
        data = edited(book([["a"]]), {SHEET1: [(b"<worksheet", laughs + b"<worksheet")]})

        with pytest.raises(HostileFile):
            read_workbook(data, "a.xlsx")

    def test_utf_16_part_is_refused(self):
        data = edited(book([["a"]]), dropped=(SHEET1,), added={SHEET1: "<worksheet/>".encode("utf-16")})

        with pytest.raises(HostileFile):
            read_workbook(data, "a.xlsx")

    @pytest.mark.parametrize("place", [b"A1048576", b"XFD1", b"GZ150000"])
    def test_cell_far_away_is_refused_before_it_is_allocated(self, place):
        data = edited(book([["a", 7]]), {SHEET1: [(b'r="B1"', b'r="' + place + b'"')]})

        with pytest.raises(SheetTooLarge):
            read_workbook(data, "a.xlsx")

    @pytest.mark.parametrize(
        "cell",
        [
            b'<c r="XFD1048576" x="/"><v>',
            b'<c x="&gt;>" r="XFD1048576"><v>',
            b"<c s='0' r='XFD1048576'><v>",
            b'<c\nr="XFD1048576"><v>',
        ],
    )
    def test_cell_far_away_does_not_hide_behind_unusual_markup(self, cell):
        data = edited(book([["a", 7]]), {SHEET1: [(b'<c r="B1"><v>', cell)]})

        with pytest.raises((SheetTooLarge, HostileFile)):
            read_workbook(data, "a.xlsx")

    def test_attributes_in_another_order_are_read(self):
        data = edited(book([["a", 7]]), {SHEET1: [(b'<c r="B1">', b"<c s='0' r='B1'>")]})

        assert rows_of(data) == [("a", 7.0)]

    def test_formatted_but_empty_far_cell_is_harmless(self):
        data = edited(
            book([["a"]]), {SHEET1: [(b"</sheetData>", b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>')]}
        )

        assert rows_of(data)[0] == ("a",)

    def test_cells_without_places_are_refused(self):
        data = edited(book([["a", 7]]), {SHEET1: [(b'<c r="B1"><v>', b"<c><v>")]})

        with pytest.raises(HostileFile):
            read_workbook(data, "a.xlsx")

    @pytest.mark.parametrize("name", ["a.docx", "a.pdf", "a", "a.png"])
    def test_other_types_are_refused_by_name(self, name):
        with pytest.raises(UnknownFileType):
            read_workbook(b"%PDF-1.7 something", name)

    def test_other_zip_container_is_refused(self):
        with pytest.raises(UnknownFileType):
            read_workbook(edited(book([["a"]]), dropped=("xl/workbook.xml",)), "a.xlsx")

    def test_text_named_xlsx_is_refused_as_damaged(self):
        with pytest.raises(FileDamaged):
            read_workbook(b"hello", "a.xlsx")

    @given(st.binary(max_size=200), st.sampled_from(["a.xlsx", "a.csv", "a"]))
    def test_any_bytes_are_read_or_refused(self, data, name):
        texts = []
        try:
            for sheet in read_workbook(data, name):
                list(sheet.rows())
        except SpreadsheetRefused as refused:
            texts.append(str(refused))
        assert not any("{" in text for text in texts)

    @given(st.integers(0, 5000), st.binary(min_size=1, max_size=8))
    def test_any_damage_to_a_workbook_is_read_or_refused(self, at, noise):
        data = bytearray(book([["a", 7, "x" * 40], ["b", 8, "y"]]))
        data[at % len(data) : at % len(data) + len(noise)] = noise
        texts = []
        try:
            for sheet in read_workbook(bytes(data), "a.xlsx"):
                list(sheet.rows())
        except SpreadsheetRefused as refused:
            texts.append(str(refused))
        assert not any("{" in text for text in texts)


class TestCsv:
    TEXT = "题型,题干\r\n单选,安全生产法㛃\r\n"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
    def test_each_encoding_that_excel_writes_is_read(self, encoding):
        data = self.TEXT.encode(encoding)

        assert rows_of(data, "a.csv") == [("题型", "题干"), ("单选", "安全生产法㛃")]

    def test_gbk_is_read(self):
        assert decode_text("题型,填空".encode("gbk")) == "题型,填空"

    @pytest.mark.parametrize("data", [b"\xff\xfea", b"\x81\x20\xff\xff", b"a,\x00b,c", b"\xef\xbb\xbf\xff\xff"])
    def test_undecodable_bytes_are_refused(self, data):
        with pytest.raises(UndecodableText):
            read_workbook(data, "a.csv")

    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_delimiter_is_recognised(self, delimiter):
        assert rows_of(f"a{delimiter}b\n1{delimiter}2,3\n".replace("2,3", "2").encode(), "a.csv") == [
            ("a", "b"),
            ("1", "2"),
        ]

    def test_row_number_is_what_a_spreadsheet_shows_after_a_multi_line_cell(self):
        [sheet] = read_workbook(b'a,b\n"x\ny",1\n\nz,2\n', "a.csv")

        assert [(row.number, row.cells) for row in sheet.rows()] == [
            (1, ("a", "b")),
            (2, ("x\ny", "1")),
            (3, ()),
            (4, ("z", "2")),
        ]

    @pytest.mark.parametrize("text", ['a,b\n"x', 'a,b\n"x"y,z'])
    def test_unclosed_quotes_are_refused_with_the_line(self, text):
        with pytest.raises(MalformedCsv) as refused:
            rows_of(text.encode(), "a.csv")

        assert refused.value.params["line"] == 2

    def test_endless_line_is_refused(self):
        with pytest.raises(CellTooLong):
            rows_of(b"a,b\n" + b"x" * 2_000_000, "a.csv")

    def test_long_cell_is_refused_with_the_line(self):
        with pytest.raises(CellTooLong) as refused:
            rows_of(b"a,b\nx," + b"x" * 40_000, "a.csv")

        assert refused.value.params["line"] == 2

    def test_too_many_rows_are_refused(self):
        with pytest.raises(SheetTooLarge):
            rows_of(b"a\n" * 11, "a.csv", max_rows=10)

    def test_too_many_columns_are_refused(self):
        with pytest.raises(SheetTooLarge):
            rows_of(b"a," * 11, "a.csv", max_columns=10)


class TestTable:
    def table(self, rows, **keywords):
        data = "\n".join(",".join(row) for row in rows).encode()
        return read_table(read_workbook(data, "a.csv")[0], HEADER, required=HEADER[:2], **keywords)

    def test_header_is_found_below_a_title_and_with_stars(self):
        table = self.table(
            [
                ["某某题库"],
                ["题型*", " 题 干＊", "答案（选填）", "页码"],
                ["单选", "问", "A", "3"],
                ["", "", ""],
                ["多选", "又问"],
            ]
        )

        assert (table.header_row, table.columns, table.unknown) == (2, {"题型": 1, "题干": 2, "答案": 3}, ("页码",))
        assert [(row.number, row.cells) for row in table.rows()] == [
            (3, {"题型": "单选", "题干": "问", "答案": "A"}),
            (5, {"题型": "多选", "题干": "又问", "答案": None}),
        ]

    def test_alias_names_the_column(self):
        table = self.table([["题目类型", "题干"], ["单选", "问"]], aliases={"题目类型": "题型"})

        assert table.columns == {"题型": 1, "题干": 2}

    def test_missing_required_columns_are_named(self):
        with pytest.raises(MissingColumns) as refused:
            self.table([["答案", "页码"], ["A", "1"]])

        assert refused.value.params == {"missing": "题型、题干"}

    def test_repeated_column_is_named(self):
        with pytest.raises(DuplicateColumns) as refused:
            self.table([["题型", "题干", "题型*"], ["a", "b", "c"]])

        assert refused.value.params == {"title": "题型"}

    def test_blank_sheet_is_refused_as_empty(self):
        with pytest.raises(FileEmpty):
            self.table([["", ""], [" "]])


class TestCellText:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (None, ""),
            (CellError("#N/A"), ""),
            ("  甲 ", "甲"),
            ("'=1+1", "=1+1"),
            ("'twas", "'twas"),
            (3.0, "3"),
            (0.30, "0.3"),
            (100000.0, "100000"),
            (True, "TRUE"),
            (date(2026, 11, 23), "2026-11-23"),
        ],
    )
    def test_shows_what_the_clerk_sees(self, value, text):
        assert cell_text(value) == text


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "　=1", "\ufeff=1", "\u00a0@x", "'=1", "''=1"]


class TestWriting:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_formula_starts_are_defused_in_csv(self, text):
        data = write_csv(["a"], [[text]])
        [_, [cell]] = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))

        assert cell == f"'{text}"

    @given(st.text(max_size=8).map(lambda text: text) | st.sampled_from(HOSTILE))
    def test_plain_cell_undoes_safe_cell(self, text):
        assert plain_cell(safe_cell(text)) == text

    @pytest.mark.parametrize("text", HOSTILE)
    def test_formula_starts_stay_text_in_xlsx(self, text):
        data = write_xlsx([SheetSpec("表", (Column("a"),), [[text]])])
        cell = openpyxl.load_workbook(io.BytesIO(data)).active["A2"]

        assert cell.data_type != "f"

    def test_numbers_stay_numbers_in_csv_and_xlsx(self):
        rows = [[-5, Decimal("0.30"), date(2026, 1, 2), None, "甲"]]
        titles = ["a", "b", "c", "d", "e"]

        assert write_csv(titles, rows).decode("utf-8-sig") == "a,b,c,d,e\r\n-5,0.30,2026-01-02,,甲\r\n"
        data = write_xlsx([SheetSpec("表", tuple(map(Column, titles)), rows)])
        assert rows_of(data)[1] == (-5.0, 0.3, date(2026, 1, 2), None, "甲")

    def test_template_offers_choices_and_marks_required_columns(self):
        many = tuple(f"知识点{number:03d}" for number in range(60))
        columns = (Column("题型", required=True, choices=("单选", "多选"), help="必填"), Column("知识点", choices=many))
        sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx([SheetSpec("题目", columns)])))["题目"]

        assert [cell.value for cell in sheet[1]] == ["题型*", "知识点"]
        assert sheet["A1"].comment.text == "必填"
        assert [rule.formula1 for rule in sheet.data_validations.dataValidation] == [
            '"单选,多选"',
            "'_题目_1'!$A$1:$A$60",
        ]

    def test_template_is_the_same_file_each_time(self):
        spec = SheetSpec("题目", (Column("题型", required=True),), [["单选"]])

        assert write_xlsx([spec]) == write_xlsx([spec])

    def test_error_workbook_holds_only_the_faulty_rows_with_reasons(self):
        data = "题型,题干,答案\n单选,甲,A\n多选,=乙,Z\n".encode()
        columns = (Column("题型", required=True), Column("题干"), Column("答案"))
        table = read_table(read_workbook(data, "a.csv")[0], HEADER, required=HEADER)
        problems = [CellProblem(3, "答案", "key_unknown", "没有选项 Z"), CellProblem(3, "", "row", "整行有误")]

        rows = rows_of(error_workbook(table, columns, problems))

        assert rows == [
            ("原行号", "错误原因", "题型*", "题干", "答案"),
            (3.0, "答案：没有选项 Z\n整行有误", "多选", "=乙", "Z"),
        ]
