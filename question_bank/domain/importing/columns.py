"""The columns of the question template, and the drop-down lists and examples that come with it (product.md section 7)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from core.spreadsheets import Column, SheetSpec
from question_bank.domain.kinds.choices import OPTION_IDS

KIND: Final = "题型"
STEM: Final = "题干"
KEY: Final = "答案"
EXPLANATION: Final = "解析"
DIFFICULTY: Final = "难度"
KNOWLEDGE_POINT: Final = "知识点"
INDUSTRY: Final = "行业"
POSTS: Final = "适用人员"
LAW_REFERENCE: Final = "法规依据"
LAW_EDITION: Final = "法规版本"
VALID_UNTIL: Final = "有效期至"
MARK: Final = "分值"
SOURCE: Final = "来源"
NOTE: Final = "备注"


def option_title(option_id: str) -> str:
    """`a` → `选项A`."""
    return f"选项{option_id.upper()}"


OPTIONS: Final = tuple(option_title(option_id) for option_id in OPTION_IDS)
TITLES: Final = (
    KIND, STEM, *OPTIONS, KEY, EXPLANATION, DIFFICULTY, KNOWLEDGE_POINT, INDUSTRY, POSTS,
    LAW_REFERENCE, LAW_EDITION, VALID_UNTIL, MARK, SOURCE, NOTE,
)  # fmt: skip
KIND_CHOICES: Final = ("单选", "多选", "不定项", "判断", "填空", "数值", "匹配", "排序", "简答", "案例")
REQUIRED: Final = (KIND, STEM, KEY, KNOWLEDGE_POINT)

ALIASES: Final[Mapping[str, str]] = {
    "题目类型": KIND, "试题类型": KIND, "类型": KIND, "题目": STEM, "试题": STEM, "试题内容": STEM, "题目内容": STEM, "问题": STEM,
    "正确答案": KEY, "参考答案": KEY, "标准答案": KEY, "答案解析": EXPLANATION, "试题解析": EXPLANATION, "难易度": DIFFICULTY,
    "难度系数": DIFFICULTY, "难易程度": DIFFICULTY, "知识点名称": KNOWLEDGE_POINT, "章节": KNOWLEDGE_POINT, "行业领域": INDUSTRY,
    "适用岗位": POSTS, "法律依据": LAW_REFERENCE, "依据": LAW_REFERENCE, "有效期": VALID_UNTIL, "分数": MARK, "出处": SOURCE,
    **{letter: f"选项{letter}" for letter in OPTION_IDS.upper()},
    **{f"{letter}选项": f"选项{letter}" for letter in OPTION_IDS.upper()},
    **{f"答案{letter}": f"选项{letter}" for letter in OPTION_IDS.upper()},
}  # fmt: skip

# Place of a problem in a draft → column of the template.
COLUMN_OF_PLACE: Final[Mapping[str, str]] = {
    "kind": KIND, "stem": STEM, "options": OPTIONS[0], "key": KEY, "explanation": EXPLANATION, "difficulty": DIFFICULTY,
    "knowledge_point": KNOWLEDGE_POINT, "industry": INDUSTRY, "posts": POSTS, "law_reference": LAW_REFERENCE,
    "law_edition": LAW_EDITION, "valid_until": VALID_UNTIL, "mark": MARK, "source": SOURCE, "note": NOTE,
    **{f"options.{option_id}": option_title(option_id) for option_id in OPTION_IDS},
}  # fmt: skip

EXAMPLES: Final[Sequence[Mapping[str, str]]] = (
    {
        KIND: "单选",
        STEM: "根据《安全生产法》，生产经营单位的（ ）是本单位安全生产第一责任人。",
        "选项A": "主要负责人", "选项B": "分管安全的负责人", "选项C": "安全管理人员", "选项D": "工会主席",
        KEY: "A", EXPLANATION: "第五条：生产经营单位的主要负责人是本单位安全生产第一责任人。",
        DIFFICULTY: "易", KNOWLEDGE_POINT: "主要负责人职责", POSTS: "主要负责人、安全管理人员",
        LAW_REFERENCE: "《中华人民共和国安全生产法》第五条", LAW_EDITION: "2021", MARK: "1", SOURCE: "自编",
    },
    {
        KIND: "多选",
        STEM: "安全生产工作实行的“三管三必须”包括（ ）。",
        "选项A": "管行业必须管安全", "选项B": "管业务必须管安全", "选项C": "管生产经营必须管安全", "选项D": "管人事必须管安全",
        KEY: "A、B、C", EXPLANATION: "第三条。", DIFFICULTY: "0.5", KNOWLEDGE_POINT: "安全生产方针与原则",
        LAW_REFERENCE: "《中华人民共和国安全生产法》第三条", LAW_EDITION: "2021", MARK: "2", SOURCE: "自编",
    },
    {
        KIND: "判断",
        STEM: "从业人员发现直接危及人身安全的紧急情况时，有权停止作业。",
        KEY: "正确", EXPLANATION: "第五十五条。", DIFFICULTY: "易", KNOWLEDGE_POINT: "从业人员权利义务",
        LAW_REFERENCE: "《中华人民共和国安全生产法》第五十五条", LAW_EDITION: "2021", MARK: "1", SOURCE: "自编",
    },
    {
        KIND: "填空",
        STEM: "安全生产工作应当坚持____、____、综合治理的方针。",
        KEY: "安全第一；预防为主|以预防为主", EXPLANATION: "第三条。", DIFFICULTY: "易", KNOWLEDGE_POINT: "安全生产方针与原则", MARK: "2",
    },
    {
        KIND: "数值",
        STEM: "坠落高度基准面多高及以上的作业属于高处作业？",
        KEY: "2 m（填单位）", EXPLANATION: "GB/T 3608：坠落高度基准面 2 m 及以上。", DIFFICULTY: "易", KNOWLEDGE_POINT: "高处作业", MARK: "1",
    },
    {
        KIND: "匹配",
        STEM: "把安全色与含义配对。",
        "选项A": "红色", "选项B": "黄色", "选项C": "蓝色",
        KEY: "A-禁止、停止；B-警告、注意；C-指令、必须遵守；-安全状态、通行", DIFFICULTY: "易", KNOWLEDGE_POINT: "安全色与标志", MARK: "3",
    },
    {
        KIND: "排序",
        STEM: "发现初起火灾后的处置次序。",
        "选项A": "撤离", "选项B": "报警", "选项C": "切断电源",
        KEY: "C、B、A", DIFFICULTY: "中", KNOWLEDGE_POINT: "应急处置", MARK: "2",
    },
    {
        KIND: "简答",
        STEM: "进入有限空间作业前应当做什么？",
        KEY: "先通风、再检测、后作业（3分）\n安排专人监护（2分）", DIFFICULTY: "中", KNOWLEDGE_POINT: "有限空间", MARK: "5",
    },
    {
        KIND: "案例",
        STEM: "某企业在未办理动火审批的情况下焊接储罐，引发爆燃。",
        KEY: "1.【单选 2分】本单位安全生产第一责任人是\nA. 班组长\nB. 主要负责人\n答案：B\n"
        "2.【简答 3分】直接原因是什么\n答案：未审批即动火（2分）\n没有监护（1分）",
        DIFFICULTY: "难", KNOWLEDGE_POINT: "动火作业", MARK: "5",
    },
)  # fmt: skip

_WIDTHS: Final[Mapping[str, int]] = {
    STEM: 50,
    EXPLANATION: 40,
    LAW_REFERENCE: 30,
    KNOWLEDGE_POINT: 18,
    POSTS: 22,
    KIND: 8,
    KEY: 10,
}
_HELP: Final[Mapping[str, str]] = {
    KIND: "单选、多选、不定项、判断、填空、数值、匹配、排序、简答或案例，写法见“填写示例”",
    OPTIONS[0]: "单选、多选、匹配、排序题从选项A起连续填写，2 至 8 个；其他题型不填",
    KEY: "单选填 B；多选填 A、C 或 AC；判断填 正确 或 错误；填空各空用；分隔，不同写法用|分隔；"
    "数值如 3.5±0.1 m；匹配如 A-甲；B-乙；排序如 B、A、C；简答写参考答案",
    DIFFICULTY: "易、中、难，或 0 至 1 的小数（数字越大越难）；不填为中",
    INDUSTRY: "只适用于一个行业时填写；通用的不填",
    POSTS: "多个岗位用“、”分隔；不填为全部人员",
    VALID_UNTIL: "如 2027-12-31；不填为长期有效",
    MARK: "建议分值，不填为 1；组卷时以组卷方案为准",
}

EXAMPLE_SHEET: Final = "填写示例"
QUESTION_SHEET: Final = "试题"


def written_columns(knowledge_points: Iterable[str] = (), industries: Iterable[str] = ()) -> tuple[Column, ...]:
    """The template's columns for writing, with the drop-down lists of this bank."""
    choices = {
        KIND: KIND_CHOICES,
        DIFFICULTY: ("易", "中", "难"),
        KNOWLEDGE_POINT: tuple(knowledge_points),
        INDUSTRY: tuple(industries),
    }
    return tuple(
        Column(title, _WIDTHS.get(title, 14), title in REQUIRED, choices.get(title, ()), _HELP.get(title, ""))
        for title in TITLES
    )


def template_sheets(knowledge_points: Iterable[str], industries: Iterable[str]) -> list[SheetSpec]:
    """The downloadable template: an empty sheet with lists, and a sheet of examples that is never imported."""
    columns = written_columns(knowledge_points, industries)
    examples = [[example.get(title, "") for title in TITLES] for example in EXAMPLES]
    plain = tuple(Column(column.title, column.width, column.required) for column in columns)
    return [SheetSpec(QUESTION_SHEET, columns), SheetSpec(EXAMPLE_SHEET, plain, examples)]
