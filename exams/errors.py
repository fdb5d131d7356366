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


# The paper key in two hands


class KeyShareWrong(DomainError):
    """What was typed is no share, or its check group does not fit."""

    code = "key_share_wrong"
    message = gettext_noop(
        "密钥份额有误：应为 17 组、每组 4 位（0—9、a—f），且与校验组相符。请对照记录逐组核对后重新输入。"
    )


class KeyShareUnknown(DomainError):
    """A well-formed share, of another round or of nobody."""

    code = "key_share_unknown"
    message = gettext_noop("这不是本轮次的密钥份额。请核对信封上的轮次和编号。")


class KeyShareTyped(Stale):
    """This share is in already."""

    code = "key_share_typed"
    message = gettext_noop("第 {number} 份已经输入，请由另一人输入另一份。")


class KeyShareEarly(DomainError):
    """The shares come together shortly before the exam."""

    code = "key_share_early"
    message = gettext_noop("现在还不能输入密钥份额：须在开考前 {hours} 小时之内，由两人分别输入。")


class SameCustodian(DomainError):
    """One person may not have both shares."""

    code = "same_custodian"
    message = gettext_noop("两份密钥须由两个人分别保管和输入。您已有一份，请由另一位同事办理另一份。")


class CustodyClosed(DomainError):
    """The shares cannot be given, discarded or typed now."""

    code = "custody_closed"
    message = gettext_noop(
        "现在不能办理密钥份额：领取和作废只能在准备抽签之前，输入只能在通知考生之后、开场之前。请刷新页面查看进度。"
    )


class CustodyIncomplete(DomainError):
    """One custodian has a share, the other one does not yet."""

    code = "custody_incomplete"
    message = gettext_noop("组卷密钥还差一份没有保管人。请另一位同事领取，或先作废已领取的一份，再准备抽签。")


class KeyWithCustodians(DomainError):
    """The sitting opens when both custodians have typed their shares."""

    code = "key_with_custodians"
    message = gettext_noop(
        "组卷密钥由两人保管，还差 {missing} 份没有输入，不能开场。请保管人到“密钥保管”页面各自输入。"
    )


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
    message = gettext_noop("您正在另一台设备或另一个页面上作答。如需在此继续，请点“在此继续作答”，原页面将变为只读。")
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


# The desk and the exam page's own signals


class FaultReportWrong(DomainError):
    """A report of a faulty question says too little or too much."""

    code = "fault_report_wrong"
    message = gettext_noop("请写明试题哪里有问题（{least}—{most} 字）。")


class TooManyReports(DomainError):
    """One candidate, so many reports: more are told to the invigilator in person."""

    code = "too_many_reports"
    message = gettext_noop("您已报告 {most} 处试题问题，其余请当面告诉监考。")


class TooManyGuesses(DomainError):
    """Wrong entry codes are counted: whoever guesses waits."""

    code = "too_many_guesses"
    message = gettext_noop("开考码连续输错次数过多，请在 {minutes} 分钟后再试，或请监考核对。")
    status = 429


class TooManyEvidenceFiles(DomainError):
    """One record, so many files."""

    code = "too_many_evidence_files"
    message = gettext_noop("一次最多上传 {limit} 个文件，请分几次记录。")


class PhotoNeeded(DomainError):
    """A check-in photo that is no picture."""

    code = "photo_needed"
    message = gettext_noop("签到照片须为 JPG 或 PNG 图片。请重新拍摄，或改用其他核对方式。")


class ConsentMissing(DomainError):
    """A photo without the candidate's own, separate consent; the other ways of checking need none."""

    code = "consent_missing"
    message = gettext_noop("没有考生的单独同意，不能保存照片。请取得同意后勾选，或不拍照，只核对证件。")


class HandoverExpired(DomainError):
    """A link that opens the exam on another device, too old or altered."""

    code = "handover_expired"
    message = gettext_noop("这个换机二维码已失效，请让监考重新生成。")


class NameNotTyped(DomainError):
    """What cannot be undone is confirmed by typing its name."""

    code = "name_not_typed"
    message = gettext_noop("请输入“{name}”以确认，该操作不能撤销。")


class PracticePoolEmpty(DomainError):
    """Exams that count for nothing draw from the practice pool, and it is empty."""

    code = "practice_pool_empty"
    message = gettext_noop("练习题库中可用的试题少于 {least} 道，不能组卷。请培训机构先在题库中加入练习题。")


class PeopleMissing(DomainError):
    """An on-the-spot exam needs somebody to sit it."""

    code = "people_missing"
    message = gettext_noop("请至少选择一名在岗人员。名单来自单位任职记录，如有变动请先更新。")


class TooManyDrills(DomainError):
    """Rehearsals are free, but not without end."""

    code = "too_many_drills"
    message = gettext_noop("24 小时内已做 {most} 次模拟考试，请明天再试。")
    status = 429


class DrillTooLate(DomainError):
    """An on-the-spot exam is begun during the visit."""

    code = "drill_too_late"
    message = gettext_noop("二维码已过期，请检查人员重新发起现场考试。")


class PaperEntryWrong(DomainError):
    """What was typed from an answer sheet cannot be an answer of that item."""

    code = "paper_entry_wrong"
    message = gettext_noop("第 {number} 题只能填写 {allowed} 中的字母，单选和判断只填一个。空白请留空。")


