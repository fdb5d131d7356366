"""Refusals about lectures and their evidence."""

from core.errors import DomainError, Stale, gettext_noop


class LecturerNotPrincipal(DomainError):
    """The lecture is the principal's own duty; a deputy's does not count."""

    code = "lecturer_not_principal"
    message = gettext_noop("讲课人应为本单位当日在任的主要负责人。请先在单位页面登记其任职，或改选讲课人。")


class LectureNotPlanned(Stale):
    """Recorded or cancelled before."""

    code = "lecture_not_planned"
    message = gettext_noop("这次讲课已经记录或取消，不能再更改。请刷新页面查看。")


class HeldInFuture(DomainError):
    """A record of what has not happened."""

    code = "held_in_future"
    message = gettext_noop("讲课时间还没有到。讲课结束后再记录。")


class HeldBeforeHalf(DomainError):
    """Another half-year's lecture."""

    code = "held_before_half"
    message = gettext_noop("讲课时间早于 {first}，不属于这个半年。请核对时间，或为相应的半年另行登记。")


class HalfImpossible(DomainError):
    """Neither 1 nor 2, or a year far away."""

    code = "half_impossible"
    message = gettext_noop("请选择近三年内的上半年或下半年。")


class CountsImpossible(DomainError):
    """More people came than should, or nobody."""

    code = "counts_impossible"
    message = gettext_noop("实到人数应至少为 1，且不超过应到人数。请核对签到表。")


class MinutesImpossible(DomainError):
    """No lecture lasts that long."""

    code = "minutes_impossible"
    message = gettext_noop("讲课时长应为 5 至 600 分钟。")


class TextMissing(DomainError):
    """Title or place left open."""

    code = "text_missing"
    message = gettext_noop("请填写讲课题目和地点，各不超过 120 字。")


class EvidenceMissing(DomainError):
    """The record is complete only with all of its evidence; what is missing is named."""

    code = "evidence_missing"
    message = gettext_noop("证明材料还不齐，缺少：{missing}。请上传后再提交记录。")


class TooManyPhotos(DomainError):
    """Two or three are asked for."""

    code = "too_many_photos"
    message = gettext_noop("照片最多 {limit} 张。请先删除多余的照片。")


class TooManyFiles(DomainError):
    """A lecture needs few files."""

    code = "too_many_files"
    message = gettext_noop("每次讲课最多 {limit} 个文件。请合并或删除后再上传。")


class PhotoNotImage(DomainError):
    """A photo must be a picture."""

    code = "photo_not_image"
    message = gettext_noop("“{name}”不是照片。照片请上传 JPG 或 PNG 图片。")


class EvidenceDuplicate(DomainError):
    """The same bytes twice."""

    code = "evidence_duplicate"
    message = gettext_noop("文件“{name}”已经上传过，不必重复上传。")
