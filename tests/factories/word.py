"""Word files as people write them: automatic numbers, pictures, formulas, tables."""

import io
import zipfile
from html import escape

from tests.factories.question_bank import png

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
NUMBERING = (
    f"<w:numbering {_W}>"
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="upperLetter"/>'
    '<w:lvlText w:val="%2."/></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
    '<w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    "</w:numbering>"
)
_LINKS = '<Relationships><Relationship Id="rId1" Target="media/sign.png"/></Relationships>'
PICTURE = '<w:r><w:drawing><a:blip r:embed="rId1"/></w:drawing></w:r>'
FORMULA = (
    "<m:oMath><m:f><m:num><m:r><m:t>P</m:t></m:r></m:num><m:den><m:sSup><m:e><m:r><m:t>r</m:t></m:r></m:e>"
    "<m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:den></m:f></m:oMath>"
)


def heading(text: str) -> str:
    """一、单选题 with Word's own number."""
    return _paragraph(_run(text), number=2)


def question(stem: str, *options: str, key: str = "", more: str = "") -> str:
    """A numbered question with lettered options, both numbered by Word; `more` stands behind the stem as it is."""
    lines = [_paragraph(_run(stem) + more, number=1), *(_paragraph(_run(text), number=1, level=1) for text in options)]
    return "".join([*lines, _paragraph(_run(f"答案：{key}"))] if key else lines)


def line(text: str) -> str:
    """A paragraph without number."""
    return _paragraph(_run(text))


def word_file(*blocks: str, picture: bytes | None = None) -> bytes:
    """The .docx of these blocks."""
    buffer = io.BytesIO()
    document = f"<w:document {_W} {_R} {_A} {_M}><w:body>{''.join(blocks)}</w:body></w:document>"
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
        archive.writestr("word/numbering.xml", NUMBERING)
        archive.writestr("word/_rels/document.xml.rels", _LINKS)
        archive.writestr("word/media/sign.png", picture or png(40, (120, 80)))
    return buffer.getvalue()


def _paragraph(inner: str, *, number: int = 0, level: int = 0) -> str:
    numbered = (
        f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>' if number else ""
    )
    return f"<w:p>{numbered}{inner}</w:p>"


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text, quote=False)}</w:t></w:r>'


GOOD_QUESTIONS = 12
FLAWED_QUESTIONS = 20


def flawed_file() -> bytes:
    """Twelve questions as they should be, of eight kinds, and twenty with one flaw each, as a clerk hands them in."""
    four = ("主要负责人", "安全管理人员", "班组长", "工会主席")
    good = [
        heading("单选题"),
        question("谁是本单位安全生产第一责任人？", *four, key="A"),
        question("图中标志表示什么？", "禁止吸烟", "当心火灾", "必须戴安全帽", key="B", more=PICTURE),
        question("式中的压强与半径是什么关系？", "成正比", "与平方成反比", "无关", key="B", more=FORMULA),
        heading("多选题"),
        question("“三管三必须”包括哪些内容？", "管行业必须管安全", "管业务必须管安全", "管生产经营必须管安全", "管人事必须管安全", key="A、B、C"),
        question("有限空间作业前应当做到哪些？", "先通风", "再检测", "后作业", "边作业边检测", key="ABC"),
        heading("判断题"),
        question("从业人员有权拒绝违章指挥。（√）"),
        question("发现险情可以不报告。", key="错"),
        heading("填空题"),
        question("安全生产工作坚持____、____、综合治理的方针。", key="安全第一；预防为主"),
        heading("数值题"),
        question("坠落高度基准面多少米及以上属于高处作业？", key="2 m"),
        heading("匹配题"),
        question("把安全色与含义配对。", "红色", "黄色", key="A-禁止；B-警告；-安全"),
        heading("排序题"),
        question("初起火灾的处置次序。", "撤离", "报警", "断电", key="CBA"),
        heading("简答题"),
        question("动火作业前应当办理什么手续？", key="办理动火审批（2分）"),
    ]  # fmt: skip
    flawed = [
        heading("单选题"),
        question("没有答案的单选题是哪一道？", "甲方案", "乙方案"),
        question("答案字母超出选项的题目在这里？", "东面出口", "西面出口", key="D"),
        question("单选题写了两个答案怎么办？", "北侧通道", "南侧通道", "中间通道", key="AB"),
        question("选项有重复的题目如何处理？", "停止作业", "停止作业", key="A"),
        question("只有一个选项的题目合格吗？", "合格", key="A"),
        question("看不懂的答案应当怎样写呢？", "用字母", "用数字", key="见教材第三章"),
        question("题干里夹着网页标记<b>加粗</b>行吗？", "行的", "不行的", key="B"),
        question("超长选项的题目能不能导入？", "短", "长" * 501, key="A"),
        heading("多选题"),
        question("多选题只有一个正确选项对吗？", "对的选项", "错的选项", "其他选项", key="A"),
        question("多选题答案里有不存在的字母吗？", "一号", "二号", "三号", key="A、E"),
        question("多选题没有选项可以吗？", key="AB"),
        heading("判断题"),
        question("判断题的答案写成了甲。", key="甲"),
        question("判断题带了奇怪的选项。", "也许", "可能", key="对"),
        heading("填空题"),
        question("填空题有____和____两个空。", key="只有一个"),
        question("填空题没有写答案____。"),
        heading("数值题"),
        question("数值题的答案不是数字。", key="很多"),
        heading("匹配题"),
        question("匹配题少了一个配对。", "灭火器", "消防栓", key="A-干粉"),
        heading("排序题"),
        question("排序题漏了一项。", "第一步", "第二步", "第三步", key="AB"),
        heading("单选题"),
        line("难度：极难"),
        question("同一道题出现两次时答案不同怎么办？", "以第一次为准", "以第二次为准", key="A"),
        question("同一道题出现两次时答案不同怎么办？", "以第一次为准", "以第二次为准", key="B"),
        question("有效期写错的题目会怎样？", "被拒绝", "被接受", key="A") + line("有效期至：明年春天"),
    ]
    return word_file(*good, *flawed)
