"""Numbers with units as people write them: `3.50 米`, `３．５m`, `350cm` are the same length.

Factors are exact; sources: GB 3100–93 (SI units) and GB 3101–93.
"""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Final

# Unit → (dimension, factor to the dimension's first unit), and the other spellings of each.
_TABLE: Final = """
length m 1 米 公尺|length km 1000 千米 公里|length cm 0.01 厘米 公分|length mm 0.001 毫米
area m² 1 平方米 m2 ㎡ 平米|area km² 1000000 平方千米 平方公里 km2|volume m³ 1 立方米 m3 ㎥ 方|volume L 0.001 升 l|volume mL 0.000001 毫升 ml
mass kg 1 千克 公斤|mass g 0.001 克|mass mg 0.000001 毫克|mass t 1000 吨
time s 1 秒 秒钟|time min 60 分钟 分|time h 3600 小时 时|time d 86400 天 日 昼夜
months 月 1 个月|months 年 12 周年
pressure Pa 1 帕 帕斯卡|pressure kPa 1000 千帕|pressure MPa 1000000 兆帕
voltage V 1 伏 伏特|voltage kV 1000 千伏|current A 1 安 安培|current mA 0.001 毫安
resistance Ω 1 欧 欧姆|resistance kΩ 1000 千欧|resistance MΩ 1000000 兆欧
power W 1 瓦 瓦特|power kW 1000 千瓦|temperature ℃ 1 摄氏度 °C 度
speed m/s 1 米/秒 米每秒|density mg/m³ 1 毫克/立方米 mg/m3|density g/m³ 1000 克/立方米 g/m3
share % 1 百分之 ％|share ‰ 0.1 千分之|sound dB 1 分贝|light lx 1 勒克斯 勒|angle ° 1 度角
money 元 1 人民币元 圆|money 万元 10000|money 亿元 100000000
count 人 1 名 位|times 次 1 回|pieces 个 1 只 件 台 具 处 项 条
"""
_UNITS: Final[dict[str, tuple[str, Decimal]]] = {}
_NAMES: Final[dict[str, str]] = {}
for _entry in re.split(r"[|\n]", _TABLE.strip()):
    _dimension, _unit, _factor, *_others = _entry.split()
    _UNITS[_unit] = (_dimension, Decimal(_factor))
    for _name in (_unit, *_others):
        _NAMES.setdefault(unicodedata.normalize("NFKC", _name), _unit)
_LOWER: Final = {name.lower(): unit for name, unit in reversed(_NAMES.items())}

_NUMBER: Final = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_QUANTITY: Final = re.compile(rf"({_NUMBER.pattern})\s*(\D.*)?\Z", re.DOTALL)
_MOST_DIGITS: Final = 20


def read_number(text: str) -> Decimal | None:
    """A plain decimal number, in either width and with thousands separators; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("－", "-")
    if not _NUMBER.fullmatch(plain) or len(plain) > _MOST_DIGITS:
        return None
    try:
        return Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return None


def read_unit(text: str) -> str | None:
    """The unit's one name: `米` → `m`. Other words stand for themselves; None for no word."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if not plain:
        return None
    return _NAMES.get(plain) or _LOWER.get(plain.lower()) or plain


def converted(value: Decimal, unit: str, into: str) -> Decimal | None:
    """The value in another unit of the same dimension; None when there is no way."""
    if unit == into:
        return value
    here, there = _UNITS.get(unit), _UNITS.get(into)
    if here is None or there is None or here[0] != there[0]:
        return None
    return value * here[1] / there[1]


def read_quantity(text: str) -> tuple[Decimal, str] | None:
    """`3.5 米` → (3.5, "m"); the unit may be missing (""); None when it is no number."""
    found = _QUANTITY.match(unicodedata.normalize("NFKC", text).strip())
    value = read_number(found.group(1)) if found else None
    if found is None or value is None:
        return None
    return value, read_unit(found.group(2) or "") or ""


def plain_number(value: Decimal) -> str:
    """Without exponent and trailing zeros: `3.50` → `3.5`."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
