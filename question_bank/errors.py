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


class BlueprintInUse(DomainError):
    """A blueprint on which a bank snapshot was committed is not edited any more."""

    code = "blueprint_in_use"
    message = gettext_noop("该组卷方案已用于抽考轮次，不能修改。请复制一份后修改。")
