"""draws/verify.py, run as a stranger would run it, against the vector and against every kind of damage."""

import ast
import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draws.domain.plan import write_plan
from draws.domain.protocol import FILES, compute
from draws.domain.quotas import eligible_by_stratum, hamilton
from draws.domain.roster import write_roster
from draws.domain.sources import Fallback, Source
from tests.draws.domain.test_properties import local, plan_for, rosters, seeds

PROGRAM = Path(__file__).parents[2] / "draws" / "verify.py"
VECTOR = Path(__file__).parents[1] / "vectors" / "draw-1"


def load_program():
    """The program as a module; loading it runs it once in an empty place, as the command line would."""
    spec = importlib.util.spec_from_file_location("published_verify", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    before, sys.argv = sys.argv, ["verify.py", str(VECTOR)]
    try:
        spec.loader.exec_module(module)
    finally:
        sys.argv = before
    return module


PUBLISHED = load_program()


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def judge(folder: Path, files: dict[str, bytes]) -> str | None:
    """The sentence of refusal, or None when accepted; the same code path as the command line, without a new process."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    try:
        PUBLISHED.main([str(folder)])
    except SystemExit as stop:
        return str(stop.code)
    except (AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
        return f"REJECTED: {error!r}"
    return None


@pytest.fixture
def files(vector) -> dict[str, bytes]:
    return {name: vector[name] for name in FILES}


def test_program_is_short_plain_and_of_the_standard_library():
    source = PROGRAM.read_text()
    tree = ast.parse(source)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert len(source.splitlines()) <= 60
    assert source.isascii()
    assert imported == {"hashlib", "json", "re", "sys", "pathlib"}
    assert not any(isinstance(node, ast.Assert) for node in ast.walk(tree))


def test_program_accepts_the_vector_as_folder_and_as_four_files():
    by_folder, by_files = run(VECTOR), run(*(VECTOR / name for name in FILES))
    assert by_folder.returncode == 0
    assert by_folder.stdout == by_files.stdout
    assert "ACCEPTED: 16 places recomputed from 20 rows." in by_folder.stdout
    assert "seed: ecc2b8e294c59db8324e453d3ad965fe1acb3689e0bc6b2ce3ff352ee8717269" in by_folder.stdout


def test_program_says_when_the_plan_names_another_program():
    assert "NOTE: plan.json names another verify.py than this: " + "0" * 64 in run(VECTOR).stdout


@pytest.mark.parametrize("name", FILES)
def test_program_missing_file_is_a_sentence_and_a_failure(tmp_path, files, name):
    del files[name]
    for other, data in files.items():
        (tmp_path / other).write_bytes(data)
    outcome = run(tmp_path)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("REJECTED: ")
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"{}\n", b"[]\n", b"\xff\n", b"[" * 100_000 + b"\n", b'{"alg":"CHOUKAO-DRAW/1"}\n', b"null\n"]
)
@pytest.mark.parametrize("name", FILES)
def test_program_hostile_file_is_rejected_with_a_sentence(tmp_path, files, name, data):
    assert judge(tmp_path, files | {name: data}).startswith("REJECTED: ")


@pytest.mark.parametrize("name", FILES)
def test_program_rejects_every_single_bit_flip_of_600_random_ones(tmp_path, files, name):
    """150 in each of the four files, so that the small ones are not spared."""
    chooser = random.Random(f"600 flips, {name}")
    offsets = [(position, bit) for position in range(len(files[name])) for bit in range(8)]
    for position, bit in chooser.sample(offsets, 150):
        damaged = bytearray(files[name])
        damaged[position] ^= 1 << bit
        assert judge(tmp_path, files | {name: bytes(damaged)}) is not None, (position, bit)


@pytest.mark.parametrize("name", ["plan.json", "sources.txt"])
def test_program_rejects_every_changed_character_of_the_small_files(tmp_path, files, name):
    for position, old in enumerate(files[name]):
        for new in {*b'0179afAF.,:+"\n\r \x00\xe9', old ^ 1, old ^ 32} - {old}:
            damaged = files[name][:position] + bytes([new]) + files[name][position + 1 :]
            assert judge(tmp_path, files | {name: damaged}) is not None, (position, new)


@pytest.mark.parametrize("name", ["roster.csv", "result.csv"])
def test_program_rejects_one_changed_removed_or_added_character_in_every_place(tmp_path, files, name):
    for position, old in enumerate(files[name]):
        head, tail = files[name][:position], files[name][position + 1 :]
        for damaged in (head + bytes([old ^ 1]) + tail, head + tail, head + bytes([old, old]) + tail):
            if damaged != files[name]:
                assert judge(tmp_path, files | {name: damaged}) is not None, position


@pytest.mark.parametrize("name", FILES)
def test_program_rejects_other_line_ends_a_mark_or_a_cut_end(tmp_path, files, name):
    data = files[name]
    for damaged in (data.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + data, data[:-1], data + b"\n", data + b" ", b""):
        assert judge(tmp_path, files | {name: damaged}) is not None


@given(
    roster=rosters,
    seed=seeds,
    n=st.integers(0, 40),
    standby=st.integers(0, 4),
    method=st.sampled_from(["hamilton", "systematic", "fixed"]),
)
def test_program_and_engine_agree_on_any_roster(tmp_path_factory, roster, seed, n, standby, method):
    data = write_roster(roster)
    seats = n if method != "fixed" else hamilton(eligible_by_stratum(roster), n) or {"A01-430602-P": 0}
    if method == "fixed" and not roster:
        return
    plan = write_plan(plan_for(data, len(roster), method=method, seats=seats, standby=standby))
    result = compute(plan, data, local(seed)).result
    files = dict(zip(FILES, [plan, data, local(seed), result], strict=True))
    assert judge(tmp_path_factory.mktemp("draw"), files) is None


LINES = ["SSQ:2026024:03.07.12.19.25.33+08", "DICE:2:" + ".".join("1" * 20), "PL5:26060:1.0.9.9.4", "DICE:4:1.2.3"]


def test_program_and_engine_agree_on_fallbacks(tmp_path):
    data = write_roster([])
    sources = (Source("SSQ", "2026023"), Source("DLT", "26023"), Source("PL5", "26060"), Source("DICE", "4"))
    plan = write_plan(plan_for(data, 0, sources=sources, dice=3, fallback=Fallback(7, 20)))
    text = "".join(f"{line}\n" for line in LINES).encode()
    files = dict(zip(FILES, [plan, data, text, compute(plan, data, text).result], strict=True))
    assert judge(tmp_path, files) is None
    assert "sources.txt line 1" in judge(tmp_path, files | {"sources.txt": text.replace(b"2026024", b"2026025")})


@pytest.mark.parametrize(
    "value",
    [
        "03.07.12.19.25.34+08",
        "00.07.12.19.25.33+08",
        "03.03.12.19.25.33+08",
        "07.03.12.19.25.33+08",
        "03.07.12.19.25.33+17",
    ],
)
def test_program_refuses_impossible_numbers_even_with_a_result_made_from_them(tmp_path, files, value):
    sources = files["sources.txt"].replace(b"03.07.12.19.25.33+08", value.encode())
    assert "sources.txt line 1" in judge(tmp_path, files | {"sources.txt": sources})
