"""Every message in every state of an attempt, in any order: refusals are clear, nothing is lost, nothing is a defect."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.actor import system_actor
from core.canonical import canonical_json, canonical_sha256
from exams.actions import close_overdue_attempt
from exams.domain.journal import effective_answers, first_broken, genesis
from exams.models import AnswerEvent, Attempt, AttemptState, ConflictEvent
from exams.queries.journal import entries_of
from exams.views.protocol import cookie_name, sign_cookie
from tests.factories.exams import CID, NOW, OTHER_CID, items_of, make_stage, right_answers

CIDS = (CID, OTHER_CID)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
REFUSALS = {401, 403, 405, 409, 413, 422}


class Protocol(RuleBasedStateMachine):
    """One attempt of one candidate, another one's beside it, a clock that only we move."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        stage = make_stage(people=2)
        stage.open()
        self.attempt, self.other = stage.start(0), stage.start(1)
        self.items, self.right = items_of(self.attempt), right_answers(self.attempt)
        self.now = NOW
        self.client = self.browser(self.attempt)
        self.epochs = {CID: 0, OTHER_CID: 0}
        self.seqs = {CID: 0, OTHER_CID: 0}
        self.receipts: dict[tuple[str, int], str] = {}
        self.finals: set[str] = set()

    def browser(self, attempt: Attempt) -> Client:
        client = Client(headers={"X-Choukao": "1"}, raise_request_exception=True)
        client.cookies[cookie_name(attempt.public_id)] = sign_cookie(attempt)
        return client

    def post(self, end: str, body: object, *, client: Client | None = None, attempt: Attempt | None = None):
        text = body if isinstance(body, bytes) else json.dumps(body)
        with time_machine.travel(self.now, tick=False):
            return (client or self.client).post(
                f"/sit/{(attempt or self.attempt).public_id}/{end}", text, content_type="application/json"
            )

    @rule(cid=st.sampled_from(CIDS), takeover=st.booleans())
    def ask_to_write(self, cid: str, takeover: bool) -> None:
        answer = self.post("open", {"cid": cid, "takeover": takeover})
        assert answer.status_code in {200, 409}, answer.content
        if answer.status_code == 200 and answer.json()["state"] == "open":
            self.epochs[cid] = answer.json()["epoch"]

    @rule(cid=st.sampled_from(CIDS), item=st.integers(0, 6), clear=st.booleans(), skip=st.integers(0, 2))
    def save(self, cid: str, item: int, clear: bool, skip: int) -> None:
        self.seqs[cid] += 1 + skip
        name = self.items[item]
        wire = {"seq": self.seqs[cid], "item": name, "answer": None if clear else self.right[name]}
        answer = self.post("events", {"epoch": max(1, self.epochs[cid]), "cid": cid, "events": [wire, wire]})
        first, second = answer.json()["receipts"]
        assert answer.status_code == 200
        if first["status"] == "conflict":
            assert first["code"] == "lease_unknown"
        else:
            assert first["receipt"] == second["receipt"]
            self.receipts[cid, self.seqs[cid]] = first["receipt"]

    @rule(cid=st.sampled_from(CIDS), back=st.integers(0, 5), item=st.integers(0, 6))
    def replay_another_answer(self, cid: str, back: int, item: int) -> None:
        seq = max(1, self.seqs[cid] - back)
        wire = {"seq": seq, "item": self.items[item], "answer": None}
        result = self.post("events", {"epoch": max(1, self.epochs[cid]), "cid": cid, "events": [wire]}).json()[
            "receipts"
        ][0]
        if result["receipt"] is not None:
            assert self.receipts.setdefault((cid, seq), result["receipt"]) == result["receipt"]
        self.seqs[cid] = max(seq, self.seqs[cid])

    @rule(epoch=JSON, cid=JSON, events=JSON)
    def save_anything(self, epoch: object, cid: object, events: object) -> None:
        before = AnswerEvent.objects.filter(attempt=self.attempt).count()
        answer = self.post("events", {"epoch": epoch, "cid": cid, "events": events})
        assert answer.status_code in REFUSALS, answer.content
        assert answer.json()["message"]
        assert AnswerEvent.objects.filter(attempt=self.attempt).count() == before

    @rule(event=JSON, epoch=st.sampled_from([1, 2, 9_000]))
    def save_any_event(self, event: object, epoch: int) -> None:
        kept = ConflictEvent.objects.filter(attempt=self.attempt).count()
        answer = self.post("events", {"epoch": epoch, "cid": CID, "events": [event]})
        assert answer.status_code == 200
        assert answer.json()["receipts"][0]["status"] == "conflict"
        assert ConflictEvent.objects.filter(attempt=self.attempt).count() == kept + 1

    @rule(end=st.sampled_from(["open", "events", "submit"]), body=st.binary(max_size=40))
    def send_bytes(self, end: str, body: bytes) -> None:
        assert self.post(end, body).status_code in REFUSALS

    @rule(end=st.sampled_from(["open", "submit"]), body=JSON)
    def send_any_json(self, end: str, body: object) -> None:
        assert self.post(end, body).status_code in REFUSALS

    @rule(end=st.sampled_from(["open", "events", "submit"]))
    def send_too_much(self, end: str) -> None:
        assert (
            self.post(end, {"cid": "x" * 60_000, "epoch": 1, "events": [{}], "last_seq": 0, "items": {}}).status_code
            in REFUSALS
        )

    @rule(end=st.sampled_from(["open", "events", "submit"]))
    def knock_at_anothers_door(self, end: str) -> None:
        body = {"cid": CID, "epoch": 1, "events": [{}], "last_seq": 0, "items": {}}
        theirs, nobodys = (
            self.post(end, body, attempt=attempt) for attempt in (self.other, Attempt(public_id="0" * 32))
        )
        assert (theirs.status_code, theirs.json()) == (nobodys.status_code, nobodys.json())
        assert theirs.status_code == 401

    @rule(cid=st.sampled_from(CIDS), last=st.integers(0, 3))
    def submit(self, cid: str, last: int) -> None:
        state = Attempt.objects.get(pk=self.attempt.pk).state
        answers = effective_answers(entries_of(Attempt.objects.get(pk=self.attempt.pk)))
        body = {
            "epoch": max(1, self.epochs[cid]),
            "cid": cid,
            "last_seq": self.seqs[cid] + (last if last > 1 else 0),
            "items": {item: canonical_sha256(answer) for item, answer in answers.items()},
        }
        answer = self.post("submit", body)
        assert answer.status_code in {200, 409}
        if state != AttemptState.OPEN:
            assert answer.status_code == 200
        if answer.status_code == 200:
            self.finals.add(answer.json()["final_receipt"])

    @rule(minutes=st.sampled_from([1, 20, 70]))
    def let_time_pass(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        close_overdue_attempt(system_actor("tests"), self.attempt.pk, now=self.now)

    @invariant()
    def journal_holds(self) -> None:
        attempt = Attempt.objects.select_related("paper").get(pk=self.attempt.pk)
        entries = entries_of(attempt)
        start = genesis(attempt.public_id, attempt.paper.sha256)
        assert first_broken(entries, attempt=attempt.public_id, start=start) is None
        assert attempt.next_sseq == len(entries) + 1
        stored = {(row.cid, row.seq): row.receipt for row in AnswerEvent.objects.filter(attempt=attempt)}
        assert self.receipts.items() <= stored.items()
        assert len(self.finals) <= 1
        if attempt.state != AttemptState.OPEN:
            assert canonical_json(attempt.answers) == canonical_json(effective_answers(entries))


@pytest.mark.django_db
def test_no_order_of_messages_breaks_the_journal_or_the_server():
    run_state_machine_as_test(
        Protocol,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
