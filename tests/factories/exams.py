"""Rounds with a bank and a completed draw, made as rows: the shortest way to a sitting that can be opened.

What is under test runs through the actions; what lies before it (bank, draw) is only there.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from core.actor import INVIGILATOR, REGULATOR, Actor
from core.canonical import sha256_hex
from core.crypto import seal
from draws.models import Draw, DrawState
from exams.actions import open_lease, open_sitting, save_events, start_attempt
from exams.actions.journal import Device, Saved
from exams.domain.messages import Open, Save
from exams.domain.papers import paper_key_commit
from exams.models import Attempt, Candidate, CandidateState, Round, RoundState, Sitting
from exams.queries.bank import key_place
from exams.queries.journal import item_shapes_of
from question_bank.domain.content import content_to_json
from question_bank.domain.kinds.base import MarkingRule
from question_bank.domain.snapshot import bank_root, snapshot_text
from question_bank.domain.versions import content_sha256
from question_bank.models import BankSnapshot, Blueprint, BlueprintCell, KnowledgePoint, Question, QuestionVersion
from tests.exams.domain.bank import make_bank, single
from tests.factories.accounts import make_user
from tests.factories.actors import actor_of, make_actor
from tests.factories.registry import make_authority, make_enterprise, make_person

# A minute after the sitting opens.
NOW = datetime(2026, 11, 23, 1, 1, tzinfo=UTC)
OPENS_AT = NOW - timedelta(minutes=1)
PAPER_KEY = bytes(range(32))
CID = "c" * 32
OTHER_CID = "d" * 32
DEVICE = Device("192.0.2.7", "Test Browser")


@dataclass(slots=True)
class Stage:
    """A round in which everybody is notified, with its sittings planned and its people."""

    exam_round: Round
    sitting: Sitting
    makeup: Sitting
    regulator: Actor
    invigilator: Actor
    candidates: list[Candidate]

    def actor(self, index: int = 0) -> Actor:
        """The candidate of that index as an actor."""
        return actor_of(self.user(index))

    def user(self, index: int = 0) -> User:
        """The account of that candidate."""
        person = self.candidates[index].person
        found = User.objects.filter(person=person).first()
        return found or make_user(person=person)

    def open(self, now: datetime = NOW) -> Sitting:
        """Opens the first sitting."""
        self.sitting = open_sitting(self.invigilator, self.sitting.public_id, now=now)
        return self.sitting

    def start(self, index: int = 0, now: datetime = NOW) -> Attempt:
        """Begins the exam of one candidate in the sitting that is due for them."""
        candidate = self.candidates[index]
        candidate.refresh_from_db()
        code = Sitting.objects.get(round=self.exam_round, number=candidate.sitting_number).opening_code
        return start_attempt(self.actor(index), candidate.public_id, opening_code=code, now=now)


def make_round(**over: Any) -> Round:
    """A round with a committed bank and a drawn draw, notified; `bank` as `make_bank` returns it."""
    authority = over.pop("authority", None) or make_authority()
    snapshot, contents = over.pop("bank", None) or make_bank()
    blueprint = make_blueprint_row(authority, snapshot)
    make_questions(authority, contents)
    exam_round = Round(
        authority=authority,
        year=2026,
        quarter=4,
        title="2026 年第 4 季度抽考",
        state=RoundState.NOTIFIED,
        blueprint=blueprint,
        bank_snapshot=BankSnapshot.objects.create(
            blueprint=blueprint,
            content=snapshot_text(snapshot),
            bank_root=bank_root(snapshot),
            item_count=snapshot.item_count,
            created_at=OPENS_AT,
        ),
        total_mark=snapshot.total_mark,
        pass_mark=Decimal("6.00"),
        minutes=60,
        grace_seconds=30,
        created_at=OPENS_AT,
    )
    for name, value in over.items():
        setattr(exam_round, name, value)
    exam_round.paper_key_sealed = seal(PAPER_KEY.hex(), **key_place(exam_round))
    exam_round.paper_key_commit = paper_key_commit(PAPER_KEY)
    if exam_round.state != RoundState.PLANNED:
        exam_round.draw = make_draw_row(exam_round)
    exam_round.save(force_insert=True)
    return exam_round


def make_draw_row(exam_round: Round) -> Draw:
    """A drawn draw that committed to the round's bank and key."""
    return Draw.objects.create(
        authority=exam_round.authority,
        year=exam_round.year,
        quarter=exam_round.quarter,
        state=DrawState.DRAWN,
        seed="5" * 64,
        bank_root=exam_round.bank_snapshot.bank_root,
        paper_key_commit=exam_round.paper_key_commit,
        frozen_at=OPENS_AT,
        drawn_at=OPENS_AT,
        created_at=OPENS_AT,
    )


def make_sitting(exam_round: Round, **over: Any) -> Sitting:
    """Opens at OPENS_AT, half an hour to come in, 75 minutes in all; the makeup (number 2) a week later."""
    shift = timedelta(days=7) if over.get("number") == 2 else timedelta()
    fields = {
        "number": 1,
        "opens_at": OPENS_AT + shift,
        "last_start_at": OPENS_AT + shift + timedelta(minutes=30),
        "hard_end_at": OPENS_AT + shift + timedelta(minutes=75),
    }
    return Sitting.objects.create(round=exam_round, **{**fields, **over})


