"""Who may be drawn: the appointments within the authority's region, narrowed by the draw's parameters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from django.db.models import Q, QuerySet

from core.actor import Actor, Reach
from draws.domain.parameters import DrawParameters, parameters_from_json
from draws.domain.pool import (
    Columns,
    Flags,
    History,
    Post,
    Standing,
    cap_order,
    crowded,
    flags_by,
    one_post_each,
    over_the_cap,
    stratum_for,
)
from draws.domain.roster import Identity
from draws.models import Draw
from draws.queries.history import history_of, narrowed_by_past
from registry.models import Appointment, Authority
from registry.models import Post as RegisteredPost
from registry.queries import appointments_for, identities_of, region_of_authority

Row = TypeVar("Row")

LETTERS = {RegisteredPost.PRINCIPAL: "P", RegisteredPost.SAFETY_MANAGER: "S", RegisteredPost.SAFETY_DIRECTOR: "D"}
POST_OF_LETTER = {letter: post for post, letter in LETTERS.items()}
LETTER_OF_POST = {str(post): letter for post, letter in LETTERS.items()}


_POST_COLUMNS = (
    "person_id",
    "enterprise_id",
    "enterprise__uscc",
    "post",
    "enterprise__industry__code",
    "enterprise__area__code",
    "enterprise__industry__parent__code",
    "enterprise__is_large_scale",
)
_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class PoolMember:
    """One person who will have a row: the appointment that counts, the stratum, and the flag as things stand."""

    appointment: Appointment
    post: Post
    stratum: str
    flag: str


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


def appointments_in(actor: Actor, draw: Draw, parameters: DrawParameters, *, on: date) -> QuerySet[Appointment]:
    """Appointments in force that the parameters admit; a person may have several. The draw may be unsaved."""
    chosen = (
        appointments_for(acting_for(actor, draw.authority), on=on)
        .filter(post__in=[POST_OF_LETTER[letter] for letter in parameters.posts])
        .select_related("person", "enterprise__area", "enterprise__industry__parent")
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
    chosen = chosen.filter(_of_size(parameters))
    return narrowed_by_past(chosen, draw, parameters, on=on)


def pool_of(actor: Actor, draw: Draw, *, on: date, parameters: DrawParameters | None = None) -> list[PoolMember]:
    """Everybody who would be in the roster on a day, each once, with the flag that they would get, by stratum.

    `parameters` other than the draw's own for a preview; the draw may then be unsaved.
    Raises RosterStratumInvalid when an industry or area has a code that no stratum can carry.
    """
    parameters = parameters or parameters_of(draw)
    by_post = {_post_of(row): row for row in appointments_in(actor, draw, parameters, on=on)}
    posts = one_post_each(by_post)
    flags = flags_in_pool(actor, draw, parameters, posts=posts)
    columns = columns_of(parameters)
    members = [PoolMember(by_post[post], post, stratum_for(post, columns), flags.of(post.person)) for post in posts]
    return sorted(
        members, key=lambda member: (member.stratum, member.appointment.person.name_sort_key, member.post.person)
    )


class RowToBe(NamedTuple):
    """The same without an object of the registry: a million of them fit in memory."""

    post: Post
    stratum: str
    flag: str


def rows_to_be(actor: Actor, draw: Draw, *, on: date, parameters: DrawParameters | None = None) -> list[RowToBe]:
    """The people of `pool_of`, in no order. Raises RosterStratumInvalid."""
    parameters = parameters or parameters_of(draw)
    posts = posts_in_pool(actor, draw, parameters, on=on)
    flags = flags_in_pool(actor, draw, parameters, posts=posts)
    columns = columns_of(parameters)
    return [RowToBe(post, stratum_for(post, columns), flags.of(post.person)) for post in posts]


def posts_in_pool(actor: Actor, draw: Draw, parameters: DrawParameters, *, on: date) -> list[Post]:
    """The appointment that counts of each person, in no order."""
    appointments = appointments_in(actor, draw, parameters, on=on).order_by().values_list(*_POST_COLUMNS)
    return one_post_each(_post_from(columns) for columns in appointments.iterator(_CHUNK))


def columns_of(parameters: DrawParameters) -> Columns:
    """What the strata of a draw are made of."""
    return Columns(parameters.industry_column, by_street=parameters.by_street, by_size=parameters.by_size)


def flags_in_pool(actor: Actor, draw: Draw, parameters: DrawParameters, *, posts: Sequence[Post]) -> Flags:
    """The flags as things stand. `posts`: everybody's, one each; only the cap looks at them."""
    asked_for = draw.flags.exclude(approved_at=None) if draw.pk else ()
    history = history_of(draw, waited=bool(parameters.coverage_rounds or parameters.enterprise_cap))
    flags = flags_by(
        approved={flag.person_id: f"{flag.kind}:{flag.code}" for flag in asked_for},
        history=history,
        coverage_rounds=parameters.coverage_rounds,
        exclude_last_drawn=parameters.exclude_last_drawn,
    )
    if not parameters.enterprise_cap:
        return flags
    return flags.capped(_over_the_cap(actor, draw, parameters, posts=posts, flags=flags, history=history))


def _over_the_cap(
    actor: Actor,
    draw: Draw,
    parameters: DrawParameters,
    *,
    posts: Sequence[Post],
    flags: Flags,
    history: History,
) -> frozenset[int]:
    waited = history.waited or {}
    standings = [
        Standing(post.person, post.enterprise, flags.of(post.person), waited.get(post.person, 0)) for post in posts
    ]
    cap = parameters.enterprise_cap
    wanted = {standing.person for standing in crowded(standings, cap=cap)}
    crowd = [post for post in posts if post.person in wanted]
    acting = acting_for(actor, draw.authority)
    order = {}
    # Seals are opened only where the cap leaves somebody out.
    for batch in batched(crowd, _CHUNK):
        documents = identities_of(acting, [post.person for post in batch])
        for post in batch:
            identity = Identity(*documents[post.person], post.credit_code, post.post)
            order[post.person] = cap_order(identity, round_label=draw.round_code)
    return over_the_cap(standings, cap=cap, order=order)


def batched(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """The rows in slices of at most so many."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _of_size(parameters: DrawParameters) -> Q:
    size = Q()
    if parameters.high_hazard_only:
        size &= Q(enterprise__is_high_hazard=True)
    if parameters.size:
        size &= Q(enterprise__is_large_scale=parameters.size == "large")
    if parameters.employees_from:
        size &= Q(enterprise__employees__gte=parameters.employees_from)
    if parameters.employees_to:
        size &= Q(enterprise__employees__lte=parameters.employees_to)
    return size


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
    industry = enterprise.industry
    return Post(
        person=appointment.person_id,
        enterprise=enterprise.pk,
        credit_code=enterprise.uscc,
        post=LETTERS[RegisteredPost(appointment.post)],
        industry=industry.code,
        area=enterprise.area.code,
        industry_group=industry.parent.code if industry.parent else "",
        is_large=enterprise.is_large_scale,
    )


def _post_from(columns: tuple[int, int, str, str, str, str, str | None, bool]) -> Post:
    person, enterprise, credit_code, post, industry, area, industry_group, is_large = columns
    letter = LETTER_OF_POST[post]
    return Post(person, enterprise, credit_code, letter, industry, area, industry_group or "", is_large)
