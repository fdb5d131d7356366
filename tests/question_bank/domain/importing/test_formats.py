"""Foreign formats: what each carries comes back equal, what it cannot is said, hostile files are refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.spreadsheets import FileDamaged, FileEmpty, HostileFile
from question_bank.domain.content import Content, Option
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.exporting import export_drafts
from question_bank.domain.importing.check import check_import
from question_bank.domain.importing.formats import PARSERS, detect_format, parse_file
from question_bank.domain.kinds import KINDS
from question_bank.domain.kinds.true_false import OPTIONS
from question_bank.domain.normalise import MEDIUM
from tests.question_bank.domain.test_exporting import ABCD, DRAFTS, FULL

TRICKY = QuestionDraft(
    Content(
        "single_choice", "比较 a~b、c=d、{e}、#f、g:h 与 C:\\new 的写法，正确的是（ ）",
        (Option("a", "~%50%"), Option("b", "=x#y"), Option("c", "<p>&amp;"[:2] + "5MPa"), Option("d", "{}\\n")), ["b"], "// 不是注释 :: {T}",
    ),
    "写法",
)  # fmt: skip


def imported(data, name="a.txt", fmt=None):
    return check_import(
        parse_file(data if isinstance(data, bytes) else data.encode(), name, fmt), industries=["建筑施工"], bank=()
    )


def contents(report):
    return [draft.content for draft in report.drafts.values()]


class TestRoundTrip:
    @pytest.mark.parametrize("name", ["text", "gift", "moodle-xml"])
    def test_every_kind_comes_back_with_what_the_format_carries(self, name):
        drafts = [
            replace(draft, content=replace(draft.content, explanation="第三条。")) for draft in (*DRAFTS[1:4], TRICKY)
        ]
        report = imported(export_drafts(drafts, name).data, "x", name)

        assert report.rejected == ()
        assert contents(report) == [draft.content for draft in drafts]
        assert [draft.knowledge_point for draft in report.drafts.values()] == [
            draft.knowledge_point for draft in drafts
        ]

    def test_text_carries_every_fact(self):
        draft = replace(FULL, content=replace(FULL.content, explanation="一行解析"))

        assert list(imported(export_drafts([draft], "text").data).drafts.values()) == [draft]

    def test_moodle_xml_carries_line_ends_and_marks(self):
        [draft] = imported(export_drafts([FULL], "moodle-xml").data, "a.xml").drafts.values()

        assert (draft.content, draft.mark) == (FULL.content, FULL.mark)

    def test_aiken_carries_single_choice_and_says_what_is_missing(self):
        exported = export_drafts([TRICKY, *DRAFTS[1:4]], "aiken")

        assert contents(imported(exported.data)) == [replace(TRICKY.content, explanation="")]
        said = [loss.text for loss in exported.losses]
        assert (exported.count, said[1:]) == (
            1,
            ["该格式不能保存这样的多选题，2 道未导出", "该格式不能保存这样的判断题，1 道未导出"],
        )
        assert "解析" in said[0]

    @pytest.mark.parametrize("name", ["text", "gift", "aiken", "moodle-xml"])
    def test_own_files_are_recognised(self, name):
        data = export_drafts([TRICKY], name).data

        assert detect_format(data, "a.txt") == name

    @given(
        st.text(st.characters(blacklist_categories=("C", "Z")), min_size=1, max_size=30),
        st.lists(
            st.text(st.characters(blacklist_categories=("C", "Z", "P", "S")), min_size=1, max_size=10),
            min_size=2,
            max_size=8,
            unique=True,
        ),
    )
    def test_gift_and_moodle_xml_carry_any_text(self, stem, texts):
        options = tuple(Option("abcdefgh"[index], f"{index}{text}") for index, text in enumerate(texts))
        draft = QuestionDraft(Content("single_choice", f"题{stem}干", options, ["b"]), "点")

        for name in ("gift", "moodle-xml"):
            [raw] = parse_file(export_drafts([draft], name).data, "x", name).questions
            assert raw.values["题干"] == f"题{stem}干"
            assert [raw.values[f"选项{option.id.upper()}"] for option in options] == [option.text for option in options]


class TestText:
    def test_usual_layouts_are_read(self):
        report = imported(
            "某某区题库\n"
            "一、单选题（每题 1 分）\n"
            "1、安全生产工作的方针是（ ）。\n"
            "A．安全第一　B．效益第一  C．速度第一\n"
            "D．质量第一\n"
            "答案：A\n"
            "解析：《安全生产法》第三条。\n"
            "知识点：方针\n"
            "\n"
            "2. 主要负责人是第（ B ）责任人。\n"
            "A. 二\n"
            "B. 一\n"
            "三、多项选择题\n"
            "(1) 三个必须包括（ ）\n"
            "A) 管行业\nB) 管业务\nC) 管人事\n"
            "【答案】AB\n"
            "四、判断题：\n"
            "第1题 从业人员有权拒绝违章指挥。（√）\n"
            "第2题 事故可以先处理后报告。（ 错 ）\n",
        )

        assert report.rejected == ()
        assert tuple(note.text for note in report.unsupported) == ("第 1 行没有读懂：某某区题库",)
        assert [
            (row, content.kind, list(content.key)) for row, content in zip(report.drafts, contents(report), strict=True)
        ] == [
            (3, "single_choice", ["a"]),
            (10, "single_choice", ["b"]),
            (14, "multiple_choice", ["a", "b"]),
            (20, "true_false", ["t"]),
            (21, "true_false", ["f"]),
        ]
        assert contents(report)[1].stem == "主要负责人是第（ ）责任人。"
        assert [draft.knowledge_point for draft in report.drafts.values()] == [
            "方针",
            "未分类",
            "未分类",
            "未分类",
            "未分类",
        ]

    def test_questions_without_numbers_are_separated_by_empty_lines(self):
        report = imported(
            "安全帽应当怎样佩戴\nA. 系好帽带\nB. 随意\n答案：A\n\n有限空间作业先做什么\nA. 直接进入\nB. 先通风\n答案：B\n"
        )

        assert [content.stem for content in contents(report)] == ["安全帽应当怎样佩戴", "有限空间作业先做什么"]

    def test_numbered_list_inside_a_stem_and_an_explanation_stays_there(self):
        report = imported(
            "7. 下列做法：\n1. 先通风\n2. 再检测\n正确的顺序是\nA. 先后\nB. 后先\n答案：A\n"
            "解析：理由有二\n1. 法律\n2. 常识\n8. 下一题的题干\nA. 是的\nB. 不是\n答案：B\n",
        )

        assert [content.stem for content in contents(report)] == [
            "下列做法：\n1. 先通风\n2. 再检测\n正确的顺序是",
            "下一题的题干",
        ]
        assert contents(report)[0].explanation == "理由有二\n1. 法律\n2. 常识"

    def test_faults_name_the_line_of_the_question(self):
        report = imported("1. 没有答案的题\nA. 甲\nB. 乙\n2. 答案不对的题\nA. 丙\nB. 丁\n答案：E\n")

        assert [(problem.row, problem.column, problem.code) for problem in report.rejected] == [
            (1, "答案", "key_empty"),
            (4, "答案", "key_unknown_option"),
        ]

    def test_marked_kind_is_taken_off_the_stem(self):
        report = imported(
            "1. 【多选题】下列哪些是正确的\nA. 甲的内容\nB. 乙的内容\n答案：AB\n2. 特种作业人员要持证[判断题]\n答案：对\n"
        )

        assert [(content.kind, content.stem) for content in contents(report)] == [
            ("multiple_choice", "下列哪些是正确的"),
            ("true_false", "特种作业人员要持证"),
        ]


class TestGift:
    def test_kinds_escapes_comments_and_categories(self):
        report = imported(
            "// 注释\n$CATEGORY: $course$/上级/消防\n\n::名称::灭火器 \\{ABC\\} 适用于\\: {\n=固体#对\n~电\\=气\n####解析\\n第二行}\n\n"
            "[html]<p>安全第一&nbsp;预防为主</p><img src='x'>{TRUE}\n\n多选题的题干 {~%50%甲甲 ~%-100%乙乙 ~%50%丙丙}\n\n"
            "主要负责人是 {=第一 ~第二} 责任人\n",
        )

        first, second, third, fourth = contents(report)
        assert (first.stem, [option.text for option in first.options], first.explanation) == (
            "灭火器 {ABC} 适用于:",
            ["固体", "电=气"],
            "解析\n第二行",
        )
        assert (second.kind, second.stem) == ("true_false", "安全第一 预防为主")
        assert (third.kind, list(third.key)) == ("multiple_choice", ["a", "c"])
        assert fourth.stem == "主要负责人是（ ）责任人"
        assert {draft.knowledge_point for draft in report.drafts.values()} == {"消防"}
        assert tuple(note.text for note in report.unsupported) == ("第 4 行的选项反馈未导入", "第 9 行的图片未导入")

    @pytest.mark.parametrize(
        ("answers", "kind", "key"),
        [
            ("{#3.5:0.1}", "numeric", "3.5±0.1"),
            ("{#3.4..3.6}", "numeric", "3.5±0.1"),
            ("{#=7}", "numeric", "7"),
            ("{=甲 -> 乙 =丙 -> 丁}", "matching", "A-乙；B-丁"),
            ("{=甲 =乙}", "fill_in", "甲|乙"),
            ("{####停止作业（2分）}", "short_answer", "停止作业（2分）"),
        ],
    )
    def test_written_kinds_are_read(self, answers, kind, key):
        report = imported(f"题干 {answers}\n", "a.gift")
        [content] = contents(report)

        assert (content.kind, KINDS[kind].key_text(content), report.unsupported) == (kind, key, ())

    def test_essay_without_reference_is_refused_by_line(self):
        assert [(problem.row, problem.code) for problem in imported("题干 {}\n", "a.gift").rejected] == [
            (1, "key_empty")
        ]

    def test_unbalanced_braces_are_refused_by_line(self):
        report = imported("\n题干甲 {=对 ~错\n\n没有答案的题干\n", "a.gift")

        assert [(problem.row, problem.code) for problem in report.rejected][:1] == [(2, "malformed")]
        assert {problem.row for problem in report.rejected} == {2, 4}


class TestAiken:
    def test_both_option_styles_are_read(self):
        report = imported(
            "What comes first?\nA) Safety\nB) Speed\nANSWER: A\n\nNext one?\nA. x1\nB. y2\nC. z3\nanswer: C\n"
        )

        assert [(content.stem, list(content.key)) for content in contents(report)] == [
            ("What comes first?", ["a"]),
            ("Next one?", ["c"]),
        ]

    def test_missing_answer_is_refused_by_line(self):
        report = imported("第一题\nA. 甲\nB. 乙\n第二题\nA. 丙丙\nB. 丁丁\nANSWER: B\n", "a.txt", "aiken")

        assert (report.rejected[0].row, report.rejected[0].code) == (1, "key_empty")
        assert [content.stem for content in contents(report)] == ["第二题"]


class TestMoodleXml:
    QUIZ = (
        '<?xml version="1.0"?><quiz>\n<question type="category"><category><text>$course$/top/用电</text></category></question>\n'
        '<question type="multichoice"><name><text>n</text></name><questiontext format="html"><text><![CDATA[<p>触电后 <b>先</b>做什么</p>'
        '<script>alert(1)</script><img src="a.png"/>]]></text></questiontext><defaultgrade>2.0000000</defaultgrade><single>true</single>'
        '<answer fraction="100"><text>断电</text><feedback><text>对</text></feedback></answer><answer fraction="0"><text>拉人</text></answer></question>\n'
        '<question type="essay"><questiontext format="html"><text>谈谈</text></questiontext></question>\n'
        '<question type="truefalse"><questiontext format="plain_text"><text>湿手可以碰开关</text></questiontext>'
        '<answer fraction="0"><text>true</text></answer><answer fraction="100"><text>false</text></answer></question></quiz>'
    )

    def test_choices_and_true_false_are_read_and_the_rest_is_listed(self):
        report = imported(self.QUIZ, "a.xml")

        assert [
            (row, content.stem, list(content.key)) for row, content in zip(report.drafts, contents(report), strict=True)
        ] == [
            (3, "触电后 先做什么", ["a"]),
            (5, "湿手可以碰开关", ["f"]),
        ]
        assert report.drafts[3].mark == 2
        assert report.drafts[3].knowledge_point == report.drafts[5].knowledge_point == "用电"
        assert tuple(note.text for note in report.unsupported) == (
            "第 3 行的图片未导入",
            "第 3 行的选项反馈未导入",
        )
        assert [(problem.row, problem.code) for problem in report.rejected] == [(4, "key_empty")]

    @pytest.mark.parametrize(
        ("data", "refusal"),
        [
            (b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>', HostileFile),
            (b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">]><quiz/>', HostileFile),
            ("<quiz/>".encode("utf-16"), HostileFile),
            (b"<quiz><question>", FileDamaged),
            (b"<html/>", FileDamaged),
            (b"  ", FileEmpty),
        ],
    )
    def test_hostile_and_broken_documents_are_refused(self, data, refusal):
        with pytest.raises(refusal):
            parse_file(data, "a.xml")

    def test_deep_nesting_is_refused(self):
        with pytest.raises(FileDamaged):
            parse_file(b"<quiz>" + b"<question>" * 5000, "a.xml")


class TestAnything:
    @given(
        st.sampled_from(sorted(set(PARSERS) - {"csv", "xlsx"})),
        st.text("A.B、1答案:：{}=~#\n\\$单选题（）√<quiz>/", max_size=80),
    )
    def test_any_text_is_read_or_refused(self, name, text):
        try:
            report = check_import(parse_file(text.encode(), "a", name), industries=None, bank=())
        except DomainError:
            return
        for problem in report.rejected:
            assert "{" not in problem.text or "{" in text

    def test_difficulty_is_medium_where_a_format_has_none(self):
        [draft] = imported("题干\nA. 甲\nB. 乙\nANSWER: B\n").drafts.values()

        assert draft.difficulty == MEDIUM
        assert OPTIONS != draft.content.options != ABCD