class PaperWritesElsewhere(DomainError):
    """The candidate has begun on a device; paper and device do not mix."""

    code = "paper_writes_elsewhere"
    message = gettext_noop("这名考生已在设备上作答，不能再按纸质答卷录入。")


# After the exam


class ReasonLengthWrong(DomainError):
    """A decision or request whose reason says too little or too much."""

    code = "reason_length_wrong"
    message = gettext_noop("请写明理由和说明，每项 {least}—{most} 字。")


class KeyNotUnderstood(DomainError):
    """The key of a correction cannot be read as an answer of that question, or is the one that counts already."""

    code = "key_not_understood"
    message = gettext_noop("没有看懂新的答案，或它与现在的答案相同。请按题目的选项填写，例如 B、A、C 或 正确。")


class ItemNotInRound(NotFound):
    """No paper of the round asked this item version."""

    code = "item_not_in_round"
    message = gettext_noop("本轮次的试卷中没有这道题。")


class CorrectionPending(DomainError):
    """One proposal for an item at a time."""

    code = "correction_pending"
    message = gettext_noop("这道题已有一份待审批的更正，请先审批或退回。")


class CorrectionChanged(Stale):
    """The dry run comes to something else than what the approver was shown."""

    code = "correction_changed"
    message = gettext_noop("自试算以来成绩或答案有变化，试算结果已不相同。请退回后重新提出。")


class CorrectionExpired(DomainError):
    """An approval is given within 24 hours."""

    code = "correction_expired"
    message = gettext_noop("审批时限（24 小时）已过，请退回后重新提出。")


class AppealNotYet(DomainError):
    """A result is disputed once it is public."""

    code = "appeal_not_yet"
    message = gettext_noop("成绩尚未公示，公示后才能申请复核。")


class AppealTooLate(DomainError):
    """The time to dispute has passed."""

    code = "appeal_too_late"
    message = gettext_noop("申请成绩复核的期限已过。如有特殊情况，请向监管部门书面说明。")


class AppealExists(DomainError):
    """A result is disputed once."""

    code = "appeal_exists"
    message = gettext_noop("这次成绩已申请过复核，每次成绩只能申请一次。")


class AppealClosed(Stale):
    """Answered, withdrawn, or taken by somebody else."""

    code = "appeal_closed"
    message = gettext_noop("该复核申请的状态已改变，请刷新页面查看。")


class AppealUnchanged(DomainError):
    """The answer does not fit what stands: changed without a change, or upheld with one."""

    code = "appeal_unchanged"
    message = gettext_noop(
        "答复与现在的成绩不一致：成绩有变动才能选“成绩已更正”，没有变动应选“维持原成绩”。如需更正，请先通过答案更正、撤销违纪认定或重新评阅得到新的成绩。"
    )


class AppealStepsOpen(DomainError):
    """An annulment that nobody decided, or a text that is being marked anew: the answer waits for it."""

    code = "appeal_steps_open"
    message = gettext_noop("撤销违纪认定或重新评阅还没有结果，有了结果再答复考生。")


class NothingToAnnul(DomainError):
    """The disputed result is no misconduct, or its annulment was put forward before."""

    code = "nothing_to_annul"
    message = gettext_noop("有异议的成绩不是违纪，或者撤销已经提出。请刷新页面查看。")


class NothingToMarkAnew(DomainError):
    """Not a decided text of the appealing candidate, or it is being marked anew already."""

    code = "nothing_to_mark_anew"
    message = gettext_noop("该答案没有评定结果，或者正在重新评阅，不能再申请。请刷新页面查看。")


class HandlerInvolved(DomainError):
    """Whoever had a part in the score does not answer the appeal against it."""

    code = "handler_involved"
    message = gettext_noop("您参与过该考生的评阅、更正或违纪认定，不能处理这份复核，请由其他同事处理。")


class MarkedAlready(Stale):
    """Decided already, or marked by this person."""

    code = "marked_already"
    message = gettext_noop("这份答案已评定，或您已评阅过，请继续下一份。")


class MarkOutOfRange(DomainError):
    """A mark is between nothing and the full mark, in halves."""

    code = "mark_out_of_range"
    message = gettext_noop("得分须在 0 到 {points} 分之间，以 0.5 分为单位。")


class AccommodationEmpty(DomainError):
    """Nothing is asked for, or more than two hours."""

    code = "accommodation_empty"
    message = gettext_noop("请至少选择一项便利安排，延长时间不超过 {most} 分钟。")


class SittingsLeft(DomainError):
    """A round is archived when no sitting is left."""

    code = "sittings_left"
    message = gettext_noop("还有场次没有结束，结束并公示后才能归档。")


class AppealTimeRunning(DomainError):
    """A round is archived after the last day to dispute."""

    code = "appeal_time_running"
    message = gettext_noop("申请成绩复核的期限到 {until} 为止，期限过后才能归档。")


class AppealsOpen(DomainError):
    """A round is archived when every appeal is answered."""

    code = "appeals_open"
    message = gettext_noop("还有 {count} 份成绩复核没有答复，答复后才能归档。")


class CorrectionsOpen(DomainError):
    """A round is archived when no key correction waits."""

    code = "corrections_open"
    message = gettext_noop("还有 {count} 份答案更正没有完成，审批或退回后才能归档。")


class FollowUpsOpen(DomainError):
    """A round is archived when what followed a failure is done."""

    code = "follow_ups_open"
    message = gettext_noop("还有 {count} 项处置没有完成，办结后才能归档。")
