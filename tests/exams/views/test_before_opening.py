"""Before its opening nobody gets a paper, staff included (A9): every address, every role, with the round's own objects.

There is no opening code yet, so no paper exists. What could leak is what papers will be made of: the items of the committed
bank. Those belong into the question bank, to its trainers and reviewers, and nowhere else.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from http import HTTPStatus
from itertools import product

import pytest
from django.apps import apps
from django.core import serializers
from django.urls import URLResolver, get_resolver

from draws.jobs import task_pack_bundle
from draws.models import RosterEntry
from exams.actions import open_sitting
from exams.actions.papers import build_papers
from exams.models import Paper, Round
from exams.queries.bank import bank_of
from question_bank.models import QuestionVersion
from tests.access import ACTORS
from tests.factories.actors import make_world
from tests.factories.draws import Cast, make_drawn
from tests.factories.exams import NOW, PAPER_KEY, make_candidate, make_round, make_sitting

pytestmark = pytest.mark.django_db
BANK_READERS = ("trainer", "reviewer")
BANK_ROOMS = ("/question-bank/", "/api/v1/questions/")
NOBODYS = "0" * 32
# Ids of nobody, pages without login, and those of one's own account: the same whoever asks.
ASKED_ONCE = re.compile(f"{NOBODYS}|^/public/|^/accounts/(?!users|audit|jobs|roles)|^/api/v1/(schema|docs)/")
# Those of another street see less than these, address by address (tests/access).
ROLES = ("regulator", *(name for name in ACTORS if name != "regulator" and not name.startswith("other_")))
# Parameters that name something which no round has before its opening, or which is not ours: asked with an id of nobody.
ABSENT = frozenset(
    """alarm_id accommodation_id analysis_id annulment_id appeal_id appointment_id assignment_id attempt_id certificate_id
    check_in_id correction_id deferral_id delivery_id drill_id enlargement_id evidence_id extension_id file_id flag_id
    follow_up_id forms_id import_id incident_id item_id law_id lecture_id notice_id picture_id proposal_id publication_id
    replacement_id request_id run_id""".split()
)


@pytest.fixture
def world(time_machine):
    """A round that is drawn, notified and due, at whose authority everybody of the access matrix works."""
    time_machine.move_to(NOW, tick=False)
    made = make_world()
    cast = Cast(made.authority, made.industry, made.actor("regulator"), made.actor("reviewer"))
    exam_round = make_round(authority=made.authority, quarter=3)
    draw = make_drawn(cast, bank_root=exam_round.draw.bank_root, paper_key_commit=exam_round.draw.paper_key_commit)
    Round.objects.filter(pk=exam_round.pk).update(draw=draw, quarter=4)
    exam_round.refresh_from_db()
    made.things["round"] = exam_round
    made.things["sitting"] = make_sitting(exam_round)
    entry = RosterEntry.objects.get(draw=draw)
    made.things["candidate"] = make_candidate(
        exam_round, person=entry.person, enterprise=entry.enterprise, pid=entry.pid
    )
    task_pack_bundle(draw_id=draw.pk)
    return made


def known(world) -> dict[str, list[str]]:
    """What an address of the round can be filled with."""
    exam_round, candidate = world.things["round"], world.things["candidate"]
    versions = QuestionVersion.objects.filter(question__authority=world.authority).select_related("question")
    return {
        "round_id": [exam_round.public_id],
        "draw_id": [exam_round.draw.public_id],
        "sitting_id": [world.things["sitting"].public_id],
        "candidate_id": [candidate.public_id],
        "person_id": [candidate.person.public_id],
        "enterprise_id": [candidate.enterprise.public_id],
        "pid": [candidate.pid],
        "name": ["plan.json", "roster.csv", "result.csv", "sources.txt", "verify.py", "bundle.zip"],
        "question_id": [version.question.public_id for version in versions[:2]],
        "blueprint_id": [exam_round.blueprint.public_id],
        "user_id": [world.users["regulator"].public_id],
        "format_name": ["csv", "xlsx"],
        "verb": ["unlock"],
        **{name: ["1"] for name in ("page", "number", "old_size", "version", "sequence", "pk")},
        **{name: [NOBODYS] for name in ABSENT},
    }


def routes(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif "(?P" not in route:  # a link of a forgotten password: an address of somebody's mailbox
            yield route


def addresses(world) -> Iterator[str]:
    """Every address that exists; a parameter that nobody thought of here fails the test."""
    values = known(world)
    for route in routes(get_resolver()):
        names = re.findall(r"<(?:\w+:)?(\w+)>", route)
        assert set(names) <= values.keys(), f"say in this test what fills {route}"
        for chosen in product(*(values[name] for name in names)):
            address = route
            for value in chosen:
                address = re.sub(r"<(?:\w+:)?\w+>", value, address, count=1)
            yield address


def everything_in(answer) -> str:
    """Headers and body; what is packed is unpacked."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return f"{dict(answer.headers)} {body.decode(errors='replace')}"


def items_of_the_bank(world) -> re.Pattern[str]:
    """Stems, options and references of everything that a paper of this round may ask."""
    contents = bank_of(world.things["round"]).contents
    words = [PAPER_KEY.hex()]
    for ref, content in contents.items():
        words += [ref, content.stem, *(option.text for option in content.options if len(option.text) > 2)]
    escaped = [json.dumps(word)[1:-1] for word in words]  # as it stands in JSON that is kept to ASCII
    return re.compile("|".join(map(re.escape, {*words, *escaped})))


def test_no_address_tells_anybody_what_a_coming_paper_asks(world):
    secret, asked = items_of_the_bank(world), list(addresses(world))
    assert len(asked) > 340
    leaks, in_the_bank = [], set()
    for name in ROLES:
        pages, api = world.client(name), world.api_client(name)
        for address in list(asked):
            answer = (api if address.startswith("/api/") else pages).get(address)
            if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED or ASKED_ONCE.search(address):
                asked.remove(address)  # the same for everybody: the first role has asked
            if not secret.search(everything_in(answer)):
                continue
            if name in BANK_READERS and address.startswith(BANK_ROOMS):
                in_the_bank.add(name)
            else:
                leaks.append((name, address, answer.status_code))
    assert leaks == []
    assert in_the_bank == set(BANK_READERS)  # there is something that could leak, and the search finds it
    assert not Paper.objects.exists()


def test_the_database_holds_neither_the_key_nor_a_paper_before_the_opening(world):
    rows = "".join(serializers.serialize("json", model.objects.all()) for model in apps.get_models())
    assert world.things["round"].paper_key_commit in rows
    assert PAPER_KEY.hex() not in rows
    assert not Paper.objects.exists()


def test_papers_are_built_ahead_only_when_the_opening_code_is_out(world):
    sitting = world.things["sitting"]
    assert build_papers(sitting.pk, now=NOW) == 0
    assert not Paper.objects.exists()
    open_sitting(world.actor("invigilator"), sitting.public_id, now=NOW)
    assert build_papers(sitting.pk, now=NOW) == 1
    paper = Paper.objects.get()
    assert items_of_the_bank(world).search(paper.content)
    assert paper.created_at == NOW
