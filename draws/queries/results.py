"""Who was drawn, who moved up, and one's own row."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Substr

from core.actor import REGULATOR, REVIEWER, Actor
from core.crypto import unseal
from core.errors import NotFound
from draws.domain.roster import PID, Identity, pid_preimage
from draws.domain.selection import Place as DrawnPlace
from draws.models import Draw, DrawState, Place, PlaceState, Replacement, RosterEntry
from draws.queries.draws import known_id, lock_draw
from draws.queries.population import LETTERS
from registry.models import Post
from registry.queries import id_numbers_of

SALT_TABLE = "draws_rosterentry"
SALT_COLUMN = "salt"
CALLED_STATES = (PlaceState.CALLED, PlaceState.MOVED_UP, PlaceState.ENLARGED)


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A person's own row: shown to that person alone, who can check the hash and find the row in the public file."""

    entry: RosterEntry
    place: Place | None
    salt: str
    preimage: str


def places_of(draw: Draw) -> QuerySet[Place]:
    """All places of a draw in the order of result.csv, with the people behind them."""
    return draw.places.select_related("entry__person", "entry__enterprise__area", "entry__enterprise__industry")


def called_places(draw: Draw) -> QuerySet[Place]:
    """Those who are to sit: must-sit, drawn, moved up, and called by an enlargement; not the excused."""
    return places_of(draw).filter(state__in=CALLED_STATES)


def seats_of(draw: Draw) -> dict[str, dict[str, int]]:
    """Stratum → first letter of the status (M, S, R) → people, as in result.csv. One query."""
    seats: dict[str, dict[str, int]] = {}
    letters = draw.places.annotate(letter=Substr("status", 1, 1)).order_by()
    for stratum, letter, people in letters.values_list("entry__stratum", "letter").annotate(people=Count("pk")):
        seats.setdefault(stratum, {})[letter] = people
    return seats


def places_as_drawn(draw: Draw) -> list[DrawnPlace]:
    """The places as the protocol's values, for deciding who moves up."""
    rows = draw.places.values_list("entry__stratum", "status", "entry__pid")
    return [DrawnPlace(stratum, status, pid) for stratum, status, pid in rows]


def used_reserves(draw: Draw) -> frozenset[str]:
    """Pids of reserves that moved up or that an enlargement called, whatever became of them since."""
    moved = Replacement.objects.filter(draw=draw, moved_up__isnull=False)
    called = draw.places.filter(status__startswith="R").exclude(state=PlaceState.STANDBY)
    return frozenset(moved.values_list("moved_up__entry__pid", flat=True)) | frozenset(
        called.values_list("entry__pid", flat=True)
    )


def replacements_of(draw: Draw) -> QuerySet[Replacement]:
    """Excuses asked for and decided, oldest first."""
    return draw.replacements.select_related(
        "excused__entry__person", "moved_up__entry__person", "requested_by", "decided_by"
    ).prefetch_related("files")


def lock_replacement(actor: Actor, replacement_id: str) -> tuple[Draw, Replacement]:
    """A replacement and its draw, the draw locked first. Raises NotFound."""
    draw_id = (
        Replacement.objects.filter(public_id=known_id(replacement_id)).values_list("draw__public_id", flat=True).first()
    )
    if draw_id is None:
        raise NotFound
    draw = lock_draw(actor, draw_id)
    row = (
        draw.replacements.select_for_update(of=("self",))
        .select_related("excused__entry", "requested_by")
        .get(public_id=known_id(replacement_id))
    )
    return draw, row


def get_place(draw: Draw, pid: str) -> Place:
    """A place of a draw that was reached. Raises NotFound."""
    place = places_of(draw).filter(entry__pid=pid).first() if PID.fullmatch(pid) else None
    if place is None:
        raise NotFound
    return place


def lock_place(draw: Draw, pid: str) -> Place:
    """A place of a draw that is locked already. Raises NotFound."""
    place = (
        draw.places.select_for_update(of=("self",)).select_related("entry").filter(entry__pid=pid).first()
        if PID.fullmatch(pid)
        else None
    )
    if place is None:
        raise NotFound
    return place


def my_roster_rows(actor: Actor) -> list[OwnRow]:
    """The actor's own rows in every draw that was ever frozen, newest first, with salt and preimage."""
    if actor.person_id is None:
        return []
    rows = (
        RosterEntry.objects.filter(
            person_id=actor.person_id, draw__frozen_at__isnull=False, proposal=F("draw__proposal")
        )
        .select_related("draw__authority", "person", "enterprise", "place")
        .order_by("-draw__year", "-draw__quarter", "-draw__serial")
    )
    numbers = id_numbers_of(actor, {entry.person for entry in rows})
    return [_own_row(entry, numbers[entry.person_id]) for entry in rows]


def waiting_replacements(actor: Actor) -> QuerySet[Replacement]:
    """Open requests at authorities where the actor works, for the home page."""
    reached = Q() if actor.is_system else Q(draw__authority__in=actor.authorities(REGULATOR, REVIEWER))
    return Replacement.objects.filter(reached, state=Replacement.State.REQUESTED, draw__state=DrawState.DRAWN)


def salt_of(entry: RosterEntry) -> str:
    """Opens the salt of a row, 64 hex."""
    return unseal(bytes(entry.salt_sealed), table=SALT_TABLE, column=SALT_COLUMN, row=entry.pid)


def _own_row(entry: RosterEntry, id_number: str) -> OwnRow:
    salt = salt_of(entry)
    identity = Identity(
        id_type=entry.person.id_type,
        id_number=id_number,
        credit_code=entry.enterprise.uscc,
        post=LETTERS[Post(entry.post)],
    )
    preimage = pid_preimage(identity, round_label=entry.draw.round_code, salt=salt)
    return OwnRow(entry, getattr(entry, "place", None), salt, preimage)
