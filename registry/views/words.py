"""Words of the registry's pages for what the domain says in codes."""

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from registry.domain.flags import Flags
from registry.models import Enterprise
from registry.queries.history import Event

_ACTIONS: Mapping[str, str] = {
    "registry.enterprise_registered": gettext_noop("登记单位"),
    "registry.enterprise_changed": gettext_noop("修改单位信息"),
    "registry.appointed": gettext_noop("登记任职"),
    "registry.appointment_ended": gettext_noop("结束任职"),
    "registry.person_registered": gettext_noop("登记人员"),
    "registry.enterprise_deactivated": gettext_noop("停用单位"),
    "registry.enterprise_activated": gettext_noop("恢复单位"),
    "registry.name_corrected": gettext_noop("更正姓名"),
    "registry.phone_changed": gettext_noop("更改手机号"),
    "registry.import_applied": gettext_noop("导入"),
}
_WARNINGS: Mapping[str, str] = {
    "id_area_unknown": gettext_noop("证件号码开头的地区代码不常见，请再核对一次；确认无误可以照常导入。"),
    "phone_shared": gettext_noop(
        "这个手机号同时登记在另一人名下。短信验证码只能供其中一人登录，请核对；确属共用的，请为另一人登记本人的手机号。"
    ),
}


def event_entry(event: Event) -> dict[str, object]:
    """An event as components/timeline.html takes it."""
    what = gettext(_ACTIONS[event.action]) if event.action in _ACTIONS else event.action
    who = gettext("系统") if event.who.startswith("system:") else event.who
    return {"when": event.when, "who": who, "what": what, "why": event.why}


def warning_text(code: str) -> str:
    """What a warning of an import asks the clerk to look at."""
    return gettext(_WARNINGS.get(code, "")) if code in _WARNINGS else code


def flag_facts(enterprise: Enterprise, flags: Flags) -> list[dict[str, object]]:
    """Each flag with its reason and the rule's date, as components/facts.html takes facts."""
    rule = gettext("规则自 {date} 起").format(date=flags.rule.valid_from.isoformat())
    return [
        {
            "label": gettext("规模以上"),
            "value": _size_text(flags) + f"（{rule}）",
        },
        {
            "label": gettext("高危行业"),
            "value": gettext("是：行业领域“{name}”").format(name=enterprise.industry.name)
            if flags.is_high_hazard
            else gettext("否"),
        },
        {
            "label": gettext("安全总监"),
            "value": _director_text(flags) + f"（{rule}）",
        },
    ]


def _size_text(flags: Flags) -> str:
    if not flags.reasons:
        return gettext("否：从业人员不足 {employees} 人，年主营业务收入不足 {revenue} 万元，或未登记").format(
            employees=flags.rule.employees, revenue=flags.rule.revenue_10k
        )
    reasons = {
        "employees": gettext("从业人员达到 {employees} 人").format(employees=flags.rule.employees),
        "revenue": gettext("年主营业务收入达到 {revenue} 万元").format(revenue=flags.rule.revenue_10k),
    }
    return gettext("是：") + "，".join(reasons[reason] for reason in flags.reasons)


def _director_text(flags: Flags) -> str:
    if flags.needs_safety_director:
        return gettext("应设：规模以上，且属于应设安全总监的行业或风险")
    return gettext("不要求，鼓励设立")
