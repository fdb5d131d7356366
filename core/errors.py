"""The one family of refusals. Plain Python: domain code raises these, `core.http` translates them once."""

from typing import ClassVar


def gettext_noop(message: str) -> str:
    """Marks a Chinese source string for extraction without translating it here."""
    return message


class DomainError(Exception):
    """A rule refused. `code` is stable and public; `message` is the Chinese text with {placeholders} for `params`."""

    code: ClassVar[str] = "refused"
    message: ClassVar[str] = gettext_noop("操作被拒绝，请刷新页面后重试。")
    status: ClassVar[int] = 422

    def __init__(self, **params: object) -> None:
        super().__init__(self.code)
        self.params = params

    def __str__(self) -> str:
        return self.message.format(**self.params) if self.params else self.message

    def stored(self) -> dict[str, object]:
        """As JSON, for a refusal that is read later and perhaps in another language: code, marked sentence, params."""
        params = {name: value if isinstance(value, int) else str(value) for name, value in self.params.items()}
        return {"code": self.code, "message": self.message, "params": params}


class NotFound(DomainError):
    """Does not exist, or is outside the actor's reach: the two are told apart nowhere."""

    code = "not_found"
    message = gettext_noop("没有找到该内容，它可能不存在，或不在您的范围内。")
    status = 404


class NotAllowed(DomainError):
    """In reach, but the actor's roles do not allow this."""

    code = "not_allowed"
    message = gettext_noop("您的角色不能进行此操作。如有需要，请联系本单位的系统管理人员。")
    status = 403


class Stale(DomainError):
    """The thing was changed by somebody else since it was read."""

    code = "stale"
    message = gettext_noop("内容已被他人更改，请刷新页面，核对后再操作。")
    status = 409


class SameApprover(DomainError):
    """Four eyes: the person who asked cannot be the person who approves (compared by person, not by account)."""

    code = "same_approver"
    message = gettext_noop("提出人与审批人必须是两个不同的人，请由另一位有权限的同事审批。")


class ConfirmationMismatch(DomainError):
    """An irreversible step asks for the name of the thing, and another text was typed."""

    code = "confirmation_mismatch"
    message = gettext_noop("输入的确认内容不符，应输入“{expected}”。未做任何更改。")


class NulInAddress(DomainError):
    """A NUL byte in a query string: nobody types one."""

    code = "nul_in_address"
    message = gettext_noop("网址中含有不能识别的字符，请从页面上的链接重新进入。")
    status = 400


class EvidenceEmpty(DomainError):
    """Zero bytes."""

    code = "evidence_empty"
    message = gettext_noop("文件“{name}”是空的。请重新选择文件。")


class EvidenceTooLarge(DomainError):
    """More bytes than allowed."""

    code = "evidence_too_large"
    message = gettext_noop("文件“{name}”超过 {limit_mb} MB。请压缩后再上传。")


class EvidenceTypeRefused(DomainError):
    """By its content none of the allowed types."""

    code = "evidence_type_refused"
    message = gettext_noop(
        "文件“{name}”的类型不能上传。可以上传 PDF、Word（.docx）、PPT（.pptx）、Excel（.xlsx）、JPG 和 PNG。"
    )


class EvidenceNameMismatch(DomainError):
    """The name says one type, the content another."""

    code = "evidence_name_mismatch"
    message = gettext_noop("文件“{name}”的内容与扩展名不符。请用原来的软件打开，重新另存后再上传。")


class ImageTooLarge(DomainError):
    """A flood of pixels."""

    code = "image_too_large"
    message = gettext_noop("图片“{name}”超过 2500 万像素。请缩小后再上传。")


class ImageDamaged(DomainError):
    """A picture that does not open."""

    code = "image_damaged"
    message = gettext_noop("图片“{name}”已损坏，无法打开。请重新拍摄或另存后再上传。")


class FontMissing(DomainError):
    """No Chinese font was found: a document with empty boxes is worse than none."""

    code = "font_missing"
    message = gettext_noop("没有找到中文字体，文件无法生成。请按运维说明安装字体后重试。")
