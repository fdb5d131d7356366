"""What a certificate says: frozen as canonical JSON when it is issued, hashed, and never changed."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from core.canonical import canonical_json, sha256_hex
from core.errors import gettext_noop
from core.masking import mask_name

SCHEMA: Final = "choukao-certificate/1"
TITLE: Final = gettext_noop("培训合格证（季度抽考）")
# Not the statutory certificate, and it says so (product.md section 4, No fee).
NOT_STATUTORY: Final = gettext_noop(
    "本证仅证明持证人通过本季度抽考，不是法定的《安全生产知识和管理能力考核合格证》，不能代替法定证书使用。"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What goes onto a certificate. Scores and marks are text as printed."""

    number: str
    holder: str
    enterprise: str
    uscc: str
    industry: str
    post: str
    round_title: str
    round_code: str
    score: str
    total_mark: str
    pass_mark: str
    exam_date: date
    issuer: str
    issued_on: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Frozen:
    """The bytes, and their hash as printed on the paper."""

    content: str
    sha256: str


def freeze(facts: Facts) -> Frozen:
    """Canonical JSON of the facts with schema, title and the sentence about what it is not."""
    content = canonical_json(
        {
            "schema": SCHEMA,
            "title": TITLE,
            "not_statutory": NOT_STATUTORY,
            "number": facts.number,
            "holder": facts.holder,
            "enterprise": facts.enterprise,
            "uscc": facts.uscc,
            "industry": facts.industry,
            "post": facts.post,
            "round": {"title": facts.round_title, "code": facts.round_code},
            "score": facts.score,
            "total_mark": facts.total_mark,
            "pass_mark": facts.pass_mark,
            "exam_date": facts.exam_date,
            "issuer": facts.issuer,
            "issued_on": facts.issued_on,
            "valid_until": facts.valid_until,
        },
    )
    return Frozen(content, sha256_hex(content))


def read(content: str) -> dict[str, Any]:
    """What `freeze` wrote, as plain values."""
    found: dict[str, Any] = json.loads(content)
    return found


def masked(content: dict[str, Any]) -> dict[str, Any]:
    """The same with the holder's name masked, for somebody who does not hold the paper."""
    return {**content, "holder": mask_name(str(content["holder"]))}
