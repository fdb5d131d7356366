"""Refusals of the registry: what is wrong with a datum, and what must not happen to a record."""

from core.errors import DomainError, Stale, gettext_noop


class DatumInvalid(DomainError):
    """A single datum that cannot be right; the base of the checks that an import shows by row and column."""

    code = "datum_invalid"
    message = gettext_noop("内容有误，请更正。")


class CreditCodeMalformed(DatumInvalid):
    """Wrong length, or letters that GB 32100 does not use."""

    code = "credit_code_malformed"
    message = gettext_noop(
        "统一社会信用代码应为18位，由数字和大写字母组成（不含 I、O、S、V、Z），第3至8位为数字。请对照营业执照填写。"
    )


class CreditCodeCheckWrong(DatumInvalid):
    """The last character does not fit the seventeen before it."""

    code = "credit_code_check_wrong"
    message = gettext_noop("统一社会信用代码的校验位不正确，其中至少有一位写错。请对照营业执照逐位核对。")


class IdCardMalformed(DatumInvalid):
    """Not seventeen digits and a digit or X."""

    code = "id_card_malformed"
    message = gettext_noop("居民身份证号码应为18位：前17位是数字，最后一位是数字或 X。请对照证件填写。")


class IdCardOldForm(DatumInvalid):
    """Fifteen digits: the numbers of before 1999."""

    code = "id_card_old_form"
    message = gettext_noop("这是15位的旧身份证号码，已停止使用。请填写18位的居民身份证号码。")


class IdCardDateImpossible(DatumInvalid):
    """The birth date inside the number does not exist, or has not come."""

    code = "id_card_date_impossible"
    message = gettext_noop("证件号码第7至14位不是有效的出生日期。请对照证件逐位核对。")


class IdCardCheckWrong(DatumInvalid):
    """GB 11643: the last character does not fit."""

    code = "id_card_check_wrong"
    message = gettext_noop("证件号码的校验位不正确，其中至少有一位写错。请对照证件逐位核对。")


class DocumentNumberMalformed(DatumInvalid):
    """A passport or other document number of impossible length or characters."""

    code = "document_number_malformed"
    message = gettext_noop("证件号码应为5至20位的字母和数字。请对照证件填写。")


class PhoneMalformed(DatumInvalid):
    """No phone number that can receive a text."""

    code = "phone_malformed"
    message = gettext_noop(
        "手机号不正确。内地号码为11位数字；境外号码请以 + 和国家或地区代码开头，例如 +852 51234567。"
    )


class NameMissing(DatumInvalid):
    """Nothing but blanks."""

    code = "name_missing"
    message = gettext_noop("请填写姓名。")


class NameMalformed(DatumInvalid):
    """Too long, or characters that no name has."""

    code = "name_malformed"
    message = gettext_noop(
        "名称过长、没有文字，或含有不能用于名称的字符（例如 < >、控制字符）。请改正，最多 {limit} 个字。"
    )


class DatesReversed(DatumInvalid):
    """An end before its beginning."""

    code = "dates_reversed"
    message = gettext_noop("离任日期早于任职日期。请核对两个日期。")


class FigureImpossible(DatumInvalid):
    """A negative or absurd number of employees or revenue."""

    code = "figure_impossible"
    message = gettext_noop("从业人员数应为0至1000000的整数，年主营业务收入（万元）应为0至100000000的数。请核对。")


class UnknownArea(DatumInvalid):
    """No street of that name or code is in force."""

    code = "unknown_area"
    message = gettext_noop("乡街“{value}”不在名单中，或已撤并。请从模板的下拉列表中选择。")


class UnknownIndustry(DatumInvalid):
    """No industry of that name or code."""

    code = "unknown_industry"
    message = gettext_noop("行业领域“{value}”不在名单中。请从模板的下拉列表中选择。")


class UnknownTag(DatumInvalid):
    """No hazard tag of that name or code."""

    code = "unknown_tag"
    message = gettext_noop("风险标签“{value}”不在名单中。请按模板说明填写，多个标签用顿号隔开。")


class UnknownAuthority(DatumInvalid):
    """No authority of that name or code."""

    code = "unknown_authority"
    message = gettext_noop("监管部门“{value}”不在名单中。请从模板的下拉列表中选择，或留空。")


class EnterpriseExists(DomainError):
    """The credit code is taken."""

    code = "enterprise_exists"
    message = gettext_noop("该统一社会信用代码已经登记。请在单位列表中查找并修改，不要重复登记。")


class EnterpriseStateSame(Stale):
    """Already stopped, or already active."""

    code = "enterprise_state_same"
    message = gettext_noop("该单位的状态已被他人更改，请刷新页面后核对。")


class PersonExists(DomainError):
    """The document number is taken."""

    code = "person_exists"
    message = gettext_noop("该证件号码已经登记。请在人员列表中查找，或直接在单位页面为其添加任职。")


class PersonNameConflict(DomainError):
    """The document number belongs to somebody registered under another name. The other name is not told."""

    code = "person_name_conflict"
    message = gettext_noop("该证件号码已用另一个姓名登记。请对照证件核对姓名和号码；确需更名的，请联系区安委办。")


