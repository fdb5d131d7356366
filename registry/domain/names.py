"""Names of people and enterprises: how they are cleaned, and how they are sorted."""

import re
import unicodedata
from typing import Final

from pypinyin import Style, lazy_pinyin

from registry.errors import NameMalformed, NameMissing

PERSON_NAME_LIMIT: Final = 60
ENTERPRISE_NAME_LIMIT: Final = 120
_SORT_KEY_LIMIT: Final = 160
_FORBIDDEN: Final = re.compile(r"[<>\"`{}\\]")
# Private and unassigned code points stand for rare characters.
_LETTERS: Final = frozenset({"Lo", "Lu", "Ll", "Lt", "Lm", "Co", "Cn"})

# Surnames that are read otherwise than the same character elsewhere.
_SURNAMES: Final = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "任": "ren", "查": "zha", "朴": "piao",
    "盖": "ge", "覃": "qin", "翟": "zhai", "乐": "yue", "员": "yun", "尉迟": "yuchi", "万俟": "moqi", "长孙": "zhangsun",
    "华": "hua", "缪": "miao", "秘": "bi", "黑": "he", "繁": "po", "召": "shao", "折": "she", "种": "chong", "重": "chong",
    "宓": "fu", "祭": "zhai", "车": "che", "洗": "xian", "冼": "xian", "燕": "yan", "晟": "cheng", "能": "nai", "过": "guo",
    "澹台": "tantai",
}  # fmt: skip


def read_person_name(text: str) -> str:
    """The name without blanks at its ends; one space at most inside; `·` as the dot of minority names.

    Raises NameMissing or NameMalformed.
    """
    name = re.sub(r"[•‧∙・．]", "·", _clean(text))
    if not name:
        raise NameMissing
    _check(name, PERSON_NAME_LIMIT)
    # 张 三 with a space for the eye is 张三; Anna Bell keeps hers.
    return name if re.search(r"[A-Za-z]", name) else name.replace(" ", "")


def read_enterprise_name(text: str) -> str:
    """The name with its brackets full width, as business licences print them. Raises NameMissing or NameMalformed."""
    name = _clean(text)
    if not name:
        raise NameMissing
    _check(name, ENTERPRISE_NAME_LIMIT)
    return name.replace("(", "（").replace(")", "）")


def name_sort_key(name: str) -> str:
    """Pinyin, surname first and read as a surname: `曾明` → `zeng ming`. Lower case, for a stored column."""
    for length in (2, 1):
        if name[:length] in _SURNAMES:
            rest = lazy_pinyin(name[length:], style=Style.NORMAL)
            return " ".join([_SURNAMES[name[:length]], *rest]).lower()[:_SORT_KEY_LIMIT]
    return " ".join(lazy_pinyin(name, style=Style.NORMAL)).lower()[:_SORT_KEY_LIMIT]


def _clean(text: str) -> str:
    return re.sub(r"[ \t\u00a0\u3000]+", " ", unicodedata.normalize("NFC", text)).strip()


def _check(name: str, limit: int) -> None:
    # Unassigned and private characters stay: rare characters of real names live there on some machines.
    has_controls = any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} for character in name)
    # 零零零 is a name, 000 is a number in the wrong column.
    has_letter = any(unicodedata.category(character) in _LETTERS for character in name)
    if len(name) > limit or has_controls or not has_letter or _FORBIDDEN.search(name):
        raise NameMalformed(limit=limit)
