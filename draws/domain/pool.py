"""From appointments and flags to rows: one row and one stratum per person (docs/draw.md, section 2)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from draws.domain.coverage import must_sit_by_coverage
from draws.domain.roster import stratum_of

# Reason codes of flags. M: must sit, outside the quota. X: stays in the roster, not drawn.
MUST_SIT_CODES: Final = ("ACC", "DAN", "ORD")
EXCLUDED_CODES: Final = ("MAT", "ILL", "ABR", "REL", "OTH")
DISTRICT_DIGITS: Final = 6  # of an area code (GB/T 2260); the rest names street and community
DEFERRED: Final = "M:DEF"
COVERAGE: Final = "M:COV"
LAST_DRAWN: Final = "X:LAST"
EXCUSE_CODES: Final = ("ILL", "MAT", "ABR", "DTY", "LEFT", "OTH")


@dataclass(frozen=True, slots=True)
class Post:
    """One appointment that may be drawn: who, where, as what (post letter P, S or D)."""

    person: int
    enterprise: int
    credit_code: str
    post: str
    industry: str
    area: str


@dataclass(frozen=True, slots=True)
class History:
    """What earlier draws of the same authority say: primary keys of people.

    `excused` and `drawn_last` are of the last draw; `waited` counts the last draws in which somebody was in the pool, undrawn.
    """

    excused: Collection[int] = frozenset()
    drawn_last: Collection[int] = frozenset()
    waited: Mapping[int, int] | None = None


def one_post_each(posts: Iterable[Post]) -> list[Post]:
    """Of several appointments of a person the one with the smallest (credit code, post letter) counts."""
    chosen: dict[int, Post] = {}
    for post in posts:
        held = chosen.get(post.person)
        if held is None or (post.credit_code, post.post) < (held.credit_code, held.post):
            chosen[post.person] = post
    return list(chosen.values())


def stratum_for(post: Post, *, by_street: bool = True) -> str:
    """The stratum of an appointment: by street, or by district. Raises RosterStratumInvalid for codes that cannot be written."""
    return stratum_of(post.industry, post.area if by_street else post.area[:DISTRICT_DIGITS], post.post)


def flag_for(
    person: int,
    *,
    approved: Mapping[int, str],
    history: History,
    coverage_rounds: int,
    exclude_last_drawn: bool,
) -> str:
    """The one flag of a person: an approved one first, then deferred, then coverage, then drawn last time."""
    if person in approved:
        return approved[person]
    if person in history.excused:
        return DEFERRED
    if coverage_rounds and must_sit_by_coverage((history.waited or {}).get(person, 0), rounds=coverage_rounds):
        return COVERAGE
    if exclude_last_drawn and person in history.drawn_last:
        return LAST_DRAWN
    return ""
