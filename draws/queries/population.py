"""Who may be drawn: the appointments within the authority's region, narrowed by the draw's parameters."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Count, Q, QuerySet

from core.actor import Actor, Reach
from draws.domain.parameters import DrawParameters, parameters_from_json
from draws.domain.plan import FIXED
from draws.domain.pool import History, Post, flag_for, one_post_each, stratum_for
from draws.domain.quotas import hamilton
from draws.models import Draw, DrawState, Place, PlaceState, RosterEntry
from registry.models import Appointment, Authority
from registry.models import Post as RegisteredPost
from registry.queries import appointments_for, region_of_authority

LETTERS = {RegisteredPost.PRINCIPAL: "P", RegisteredPost.SAFETY_MANAGER: "S", RegisteredPost.SAFETY_DIRECTOR: "D"}
POST_OF_LETTER = {letter: post for post, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True)
class PoolMember:
    """One person who will have a row: the appointment that counts, the stratum, and the flag as things stand."""

    appointment: Appointment
    post: Post
    stratum: str
    flag: str


@dataclass(frozen=True, slots=True)
class _Group:
    stratum: str
    industry: str
    area: str
    post: str
    flag: str


@dataclass(frozen=True, slots=True)
class StratumCount:
    """One line of the preview. `chance` is the probability that the systematic method adds a seat to `floor`."""

    stratum: str
    industry: str
    area: str
    post: str
    eligible: int
    must_sit: int
    excluded: int
    hamilton: int
    floor: int
    chance: Fraction
    fixed: int | None

    @property
    def chance_percent(self) -> int:
        return round(self.chance * 100)

    @property
    def most(self) -> int:
        """The most seats that the systematic method can give."""
        return self.floor + (1 if self.chance else 0)


def parameters_of(draw: Draw) -> DrawParameters:
    """The parameters as the value that they are."""
    return parameters_from_json(draw.parameters)


def acting_for(actor: Actor, authority: Authority) -> Actor:
    """The same actor with the reach of that one authority: whoever asks, its draws hold the same people."""
    return Actor(
        user_id=actor.user_id,
        person_id=actor.person_id,
        label=actor.label,
        grants=actor.grants,
        address=actor.address,
        is_system=actor.is_system,
        reach=Reach(regions=(region_of_authority(authority),)),
    )


def appointments_in(
    actor: Actor, authority: Authority, parameters: DrawParameters, *, on: date
) -> QuerySet[Appointment]:
    """Appointments in force that the parameters admit; a person may have several."""
    chosen = appointments_for(acting_for(actor, authority), on=on).filter(
        post__in=[POST_OF_LETTER[letter] for letter in parameters.posts],
    )
    if parameters.industries:
        codes = parameters.industries
        chosen = chosen.filter(
            Q(enterprise__industry__code__in=codes) | Q(enterprise__industry__parent__code__in=codes)
        )
    if parameters.areas:
        chosen = chosen.filter(_in_areas(parameters.areas))
    if parameters.tags:
        chosen = chosen.filter(enterprise__tags__code__in=parameters.tags).distinct()
    if parameters.high_hazard_only:
        chosen = chosen.filter(enterprise__is_high_hazard=True)
    return chosen


def pool_of(actor: Actor, draw: Draw, *, on: date) -> list[PoolMember]:
    """Everybody who would be in the roster today, each once, with the flag that they would get, by stratum.

    Raises RosterStratumInvalid when an industry or area has a code that no stratum can carry.
    """
    parameters = parameters_of(draw)
    appointments = list(appointments_in(actor, draw.authority, parameters, on=on))
    by_post = {_post_of(appointment): appointment for appointment in appointments}
    approved = {flag.person_id: f"{flag.kind}:{flag.code}" for flag in draw.flags.exclude(approved_at=None)}
    history = history_of(draw)
    members = [
        PoolMember(
            appointment=by_post[post],
            post=post,
            stratum=stratum_for(post, by_street=parameters.by_street),
            flag=flag_for(
                post.person,
                approved=approved,
                history=history,
                coverage_rounds=parameters.coverage_rounds,
                exclude_last_drawn=parameters.exclude_last_drawn,
            ),
        )
        for post in one_post_each(by_post)
    ]
    return sorted(
        members, key=lambda member: (member.stratum, member.appointment.person.name_sort_key, member.post.person)
    )


def history_of(draw: Draw) -> History:
    """What the authority's earlier completed draws say about people."""
    earlier = list(
        Draw.objects.filter(authority_id=draw.authority_id, state=DrawState.DRAWN)
        .filter(Q(year__lt=draw.year) | Q(year=draw.year, quarter__lt=draw.quarter))
        .order_by("-year", "-quarter", "-serial"),
    )
    if not earlier:
        return History()
    seated = Q(state__in=[PlaceState.CALLED, PlaceState.MOVED_UP])
    last = Place.objects.filter(draw=earlier[0])
    return History(
        excused=frozenset(last.filter(state=PlaceState.EXCUSED).values_list("entry__person_id", flat=True)),
        drawn_last=frozenset(last.filter(seated).values_list("entry__person_id", flat=True)),
        waited=_rounds_waited(earlier),
    )


