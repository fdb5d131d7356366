"""Simulated candidates: they know most answers, save as a page would, and most of them hand in."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from accounts.actions import ensure_candidate_account
from accounts.queries import actor_for_user
from core.actor import system_actor
from core.canonical import canonical_sha256
from core.clock import simulated
from core.seeded import Stream, stream
from exams.actions import open_lease, save_events, start_attempt, submit_attempt
from exams.actions.journal import Device, holder_of
from exams.domain.messages import MOST_EVENTS, Open, Save, Submit
from exams.models import Attempt, Candidate

_SECONDS_PER_ITEM = 25


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How somebody sits: share of items known, and whether they hand in or run out of time. Absent: does not come."""

    knows: float
    comes: bool = True
    hands_in: bool = True


def behaviour_of(candidate: Candidate, sitting_number: int) -> Behaviour:
    """The same person behaves the same on every machine: about 85 % pass, a few run out of time or stay away."""
    rng = stream(f"behaviour/{candidate.uscc}/{candidate.post}/{sitting_number}")
    return Behaviour(
        knows=min(0.99, rng.betavariate(14, 1.6)),
        comes=rng.random() > (0.06 if sitting_number == 1 else 0.25),
        hands_in=rng.random() > 0.04,
    )


def sit(candidate: Candidate, behaviour: Behaviour, *, opening_code: str, begins_at: datetime) -> Attempt:
    """One whole exam through the same actions as the sitting page, at simulated times."""
    rng = stream(f"sitting/{candidate.pid}/{begins_at.isoformat()}")
    with simulated(begins_at):
        user = ensure_candidate_account(system_actor("demo"), candidate.person, now=begins_at)
        actor = actor_for_user(user, today=localtime(begins_at).date())
        attempt = start_attempt(actor, candidate.public_id, opening_code=opening_code, now=begins_at)
        cid = rng.randbytes(16).hex()
        device = Device(address="127.0.0.1", user_agent="simulated")
        opened = open_lease(attempt.public_id, Open(cid=cid), device=device, now=begins_at)
    events = list(_events(attempt, rng, behaviour))
    epoch, finished = opened.attempt.epoch, begins_at
    for start in range(0, len(events), MOST_EVENTS):
        batch = events[start : start + MOST_EVENTS]
        finished = begins_at + timedelta(seconds=_SECONDS_PER_ITEM * (start + len(batch)))
        with simulated(finished):
            save_events(attempt.public_id, Save(epoch, cid, tuple(batch)), clock=lambda: finished)  # noqa: B023
    if behaviour.hands_in:
        answers = {str(event["item"]): canonical_sha256(event["answer"]) for event in events}
        message = Submit(epoch=epoch, cid=cid, last_seq=len(events), items=answers)
        with simulated(finished):
            submit_attempt(attempt.public_id, message, actor=lambda row: holder_of(row, "127.0.0.1"), now=finished)
    return attempt


def _events(attempt: Attempt, rng: Stream, behaviour: Behaviour) -> Iterator[dict[str, object]]:
    key = json.loads(attempt.paper.answer_key)["items"]
    for number, item in enumerate(json.loads(attempt.paper.content)["items"], start=1):
        opaque = {real: shown for shown, real in key[item["id"]]["options"].items()}
        right = sorted(opaque[option] for option in key[item["id"]]["key"])
        answer = right if rng.random() < behaviour.knows else _other(item, right, rng)
        moment = number * _SECONDS_PER_ITEM * 1000
        yield {"seq": number, "item": item["id"], "answer": answer, "ms": moment, "mono": moment}


def _other(item: dict[str, list[dict[str, str]]], right: list[str], rng: Stream) -> list[str]:
    """A wrong answer of the right shape."""
    options = [option["id"] for option in item["options"]]
    while True:
        answer = sorted(rng.sample(options, k=max(1, min(len(right), len(options) - 1))))
        if answer != right:
            return answer
        if len(right) > 1:
            return answer[:-1]
