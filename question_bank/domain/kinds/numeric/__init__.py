"""数值题: a number within a tolerance, with a unit that is printed or asked for."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.content import Content, Json
from question_bank.domain.kinds.base import BLANK, RIGHT, WRONG, KindBase, MarkingRule, Problem, Verdict, check_texts
from question_bank.domain.kinds.places import map_places, places_of, read_places, values_of
from question_bank.domain.kinds.units import converted, plain_number, read_number, read_quantity, read_unit

KEY_MALFORMED: Final = gettext_noop(
    "答案应为数值，如 3.5、3.5±0.1 m 或 3.5±5% MPa；要求考生写单位时在末尾加“（填单位）”"
)
TOLERANCE_NEGATIVE: Final = gettext_noop("误差不能为负数")

_KEY: Final = re.compile(
    r"\s*(?P<value>[-+]?[\d,.]+)\s*"
    r"(?:(?:±|\+/-|\+-)\s*(?P<tolerance>[\d,.]+)\s*(?P<percent>%(?=\s|$|[^\W\d_]|[(（]))?)?"
    r"\s*(?P<unit>(?:(?!e\d)[^()（）±\d][^()（）±]*?)?)\s*(?P<asks>[(（]\s*填单位\s*[)）])?\s*\Z",
    re.IGNORECASE,
)


class Numeric(KindBase):
    """Right or wrong: within the tolerance, ends included, after conversion into the unit of the key."""

    code = "numeric"
    label = gettext_noop("数值题")
    note = gettext_noop("数值题在允许误差内得满分；要求写单位的，单位须写明。")
    has_options = False
    unreadable = gettext_noop(
        "看不懂答案“{key}”。请填数值，如 3.5、3.5±0.1 m 或 3.5±5% MPa；要求考生写单位时在末尾加“（填单位）”"
    )

    def validate(self, content: Content) -> tuple[Problem, ...]:
        """A stem, a number, a tolerance of zero or more."""
        return check_texts(content) + _check_key(content.key)

    def read_answer(self, content: Content, raw: Json) -> Json:
        """`["value=3.5"]`, with `"unit=m"` where it is asked for."""
        return read_places(raw, places_of(self.render(content)))

    def judge(self, key: Json, answer: Json, rule: MarkingRule) -> Verdict:
        """Distance to the key at most the tolerance; a value typed with its unit in one field counts too."""
        if answer is None:
            return BLANK
        value = _given(values_of(answer), fields_of(key))
        if value is None:
            return WRONG
        fields = fields_of(key)
        right, tolerance = Decimal(fields["value"]), Decimal(fields["tolerance"])
        if fields["tolerance_kind"] == "percent":
            tolerance = abs(right) * tolerance / 100
        return RIGHT if abs(value - right) <= tolerance else WRONG

    def render(self, content: Content) -> dict[str, Json]:
        """A field for the number; the unit behind it, or a field for the unit."""
        fields = fields_of(content.key)
        asks = fields["asks_unit"] == "yes"
        shown: dict[str, Json] = {"kind": self.code, "stem": content.stem, "options": [], "input": "number"}
        return shown | {"asks_unit": asks, "unit": "" if asks else fields["unit"]}

    def map_answer(self, answer: Json, mapping: Mapping[str, str]) -> Json:
        """Nothing to rename."""
        return map_places(answer, {})

    def read_key(self, text: str, content: Content) -> Json:
        """`3.5`, `3.5±0.1 m`, `3.5±5% MPa（填单位）`."""
        found = _KEY.match(unicodedata.normalize("NFKC", text))
        if found is None:
            return None
        value, tolerance = read_number(found["value"]), read_number(found["tolerance"] or "0")
        if value is None or tolerance is None:
            return None
        return {
            "value": plain_number(value),
            "tolerance": plain_number(tolerance),
            "tolerance_kind": "percent" if found["percent"] else "absolute",
            "unit": read_unit(found["unit"]) or "",
            "asks_unit": "yes" if found["asks"] and found["unit"] else "no",
        }

    def key_text(self, content: Content) -> str:
        """`3.5±0.1 m（填单位）`."""
        fields = fields_of(content.key)
        percent = "%" if fields["tolerance_kind"] == "percent" else ""
        tolerance = f"±{fields['tolerance']}{percent}" if fields["tolerance"] != "0" else ""
        unit = f" {fields['unit']}" if fields["unit"] else ""
        asks = "（填单位）" if fields["asks_unit"] == "yes" else ""
        return f"{fields['value']}{tolerance}{unit}{asks}"


def fields_of(key: Json) -> dict[str, str]:
    """value, tolerance, tolerance_kind (absolute, percent), unit, asks_unit (yes, no)."""
    stored = key if isinstance(key, Mapping) else {}
    default = {"value": "", "tolerance": "0", "tolerance_kind": "absolute", "unit": "", "asks_unit": "no"}
    return default | {name: str(value) for name, value in stored.items()}


def _given(values: Mapping[str, str], fields: Mapping[str, str]) -> Decimal | None:
    """The answer's number in the unit of the key; None when it is no number, or its unit is another or missing."""
    quantity = read_quantity(values.get("value", ""))
    if quantity is None:
        return None
    number, typed = quantity
    unit = read_unit(values.get("unit", "")) or typed
    if not unit:
        return None if fields["asks_unit"] == "yes" else number
    return converted(number, unit, fields["unit"])


def _check_key(key: Json) -> tuple[Problem, ...]:
    fields = fields_of(key)
    value, tolerance = read_number(fields["value"]), read_number(fields["tolerance"])
    if value is None or tolerance is None:
        return (Problem("key", "key_not_a_number", KEY_MALFORMED),)
    if tolerance < 0:
        return (Problem("key", "tolerance_negative", TOLERANCE_NEGATIVE),)
    return ()


KIND = Numeric()
