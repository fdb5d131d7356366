"""The columns of the people template (product.md section 7), and other spellings that clerks use."""

from dataclasses import dataclass
from typing import Final

ENTERPRISE_NAME: Final = "单位名称"
USCC: Final = "统一社会信用代码"
AREA: Final = "乡街"
INDUSTRY: Final = "行业领域"
TAGS: Final = "风险标签"
EMPLOYEES: Final = "从业人员数"
REVENUE: Final = "年主营业务收入(万元)"
AUTHORITY: Final = "监管部门"
PERSON_NAME: Final = "姓名"
ID_TYPE: Final = "证件类型"
ID_NUMBER: Final = "证件号码"
PHONE: Final = "手机号"
POST: Final = "岗位"
CAPACITY: Final = "身份"
VALID_FROM: Final = "任职日期"
VALID_TO: Final = "离任日期"

COLUMNS: Final = (
    ENTERPRISE_NAME, USCC, AREA, INDUSTRY, TAGS, EMPLOYEES, REVENUE, AUTHORITY,
    PERSON_NAME, ID_TYPE, ID_NUMBER, PHONE, POST, CAPACITY, VALID_FROM, VALID_TO,
)  # fmt: skip
REQUIRED: Final = (ENTERPRISE_NAME, USCC, AREA, INDUSTRY, PERSON_NAME, ID_NUMBER, POST)
ALIASES: Final = {
    "企业名称": ENTERPRISE_NAME,
    "生产经营单位": ENTERPRISE_NAME,
    "信用代码": USCC,
    "社会信用代码": USCC,
    "乡镇街道": AREA,
    "街道": AREA,
    "行业": INDUSTRY,
    "主管部门": AUTHORITY,
    "从业人数": EMPLOYEES,
    "身份证号": ID_NUMBER,
    "身份证号码": ID_NUMBER,
    "证件号": ID_NUMBER,
    "手机": PHONE,
    "手机号码": PHONE,
    "联系电话": PHONE,
    "职务": POST,
}


@dataclass(frozen=True, slots=True)
class ColumnHelp:
    """How a column is filled, with an invented example."""

    width: int
    how: str
    example: str


COLUMN_HELP: Final = {
    ENTERPRISE_NAME: ColumnHelp(
        28, "与营业执照一致。同一单位有几名人员，就写几行，单位信息各行相同。", "岳阳市示例机械有限公司"
    ),
    USCC: ColumnHelp(22, "营业执照上的18位代码，按文本填写。", "91430602MA0000017G"),
    AREA: ColumnHelp(14, "从下拉列表中选择。", "望岳路街道"),
    INDUSTRY: ColumnHelp(16, "从下拉列表中选择。", "建筑施工"),
    TAGS: ColumnHelp(18, "可以不填；有多个时用顿号隔开。", "有限空间、动火作业"),
    EMPLOYEES: ColumnHelp(12, "整数；不清楚时不填。", "120"),
    REVENUE: ColumnHelp(14, "以万元为单位；不清楚时不填。", "2600"),
    AUTHORITY: ColumnHelp(16, "可以不填；从下拉列表中选择。", "区住建局"),
    PERSON_NAME: ColumnHelp(12, "与证件一致。", "张示例"),
    ID_TYPE: ColumnHelp(16, "不填时按居民身份证处理。", "居民身份证"),
    ID_NUMBER: ColumnHelp(22, "按文本填写；末位的 X 大小写均可。", "11010519491231002X"),
    PHONE: ColumnHelp(16, "本人的手机号，用来接收通知和登录。", "13800138000"),
    POST: ColumnHelp(14, "从下拉列表中选择。", "主要负责人"),
    CAPACITY: ColumnHelp(14, "主要负责人的身份，可以不填。", "法定代表人"),
    VALID_FROM: ColumnHelp(14, "格式如 2024-01-05；不填时从导入当天起算。", "2024-01-05"),
    VALID_TO: ColumnHelp(14, "仍在任的不填。", ""),
}