class PersonPhoneConflict(DomainError):
    """The person is registered elsewhere with another phone; it is what they sign in with, so a stranger cannot change it."""

    code = "person_phone_conflict"
    message = gettext_noop("该人员已由其他单位登记了另一个手机号。请与本人核对；确需更换的，由本人或区安委办更改。")


class AlreadyAppointed(DomainError):
    """The same person already holds the same post at the same enterprise."""

    code = "already_appointed"
    message = gettext_noop("该人员在本单位的这一岗位已经在任，不能重复添加。")


class AppointmentEnded(Stale):
    """Somebody ended it before."""

    code = "appointment_ended"
    message = gettext_noop("该任职已经结束，请刷新页面后核对。")


class OutsideReach(DomainError):
    """The enterprise would lie, or lies, in another street or industry than the actor's."""

    code = "outside_reach"
    message = gettext_noop("该单位的乡街和行业领域不在您的范围内，不能由您登记或修改。请由有权限的部门办理。")


class ImportTooLong(DomainError):
    """More rows than one import may hold."""

    code = "import_too_long"
    message = gettext_noop("一次最多导入 {limit} 行，该文件超过了这一数量。请拆分成几个文件，分别导入。")


class ImportHasErrors(DomainError):
    """All or nothing: a file with a faulty row is not applied."""

    code = "import_has_errors"
    message = gettext_noop("文件中还有 {count} 处错误，没有导入任何内容。请下载错误清单，改正后重新上传。")


class ImportClosed(Stale):
    """Already applied or cancelled."""

    code = "import_closed"
    message = gettext_noop("这次导入已经完成或取消。如需再次导入，请重新上传文件。")


class ImportChanged(Stale):
    """The database moved between preview and application, so that other things would happen than were shown."""

    code = "enterprise_import_changed"
    message = gettext_noop("预览之后，有关数据被他人更改，导入结果会与预览不同，因此没有导入。请核对新的预览后再确认。")


class SheetsAmbiguous(DomainError):
    """Two worksheets with our headers: reading one of them would import half."""

    code = "sheets_ambiguous"
    message = gettext_noop("文件中有多个工作表含有数据：{names}。请合并到一个工作表，或删除多余的工作表后再上传。")


class CellRequired(DatumInvalid):
    """A required cell without content."""

    code = "cell_required"
    message = gettext_noop("这一格必填，请补充。")


class CellIsNumber(DatumInvalid):
    """A long identifier typed as a number: Excel keeps fifteen digits and turns the rest into zeros."""

    code = "cell_is_number"
    message = gettext_noop(
        "这一格被 Excel 存成了数字，末尾几位可能已变成 0。请把单元格格式改为“文本”，再对照证件重新输入。"
    )


class CellIsFormula(DatumInvalid):
    """A cell that shows an error, or a formula without a stored result."""

    code = "cell_is_formula"
    message = gettext_noop("这一格是没有结果的公式，或显示为错误值。请改为直接填写内容。")


class CellNotCount(DatumInvalid):
    """No whole number."""

    code = "cell_not_count"
    message = gettext_noop("请填写整数，例如 120。")


class CellNotAmount(DatumInvalid):
    """No amount of money."""

    code = "cell_not_amount"
    message = gettext_noop("请填写以万元为单位的数，例如 2000 或 1860.5。")


class CellNotDate(DatumInvalid):
    """No date, or one far away."""

    code = "cell_not_date"
    message = gettext_noop("请填写日期，格式如 2024-01-05；日期应在1950年之后，且不晚于一年以后。")


class CellNotChoice(DatumInvalid):
    """None of a short list."""

    code = "cell_not_choice"
    message = gettext_noop("“{value}”不是可选的内容。请填写：{choices}。")


class CellMerged(DatumInvalid):
    """Merged cells hold their value in the first cell only."""

    code = "cell_merged"
    message = gettext_noop("第 {first}–{last} 行有合并的单元格，只有左上角的一格有内容。请取消合并，并逐行填写完整。")


class RowRepeated(DatumInvalid):
    """The same person, enterprise and post twice in the file."""

    code = "row_repeated"
    message = gettext_noop("与第 {other} 行重复：同一单位、同一人员、同一岗位。请删除其中一行。")


class EnterpriseRowsDiffer(DatumInvalid):
    """The same credit code with two facts in the file."""

    code = "enterprise_rows_differ"
    message = gettext_noop("与第 {other} 行的信用代码相同，但“{column}”不同。同一单位各行的单位信息应当一致，请改正。")


class PersonRowsDiffer(DatumInvalid):
    """The same document with two names or phones in the file."""

    code = "person_rows_differ"
    message = gettext_noop("与第 {other} 行的证件号码相同，但“{column}”不同。请对照证件核对后改正。")


class EnterpriseNameConflict(DatumInvalid):
    """The credit code is registered under another name."""

    code = "enterprise_name_conflict"
    message = gettext_noop(
        "该信用代码已登记为“{registered}”，与文件中的单位名称不同。请核对信用代码；单位确已更名的，请先在单位页面修改名称。"
    )
