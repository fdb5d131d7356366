"""The canary crawl: every address of the site, every method, as a candidate in the middle of the exam.

The bank's keys, explanations, topics and hashes carry words that occur nowhere else. Not one of them may come back in any
body, header, file or bundle before release, whoever of these asks.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import StringConverter

from accounts.models import User
from exams.actions import record_beat, report_fault, start_rehearsal
from exams.actions.journal import holder_of
from exams.domain.signals import Beat, FaultReport, Noticed
from exams.models import Grading
from question_bank.models import KnowledgePoint, QuestionVersion
from tests.exams.submitting import submit
from tests.factories.actors import client_of
from tests.factories.exams import (
    CID,
    NOW,
    PAPER_KEY,
    items_of,
    lease,
    make_practice_pool,
    make_stage,
    right_answers,
    send,
    wire,
)

pytestmark = pytest.mark.django_db
TOPIC = "CANARY-TOPIC"
HEADERS = {"X-Choukao": "1"}


@pytest.fixture
def stage(time_machine, django_capture_on_commit_callbacks):
    time_machine.move_to(NOW, tick=False)
    made = make_stage(people=2)
    KnowledgePoint.objects.filter(name="安全生产方针").update(name=TOPIC)
    made.open()
    return made


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, f"{prefix}{entry.pattern}")
        else:
            yield f"{prefix}{entry.pattern}", entry


def _addresses(known: dict[str, list[str]]) -> Iterator[str]:
    """Every address whose parameters we can fill with ids that exist; an unknown parameter takes an attempt's."""
    for route, pattern in _patterns(get_resolver()):
        if "(?P" in route or route.startswith("__"):
            continue
        names = list(pattern.pattern.converters)
        if any(not isinstance(kind, StringConverter) for kind in pattern.pattern.converters.values()) or len(names) > 1:
            continue
        if not names:
            yield f"/{route}"
            continue
        before, _, rest = route.partition("<")
        for value in known.get(names[0], [known["attempt_id"][0]]):
            yield f"/{before}{value}{rest.partition('>')[2]}"


def _told(client, addresses: list[str]) -> str:
    parts = []
    for address in addresses:
        for answer in (
            client.get(address, headers=HEADERS),
            client.post(address, json.dumps({"cid": CID}), content_type="application/json", headers=HEADERS),
        ):
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            parts.append(f"{address} {answer.status_code} {dict(answer.headers)} {body.decode(errors='replace')}")
    return "\n".join(parts)


def _secrets(stage) -> list[str]:
    versions = QuestionVersion.objects.exclude(question__pool="practice")
    ids = versions.values_list("question__public_id", "number")
    return [
        "CANARY-KEY",
        TOPIC,
        PAPER_KEY.hex(),
        '"answer_key"',
        '"difficulty"',
        *versions.values_list("content_sha256", flat=True),
        *(f"{item}@{number}" for item, number in ids),
    ]


def test_no_address_tells_a_candidate_a_key_a_topic_or_an_explanation_before_release(
    stage, django_capture_on_commit_callbacks
):
    make_practice_pool(stage.exam_round.authority)
    attempt, other = stage.start(0), stage.start(1)
    drill = start_rehearsal(stage.actor(), stage.candidates[0].public_id, now=NOW)
    for row in (attempt, other):
        lease(row)
    item = items_of(attempt)[0]
    send(attempt, wire(1, item, right_answers(attempt)[item]))
    record_beat(attempt.public_id, Beat((Noticed("hidden", 9, item, 1),), {item: 3}), address="", now=NOW)
    report_fault(holder_of(attempt, ""), attempt, FaultReport("r" * 16, item, "看不清"), now=NOW)
    answers = right_answers(other)
    send(other, *(wire(seq, one, answers[one]) for seq, one in enumerate(items_of(other), start=1)))
    with django_capture_on_commit_callbacks(execute=True):
        submit(other, answers, last_seq=len(answers))
    known = {
        "round_id": [stage.exam_round.public_id],
        "sitting_id": [stage.sitting.public_id],
        "candidate_id": [row.public_id for row in stage.candidates],
        "attempt_id": [attempt.public_id, other.public_id],
        "drill_id": [drill.public_id],
        "enterprise_id": [stage.candidates[0].enterprise.public_id],
        "person_id": [stage.candidates[0].person.public_id],
        "question_id": [QuestionVersion.objects.first().question.public_id],
        "blueprint_id": [stage.exam_round.blueprint.public_id],
        "snapshot_id": [stage.exam_round.bank_snapshot.public_id],
        "language": ["en", "zh-hans"],
    }
    addresses = list(_addresses(known))
    assert len(addresses) > 200
    client = client_of(stage.user())
    client.get(f"/sit/{attempt.public_id}/")
    told = _told(client, addresses)
    assert item in told
    assert "CANARY-KEY" in str(list(QuestionVersion.objects.values_list("content", flat=True)))
    practice = [line for line in told.split("\n") if "CANARY-KEY-PRACTICE" in line]
    assert practice == []
    assert [secret for secret in _secrets(stage) if secret in told] == []
    assert not Grading.objects.filter(attempt=attempt).exists()


def test_no_bundle_of_the_exam_page_knows_of_keys(stage):
    folder = Path(settings.BASE_DIR) / "static" / "dist"
    bundles = {name: (folder / name).read_text() for name in ("exam.js", "exam-worker.js", "exam.css", "device.js")}
    words = ("answer_key", "explanation", "difficulty", "knowledge_point", "PAPER-KEY")
    assert [(name, word) for name, text in bundles.items() for word in words if word in text] == []


def test_invigilators_watch_without_seeing_what_is_asked(stage):
    attempt = stage.start(0)
    lease(attempt)
    client = client_of(User.objects.get(pk=stage.invigilator.user_id))
    pages = [
        f"/exams/sittings/{stage.sitting.public_id}/",
        f"/exams/attempts/{attempt.public_id}/timeline/",
        f"/exams/candidates/{stage.candidates[0].public_id}/",
    ]
    told = "\n".join(client.get(page).text for page in pages)
    assert attempt.public_id in told
    assert [word for word in ("题干", "选项", *_secrets(stage)) if word in told] == []
