"""How a person appears where the full datum has no business: 张*三, 138****1234 (product.md section 4, Publication)."""

_COMPOUND_SURNAMES = frozenset(
    (
        "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 "
        "皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 令狐 轩辕"
    ).split(),
)


def mask_name(name: str) -> str:
    """`张三` → `张*`, `张小三` → `张*三`, `欧阳锋` → `欧阳*`, `Anna Bell` → `A*l`."""
    text = "".join(name.split())
    if len(text) <= 1:
        return "*" if text else ""
    head = text[:2] if text[:2] in _COMPOUND_SURNAMES and len(text) > 2 else text[0]
    if len(text) == len(head) + 1:
        return f"{head}*"
    return f"{head}*{text[-1]}"


def mask_phone(phone: str) -> str:
    """`+8613812341234` → `138****1234`; anything too short is hidden whole."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else "****"


def mask_id_number(id_number: str) -> str:
    """Only the last two characters stay: `****************12`."""
    return "*" * max(len(id_number) - 2, 0) + id_number[-2:] if len(id_number) > 4 else "****"
