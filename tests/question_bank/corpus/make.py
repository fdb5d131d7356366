"""Writes the files beside it: `python -m tests.question_bank.corpus.make`. What each must give is in expected.json."""

import io
import json
import zipfile
from pathlib import Path

import openpyxl

HERE = Path(__file__).parent
HEADER = ["题型", "题干", "选项A", "选项B", "答案", "知识点", "备注"]
GOOD = ["单选", "安全生产工作坚持的方针是什么", "安全第一", "效益第一", "A", "方针", ""]
CSV = ",".join(HEADER) + "\n" + ",".join(GOOD) + "\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DOCX = '<w:document xmlns:w="w" xmlns:r="r"><w:body>{}</w:body></w:document>'
LINKS = '<Relationships><Relationship Id="r1" Target="media/a.png"/></Relationships>'


def workbook(change=lambda sheet: None, rows=(GOOD,)) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (HEADER, *rows):
        sheet.append(row)
    change(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def zipped(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def with_part(data: bytes, name: str, body: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    return zipped(parts | {name: body})


def formula(sheet) -> None:
    sheet["B2"] = '=CONCATENATE("甲","乙")'


def merged(sheet) -> None:
    sheet.append([*GOOD[:1], "从业人员有权拒绝违章指挥", *GOOD[2:]])
    sheet.merge_cells("F2:F3")


def numbers(sheet) -> None:
    sheet["G2"] = 430602199001011234
    sheet["G2"].number_format = "0"


def paragraphs(*lines: str) -> str:
    return DOCX.format("".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines))


FILES: dict[str, tuple[bytes, int, list[str]]] = {
    "utf8.csv": (CSV.encode(), 1, []),
    "utf8-bom.csv": (CSV.encode("utf-8-sig"), 1, []),
    "gbk.csv": (CSV.encode("gbk"), 1, []),
    "gb18030.csv": (CSV.replace("方针,", "方针㛃䶮𬭚,", 1).encode("gb18030"), 1, []),
    "utf16-le.csv": (b"\xff\xfe" + CSV.encode("utf-16-le"), 1, []),
    "utf16-be.csv": (b"\xfe\xff" + CSV.encode("utf-16-be"), 1, []),
    "utf16-without-mark.csv": (CSV.encode("utf-16-le"), 1, []),
    "good.xlsx": (workbook(), 1, []),
    "undecodable.csv": (b"\x81\x30\xff\xfe\x00\x9f" * 40, 0, ["undecodable_text"]),
    "empty.csv": (b" \n", 0, ["file_empty"]),
    "truncated.xlsx": (workbook()[:-400], 0, ["file_damaged"]),
    "password.xlsx": (OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(600), 0, ["file_encrypted"]),
    "old.xls": (OLE + bytes(1500), 0, ["old_excel_file"]),
    "old.doc": (OLE + bytes(1500), 0, ["old_excel_file"]),
    "macros.xlsm": (with_part(workbook(), "xl/vbaProject.bin", b"x"), 0, ["macros_refused"]),
    "bomb.xlsx": (with_part(workbook(), "xl/media/zeros.bin", bytes(300 * 1024 * 1024)), 0, ["file_too_large"]),
    "entities.xlsx": (
        with_part(workbook(), "xl/sharedStrings.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><sst>&b;</sst>'), 0, ["hostile_file"],
    ),
    "entities.xml": (b'<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>', 0, ["hostile_file"]),
    "billion-laughs.xml": (
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><quiz>&b;</quiz>', 0, ["hostile_file"],
    ),
    "path.zip": (zipped({"imsmanifest.xml": "<manifest/>", "../../outside.xml": "<x/>"}), 0, ["hostile_file"]),
    "formula.xlsx": (workbook(formula), 0, ["formula_without_value"]),
    "merged.xlsx": (workbook(merged), 0, ["merged_cells", "knowledge_point_empty"]),
    "long-number.xlsx": (workbook(numbers), 0, ["digits_lost"]),
    "far-cell.xlsx": (workbook(lambda sheet: sheet.cell(1_000_000, 5, "x")), 0, ["sheet_too_large"]),
    "script.csv": (
        CSV.replace("安全第一", "<script>alert(1)</script>", 1).encode(), 0, ["html_refused"],
    ),
    "unclosed-quote.csv": ((CSV + '单选,"没有结束\n').encode(), 0, ["malformed_csv"]),
    "long-line.csv": ((CSV + "单选," + "x" * 600_000 + "\n").encode(), 0, ["cell_too_long"]),
    "not-a-picture.docx": (
        zipped({
            "word/document.xml": paragraphs("1. 看图").replace(
                "</w:r>", '<w:drawing><a:blip xmlns:a="a" r:embed="r1"/></w:drawing></w:r>'
            ).replace("</w:body>", "<w:p><w:r><w:t>答案：对</w:t></w:r></w:p></w:body>"),
            "word/_rels/document.xml.rels": LINKS,
            "word/media/a.png": b"<html><script>alert(1)</script></html>",
        }), 0, ["picture_refused"],
    ),
    "damaged.docx": (zipped({"word/document.xml": "<w:document"}), 0, ["file_damaged"]),
    "good.docx": (zipped({"word/document.xml": paragraphs("1. 可以违章指挥。（×）", "2. 违章作业有危险。（√）")}), 2, []),
    "program.exe": (b"MZ\x90\x00" + bytes(100), 0, ["unknown_format"]),
}  # fmt: skip


def main() -> None:
    expected = {}
    for name, (data, accepted, codes) in FILES.items():
        (HERE / name).write_bytes(data)
        expected[name] = {"accepted": accepted, "codes": codes}
    (HERE / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
