"""How people write types, difficulties, posts and dates, and what the bank makes of it."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

KIND_SPELLINGS: Final[Mapping[str, str]] = {
    spelling: code
    for code, spellings in {
        "single_choice": "单选 单选题 单项选择 单项选择题 选择 选择题 single single_choice",
        "multiple_choice": "多选 多选题 多项选择 多项选择题 不定项 不定项选择 不定项选择题 multiple multiple_choice",
        "true_false": "判断 判断题 是非 是非题 对错 对错题 truefalse true_false",
        "fill_in": "填空 填空题 fill_in shortanswer",
        "numeric": "数值 数值题 计算 计算题 numeric numerical",
        "matching": "匹配 匹配题 连线 连线题 配对 配对题 matching",
        "ordering": "排序 排序题 ordering",
        "short_answer": "简答 简答题 问答 问答题 short_answer",
        "case": "案例 案例题 案例分析 案例分析题 综合题 材料题 case",
    }.items()
    for spelling in spellings.split()
}
INDEFINITE: Final = frozenset({"不定项", "不定项选择", "不定项选择题"})

EASY: Final = Decimal("0.30")
MEDIUM: Final = Decimal("0.50")
HARD: Final = Decimal("0.70")
# Bands for names and filters: 易 below .40, 中 to .60, 难 above.
EASY_BELOW: Final = Decimal("0.40")
HARD_ABOVE: Final = Decimal("0.60")
DIFFICULTY_SPELLINGS: Final[Mapping[str, Decimal]] = {
    **dict.fromkeys("易 容易 简单 较易 低 easy".split(), EASY),
    **dict.fromkeys("中 中等 一般 适中 普通 medium".split(), MEDIUM),
    **dict.fromkeys("难 困难 较难 高 hard".split(), HARD),
}
BANDS: Final[Mapping[str, tuple[Decimal | None, Decimal | None]]] = {
    "易": (None, Decimal("0.39")),
    "中": (EASY_BELOW, HARD_ABOVE),
    "难": (Decimal("0.61"), None),
}

POST_NAMES: Final[Mapping[str, str]] = {
    "principal": "主要负责人",
    "safety_manager": "安全管理人员",
    "safety_director": "安全总监",
    "other": "其他",
}
POST_SPELLINGS: Final[Mapping[str, str]] = {
    **{name: code for code, name in POST_NAMES.items()},
    **{code: code for code in POST_NAMES},
    "企业主要负责人": "principal",
    "负责人": "principal",
    "安全员": "safety_manager",
    "安全生产管理人员": "safety_manager",
    "专职安全管理人员": "safety_manager",
    "其他人员": "other",
    "其他从业人员": "other",
    "从业人员": "other",
}
EVERYBODY: Final = frozenset({"全部", "所有", "所有人员", "全体", "全员", "不限", "通用"})

_CONTROL: Final = (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, *range(0x80, 0xA0), 0xAD)
_FORMATTING: Final = (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
_INVISIBLE: Final = dict.fromkeys(_CONTROL + _FORMATTING)
# Anything that `clean_text` would change: most cells hold nothing of the kind, and one search is cheap.
_UNCLEAN: Final = re.compile(
    r"^\s|\s\Z|[ \t\u00a0\u3000]{2}|[\t\n\r\u00a0\u3000"
    + "".join(map(re.escape, map(chr, _CONTROL + _FORMATTING)))
    + "]"
)
_SPACES: Final = re.compile(r"[ \t\u00a0\u3000]+")
_LIST: Final = re.compile(r"[、,，;；/|｜\n]+")
_DATE: Final = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?\Z")
_HTML_TAG: Final = re.compile(
    r"<\s*/?\s*(?:script|style|iframe|object|embed|svg|math|img|video|audio|link|meta|base|form|input|button|html|body|"
    r"head|title|p|br|hr|div|span|font|b|i|u|a|em|strong|sub|sup|ol|ul|li|h[1-6]|table|tbody|thead|tr|td|th|o:p)\b[^>]*>",
    re.IGNORECASE,
)


def clean_text(text: str) -> str:
    """Trimmed; invisible and direction-changing characters out; runs of spaces to one; line ends to LF."""
    if not _UNCLEAN.search(text):
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE)
    lines = [_SPACES.sub(" ", line).strip() for line in plain.split("\n")]
    return "\n".join(lines).strip("\n")


def has_html(text: str) -> bool:
    """Whether the text holds HTML tags (a bare `<` as in `<0.1MPa` is none)."""
    return bool(_HTML_TAG.search(text))


def spelling(text: str) -> str:
    """For look-ups: NFKC, lower case, no spaces."""
    return _short_spelling(text) if len(text) <= _SHORT else _spelling(text)


def _spelling(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


# A file of questions says the same few words in every row.
_SHORT: Final = 40
_short_spelling = lru_cache(maxsize=4096)(_spelling)


def read_kind(text: str) -> str | None:
    """Kind code from `单选`, `多选题`, `不定项`, `是非`…; None when unknown."""
    return KIND_SPELLINGS.get(spelling(text))


def read_difficulty(text: str) -> Decimal | None:
    """0..1 with two decimals from 易 / 中 / 难 or a number; empty means 中; None when it cannot be understood."""
    word = spelling(text)
    if not word:
        return MEDIUM
    if word in DIFFICULTY_SPELLINGS:
        return DIFFICULTY_SPELLINGS[word]
    value = read_decimal(word)
    return value.quantize(Decimal("0.01")) if value is not None and 0 <= value <= 1 else None


def read_decimal(text: str) -> Decimal | None:
    """A plain decimal number of at most 12 characters; None for anything else (no exponents, no NaN)."""
    word = spelling(text)
    if not re.fullmatch(r"-?\d{1,8}(\.\d{1,6})?", word):
        return None
    try:
        return Decimal(word)
    except InvalidOperation:
        return None


def read_date(text: str) -> date | None:
    """`2026-12-31`, `2026/12/31`, `2026.12.31`, `2026年12月31日`; None for anything else."""
    found = _DATE.match(unicodedata.normalize("NFKC", text).strip())
    if not found:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def read_list(text: str) -> tuple[str, ...]:
    """Names separated by 、 , ; / | or line ends, without repetition."""
    return tuple(dict.fromkeys(part.strip() for part in _LIST.split(text) if part.strip()))


def read_posts(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Post codes, and the words that are no post. Empty or 全部: no restriction."""
    return _short_posts(text) if len(text) <= _SHORT else _posts(text)


