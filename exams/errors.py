"""What this room refuses, with stable codes; the Chinese text says what to do now."""

from core.errors import DomainError, NotFound, Stale, gettext_noop

# Rounds


class RoundNotInState(DomainError):
    """The round is not in the state that this step starts from."""

    code = "round_not_in_state"
    message = gettext_noop("本轮次当前为“{state}”，该步骤只能在“{needed}”时进行。请刷新页面查看进度。")


class BlueprintNotFeasible(DomainError):
    """The bank does not hold what the blueprint asks for."""

    code = "blueprint_not_feasible"
    message = gettext_noop("组卷方案“{cell}”要求 {asked} 题，题库中可用的只有 {available} 题。请补充试题或调整方案。")


class WindowWrong(DomainError):
    """Opening, last start and hard end are out of order, or the time between them is too short."""

    code = "window_wrong"
    message = gettext_noop(
        "场次时间有误：开始时间须早于最晚入场时间，最晚入场时间不得晚于结束时间，且首尾之间至少 {minutes} 分钟。"
    )


class PassMarkWrong(DomainError):
    """The pass mark is outside 0 and the total of the paper."""

    code = "pass_mark_wrong"
    message = gettext_noop("合格分须大于 0 且不超过试卷满分 {total} 分。")


class DurationWrong(DomainError):
    """Minutes or grace are outside what a sitting can have."""

    code = "duration_wrong"
    message = gettext_noop("考试时长须为 {least}—{most} 分钟，宽限须为 0—{grace} 秒。")


class RoundExists(DomainError):
    """One authority holds one regular round in a quarter."""

    code = "round_exists"
    message = gettext_noop("该监管部门本季度已有抽考轮次，请在原轮次上继续。")


class DrawNotCompleted(DomainError):
    """Candidates come from a completed draw only."""

    code = "draw_not_completed"
    message = gettext_noop("抽签尚未完成，不能生成考生名单。请先完成公开抽签。")


class BankChanged(DomainError):
    """The bank snapshot or the paper key is not the one committed in the draw plan (A11)."""

    code = "bank_changed"
    message = gettext_noop("题库快照或组卷密钥与抽签方案中公布的承诺不一致，不能组卷。请停止操作并通知审计人员。")


class AttemptsUnfinished(DomainError):
    """A round closes when nobody is writing any more."""

    code = "attempts_unfinished"
    message = gettext_noop("还有 {count} 名考生正在作答，收卷后才能进行该步骤。")


class AttemptsUngraded(DomainError):
    """A round is graded when every attempt is."""

    code = "attempts_ungraded"
    message = gettext_noop("还有 {count} 份答卷未评分，请稍候再试。")


class RoundEmpty(DomainError):
    """A round without candidates cannot be notified or opened."""

    code = "round_empty"
    message = gettext_noop("本轮次还没有考生，请先完成抽签并生成考生名单。")


class SittingNotInState(DomainError):
    """The sitting is not in the state that this step starts from."""

    code = "sitting_not_in_state"
    message = gettext_noop("本场次当前为“{state}”，不能进行该操作。请刷新页面查看。")


class SittingWindowPassed(DomainError):
    """The hard end of the sitting lies behind us."""

    code = "sitting_window_passed"
    message = gettext_noop("本场次已于 {hard_end} 结束，不能再开场。")


class SittingStillRunning(DomainError):
    """A sitting ends after its hard end, or when all are in."""

    code = "sitting_still_running"
    message = gettext_noop("本场次将于 {hard_end} 结束，且仍有人可以作答，现在不能收场。")


# Candidates


class CandidateNotInState(DomainError):
    """The candidate's state does not allow this step."""

    code = "candidate_not_in_state"
    message = gettext_noop("该考生当前为“{state}”，不能进行该操作。")


class DeferralTooLate(DomainError):
    """A deferral is asked for before the sitting opens."""

    code = "deferral_too_late"
    message = gettext_noop("考试已经开始，不能再办理缓考。如有特殊情况，请向监管部门书面说明。")


class ReasonMissing(DomainError):
    """This decision needs a written reason."""

    code = "exam_reason_missing"
    message = gettext_noop("请写明理由（2—500 字）。")


class MakeupUsed(DomainError):
    """One makeup only (product.md section 4)."""

    code = "makeup_used"
    message = gettext_noop("每名考生每轮只有一次补考机会，该考生的补考已安排。")


# Access to the exam