def strata_of(members: Iterable[PoolMember], parameters: DrawParameters) -> list[StratumCount]:
    """Live counts per stratum with what each quota method gives it."""
    groups = Counter[_Group]()
    for member in members:
        enterprise = member.appointment.enterprise
        groups[
            _Group(
                member.stratum, enterprise.industry.name, enterprise.area.name, member.appointment.post, member.flag[:1]
            )
        ] += 1
    return _count_strata(groups, parameters)


def roster_strata(draw: Draw, parameters: DrawParameters) -> list[StratumCount]:
    """The same from the rows of the current proposal. One query."""
    columns = ("stratum", "enterprise__industry__name", "enterprise__area__name", "post", "flag")
    rows = draw.entries.filter(proposal=draw.proposal).order_by().values_list(*columns).annotate(people=Count("pk"))
    groups = Counter[_Group]()
    for stratum, industry, area, post, flag, people in rows:
        groups[_Group(stratum, industry, area, post, flag[:1])] += people
    return _count_strata(groups, parameters)


def _count_strata(groups: Mapping[_Group, int], parameters: DrawParameters) -> list[StratumCount]:
    counts = {stratum: Counter[str]() for stratum in sorted({group.stratum for group in groups})}
    example = {group.stratum: group for group in groups}
    for group, people in groups.items():
        counts[group.stratum][group.flag] += people
    eligible = {stratum: count[""] for stratum, count in counts.items()}
    seats = parameters.seats if isinstance(parameters.seats, int) else sum(parameters.seats.values())
    equal = hamilton(eligible, seats)
    total = sum(eligible.values())
    return [
        StratumCount(
            stratum=stratum,
            industry=example[stratum].industry,
            area=example[stratum].area if parameters.by_street else "",
            post=str(RegisteredPost(example[stratum].post).label),
            eligible=count[""],
            must_sit=count["M"],
            excluded=count["X"],
            hamilton=equal[stratum],
            floor=seats * count[""] // total if seats < total else count[""],
            chance=Fraction(seats * count[""] % total, total) if seats < total else Fraction(0),
            fixed=_fixed_seats(parameters, stratum),
        )
        for stratum, count in counts.items()
    ]


def _fixed_seats(parameters: DrawParameters, stratum: str) -> int | None:
    if parameters.method != FIXED or isinstance(parameters.seats, int):
        return None
    return parameters.seats.get(stratum, 0)


def _rounds_waited(earlier: Sequence[Draw]) -> dict[int, int]:
    # For each person: how many of the last draws in a row they stood in the pool and were not drawn.
    waited: dict[int, int] = {}
    for number, draw in enumerate(earlier):
        pool = RosterEntry.objects.filter(draw=draw, proposal=draw.proposal, place=None) | RosterEntry.objects.filter(
            draw=draw, proposal=draw.proposal, place__state=PlaceState.STANDBY
        )
        undrawn = frozenset(pool.values_list("person_id", flat=True))
        still = undrawn if number == 0 else {person for person in undrawn if waited.get(person) == number}
        if not still:
            break
        waited |= dict.fromkeys(still, number + 1)
    return waited


def _in_areas(codes: Sequence[str]) -> Q:
    chosen = Q(pk__in=[])
    for code in codes:
        chosen |= (
            Q(enterprise__area__code=code)
            | Q(enterprise__area__path__startswith=f"{code}/")
            | Q(enterprise__area__path__contains=f"/{code}/")
        )
    return chosen


def _post_of(appointment: Appointment) -> Post:
    enterprise = appointment.enterprise
    return Post(
        person=appointment.person_id,
        enterprise=enterprise.pk,
        credit_code=enterprise.uscc,
        post=LETTERS[RegisteredPost(appointment.post)],
        industry=enterprise.industry.code,
        area=enterprise.area.code,
    )
