"""Steps of the set-up that can be tried without a network."""

import base64
import stat

import pytest

from scripts import commands, environment, lock_check, stamps, tools
from scripts.console import CannotContinue, shown
from scripts.environment import read_dotenv, write_secrets


def test_write_secrets_makes_each_once_for_the_owner_alone(tmp_path):
    path = tmp_path / "var" / ".env"
    write_secrets(path)
    first = read_dotenv(path)
    assert set(first) == {"SECRET_KEY", "FIELD_KEYS", "DIGEST_KEY", "RECEIPT_KEYS", "SIGNING_KEY"}
    assert len(base64.b64decode(first["DIGEST_KEY"])) == 32
    assert len(base64.b64decode(first["FIELD_KEYS"].removeprefix("k1:"))) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write_secrets(path)
    assert read_dotenv(path) == first


def test_write_secrets_adds_only_what_is_missing(tmp_path):
    path = tmp_path / ".env"
    path.write_text("# mine\nSECRET_KEY=kept=as it is\n")
    write_secrets(path)
    known = read_dotenv(path)
    assert known["SECRET_KEY"] == "kept=as it is"
    assert len(known) == 5


def test_child_env_what_the_caller_set_wins_over_the_file(tmp_path, monkeypatch):
    path = tmp_path / ".env"
    path.write_text("SECRET_KEY=from the file\nDIGEST_KEY=also from the file\n")
    monkeypatch.setattr(environment.read_dotenv, "__defaults__", (path,))
    monkeypatch.setenv("SECRET_KEY", "from the caller")
    monkeypatch.delenv("DIGEST_KEY", raising=False)
    env = environment.child_env(DEMO="1")
    assert (env["SECRET_KEY"], env["DIGEST_KEY"], env["DEMO"]) == ("from the caller", "also from the file", "1")


def test_fingerprint_changes_with_content_name_and_words(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("one")
    seen = {stamps.fingerprint([file]), stamps.fingerprint([file], "word")}
    file.write_text("two")
    seen.add(stamps.fingerprint([file]))
    file.rename(tmp_path / "b.txt")
    seen.add(stamps.fingerprint([tmp_path]))
    assert len(seen) == 4


def test_stamp_is_current_only_for_the_value_it_was_marked_with(tmp_path, monkeypatch):
    monkeypatch.setattr(stamps, "STAMPS", tmp_path)
    assert not stamps.is_current("step", "a")
    stamps.mark("step", "a")
    assert stamps.is_current("step", "a")
    assert not stamps.is_current("step", "b")


@pytest.mark.parametrize("text", ["", "eighty", "0", "65536", "-1"])
def test_port_that_is_none_is_refused_with_the_reason(monkeypatch, text: str):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(CannotContinue, match="PORT must be a number from 1 to 65535"):
        commands._port()


def test_unknown_command_shows_the_help(capsys):
    assert commands.main(["dmeo"]) == 2
    assert "There is no command 'dmeo'" in capsys.readouterr().err


def test_help_names_every_make_target(capsys):
    assert commands.main(["help"]) == 0
    text = capsys.readouterr().out
    assert [name for name in commands.COMMANDS if not name.startswith("-") and f"\n  {name} " not in text] == []


def test_missing_native_library_is_noticed():
    assert not tools._can_load("libthere-is-no-such-library.so.0")


def test_shown_command_has_short_paths():
    assert shown([environment.PYTHON, "manage.py", "check"]) == ".venv/bin/python manage.py check"


def test_lock_check_names_what_is_not_locked():
    lock = "django==5.2.19 \\\n    --hash=sha256:00\nNumPy==2.4.6 ; python_full_version < '3.12' \\\n"
    assert lock_check.missing(["django>=5.2,<5.3", "numpy>=2"], lock) == []
    assert lock_check.missing(["django>=6", "pandas[excel]>=2"], lock) == ["django>=6", "pandas[excel]>=2"]
