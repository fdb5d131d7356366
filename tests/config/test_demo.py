"""The demo's last quarter, as the public gets it: its draw recomputes from the published files, and from no others."""

import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from core.audit import first_break
from core.seeded import stream
from draws.models import Draw
from exams.domain.drills import ITEMS
from question_bank.models import Question
from tests.live import LiveSite

FILES = ("plan.json", "roster.csv", "sources.txt", "result.csv")
CHANGES_FOR_EACH = 6


@pytest.fixture
def published(demo_site: LiveSite, tmp_path: Path) -> Path:
    draw = Draw.objects.order_by("year", "quarter").first()
    for name in (*FILES, "verify.py"):
        with urllib.request.urlopen(
            f"{demo_site.url}/public/draws/{draw.public_id}/files/{name}", timeout=20
        ) as answer:
            (tmp_path / name).write_bytes(answer.read())
    return tmp_path


def _verify(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py"), str(folder)], capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_published_files_of_the_last_quarter_are_accepted(published):
    said = _verify(published)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "ACCEPTED" in said.stdout


@pytest.mark.parametrize("name", FILES)
def test_published_files_with_one_changed_character_are_rejected(published, name):
    rng = stream(f"one changed character of {name}")
    original = (published / name).read_bytes()
    for place in rng.sample(range(len(original)), CHANGES_FOR_EACH):
        other = rng.choice([byte for byte in b"0123456789abcdef,:." if byte != original[place]])
        (published / name).write_bytes(original[:place] + bytes([other]) + original[place + 1 :])
        assert _verify(published).returncode != 0, f"{name}, byte {place}"
    (published / name).write_bytes(original)
    assert _verify(published).returncode == 0


def test_rehearsals_and_on_the_spot_exams_have_questions_of_their_own(demo_site):
    approved = Question.objects.filter(state="approved")
    kinds = approved.filter(pool="practice").values_list("current__kind", flat=True)
    assert sorted(set(kinds)) == ["multiple_choice", "single_choice", "true_false"]
    assert len(kinds) >= ITEMS
    stems = [set(approved.filter(pool=pool).values_list("current__stem", flat=True)) for pool in ("practice", "exam")]
    assert not stems[0] & stems[1]


def test_audit_chain_of_the_demo_holds(demo_site):
    assert first_break() is None
