"""Minutes, and the documents that jobs make."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.utils.timezone import localtime
from pypdf import PdfReader

from core import merkle
from core.errors import NotAllowed, NotFound
from core.models import AuditEntry, LogLeaf
from core.signed_notes import open_checkpoint, public_bytes
from draws.actions import record_minutes
from draws.errors import MinutesEmpty, MinutesPlaceMissing, WrongDrawState
from draws.jobs import task_pack_bundle, task_print_minutes, task_print_missing, task_print_notice
from draws.models import DrawDocument, Minutes
from draws.queries.documents import documents_of, latest_minutes, public_document
from tests.factories.draws import AFTER_WINDOW, NOW, make_draft, make_drawn, make_frozen, make_population

MINUTES = {"place": "区政府三楼会议室", "present": "张三，区纪委监督代表\n李四，公证员", "now": AFTER_WINDOW}


def text_of(name: str) -> str:
    with default_storage.open(name) as stored:
        return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(stored.read())).pages)


def test_record_minutes_keeps_names_and_says_only_their_hash(cast):
    make_population(cast, 3)
    draw = make_drawn(cast)
    row = record_minutes(cast.regulator, draw.public_id, **MINUTES)
    assert row.present == [{"name": "张三", "capacity": "区纪委监督代表"}, {"name": "李四", "capacity": "公证员"}]
    assert AuditEntry.objects.latest("sequence").action == "draw.minutes_recorded"
    leaf = LogLeaf.objects.latest("number")
    assert (leaf.kind, "张三" in leaf.content, json.loads(leaf.content)["minutes"]) == ("draw.minutes", False, 1)
    again = record_minutes(cast.regulator, draw.public_id, **MINUTES | {"place": "区政府四楼会议室"})
    assert (latest_minutes(draw), again.number, Minutes.objects.count()) == (again, 2, 2)


@pytest.mark.parametrize(("over", "refusal"), [({"place": " "}, MinutesPlaceMissing), ({"present": ""}, MinutesEmpty)])
def test_record_minutes_incomplete_is_refused(cast, over, refusal):
    make_population(cast, 3)
    draw = make_drawn(cast)
    with pytest.raises(refusal):
        record_minutes(cast.regulator, draw.public_id, **MINUTES | over)
    assert not Minutes.objects.exists()


def test_record_minutes_is_for_the_regulator_after_the_draw(cast):
    make_population(cast, 3)
    frozen = make_frozen(cast)
    with pytest.raises(WrongDrawState):
        record_minutes(cast.regulator, frozen.public_id, **MINUTES)
    with pytest.raises(NotAllowed):
        record_minutes(cast.reviewer, frozen.public_id, **MINUTES)


def test_print_notice_says_what_is_committed(cast):
    make_population(cast, 3)
    draw = make_frozen(cast)
    text = text_of(task_print_notice(draw.pk))
    window = f"{localtime(draw.sources_from):%Y年%-m月%-d日%H:%M}"
    for part in ("抽签公告", "3人，1个分层", "最大余数法", "SSQ:2026136", draw.plan_sha256, draw.roster_sha256, window):
        assert part in text
    made = documents_of(draw)["notice"]
    with default_storage.open(made.stored_name) as stored:
        content = stored.read()
    assert (made.size_bytes, made.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert public_document(draw.public_id, "notice") == made


def test_print_notice_before_the_freeze_is_refused(cast):
    with pytest.raises(NotFound):
        task_print_notice(make_draft(cast).pk)


def test_print_minutes_name_those_present_and_who_typed_what(cast):
    make_population(cast, 4)
    draw = make_drawn(cast)
    record_minutes(cast.regulator, draw.public_id, **MINUTES | {"remarks": "<b>直播</b>"})
    text = text_of(task_print_minutes(draw.pk))
    seated = draw.places.get(status="S1").entry.pid
    for part in ("抽签记录", "张三", "区纪委监督代表", draw.seed, "PL5:26313:1.0.9.9.7", seated[:12], "<b>直播</b>"):
        assert part in text


def test_pack_bundle_verifies_by_itself_and_proves_its_leaves(cast, settings, tmp_path):
    make_population(cast, 4)
    draw = make_drawn(cast)
    task_print_notice(draw.pk)
    record_minutes(cast.regulator, draw.public_id, **MINUTES)
    task_print_minutes(draw.pk)
    with default_storage.open(task_pack_bundle(draw.pk)) as stored, zipfile.ZipFile(stored) as archive:
        archive.extractall(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "README.txt", "plan.json", "roster.csv", "sources.txt", "result.csv", "verify.py", "notice.pdf", "minutes.pdf",
        "log.json",
    }  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-I", "verify.py", "."], check=False, cwd=tmp_path, capture_output=True, text=True
    )
    assert (run.returncode, run.stdout.startswith("ACCEPTED: 3 places")) == (0, True)
    log = json.loads((tmp_path / "log.json").read_text())
    assert [json.loads(leaf["content"])["kind"] for leaf in log["leaves"]] == [
        "draw.frozen", "draw.drawn", "draw.minutes",
    ]  # fmt: skip
    checkpoint = open_checkpoint(log["checkpoint"], origin=log["origin"], public_key=public_bytes(settings.SIGNING_KEY))
    for leaf in log["leaves"]:
        proof = [bytes.fromhex(step) for step in leaf["proof"]]
        hashed = merkle.leaf_hash(leaf["content"].encode())
        assert merkle.verify_inclusion(
            hashed, index=leaf["number"], size=checkpoint.size, proof=proof, expected_root=checkpoint.root
        )


def test_print_missing_finds_each_lost_document_once(cast, django_capture_on_commit_callbacks):
    make_population(cast, 3)
    draw = make_drawn(cast)
    record_minutes(cast.regulator, draw.public_id, **MINUTES)
    DrawDocument.objects.create(
        draw=draw, kind="notice", stored_name="x.pdf", size_bytes=1, sha256="0" * 64, created_at=NOW
    )
    assert task_print_missing() == 2
