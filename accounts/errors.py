"""Refusals about accounts and roles."""

from core.errors import DomainError, gettext_noop


class UsernameTaken(DomainError):
    code = "username_taken"
    message = gettext_noop("用户名“{username}”已被使用，请换一个。")


class UsernameInvalid(DomainError):
    code = "username_invalid"
    message = gettext_noop("用户名应为 3–60 个字母、数字、点、横线或下划线，以字母开头。")


class PhoneTaken(DomainError):
    code = "phone_taken"
    message = gettext_noop("手机号 {phone} 已属于另一个账号。请核对号码，或先停用那个账号。")


class PhoneInvalid(DomainError):
    code = "phone_invalid"
    message = gettext_noop("手机号格式不正确，请填写 11 位中国大陆手机号，或带国家代码的号码。")


class EmailTaken(DomainError):
    code = "email_taken"
    message = gettext_noop("这个电子邮箱已属于另一个账号。")


class PersonHasAccount(DomainError):
    code = "person_has_account"
    message = gettext_noop("这个人员已经有账号“{username}”，无需再建。")


class DisplayNameMissing(DomainError):
    code = "display_name_missing"
    message = gettext_noop("请填写姓名（1–60 个字）。")


class RoleUnknown(DomainError):
    code = "role_unknown"
    message = gettext_noop("没有“{role}”这个角色。")


class RolePlaceWrong(DomainError):
    code = "role_place_wrong"
    message = gettext_noop(
        "角色与范围不符：企业管理员须选择单位，系统、安全、审计管理员不选范围，其余角色须选择监管部门。",
    )


class RoleAlreadyHeld(DomainError):
    code = "role_already_held"
    message = gettext_noop("该账号在此范围内已有这个角色。")


class RoleNotInForce(DomainError):
    code = "role_not_in_force"
    message = gettext_noop("这项角色已经收回，无需再次操作。")


class SelfAdministration(DomainError):
    code = "self_administration"
    message = gettext_noop("不能更改自己的账号或角色，请由另一位安全管理员办理。")


class RolesConflict(DomainError):
    code = "roles_conflict"
    message = gettext_noop("系统管理、安全管理、审计管理须由三个不同的人担任，该账号已担任其中之一。")


class AccountInactive(DomainError):
    code = "account_inactive"
    message = gettext_noop("该账号已停用，请先启用。")


class ReasonMissing(DomainError):
    code = "reason_missing"
    message = gettext_noop("请写明原因，它会记入审计记录。")


class RequestDecided(DomainError):
    code = "request_decided"
    status = 409
    message = gettext_noop("这项授权申请已经处理过了，请刷新页面。")


class RequestExpired(DomainError):
    code = "request_expired"
    message = gettext_noop("这项授权申请已超过 {hours} 小时，请重新提出。")


class JobNotRetryable(DomainError):
    code = "job_not_retryable"
    message = gettext_noop("只有失败或未执行的任务可以重试，这项任务目前是“{state}”。")


class LastSecurityAdmin(DomainError):
    code = "last_security_admin"
    message = gettext_noop("这是最后一位安全管理员，收回后无人能再授权。请先授权另一位。")


class SecondFactorMissing(DomainError):
    code = "second_factor_missing"
    status = 403
    message = gettext_noop("您的角色须先设置第二重验证（动态口令或通行密钥），然后才能使用。")


class AccountHasNoPhone(DomainError):
    code = "account_has_no_phone"
    message = gettext_noop("该账号没有手机号，作废密码后将无法登录。请先登记手机号。")
