"""Word and QTI: what foreign programs write, and what nobody honest writes."""

import io
import zipfile

import pytest

from core.spreadsheets import FileDamaged, FileEncrypted, FileTooLarge, HostileFile, MacrosRefused
from question_bank.domain.exporting import export_drafts
from question_bank.domain.importing.check import check_import
from question_bank.domain.importing.formats import detect_format, package, parse_file
from question_bank.domain.pictures import clean_picture
from question_bank.domain.rich import Formula, Picture, Table, Text, pieces, plain, to_html
from tests.factories.question_bank import make_draft, png

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
NUMBERING = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%2."/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>"""


def zipped(parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def paragraph(text, number=None, level=0):
    numbered = (
        f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>' if number else ""
    )
    return f'<w:p>{numbered}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def docx(*blocks, **parts):
    body = "".join(blocks)
    document = f"<w:document {W} {R}><w:body>{body}</w:body></w:document>"
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document} | parts)


def imported(data, name="a.docx", fmt=None):
    return check_import(parse_file(data, name, fmt), industries=None, bank=())


def contents(report):
    return [draft.content for draft in report.drafts.values()]


class TestWord:
    def test_numbers_that_word_counts_are_counted(self):
        data = docx(
            paragraph("单选题", 2), paragraph("谁是第一责任人", 1), paragraph("主要负责人", 1, 1), paragraph("班组长", 1, 1), paragraph("答案：A"),
            paragraph("何时应急演练", 1), paragraph("每年", 1, 1), paragraph("每十年", 1, 1), paragraph("答案：A"),
            paragraph("判断题", 2), paragraph("可以违章指挥。（×）", 1),
            **{"word/numbering.xml": NUMBERING},
        )  # fmt: skip
        report = imported(data)

        assert report.rejected == ()
        assert [(row, draft.content.kind, draft.content.stem) for row, draft in report.drafts.items()] == [
            (2, "single_choice", "谁是第一责任人"), (6, "single_choice", "何时应急演练"), (11, "true_false", "可以违章指挥。（ ）"),
        ]  # fmt: skip
        assert [option.text for option in contents(report)[1].options] == ["每年", "每十年"]

    def test_deleted_text_is_gone_and_breaks_tabs_tables_and_insertions_stay(self):
        data = docx(
            "<w:p><w:r><w:t>1. 看</w:t></w:r><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>表</w:t></w:r></w:ins></w:p>",
            "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>项目</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>值|1</w:t></w:r></w:p></w:tc></w:tr>"
            "<w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>",
            "<w:p><w:r><w:t>A. 对</w:t><w:tab/><w:t>B. 不对</w:t><w:br/><w:t>答案：A</w:t></w:r></w:p>",
        )
        [content] = contents(imported(data))

        assert list(pieces(content.stem)) == [Text("看表"), Table((("项目", "值｜1"), ("甲", "")), has_head=False)]
        assert [option.text for option in content.options] == ["对", "不对"]

    def test_pictures_and_formulas_stand_where_they_were(self):
        picture = (
            '<w:p><w:r><w:t>1. 图中 </w:t><w:drawing><a:blip xmlns:a="x" r:embed="rId7"/></w:drawing><w:t> 与 </w:t></w:r>'
            '<m:oMath xmlns:m="x"><m:f><m:num><m:r><m:t>a1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath></w:p>'
        )
        links = '<Relationships><Relationship Id="rId7" Target="media/a.png"/><Relationship Id="rId8" Target="http://x/a.png" TargetMode="External"/></Relationships>'  # noqa: E501
        data = docx(picture, paragraph("A. 甲"), paragraph("B. 乙"), paragraph("答案：A"),
                    **{"word/_rels/document.xml.rels": links, "word/media/a.png": png()})  # fmt: skip
        parsed = parse_file(data, "a.docx")
        [content] = contents(check_import(parsed, industries=None, bank=()))

        [(name, stored)] = parsed.pictures.items()
        assert stored == png()
        assert list(pieces(content.stem)) == [
            Text("图中 "), Picture(name, ""), Text(" 与 "),
            Formula("<math><mfrac><mrow><mi>a</mi><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac></math>"),
        ]  # fmt: skip
        assert plain(content.stem) == "图中 [图] 与 a12"

    def test_what_is_not_read_is_listed(self):
        data = docx(paragraph("1. 题"), "<w:p><w:r><w:txbxContent><w:p/></w:txbxContent><w:footnoteReference/></w:r></w:p>",
                    paragraph("答案：对"))  # fmt: skip

        assert [note.text for note in imported(data).unsupported] == [
            "没有读取文本框中的文字，请移到正文中",
            "没有读取脚注",
        ]

    @pytest.mark.parametrize(
        ("data", "refusal"),
        [
            (b"PK\x03\x04" + bytes(50), FileDamaged),
            (docx(paragraph("1. 题"))[:-60], FileDamaged),
            (docx(**{"word/vbaProject.bin": b"x"}), MacrosRefused),
            (zipped({"word/document.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}), HostileFile),
            (zipped({"word/document.xml": "<w:document"}), FileDamaged),
            (zipped({"word/../../etc/passwd": "x", "word/document.xml": "<x/>"}), HostileFile),
            (zipped({"other.xml": "<x/>"}), FileDamaged),
        ],
    )
    def test_broken_and_hostile_files_are_refused_with_a_reason(self, data, refusal):
        with pytest.raises(refusal):
            parse_file(data, "a.docx", "docx")

    def test_bomb_is_refused_by_the_bytes_that_come_out(self, monkeypatch):
        monkeypatch.setattr(package, "MAX_UNZIPPED", 1000)

        with pytest.raises(FileTooLarge):
            parse_file(docx(paragraph("长" * 2000)), "a.docx")

    def test_encrypted_member_is_refused(self):
        data = bytearray(docx(paragraph("1. 题")))
        at = data.index(b"PK\x01\x02")
        data[at + 8] |= 1

        with pytest.raises(FileEncrypted):
            parse_file(bytes(data), "a.docx", "docx")


QTI2 = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="t" adaptive="false" timeDependent="false">
<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{base}"><correctResponse>{values}</correctResponse></responseDeclaration>
<itemBody>{body}</itemBody></assessmentItem>"""


def item(body, *values, cardinality="single", base="identifier"):
    correct = "".join(f"<value>{value}</value>" for value in values)
    return QTI2.format(body=body, values=correct, cardinality=cardinality, base=base).encode()


class TestQti:
    @pytest.mark.parametrize("version", ["2.1", "2.2", "3.0"])
    def test_packages_of_each_version_are_recognised_and_carry_pictures(self, version):
        name = clean_picture(png()).sha256[:32]
        draft = make_draft("single_choice", stem=f"看图![标志](media:{name})\n| 甲 | 乙 |\n| 丙 | 丁 |")
        exported = export_drafts([draft], f"qti-{version}", {name: png()})
        parsed = parse_file(exported.data, "a.zip")
        [content] = contents(check_import(parsed, industries=None, bank=()))

        assert detect_format(exported.data, "a.zip") == "qti"
        assert [*parsed.pictures.values()] == [png()]
        assert [type(piece) for piece in pieces(content.stem)] == [Text, Picture, Table]
        assert content.options == draft.content.options

    def test_true_and_false_in_words_become_true_false(self):
        body = '<p>可以吗</p><choiceInteraction responseIdentifier="RESPONSE"><simpleChoice identifier="x">错误</simpleChoice><simpleChoice identifier="y">正确</simpleChoice></choiceInteraction>'  # noqa: E501
        [content] = contents(imported(item(body, "y"), "a.xml"))

        assert (content.kind, content.key) == ("true_false", ["t"])

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("<p>题</p><hotspotInteraction responseIdentifier='RESPONSE'/>", "该交互类型的试题"),
            ("<p>只有说明</p>", "没有作答部分的内容"),
            ("<p>题</p><extendedTextInteraction/><choiceInteraction/>", "复合题"),
        ],
    )
    def test_what_the_bank_has_no_kind_for_is_listed(self, body, said):
        report = imported(item(body), "a.xml")

        assert ([note.text for note in report.unsupported], report.drafts) == ([f"第 1 行的{said}未导入"], {})

    def test_unreadable_item_is_listed_and_the_others_come_in(self):
        manifest = '<manifest><resources><resource type="imsqti_item_xmlv2p1" href="a.xml"/><resource type="imsqti_item_xmlv2p1" href="b.xml"/></resources></manifest>'  # noqa: E501
        body = '<p>谁负责</p><choiceInteraction responseIdentifier="RESPONSE"><simpleChoice identifier="x">甲方</simpleChoice><simpleChoice identifier="y">乙方</simpleChoice></choiceInteraction>'  # noqa: E501
        report = imported(zipped({"imsmanifest.xml": manifest, "a.xml": b"<broken", "b.xml": item(body, "y")}), "a.zip")

        assert [note.text for note in report.unsupported] == ["第 1 个文件 a.xml 读不出来，未导入"]
        assert [content.key for content in contents(report)] == [["b"]]

    @pytest.mark.parametrize("data", [b"<!DOCTYPE a [<!ENTITY x 'y'>]><assessmentItem/>", b"\xff\xfe<\x00a\x00"])
    def test_entities_are_refused(self, data):
        with pytest.raises(HostileFile):
            parse_file(data, "a.xml", "qti")


class TestRichText:
    @pytest.mark.parametrize(
        "text",
        [
            "<math><mi>x</mi></math><script>alert(1)</script>", "<math><mi href='javascript:alert(1)'>x</mi></math>",
            '<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>',
            '![x" onerror="alert(1)](media:0123456789abcdef0123456789abcdef)', "| <img src=x onerror=alert(1)> | b |\n| c | d |",
            "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
        ],
    )  # fmt: skip
    def test_nothing_runs(self, text):
        html = to_html(text, lambda name: f"/p/{name}")

        assert "<script" not in html
        assert "javascript:" not in html
        assert "<img src=x" not in html
        assert ' onerror="' not in html

    def test_single_bar_and_foreign_address_stay_text(self):
        assert list(pieces("a | b\n|x|\n![y](http://x/a.png)")) == [Text("a | b\n|x|\n![y](http://x/a.png)")]
