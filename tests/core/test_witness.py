"""The published witness script notices a log that was rewritten, forked, shortened or signed by somebody else."""

import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core import merkle
from core.signed_notes import Checkpoint, sign_checkpoint, verifier_key

ORIGIN = "example.test/choukao-log"
SEED = bytes(range(32))
PAGE = 256
WITNESS = Path(__file__).resolve().parents[2] / "core" / "witness.py"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        return


@pytest.fixture
def log(tmp_path):
    folder = tmp_path / "log"
    (folder / "leaves").mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _publish(folder: Path, leaves: list[str], seed: bytes = SEED) -> None:
    for page in range(0, len(leaves), PAGE):
        (folder / "leaves" / str(page // PAGE)).write_text("".join(f"{leaf}\n" for leaf in leaves[page : page + PAGE]))
    top = merkle.root([merkle.leaf_hash(leaf.encode()) for leaf in leaves])
    (folder / "checkpoint").write_text(sign_checkpoint(Checkpoint(ORIGIN, len(leaves), top), seed))


def _witness(url: str, state: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(WITNESS), url, verifier_key(ORIGIN, SEED), str(state)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def _leaves(count: int) -> list[str]:
    return [f'{{"kind":"test","number":{number}}}' for number in range(count)]


def test_a_growing_log_is_accepted_and_remembered(log, tmp_path):
    folder, url = log
    for count in (0, 1, 300, 300, 513):
        _publish(folder, _leaves(count))
        said = _witness(url, tmp_path / "state")
        assert said.returncode == 0, said.stderr
        assert said.stdout.startswith(f"OK: {count} leaves")


@pytest.mark.parametrize(
    "rewritten",
    [
        pytest.param(["{}", *_leaves(299)[1:], "{}"], id="rewritten"),
        pytest.param(_leaves(299), id="shortened"),
        pytest.param([*_leaves(150), *_leaves(302)[151:]], id="one removed"),
    ],
)
def test_a_log_that_did_not_only_grow_is_an_alarm(log, tmp_path, rewritten):
    folder, url = log
    _publish(folder, _leaves(300))
    assert _witness(url, tmp_path / "state").returncode == 0
    _publish(folder, rewritten)
    said = _witness(url, tmp_path / "state")
    assert said.returncode == 1
    assert "is not a prefix" in said.stderr


def test_a_fork_of_the_same_size_is_an_alarm(log, tmp_path):
    folder, url = log
    _publish(folder, _leaves(8))
    assert _witness(url, tmp_path / "state").returncode == 0
    _publish(folder, [*_leaves(7), "{}"])
    assert _witness(url, tmp_path / "state").returncode == 1


def test_another_signer_and_an_altered_leaf_are_alarms(log, tmp_path):
    folder, url = log
    _publish(folder, _leaves(3), seed=bytes(32))
    assert "not signed by the expected key" in _witness(url, tmp_path / "state").stderr
    _publish(folder, _leaves(3))
    (folder / "leaves" / "0").write_text("".join(f"{leaf} \n" for leaf in _leaves(3)))
    assert "do not give the signed root" in _witness(url, tmp_path / "state").stderr


def test_the_script_is_short_and_stands_alone():
    text = WITNESS.read_text()
    assert len(text.splitlines()) <= 60
    assert "assert" not in text
