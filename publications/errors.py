"""What this room refuses, with stable codes; the Chinese text says what to do now."""

from core.errors import DomainError, Stale, gettext_noop


class RoundNotReady(DomainError):
    """Only a graded round can be proposed for publication."""

    code = "round_not_ready"
    message = gettext_noop("本轮次当前为“{state}”，评分完成后才能提出公示。")


class NothingToPublish(DomainError):
    """A round without results has nothing to show."""

    code = "nothing_to_publish"
    message = gettext_noop("本轮次还没有任何成绩，不能提出公示。")


class ResultsIncomplete(DomainError):
    """Some candidates have neither a result nor a deferral yet."""

    code = "results_incomplete"
    message = gettext_noop("还有 {count} 名考生没有成绩，也没有缓考或缺考记录。请先完成评分和缺考登记，再提出公示。")


class AlreadyProposed(DomainError):
    """One proposal of a round at a time."""

    code = "already_proposed"
    message = gettext_noop("本轮次已有一份待审批的公示，请先审批或退回，再提出新的公示。")


class AlreadyPublished(DomainError):
    """What is published is changed by a correction only."""

    code = "already_published"
    message = gettext_noop("本轮次成绩已经公示。如内容有误，请使用“提出更正”，更正说明会一并公开。")


class NothingToCorrect(DomainError):
    """A correction is for a round that was published before."""

    code = "nothing_to_correct"
    message = gettext_noop("本轮次尚未公示过，不需要更正，请直接提出公示。")


class CorrectionUnchanged(DomainError):
    """The figures are those that are published already."""

    code = "correction_unchanged"
    message = gettext_noop("目前的成绩与已公示的完全一致，没有可更正的内容。请先在成绩中改正，再提出更正。")


class NoteMissing(DomainError):
    """A public note or reason is missing, or too long to be read."""

    code = "note_missing"
    message = gettext_noop("请写明原因（{least}—{most} 字），该说明会公开显示。")


class NotProposed(Stale):
    """The proposal was decided, or it expired, in the meantime."""

    code = "not_proposed"
    message = gettext_noop("该公示已不在待审批状态，请刷新页面查看。")


class SnapshotChanged(Stale):
    """What would be published now is not what the approver saw."""

    code = "snapshot_changed"
    message = gettext_noop("成绩在提出公示之后发生了变化，原公示数据已不是最新。请退回后重新提出，再由另一人审批。")


class ProposalExpired(DomainError):
    """An old proposal is not approved any more."""

    code = "publication_proposal_expired"
    message = gettext_noop("该公示已于 {expired_at} 超过审批时限，请重新提出。")


class NotPublished(Stale):
    """Only what is public can be withdrawn."""

    code = "not_published"
    message = gettext_noop("该公示当前没有对外显示，不能撤回。请刷新页面查看。")


class PrivateDatumFound(DomainError):
    """The gate found something that must never be public; nothing was written."""

    code = "private_datum_found"
    message = gettext_noop(
        "公示数据中发现{kind}（位置：{place}），已停止生成，没有公开任何内容。请先在登记信息中改正后重新提出。"
    )


class RowsGone(DomainError):
    """The period for names has ended, or the publication was withdrawn: rows are gone, totals stay."""

    code = "rows_gone"
    message = gettext_noop("公示期已满或公示已撤回，人员名单不再提供；统计数字仍可在公示页面查看。")
    status = 410
