"""What this room refuses, with stable codes; the Chinese text says what to do now."""

from core.errors import DomainError, Stale, gettext_noop


class FollowUpClosed(Stale):
    """Somebody closed it already."""

    code = "follow_up_closed"
    message = gettext_noop("该处置事项已办结，请刷新页面查看。")


class EvidenceMissing(DomainError):
    """A step is closed with what shows that it was done."""

    code = "follow_up_evidence_missing"
    message = gettext_noop("请写明办理情况和依据（{least}—{most} 字），例如文书编号、日期和结果。")


class LastStep(DomainError):
    """After the circular there is no further step."""

    code = "last_step"
    message = gettext_noop("“{step}”已是最后一步，没有下一步可以开启。")


class StepExists(DomainError):
    """Each step is taken once per candidate."""

    code = "step_exists"
    message = gettext_noop("该考生的“{step}”已经开启过，不需要重复开启。")


class FollowUpNotDue(DomainError):
    """Follow-ups are for those who did not pass the makeup."""

    code = "follow_up_not_due"
    message = gettext_noop("该考生补考并未不合格，不需要开启处置。")
