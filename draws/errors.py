"""Refusals of the draw. Each says what is wrong and what to do next; parameters are free of personal data."""

from core.errors import DomainError, Stale, gettext_noop

# --- roster.csv ---------------------------------------------------------------------------------------------------


class RosterNotAscii(DomainError):
    code = "roster_not_ascii"
    message = gettext_noop("roster.csv 的第 {position} 个字节不是 ASCII 字符。请使用原始文件，不要用表格软件另存。")


class RosterHeaderWrong(DomainError):
    code = "roster_header_wrong"
    message = gettext_noop("roster.csv 的第 1 行应为 “{expected}”。请使用原始文件，不要改动表头。")


class RosterNotTerminated(DomainError):
    code = "roster_not_terminated"
    message = gettext_noop("roster.csv 的最后一行（第 {line} 行）没有换行符，文件可能不完整。请重新下载。")


class RosterLineMalformed(DomainError):
    code = "roster_line_malformed"
    message = gettext_noop(
        "roster.csv 第 {line} 行不是 pid,stratum,lots,flag 四栏，或含多余的空格、引号、回车。请使用原始文件。"
    )


class RosterPidInvalid(DomainError):
    code = "roster_pid_invalid"
    message = gettext_noop("roster.csv 第 {line} 行的 pid 应为 64 位小写十六进制数。请改正该行或重新生成名册。")


class RosterStratumInvalid(DomainError):
    code = "roster_stratum_invalid"
    message = gettext_noop(
        "roster.csv 第 {line} 行的分层应写作“行业-行政区划-岗位”，例如 {example}。请改正该行或重新生成名册。"
    )


class RosterLotsInvalid(DomainError):
    code = "roster_lots_invalid"
    message = gettext_noop("roster.csv 第 {line} 行的签数应为 1 至 9 的一位数字。请改正该行或重新生成名册。")


class RosterFlagInvalid(DomainError):
    code = "roster_flag_invalid"
    message = gettext_noop(
        "roster.csv 第 {line} 行的标记应为空、“M:原因代码”或“X:原因代码”，例如 M:ACC。请改正该行或重新生成名册。"
    )


class RosterOrderWrong(DomainError):
    code = "roster_order_wrong"
    message = gettext_noop("roster.csv 第 {line} 行的顺序不对：各行必须按 pid 从小到大排列。请使用原始文件。")


class RosterDuplicate(DomainError):
    code = "roster_duplicate"
    message = gettext_noop(
        "roster.csv 第 {line} 行与前一行的 pid 相同：每人只能有一行。请删除重复的人员后重新生成名册。"
    )


class RosterEmpty(DomainError):
    code = "roster_empty"
    message = gettext_noop("名册中没有人员。请放宽范围，或先导入单位与人员。")


class PersonalFieldInvalid(DomainError):
    code = "personal_field_invalid"
    message = gettext_noop("计算签号标识所需的 {field} 为空或含有不允许的字符。请先在人员档案中更正。")


# --- plan.json ----------------------------------------------------------------------------------------------------


class PlanNotJson(DomainError):
    code = "plan_not_json"
    message = gettext_noop("plan.json 不是可读的 JSON 对象，文件可能损坏。请重新下载。")


class PlanNotCanonical(DomainError):
    code = "plan_not_canonical"
    message = gettext_noop(
        "plan.json 不是规范写法（键排序、无空格、ASCII、末尾一个换行）。请使用原始文件，不要用编辑器另存。"
    )


class PlanFieldMissing(DomainError):
    code = "plan_field_missing"
    message = gettext_noop("plan.json 缺少 {field}。请补上后重新生成方案。")


class PlanFieldInvalid(DomainError):
    code = "plan_field_invalid"
    message = gettext_noop("plan.json 中的 {field} 不合规定，应为：{expected}。请改正后重新生成方案。")


class PlanRosterDiffers(DomainError):
    code = "plan_roster_differs"
    message = gettext_noop(
        "roster.csv 与方案不符：方案公布的哈希为 {planned}，文件的哈希为 {found}。名册可能被改动，请停止抽签并核查。"
    )


class PlanRowsDiffer(DomainError):
    code = "plan_rows_differ"
    message = gettext_noop("方案写明名册有 {planned} 行，文件中有 {found} 行。名册可能不完整，请停止抽签并核查。")


class QuotaUnknownStratum(DomainError):
    code = "quota_unknown_stratum"
    message = gettext_noop("名额表中的分层 {stratum} 不在名册中。请删除该行或改正分层代码。")


class QuotaTooLarge(DomainError):
    code = "quota_too_large"
    message = gettext_noop(
        "分层 {stratum} 安排了 {asked} 个名额，但可抽人员只有 {available} 人。请减少名额或核对排除名单。"
    )


class EntropyTooLow(DomainError):
    code = "entropy_too_low"
    message = gettext_noop(
        "所选公开随机源合计只有 {bits} 比特，少于要求的 {required} 比特。请增加一个随机源，例如排列5或 20 枚十面骰子。"
    )


class SourceTwice(DomainError):
    code = "source_twice"
    message = gettext_noop("随机源 {source} 写了两次，重复的号码不增加随机性。请删除一个。")


