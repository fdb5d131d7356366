"""Draws in reach, and what everybody may see of them."""

import re
from typing import Final

from django.db.models import Q, QuerySet

from core.actor import Actor
from core.errors import NotAllowed, NotFound
from draws.domain.enlargement import MOST_ENLARGEMENTS, PROGRAM, enlarge_file, enlarged_result_file
from draws.domain.protocol import FILES
from draws.models import Draw, DrawFile, Evidence, RosterFlag
from draws.policies import can_conduct, can_see_people, can_watch, public_draws_condition, reachable_draws

VERIFY_FILE: Final = "verify.py"
_MORE = range(1, MOST_ENLARGEMENTS + 1)
FILE_NAMES: Final = frozenset(
    {*FILES, VERIFY_FILE, PROGRAM, *map(enlarge_file, _MORE), *map(enlarged_result_file, _MORE)}
)
_ID: Final = re.compile(r"[0-9a-f]{32}")


def check_may_watch(actor: Actor) -> None:
    """Raises NotAllowed for those who have no business with the staff pages of draws."""
    if not can_watch(actor):
        raise NotAllowed


def check_may_conduct(actor: Actor, draw: Draw) -> None:
    """Raises NotAllowed for those who neither type sources nor draw here."""
    if not can_conduct(actor, draw):
        raise NotAllowed


def check_may_see_people(actor: Actor, draw: Draw) -> None:
    """Raises NotAllowed for those to whom names behind a draw are not shown."""
    if not can_see_people(actor, draw):
        raise NotAllowed


def known_id(unsafe_id: str) -> str:
    """The id itself when it is one that could exist; raises NotFound. PostgreSQL would choke on a NUL in a text."""
    if not _ID.fullmatch(unsafe_id):
        raise NotFound
    return unsafe_id


def draws_for(actor: Actor) -> QuerySet[Draw]:
    """The draws that the actor reaches, newest first, with their authority."""
    return Draw.objects.filter(reachable_draws(actor)).select_related("authority__area", "proposed_by", "frozen_by")


def get_draw(actor: Actor, draw_id: str) -> Draw:
    """One of `draws_for` by public id. Raises NotFound."""
    draw = draws_for(actor).filter(public_id=known_id(draw_id)).first()
    if draw is None:
        raise NotFound
    return draw


def lock_draw(actor: Actor, draw_id: str) -> Draw:
    """The same, locked for update until the transaction ends. Raises NotFound."""
    draw = Draw.objects.filter(reachable_draws(actor), public_id=known_id(draw_id)).select_for_update().first()
    if draw is None:
        raise NotFound
    return draw


def public_draws() -> QuerySet[Draw]:
    """Everything that was ever frozen, cancelled draws included; for anybody."""
    return Draw.objects.filter(public_draws_condition()).select_related("authority")


def get_public_draw(draw_id: str) -> Draw:
    """One of `public_draws` by public id. Raises NotFound."""
    draw = public_draws().filter(public_id=known_id(draw_id)).first()
    if draw is None:
        raise NotFound
    return draw


def files_of(draw: Draw) -> QuerySet[DrawFile]:
    """The files of the current proposal, without their content, in their order of origin."""
    return draw.files.filter(proposal=draw.proposal).defer("content").order_by("pk")


def public_file(draw: Draw, name: str) -> bytes:
    """The exact bytes of a published file of a draw that was reached. Raises NotFound."""
    if draw.frozen_at is None:
        raise NotFound
    return content_of(draw, name)


def content_of(draw: Draw, name: str) -> bytes:
    """The same before the freeze is approved: for those who prepare it. Raises NotFound."""
    files = draw.files.filter(proposal=draw.proposal, name=name) if name in FILE_NAMES else draw.files.none()
    content = files.values_list("content", flat=True).first()
    if content is None:
        raise NotFound
    return str(content).encode("ascii")


def flags_of(draw: Draw) -> QuerySet[RosterFlag]:
    """Must-sits and exclusions asked for, waiting ones first."""
    rows = draw.flags.select_related("person", "requested_by", "approved_by").prefetch_related("files")
    return rows.order_by("approved_at", "pk")


def get_evidence(actor: Actor, evidence_id: str) -> Evidence:
    """The file behind a flag or an excuse, for those who decide about it. Raises NotFound, NotAllowed."""
    reached = Draw.objects.filter(reachable_draws(actor)).order_by().values("pk")
    row = (
        Evidence.objects.select_related("flag__draw", "replacement__draw")
        .filter(public_id=known_id(evidence_id))
        .filter(Q(flag__draw__in=reached) | Q(replacement__draw__in=reached))
        .first()
    )
    if row is None:
        raise NotFound
    subject = row.flag or row.replacement
    assert subject is not None  # a constraint of the database
    check_may_conduct(actor, subject.draw)
    return row


def lock_flag(actor: Actor, flag_id: str) -> tuple[Draw, RosterFlag]:
    """A flag and its draw, the draw locked first. Raises NotFound."""
    draw_id = RosterFlag.objects.filter(public_id=known_id(flag_id)).values_list("draw__public_id", flat=True).first()
    if draw_id is None:
        raise NotFound
    draw = lock_draw(actor, draw_id)
    flag = draw.flags.select_for_update().filter(public_id=known_id(flag_id)).first()
    if flag is None:
        raise NotFound
    return draw, flag
