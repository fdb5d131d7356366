"""Everybody whom a freeze takes, as a stream of plain tuples with sealed documents: a million people are read in one pass.

The same people, strata and flags as `rows_to_be`, without an object for anybody.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from django.db.models import QuerySet

from core.actor import Actor
from draws.domain.pool import Columns, Flags, Post, stratum_for
from draws.errors import DraftChanged
from draws.models import Draw
from draws.queries.population import (
    LETTER_OF_POST,
    appointments_in,
    columns_of,
    flags_in_pool,
    parameters_of,
    posts_in_pool,
)
from registry.models import Appointment, Area, Industry

# person, enterprise, credit code, post, industry, area (primary keys), large scale, public id, kind of document, sealed number
SealedPost = tuple[int, int, str, str, int, int, bool, str, str, bytes]
_COLUMNS: Final = (
    "person_id",
    "enterprise_id",
    "enterprise__uscc",
    "post",
    "enterprise__industry_id",
    "enterprise__area_id",
    "enterprise__is_large_scale",
    "person__public_id",
    "person__id_type",
    "person__id_number_sealed",
)


@dataclass(frozen=True, slots=True)
class SealedPool:
    """Who is read in what way. `_capped`: person → enterprise, whom the cap of the enterprises has looked at; None without one."""

    flags: Flags
    _appointments: QuerySet[Appointment]
    _strata: "_Strata"
    _capped: Mapping[int, int] | None

    def appointments(self) -> int:
        """How many rows there are to read; a person may have several. One query."""
        return self._appointments.count()

    def batches(self, size: int) -> Iterator[list[SealedPost]]:
        """Everybody once, in the order of people: one query. Raises DraftChanged when the cap has looked at others."""
        rows = self._appointments.order_by("person_id").values_list(*_COLUMNS)
        chosen = _one_each(rows.iterator(size))
        people = 0
        while batch := list(islice(chosen, size)):
            people += len(batch)
            if self._capped is not None and any(self._capped.get(post[0]) != post[1] for post in batch):
                raise DraftChanged
            yield batch
        if self._capped is not None and people != len(self._capped):
            raise DraftChanged

    def stratum_of(self, post: SealedPost) -> str:
        """By the draw's columns. Raises RosterStratumInvalid."""
        return self._strata.of(post)


def sealed_pool(actor: Actor, draw: Draw, *, on: date) -> SealedPool:
    """The pool of a draft on a day; the people themselves are read when `batches` is."""
    parameters = parameters_of(draw)
    posts = posts_in_pool(actor, draw, parameters, on=on) if parameters.enterprise_cap else []
    return SealedPool(
        flags=flags_in_pool(actor, draw, parameters, posts=posts),
        _appointments=appointments_in(actor, draw, parameters, on=on),
        _strata=_Strata(
            columns_of(parameters),
            {
                pk: (code, parent or "")
                for pk, code, parent in Industry.objects.values_list("pk", "code", "parent__code")
            },
            dict(Area.objects.values_list("pk", "code")),
        ),
        _capped={post.person: post.enterprise for post in posts} if parameters.enterprise_cap else None,
    )


def letter_of(post: SealedPost) -> str:
    """P, S or D, as in a pid."""
    return LETTER_OF_POST[post[3]]


@dataclass(frozen=True, slots=True)
class _Strata:
    columns: Columns
    industries: Mapping[int, tuple[str, str]]
    areas: Mapping[int, str]

    def of(self, post: SealedPost) -> str:
        person, enterprise, credit_code, _, industry, area, is_large, *_ = post
        code, group = self.industries[industry]
        held = Post(person, enterprise, credit_code, letter_of(post), code, self.areas[area], group, is_large)
        return stratum_for(held, self.columns)


def _one_each(posts: Iterable[SealedPost]) -> Iterator[SealedPost]:
    # `one_post_each` for rows in the order of people.
    held: SealedPost | None = None
    for post in posts:
        if held is None or post[0] != held[0]:
            if held is not None:
                yield held
            held = post
        elif (post[2], LETTER_OF_POST[post[3]]) < (held[2], LETTER_OF_POST[held[3]]):
            held = post
    if held is not None:
        yield held
