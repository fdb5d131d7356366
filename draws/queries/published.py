"""What the public pages read of a draw, however large: tables in pages, files in pieces, sums once."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.db.models.functions import Length, Substr
from django.utils.translation import get_language

from core.errors import NotFound
from draws.domain import odd
from draws.domain.roster import PID
from draws.models import Draw, DrawFile, DrawState, Place, PlaceState, RosterEntry
from draws.queries.draws import FILE_NAMES
from draws.queries.history import SEATED, earlier_draws
from draws.queries.population import parameters_of
from draws.queries.results import seats_of
from draws.queries.strata import StratumCount, roster_strata

PLACES_PER_PAGE: Final = 100
_DAY: Final = 24 * 3600
_PIECE: Final = 8_000_000  # characters; a whole roster of a million people has ninety million
_CHUNK: Final = 5000
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """One line of result.csv, and what became of it."""

    stratum: str
    status: str
    pid: str
    state: str

    @property
    def state_label(self) -> str:
        return str(PlaceState(self.state).label)


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many of the last round's people are drawn again, against what chance gives. Shares are 0..1."""

    before: int
    seen: int
    expected: float
    chance: float


@dataclass(frozen=True, slots=True)
class Oddities:
    """What a reader may find odd, beside how usual it is. `shared`: enterprises with two drawn people or more."""

    run: int
    run_chance: float
    shared: int
    shared_expected: float
    overlap: Overlap | None


def published_file(draw: Draw, name: str) -> DrawFile:
    """A published file of a draw that was reached, with its `size`, without its content. Raises NotFound."""
    files = draw.files.filter(proposal=draw.proposal, name=name) if name in FILE_NAMES else draw.files.none()
    file = files.annotate(size=Length("content")).defer("content").first()
    if file is None or draw.frozen_at is None:
        raise NotFound
    return file


def pieces_of(file: DrawFile) -> Iterator[bytes]:
    """The exact bytes, in pieces that fit in memory."""
    rows = DrawFile.objects.filter(pk=file.pk)
    start = 1
    while piece := rows.values_list(Substr("content", start, _PIECE), flat=True)[0]:
        yield piece.encode("ascii")
        start += _PIECE


def published_strata(draw: Draw) -> list[StratumCount]:
    """The strata of a frozen roster, which never change: counted once."""
    key = f"draws.strata.{draw.public_id}.{get_language()}"
    return _once(key, lambda: roster_strata(draw, parameters_of(draw)))


def published_seats(draw: Draw) -> dict[str, dict[str, int]]:
    """`seats_of`, counted again only when there are more places."""
    key = f"draws.seats.{draw.public_id}.{Place.objects.filter(draw=draw).count()}"
    return _once(key, lambda: seats_of(draw))


def places_page(draw: Draw, *, stratum: str = "", after: str = "") -> list[PublicPlace]:
    """The next lines of the result behind the pid `after` (empty: from the first), one more than a page has."""
    places = Place.objects.filter(draw=draw).order_by("entry__stratum", "rank", "entry__pid")
    if stratum:
        places = places.filter(entry__stratum=stratum)
    if PID.fullmatch(after):
        places = _behind(places, draw, after)
    rows = places.values_list("entry__stratum", "status", "entry__pid", "state")[: PLACES_PER_PAGE + 1]
    return [PublicPlace(*row) for row in rows]


def oddities_of(draw: Draw) -> Oddities | None:
    """What may look odd about a drawn result, counted once; None before there is one."""
    if draw.state != DrawState.DRAWN:
        return None
    return _once(f"draws.odd.{draw.public_id}", lambda: _count_oddities(draw))


def _behind(places: QuerySet[Place], draw: Draw, pid: str) -> QuerySet[Place]:
    # Keyset: the next page is found by an index however many pages lie before it.
    last = Place.objects.filter(draw=draw, entry__pid=pid).values_list("entry__stratum", "rank").first()
    if last is None:
        return places
    stratum, rank = last
    same = Q(entry__stratum=stratum)
    return places.filter(
        Q(entry__stratum__gt=stratum) | (same & Q(rank__gt=rank)) | (same & Q(rank=rank, entry__pid__gt=pid))
    )


def _once(key: str, count: Callable[[], Value]) -> Value:
    found: Value | None = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, _DAY)
    return found


def _count_oddities(draw: Draw) -> Oddities:
    drawn = set(Place.objects.filter(draw=draw, status__startswith="S").values_list("entry_id", flat=True))
    before = _drawn_before(draw)
    eligible = RosterEntry.objects.filter(draw=draw, proposal=draw.proposal, flag="").order_by("pid")
    columns = eligible.values_list("pk", "person_id", "enterprise_id", "stratum")
    people, marked, seats = defaultdict[str, int](int), defaultdict[str, int](int), defaultdict[str, int](int)
    staff = defaultdict[int, list[str]](list)
    taken = defaultdict[int, int](int)
    flags = bytearray()
    seen = 0
    for pk, person, enterprise, stratum in columns.iterator(_CHUNK):
        is_drawn = pk in drawn
        flags.append(is_drawn)
        people[stratum] += 1
        seats[stratum] += is_drawn
        staff[enterprise].append(stratum)
        taken[enterprise] += is_drawn
        if person in before:
            marked[stratum] += 1
            seen += is_drawn
    groups = [odd.Group(people[stratum], marked[stratum], seats[stratum]) for stratum in people]
    longest = odd.longest_run(map(bool, flags))
    shares = ([seats[stratum] / people[stratum] for stratum in strata] for strata in staff.values() if len(strata) > 1)
    overlap = Overlap(len(before), seen, odd.expected_overlap(groups), odd.chance_of_at_least(seen, groups))
    return Oddities(
        run=longest,
        run_chance=odd.chance_of_run(longest, people=len(flags), drawn=sum(flags)),
        shared=sum(count > 1 for count in taken.values()),
        shared_expected=odd.expected_shared(shares),
        overlap=overlap if before else None,
    )


def _drawn_before(draw: Draw) -> frozenset[int]:
    last = earlier_draws(draw).first()
    if last is None:
        return frozenset()
    seated = Place.objects.filter(SEATED, draw=last, status__startswith="S")
    return frozenset(seated.values_list("entry__person_id", flat=True))
