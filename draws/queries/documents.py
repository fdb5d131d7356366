"""What is printed and packed about a draw: the facts for it, the leaves of the public log, and the files made of them."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.canonical import sha256_hex
from core.errors import NotFound
from core.merkle import inclusion_proof, leaf_hash
from core.models import LogLeaf
from core.public_log import leaf_hashes, log_verifier_key, origin, signed_checkpoint
from draws.domain.plan import Plan
from draws.domain.protocol import RESULT_FILE
from draws.domain.selection import Place, parse_result
from draws.models import Draw, DrawDocument, DrawState, Minutes, SourceEntry
from draws.queries.ceremony import plan_of
from draws.queries.draws import content_of, public_draws


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What the notice of a freeze says. `flags`: reason code → people."""

    draw: Draw
    plan: Plan
    strata: int
    flags: dict[str, int]


@dataclass(frozen=True, slots=True)
class MinutesFacts:
    """What the minutes say. `typed`: the last entry of each person for each source."""

    draw: Draw
    plan: Plan
    minutes: Minutes
    typed: list[SourceEntry]
    strata: list[tuple[str, int, int, int]]
    places: list[Place]
    result_sha256: str


def draw_to_print(draw_pk: int) -> Draw:
    """For jobs. Raises NotFound."""
    draw = Draw.objects.select_related("authority", "proposed_by", "frozen_by").filter(pk=draw_pk).first()
    if draw is None or draw.frozen_at is None:
        raise NotFound
    return draw


def notice_facts(draw: Draw) -> NoticeFacts:
    """The plan and how many people the roster has, by flag."""
    rows = draw.entries.filter(proposal=draw.proposal).order_by()
    flags = Counter(rows.exclude(flag="").values_list("flag", flat=True))
    return NoticeFacts(draw, plan_of(draw), rows.values("stratum").distinct().count(), dict(sorted(flags.items())))


def minutes_facts(draw: Draw) -> MinutesFacts:
    """The latest minutes with what was typed and drawn. Raises NotFound before there are any."""
    minutes = latest_minutes(draw)
    if minutes is None:
        raise NotFound
    typed = {(row.position, row.typed_by_id): row for row in draw.source_entries.select_related("typed_by")}
    # From the file, not from the places: what an enlargement added later is not of this ceremony.
    result = content_of(draw, RESULT_FILE)
    places = parse_result(result)
    counts: dict[str, Counter[str]] = {}
    for place in places:
        counts.setdefault(place.stratum, Counter())[place.status[0]] += 1
    strata = [(stratum, count["M"], count["S"], count["R"]) for stratum, count in sorted(counts.items())]
    seated = [place for place in places if place.is_seat]
    rows = sorted(typed.values(), key=lambda row: (row.position, row.pk))
    return MinutesFacts(draw, plan_of(draw), minutes, rows, strata, seated, sha256_hex(result))


def commitment_text(draw: Draw) -> str:
    """What the QR code of a freeze holds, to be posted elsewhere."""
    return f"CHOUKAO-DRAW/1 {draw.round_code} plan {draw.plan_sha256} roster {draw.roster_sha256}"


def latest_minutes(draw: Draw) -> Minutes | None:
    """The minutes that count, with who wrote them."""
    return draw.minutes.select_related("recorded_by").order_by("-number").first()


def documents_of(draw: Draw) -> dict[str, DrawDocument]:
    """The newest file of each kind."""
    return {document.kind: document for document in draw.documents.order_by("pk")}


def public_document(draw_id: str, kind: str) -> DrawDocument:
    """The newest file of a kind of a draw that is public. Raises NotFound."""
    draws = public_draws().filter(public_id=draw_id).order_by().values("pk")
    document = DrawDocument.objects.filter(draw__in=draws, kind=kind).order_by("-pk").first()
    if document is None:
        raise NotFound
    return document


def log_extract(draw: Draw) -> dict[str, object]:
    """The draw's leaves of the public log, each with its proof of inclusion under one signed checkpoint."""
    hashes = leaf_hashes()
    leaves = LogLeaf.objects.filter(content__contains=f'"draw":"{draw.public_id}"').order_by("number")
    return {
        "checkpoint": signed_checkpoint(),
        "leaves": [
            {
                "content": leaf.content,
                "leaf_hash": leaf_hash(leaf.content.encode()).hex(),
                "number": leaf.number,
                "proof": [step.hex() for step in inclusion_proof(hashes, leaf.number)],
            }
            for leaf in leaves
        ],
        "origin": origin(),
        "size": len(hashes),
        "verifier_key": log_verifier_key(),
    }


def draws_without(kind: str) -> QuerySet[Draw]:
    """For the sweeper: draws whose file of a kind was lost or never made, newest first."""
    made = DrawDocument.objects.filter(draw=OuterRef("pk"), kind=kind)
    wanted = {
        DrawDocument.Kind.NOTICE: Q(state__in=[DrawState.FROZEN, DrawState.DRAWN]),
        DrawDocument.Kind.MINUTES: Q(Exists(Minutes.objects.filter(draw=OuterRef("pk")))),
        DrawDocument.Kind.BUNDLE: Q(state=DrawState.DRAWN),
    }
    return Draw.objects.filter(wanted[DrawDocument.Kind(kind)], ~Exists(made)).order_by("-pk")