def _posts(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = read_list(text)
    if any(word in EVERYBODY for word in words):
        return (), ()
    unknown = tuple(word for word in words if spelling(word) not in POST_SPELLINGS)
    found = {POST_SPELLINGS[spelling(word)] for word in words if spelling(word) in POST_SPELLINGS}
    return tuple(code for code in POST_NAMES if code in found), unknown


_short_posts = lru_cache(maxsize=1024)(_posts)


def rows_named(text: str) -> set[int]:
    """Row numbers from `3、8-12`; words that are none are ignored. At most 200,000 rows, as a file has."""
    found: set[int] = set()
    for first, last in re.findall(
        r"(\d{1,7})(?:\s*[-–~至到]\s*(\d{1,7}))?", unicodedata.normalize("NFKC", text)[:2000]
    ):
        found.update(range(int(first), min(int(last or first), int(first) + 200_000) + 1))
    return found


def difficulty_name(difficulty: Decimal) -> str:
    """易, 中 or 难."""
    if difficulty < EASY_BELOW:
        return "易"
    return "中" if difficulty <= HARD_ABOVE else "难"


def band_name(lowest: Decimal | None, highest: Decimal | None) -> str:
    """易 / 中 / 难 for the three bands, `0.20–0.50` for others, empty for no bounds."""
    if lowest is None and highest is None:
        return ""
    for name, bounds in BANDS.items():
        if bounds == (lowest, highest):
            return name
    return f"{lowest or Decimal(0):.2f}–{1 if highest is None else highest:.2f}"