class AccessRefused(DomainError):
    """The candidate may not start or go on writing now; `reason` is one of `exams.domain.access.Reason`."""

    code = "access_refused"
    message = gettext_noop("现在不能进入考试：{text}")
    status = 403


class OpeningCodeWrong(DomainError):
    """The code announced by the invigilator was typed wrongly."""

    code = "opening_code_wrong"
    message = gettext_noop("开考码不正确，请核对监考公布的开考码后重新输入。")


class LeaseHeld(DomainError):
    """Another device writes; going on here is an explicit take-over, which is recorded."""

    code = "lease_held"
    message = gettext_noop("您正在另一台设备或另一个页面上作答。如需在此继续，请选择“在此设备继续”，原页面将变为只读。")
    status = 409


class AttemptCookieMissing(DomainError):
    """The attempt cookie is missing, expired or of another attempt; the client signs in again and keeps its outbox."""

    code = "attempt_cookie_missing"
    message = gettext_noop("本设备的作答授权已失效，请重新登录。您的答案仍保存在本机，登录后会自动送达。")
    status = 401


class CrossSiteRequest(DomainError):
    """A write that does not come from our own page (A17)."""

    code = "cross_site_request"
    message = gettext_noop("该请求不是从考试页面发出的，已拒绝。请在考试页面内操作。")
    status = 403


class AttemptNotFound(NotFound):
    """No such attempt, or not with this cookie: the two look the same (A12, A23)."""

    code = "attempt_not_found"
    message = gettext_noop("没有找到这次作答，或本设备未获授权。您的答案仍保存在本机，请重新进入考试。")


# The answer protocol


class EnvelopeMalformed(DomainError):
    """The body is not a SAVE, OPEN or SUBMIT message at all."""

    code = "envelope_malformed"
    message = gettext_noop("提交的数据格式不正确（{field}）。答案仍保存在本机，请刷新页面后重试。")


class BatchTooLarge(DomainError):
    """More than 50 events or 48 KB in one SAVE."""

    code = "batch_too_large"
    message = gettext_noop("一次提交的内容过多，最多 {events} 条、{kilobytes} KB。请分批提交。")
    status = 413


class MissingEvents(Stale):
    """SUBMIT came before everything was delivered; `missing` lists what the server lacks."""

    code = "missing_events"
    message = gettext_noop("还有 {count} 条答案没有送达，请保持页面打开，送达后再交卷。")


class AnswersDiffer(Stale):
    """What the candidate sees and what the server holds differ; `items` lists where."""

    code = "answers_differ"
    message = gettext_noop("有 {count} 题的答案与服务器记录不一致，请刷新页面核对后再交卷。")


class WritingElsewhere(Stale):
    """An older device tries to submit after the hand-over."""

    code = "writing_elsewhere"
    message = gettext_noop("这次作答已转到另一台设备，请在那台设备上交卷。")


class AttemptFinished(Stale):
    """The attempt is closed."""

    code = "attempt_finished"
    message = gettext_noop("这次作答已经结束。")


class ReceiptInvalid(DomainError):
    """A receipt that we did not issue, or that was altered (A21)."""

    code = "receipt_invalid"
    message = gettext_noop("回执无法通过验证：它可能不是本系统签发的，或内容已被改动。")


class RescueFileWrong(DomainError):
    """The uploaded file is not a rescue file of this attempt."""

    code = "rescue_file_wrong"
    message = gettext_noop("该文件不是这名考生本次作答的救援文件（{field}）。请让考生重新导出后再上传。")


class ExtensionWrong(DomainError):
    """Extra time is 1 to 120 minutes."""

    code = "extension_wrong"
    message = gettext_noop("延长时间须为 {least}—{most} 分钟。")


class ProposalDecided(Stale):
    """Somebody decided already."""

    code = "proposal_decided"
    message = gettext_noop("该申请已处理，请刷新页面查看。")


# Grading


class AttemptNotClosed(DomainError):
    """Close, commit, then grade: an attempt that is still open is not graded."""

    code = "attempt_not_closed"
    message = gettext_noop("这次作答尚未收卷，不能评分。")


class PaperDamaged(DomainError):
    """The stored paper does not match its hash."""

    code = "paper_damaged"
    message = gettext_noop("试卷与冻结时的校验值不一致，已停止处理。请通知系统管理人员和审计人员。")


class NotEnoughItems(DomainError):
    """A blueprint cell asks for more items than its snapshot holds."""

    code = "not_enough_items"
    message = gettext_noop("组卷方案“{cell}”要求 {asked} 题，题库快照中只有 {available} 题。请补充试题或调整方案。")
