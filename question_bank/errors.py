"""What the question bank refuses, and what to do about it."""

from core.errors import DomainError, gettext_noop


class UnknownKind(DomainError):
    """No plug-in of that name."""

    code = "unknown_kind"
    message = gettext_noop("不支持的题型“{kind}”。请从题型列表中选择。")


class AnswerMalformed(DomainError):
    """A response that cannot belong to this question: another type, an unknown option."""

    code = "answer_malformed"
    message = gettext_noop("答案的格式与题型不符。请刷新页面后重新作答。")


class ContentMalformed(DomainError):
    """Stored or posted content that does not have the shape of a question."""

    code = "content_malformed"
    message = gettext_noop("试题内容的格式不正确：{place}。")


class QuestionInvalid(DomainError):
    """A question that breaks rules of its kind; `problems` is the sentence for the author."""

    code = "question_invalid"
    message = gettext_noop("试题还不能保存：{problems}")


class UnknownMarkingRule(DomainError):
    """A marking rule that no kind knows."""

    code = "unknown_marking_rule"
    message = gettext_noop("不支持的计分规则“{rule}”。请从计分规则列表中选择。")


class UnknownFormat(DomainError):
    """A format name that the importer does not know, or a file whose format cannot be told."""

    code = "unknown_format"
    message = gettext_noop("无法判断文件“{name}”的格式。支持的格式：{formats}。")


class ImportRefused(DomainError):
    """The file has rows with errors: nothing was imported."""

    code = "import_refused"
    message = gettext_noop("有 {count} 处错误，未导入任何试题。请按错误清单修改后重新上传。")


class ImportEmpty(DomainError):
    """A readable file without a single question."""

    code = "import_empty"
    message = gettext_noop("文件中没有试题。请在模板第二行起填写试题后再上传。")


class ImportChanged(DomainError):
    """The bank changed between preview and confirmation, so that the preview is no longer true."""

    code = "import_changed"
    message = gettext_noop("预览之后题库有了变化，结果与预览不同。请重新上传并核对。")
    status = 409


class WrongState(DomainError):
    """The life of a question does not allow this step now."""

    code = "question_wrong_state"
    message = gettext_noop("试题当前为“{state}”，不能{verb}。")


class ReviewerIsAuthor(DomainError):
    """Nobody approves a version that they wrote."""

    code = "reviewer_is_author"
    message = gettext_noop("审题人不能审核自己编写或修改的试题，请由另一位审题人审核。")


class NothingChanged(DomainError):
    """A new version equal to the current one."""

    code = "nothing_changed"
    message = gettext_noop("内容与当前版本相同，没有需要保存的改动。")


class WallBetweenPools(DomainError):
    """A question that was seen in practice may not enter the exam pool."""

    code = "wall_between_pools"
    message = gettext_noop("该题已进入过练习题库，考生可能见过，不能再转入考试题库。请另写一道试题。")


class BlueprintInvalid(DomainError):
    """A blueprint that cannot be used as written."""

    code = "blueprint_invalid"
    message = gettext_noop("组卷方案还不能使用：{problems}")


class BlueprintInfeasible(DomainError):
    """The bank does not hold what the blueprint asks for."""

    code = "blueprint_infeasible"
    message = gettext_noop("题库不能满足组卷方案：{missing}")


class BlueprintUnbalanced(DomainError):
    """No cut of the cells keeps the papers as equally hard as asked."""

    code = "blueprint_unbalanced"
    message = gettext_noop(
        "各份试卷的预期得分最多相差 {spread}，超过允许的 {tolerance}。相差最大的是题组“{cell}”：要抽 {count} 道，"
        "难度最接近的 {items} 道从 {easiest} 到 {hardest}。请补充难度接近 {middle} 的试题，或放宽允许的差距。"
    )


class BlueprintInUse(DomainError):
    """A blueprint on which a bank snapshot was committed is not edited any more."""

    code = "blueprint_in_use"
    message = gettext_noop("该组卷方案已用于抽考轮次，不能修改。请复制一份后修改。")


class FlagSettled(DomainError):
    """Somebody else has looked at the flag meanwhile."""

    code = "flag_settled"
    message = gettext_noop("该提示已有人处理，无需再次办理。")
    status = 409


class CommentMissing(DomainError):
    """A decision that must say why."""

    code = "comment_missing"
    message = gettext_noop("请写明理由，至少两个字。")


class EnemyOfItself(DomainError):
    """A pair that is no pair: the same question twice, or questions of two banks."""

    code = "enemy_of_itself"
    message = gettext_noop("请选择同一题库中的另一道试题。")


class ProposalOpen(DomainError):
    """The question is proposed for the practice pool already."""

    code = "proposal_open"
    message = gettext_noop("该题已有人提议转入练习题库，正在等待审批。")
    status = 409


class ProposalDecided(DomainError):
    """Somebody else has decided meanwhile."""

    code = "question_proposal_decided"
    message = gettext_noop("该提议已有人审批，无需再次办理。")
    status = 409


class ChecklistIncomplete(DomainError):
    """An approval without the confirmations that the authority asks for."""

    code = "checklist_incomplete"
    message = gettext_noop("请先逐项核对并勾选审核要点：{missing}。")


class ReviewedAlready(DomainError):
    """One reviewer counts once."""

    code = "reviewed_already"
    message = gettext_noop("您已通过该版本，还需另外 {missing} 位审题人通过。")


class RulesInvalid(DomainError):
    """Rules of a bank that cannot be kept."""

    code = "bank_rules_invalid"
    message = gettext_noop("题库规则还不能保存：{problems}")


class LawExists(DomainError):
    """That edition or that article is on record already."""

    code = "law_exists"
    message = gettext_noop("“{name}”已经登记过。")


class BulkEditEmpty(DomainError):
    """A change of many questions that changes none."""

    code = "bulk_edit_empty"
    message = gettext_noop("没有需要修改的内容：请至少填写一项要改成的值。")


class FilterLimit(DomainError):
    """More saved filters than anybody finds again."""

    code = "filter_limit"
    message = gettext_noop("最多保存 {limit} 个筛选，请先删除不用的。")


class TopicRing(DomainError):
    """A knowledge point below itself."""

    code = "topic_ring"
    message = gettext_noop("“{name}”不能放在自己或自己的下级之下。")