def make_candidate(exam_round: Round, **over: Any) -> Candidate:
    """A principal who was notified, with an enterprise of their own."""
    enterprise = over.pop("enterprise", None) or make_enterprise()
    person = over.pop("person", None) or make_person()
    fields = {
        "post": "principal",
        "area": enterprise.area,
        "industry": enterprise.industry,
        "enterprise_name": enterprise.name,
        "uscc": enterprise.uscc,
        "pid": sha256_hex(person.public_id),
        "state": CandidateState.NOTIFIED,
        "notified_at": OPENS_AT,
        "state_changed_at": OPENS_AT,
    }
    return Candidate.objects.create(round=exam_round, person=person, enterprise=enterprise, **{**fields, **over})


def make_stage(people: int = 1, **over: Any) -> Stage:
    """A round with both sittings, a regulator, an invigilator and so many candidates."""
    exam_round = make_round(**over)
    authority = exam_round.authority
    enterprises = [make_enterprise(area=authority.area) for _ in range(people)]
    return Stage(
        exam_round=exam_round,
        sitting=make_sitting(exam_round),
        makeup=make_sitting(exam_round, number=2),
        regulator=make_actor(REGULATOR, authority=authority),
        invigilator=make_actor(INVIGILATOR, authority=authority),
        candidates=[make_candidate(exam_round, enterprise=enterprise) for enterprise in enterprises],
    )


def make_attempt(**over: Any) -> Attempt:
    """An attempt just begun, with its first lease to CID."""
    stage = make_stage(**over)
    stage.open()
    attempt = stage.start()
    lease(attempt)
    return attempt


def lease(attempt: Attempt, cid: str = CID, *, takeover: bool = False, now: datetime = NOW) -> int:
    """Gives the client the right to write; returns the epoch."""
    return open_lease(attempt.public_id, Open(cid, takeover=takeover), device=DEVICE, now=now).attempt.epoch


def send(attempt: Attempt, *wires: dict[str, Any], cid: str = CID, epoch: int = 1, now: datetime = NOW) -> Saved:
    """One SAVE message at a fixed time."""
    return save_events(attempt.public_id, Save(epoch, cid, tuple(wires)), clock=lambda: now)


def wire(seq: int, item: str, answer: list[str] | None) -> dict[str, Any]:
    """One event as a client sends it."""
    return {"seq": seq, "item": item, "answer": answer, "ms": 1_795_000_000_000 + seq, "mono": 1000 * seq}


def right_answers(attempt: Attempt) -> dict[str, list[str]]:
    """Opaque item → opaque options that are right."""
    key = json.loads(attempt.paper.answer_key)["items"]
    return {
        item: sorted(opaque for opaque, real in stored["options"].items() if real in stored["key"])
        for item, stored in key.items()
    }


def items_of(attempt: Attempt) -> list[str]:
    """Opaque item ids in a fixed order."""
    return sorted(item_shapes_of(attempt.public_id))


def make_blueprint_row(authority: Any, snapshot: Any) -> Blueprint:
    """The blueprint that the snapshot answers; one for each authority."""
    known = Blueprint.objects.filter(authority=authority, title="默认方案").first()
    if known is not None:
        return known
    blueprint = Blueprint.objects.create(
        authority=authority,
        title="默认方案",
        marking_rule=MarkingRule().to_json(),
        created_at=OPENS_AT,
        updated_at=OPENS_AT,
    )
    for position, cell in enumerate(snapshot.cells):
        BlueprintCell.objects.create(
            blueprint=blueprint,
            position=position,
            code=cell.code,
            title=cell.title,
            kind=cell.kind,
            count=cell.count,
            mark=cell.mark,
        )
    return blueprint


def make_questions(authority: Any, contents: Any) -> None:
    """The versions that the snapshot names; made once, as their public ids are fixed."""
    point, _made = KnowledgePoint.objects.get_or_create(name="安全生产方针")
    known = set(Question.objects.values_list("public_id", flat=True))
    for ref, content in contents.items():
        item, _, number = ref.partition("@")
        if item in known:
            continue
        question = Question.objects.create(
            public_id=item,
            authority=authority,
            state="approved",
            created_at=OPENS_AT,
            updated_at=OPENS_AT,
        )
        question.current = QuestionVersion.objects.create(
            question=question,
            number=int(number),
            kind=content.kind,
            stem=content.stem,
            content=content_to_json(content),
            content_sha256=content_sha256(content),
            normal_text=content.stem,
            knowledge_point=point,
            difficulty=Decimal("0.50"),
            created_at=OPENS_AT,
        )
        question.save(update_fields=["current"])


def make_practice_pool(authority: Any, items: int = 12) -> list[Question]:
    """Approved single choices of the practice pool; option `b` is right, with an explanation."""
    point, _made = KnowledgePoint.objects.get_or_create(name="练习")
    made = []
    for number in range(items):
        content = single(f"PRACTICE{number}")
        question = Question.objects.create(
            authority=authority, pool="practice", state="approved", created_at=OPENS_AT, updated_at=OPENS_AT
        )
        question.current = QuestionVersion.objects.create(
            question=question,
            number=1,
            kind=content.kind,
            stem=content.stem,
            content=content_to_json(content),
            content_sha256=content_sha256(content),
            normal_text=content.stem,
            knowledge_point=point,
            difficulty=Decimal("0.50"),
            law_reference="《安全生产法》第五条",
            created_at=OPENS_AT,
        )
        question.save(update_fields=["current"])
        made.append(question)
    return made