class SourceUnknown(DomainError):
    code = "source_unknown"
    message = gettext_noop("不认识随机源 {source}。可用的写法如：{examples}。")


class LocalOutsideDemo(DomainError):
    code = "local_outside_demo"
    message = gettext_noop("本机随机源（LOCAL）不能证明任何事情，只能在演示环境使用。请改用公开开奖或骰子。")


class CoverageTooFast(DomainError):
    code = "coverage_too_fast"
    message = gettext_noop(
        "每轮抽 {seats} 人、共 {population} 人时，“{rounds} 轮内全部抽到”会使抽签变成轮流值班。请改为至少 {minimum} 轮，或增加每轮名额。"
    )


# --- sources.txt --------------------------------------------------------------------------------------------------


class SourcesNotText(DomainError):
    code = "sources_not_text"
    message = gettext_noop("sources.txt 应为 ASCII 文本，每行一个随机源，以换行结尾。请使用原始文件。")


class SourcesCountWrong(DomainError):
    code = "sources_count_wrong"
    message = gettext_noop("方案中有 {planned} 个随机源，录入了 {found} 个。请逐一录入。")


class SourceNotPlanned(DomainError):
    code = "source_not_planned"
    message = gettext_noop("第 {line} 个随机源应为方案写明的 {planned}，而不是 {found}。请核对期号。")


class SourceValueInvalid(DomainError):
    """Base of the refusals below, one for each kind, so that each can say its own rule."""

    code = "source_value_invalid"
    message = gettext_noop("{source} 的号码不合规定。请对照开奖公告重新录入。")


class SsqInvalid(SourceValueInvalid):
    code = "source_ssq_invalid"
    message = gettext_noop(
        "{source}：双色球应为 6 个互不相同的红球（01–33，从小到大）加 1 个蓝球（01–16），例如 {example}。请对照开奖公告重新录入。"
    )


class DltInvalid(SourceValueInvalid):
    code = "source_dlt_invalid"
    message = gettext_noop(
        "{source}：大乐透应为 5 个互不相同的前区号码（01–35）加 2 个后区号码（01–12），均从小到大，例如 {example}。请对照开奖公告重新录入。"
    )


class Fc3dInvalid(SourceValueInvalid):
    code = "source_fc3d_invalid"
    message = gettext_noop("{source}：福彩3D应为 3 个数字，保留顺序和 0，例如 {example}。请对照开奖公告重新录入。")


class Pl5Invalid(SourceValueInvalid):
    code = "source_pl5_invalid"
    message = gettext_noop("{source}：排列5应为 5 个数字，保留顺序和 0，例如 {example}。请对照开奖公告重新录入。")


class DiceInvalid(SourceValueInvalid):
    code = "source_dice_invalid"
    message = gettext_noop(
        "{source}：应按掷出的顺序录入方案规定枚数的十面骰子（0–9），例如 {example}。请对照现场记录重新录入。"
    )


class DrandInvalid(SourceValueInvalid):
    code = "source_drand_invalid"
    message = gettext_noop(
        "{source}：应为该轮次公布的 64 位小写十六进制随机数，例如 {example}。请对照公布页面重新录入。"
    )


class LocalInvalid(SourceValueInvalid):
    code = "source_local_invalid"
    message = gettext_noop("{source}：应为 64 位小写十六进制数，例如 {example}。请重新生成并录入。")


class SourcesDiffer(DomainError):
    code = "sources_differ"
    message = gettext_noop("两人录入的号码不一致：{sources}。请两人各自对照开奖公告重新录入，一致后才能抽签。")
    status = 409


class SourcesTooEarly(DomainError):
    code = "sources_too_early"
    message = gettext_noop("现在还不能录入随机源：异议期和开奖时间要到 {not_before} 之后。请届时再录入。")


class FallbackTooEarly(DomainError):
    code = "fallback_too_early"
    message = gettext_noop("方案规定，要到 {not_before} 仍无开奖号码时才能改用骰子。请届时再录入。")


# --- result.csv and what follows ------------------------------------------------------------------------------------


class ResultMalformed(DomainError):
    code = "result_malformed"
    message = gettext_noop("result.csv 第 {line} 行不合规定（应为 stratum,status,pid）。请使用原始文件。")


class ResultDiffers(DomainError):
    code = "result_differs"
    message = gettext_noop(
        "result.csv 与按公开文件重新计算的结果不同，第一处不同在第 {line} 行。请使用原始文件；如仍不同，请向主管部门提出异议。"
    )


class ReservesExhausted(DomainError):
    code = "reserves_exhausted"
    message = gettext_noop("分层 {stratum} 的递补人员已全部用完。请办理扩大抽取，按原签号顺延，不能重新抽签。")


class NotInResult(DomainError):
    code = "not_in_result"
    message = gettext_noop("该人员不在本次抽签的抽中名单中，无需递补。请核对姓名。")


# --- the room: who may do what, when --------------------------------------------------------------------------------


class ParametersInvalid(DomainError):
    code = "draw_parameters_invalid"
    message = gettext_noop("抽签参数 {field} 不合规定，应为：{expected}。请改正后再保存。")


