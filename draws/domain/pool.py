"""From appointments and flags to rows: one row and one stratum per person (docs/draw.md, section 2)."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from draws.domain.coverage import must_sit_by_coverage
from draws.domain.roster import Identity, stratum_of

# Reason codes of flags. M: must sit, outside the quota. X: stays in the roster, not drawn.
MUST_SIT_CODES: Final = ("ACC", "DAN", "ORD")
EXCLUDED_CODES: Final = ("MAT", "ILL", "ABR", "REL", "OTH")
DISTRICT_DIGITS: Final = 6  # of an area code (GB/T 2260); the rest names street and community
DEFERRED: Final = "M:DEF"
COVERAGE: Final = "M:COV"
LAST_DRAWN: Final = "X:LAST"
CAPPED: Final = "X:CAP"
# The first part of a stratum where the industry is no column; with `by_size` every code gets one of the letters behind it.
ALL_INDUSTRIES: Final = "ALL"
LARGE: Final = "L"
SMALL: Final = "N"
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
    industry_group: str = ""
    is_large: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """What strata are made of besides the post: industry `own`, `group` or `none`; street or district; size or not."""

    industry: str = "own"
    by_street: bool = True
    by_size: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands when an enterprise has more people than the cap; `flag` as the other rules give it."""

    person: int
    enterprise: int
    flag: str
    waited: int = 0


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


def stratum_for(post: Post, columns: Columns = Columns()) -> str:
    """The stratum of an appointment by the chosen columns. Raises RosterStratumInvalid for codes that cannot be written."""
    own_or_group = post.industry_group or post.industry if columns.industry == "group" else post.industry
    industry = ALL_INDUSTRIES if columns.industry == "none" else own_or_group
    if columns.by_size:
        industry += LARGE if post.is_large else SMALL
    return stratum_of(industry, post.area if columns.by_street else post.area[:DISTRICT_DIGITS], post.post)


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


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of very many people: of those whom a rule names, and of all the others alike."""

    named: Mapping[int, str]
    of_others: str = ""

    def of(self, person: int) -> str:
        return self.named.get(person, self.of_others)

    def capped(self, people: Iterable[int]) -> "Flags":
        """The same with `X:CAP` for these people."""
        return Flags({**self.named, **dict.fromkeys(people, CAPPED)}, self.of_others)


def flags_by(*, approved: Mapping[int, str], history: History, coverage_rounds: int, exclude_last_drawn: bool) -> Flags:
    """`flag_for` of everybody."""
    waited = (history.waited or {}) if coverage_rounds else {}
    last = history.drawn_last if exclude_last_drawn else ()
    named = {
        person: flag_for(
            person,
            approved=approved,
            history=history,
            coverage_rounds=coverage_rounds,
            exclude_last_drawn=exclude_last_drawn,
        )
        for person in {*approved, *history.excused, *waited, *last}
    }
    at_once = coverage_rounds and must_sit_by_coverage(0, rounds=coverage_rounds)
    return Flags(named, COVERAGE if at_once else "")


def crowded(people: Iterable[Standing], *, cap: int) -> list[Standing]:
    """Those without a flag at enterprises where the cap leaves somebody out; `cap` 0: nobody."""
    by_enterprise = defaultdict[int, list[Standing]](list)
    for standing in people:
        by_enterprise[standing.enterprise].append(standing)
    return [
        standing
        for staff in by_enterprise.values()
        if cap and sum(not each.flag for each in staff) > _free_places(staff, cap)
        for standing in staff
        if not standing.flag
    ]


def over_the_cap(people: Iterable[Standing], *, cap: int, order: Mapping[int, str]) -> frozenset[int]:
    """Who gets `X:CAP` this round: must-sit people fill the cap first, then who has waited most, then by `order` (ADR 22).

    `order` is `cap_order` of everybody in `crowded`. No salt and no seed is in it: nobody can try again.
    """
    by_enterprise = defaultdict[int, list[Standing]](list)
    for standing in people:
        by_enterprise[standing.enterprise].append(standing)
    left_out: set[int] = set()
    for staff in by_enterprise.values():
        free = [each for each in staff if not each.flag]
        places = _free_places(staff, cap)
        if len(free) > places:
            free.sort(key=lambda each: (-each.waited, order[each.person], each.person))
            left_out.update(each.person for each in free[places:])
    return frozenset(left_out)


def cap_order(identity: Identity, *, round_label: str) -> str:
    """SHA-256 of `cap/1|<round>|<id_type>|<id_no>|<uscc>|<post>`: nothing in it can be chosen by those who make the roster."""
    numbers = (identity.id_number.upper(), identity.credit_code.upper())
    text = "|".join(["cap/1", round_label, identity.id_type, *numbers, identity.post])
    return hashlib.sha256(text.encode()).hexdigest()


def _free_places(staff: Iterable[Standing], cap: int) -> int:
    return max(0, cap - sum(each.flag.startswith("M") for each in staff))
