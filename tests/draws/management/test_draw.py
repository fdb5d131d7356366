import shutil

import pytest
from django.core.management import CommandError, call_command

from draws.domain.protocol import FILES
from tests.draws.conftest import VECTORS


@pytest.fixture
def folder(tmp_path):
    for name in FILES:
        shutil.copy(VECTORS / name, tmp_path / name)
    return tmp_path


def test_draw_compute_writes_the_vectors_result(folder, vector, capsys):
    (folder / "result.csv").unlink()
    call_command("draw", "compute", str(folder))
    assert (folder / "result.csv").read_bytes() == vector["result.csv"]
    assert "seed ecc2b8e294c59db8" in capsys.readouterr().out


def test_draw_verify_accepts_the_vector(folder, capsys):
    call_command("draw", "verify", str(folder))
    assert "7 called, 9 in reserve" in capsys.readouterr().out


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"hello\n"])
def test_draw_verify_damaged_file_is_a_sentence(folder, name, damage):
    (folder / name).write_bytes(damage)
    with pytest.raises(CommandError, match="。"):
        call_command("draw", "verify", str(folder))


@pytest.mark.parametrize("mode", ["compute", "verify"])
def test_draw_missing_file_is_named_and_nothing_is_written(folder, mode):
    (folder / "roster.csv").unlink()
    (folder / "result.csv").write_bytes(b"before")
    with pytest.raises(CommandError, match=r"roster\.csv"):
        call_command("draw", mode, str(folder))
    assert (folder / "result.csv").read_bytes() == b"before"


def test_draw_compute_refused_leaves_an_older_result_alone(folder):
    (folder / "result.csv").write_bytes(b"before")
    (folder / "sources.txt").write_bytes(b"SSQ:2026023:01\n")
    with pytest.raises(CommandError):
        call_command("draw", "compute", str(folder))
    assert (folder / "result.csv").read_bytes() == b"before"
