"""What this room refuses, with stable codes; the Chinese text says what to do now."""

from core.errors import DomainError, Stale, gettext_noop


class RoundNotPublished(DomainError):
    """A certificate follows the published result."""

    code = "round_not_published"
    message = gettext_noop("本轮次成绩尚未公示，不能签发证书。")


class CertificateNotValid(Stale):
    """Only a valid certificate can be revoked."""

    code = "certificate_not_valid"
    message = gettext_noop("该证书当前为“{state}”，不能撤销。请刷新页面查看。")


class RevocationReasonMissing(DomainError):
    """A revocation says why."""

    code = "revocation_reason_missing"
    message = gettext_noop("请写明撤销原因（{least}—{most} 字），该原因会显示在公开的查验页面上。")


class PdfNotReady(DomainError):
    """The file is made in the background."""

    code = "pdf_not_ready"
    message = gettext_noop("证书文件正在生成，请稍候一分钟再下载。")
    status = 409