class DrawExists(DomainError):
    code = "draw_exists"
    message = gettext_noop(
        "{round} 已有一次抽签。每个轮次只能有一份有效方案；如需重来，请先取消原方案（取消的方案仍会公开）。"
    )
    status = 409


class WrongDrawState(DomainError):
    code = "wrong_draw_state"
    message = gettext_noop("抽签目前的状态是“{state}”，不能进行此操作。请刷新页面查看下一步。")
    status = 409


class WindowRequired(DomainError):
    code = "objection_window_required"
    message = gettext_noop("异议期至少 1 个工作日。不设异议期只能在演示环境使用。")


class SourcesBeforeWindow(DomainError):
    code = "sources_before_window"
    message = gettext_noop("开奖时间 {sources_after} 早于异议期结束的日期 {earliest}。请选择更晚的期号和开奖时间。")


class DraftChanged(Stale):
    """Rules or flags changed while the snapshot was taken."""

    code = "draft_changed"
    message = gettext_noop("生成名册期间，抽签规则或人员标记有改动，名册没有写入。请核对后重新提出冻结。")


class ProposalChanged(DomainError):
    code = "proposal_changed"
    message = gettext_noop("方案在您查看之后已有变化，请重新核对后再批准。")
    status = 409


class ProposalExpired(DomainError):
    code = "proposal_expired"
    message = gettext_noop(
        "从今天起算，异议期要到 {earliest} 才结束，已晚于方案写明的开奖时间。请退回，由提出人重新选择期号。"
    )


class FlagsPending(DomainError):
    code = "flags_pending"
    message = gettext_noop("还有 {count} 项必考或不参加申请没有审批。请先审批或撤回。")


class FlagExists(DomainError):
    code = "flag_exists"
    message = gettext_noop("此人已有一项必考或不参加申请。如需更改，请先撤回原申请。")
    status = 409


class FlagCodeUnknown(DomainError):
    code = "flag_code_unknown"
    message = gettext_noop("没有原因代码 {flag_code}。可用的代码：{known}。")


class EvidenceFileMissing(DomainError):
    code = "evidence_file_missing"
    message = gettext_noop("申请不参加抽签，须上传证明材料（PDF、Office 文件或照片）。请选择文件后再提交。")


class NotInPopulation(DomainError):
    code = "not_in_population"
    message = gettext_noop("此人不在本次抽签的人员范围内，无需标记。请核对姓名或调整范围。")


class ReasonRequired(DomainError):
    code = "reason_required"
    message = gettext_noop("请写明原因和依据（2 至 300 字）。它们会与审批人一起记入审计记录。")


class SourcePositionUnknown(DomainError):
    code = "source_position_unknown"
    message = gettext_noop("方案中没有第 {position} 个随机源。请刷新页面后重新录入。")


class SourcesIncomplete(DomainError):
    code = "sources_incomplete"
    message = gettext_noop("随机源 {sources} 还没有两个人分别录入。请由两位不同的工作人员各自录入后再抽签。")


class EnlargementEmpty(DomainError):
    code = "enlargement_empty"
    message = gettext_noop("扩大抽取至少增加 1 个名额，且分层中须还有没有抽到的人。请填写人数或分层名额表。")


class EnlargingEnded(DomainError):
    """The first sitting opened: whoever came in later would know what is asked, and would have been picked knowing it."""

    code = "enlarging_ended"
    message = gettext_noop(
        "本轮考试已于 {opened} 开场，不能再扩大抽取：后加入的人可能已经知道试题，增加的时机也不再中立。人数不足请在下一轮调整。"
    )


class EnlargementPending(DomainError):
    code = "enlargement_pending"
    message = gettext_noop("已有一项扩大抽取申请等待审批。请先审批，再提出新的申请。")
    status = 409


class EnlargementsUsedUp(DomainError):
    code = "enlargements_used_up"
    message = gettext_noop("一次抽签最多扩大 {limit} 次。请在下一轮中安排。")


class MinutesEmpty(DomainError):
    code = "minutes_empty"
    message = gettext_noop("请写明在场人员，每行一人，例如：“张三，区纪委监督代表”。")


class MinutesLineWrong(DomainError):
    code = "minutes_line_wrong"
    message = gettext_noop("第 {line} 行应写明姓名和单位或身份，用逗号隔开，例如：“张三，区纪委监督代表”。")


class MinutesTooLong(DomainError):
    code = "minutes_too_long"
    message = gettext_noop("在场人员最多写 {limit} 人。人数更多时请写明代表，其余写在备注中。")


class MinutesPlaceMissing(DomainError):
    code = "minutes_place_missing"
    message = gettext_noop("请写明抽签的地点（2 至 100 字）。")


class ReplacementPending(DomainError):
    code = "replacement_pending"
    message = gettext_noop("此人已有一项缓考申请正在审批或已批准，不能重复申请。")
    status = 409


class AlreadyDecided(DomainError):
    code = "already_decided"
    message = gettext_noop("该申请已由他人处理，请刷新页面查看结果。")
    status = 409
