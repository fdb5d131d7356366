"""The environment that every program of the project runs in: secrets of this machine, libraries, fonts, Node."""

import base64
import os
import secrets
from pathlib import Path

from scripts import debian
from scripts.console import ROOT, note

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_BIN = ROOT / ".tools" / "node" / "bin"
FONTS_CONF = ROOT / "var" / "fonts.conf"
DOTENV = ROOT / "var" / ".env"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
NPM_FONTS = ROOT / "frontend" / "node_modules" / "@expo-google-fonts"


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


# What a machine needs that must be its own. Nothing here has a default in the settings.
SECRETS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_KEYS": lambda: f"k1:{_key()}",
    "DIGEST_KEY": _key,
    "RECEIPT_KEYS": lambda: f"k1:{_key()}",
    "SIGNING_KEY": _key,
}


def read_dotenv(path: Path = DOTENV) -> dict[str, str]:
    """Read NAME=value lines; blank lines and lines starting with # are skipped."""
    if not path.is_file():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def write_secrets(path: Path = DOTENV) -> None:
    """Make the secrets that are not there yet; what exists is kept. Only the owner can read the file."""
    known = read_dotenv(path)
    missing = {name: make() for name, make in SECRETS.items() if name not in known}
    if not missing:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
        file.writelines(f"{name}={value}\n" for name, value in missing.items())
    path.chmod(0o600)
    note(f"made secrets for this machine in {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}")


def write_fonts_conf() -> None:
    """Tell fontconfig about the Chinese font that came with the front-end packages, besides the system's fonts."""
    folders = [NPM_FONTS, debian.SYSROOT / "usr" / "share" / "fonts", Path("/usr/share/fonts")]
    text = (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        '  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n'
        + "".join(f"  <dir>{folder}</dir>\n" for folder in folders if folder.is_dir())
        + f"  <cachedir>{ROOT / 'var' / 'fontcache'}</cachedir>\n</fontconfig>\n"
    )
    FONTS_CONF.parent.mkdir(parents=True, exist_ok=True)
    if not FONTS_CONF.is_file() or FONTS_CONF.read_text() != text:
        FONTS_CONF.write_text(text)


def child_env(**extra: str) -> dict[str, str]:
    """Give the environment for a program of the project; what the caller has set wins over var/.env."""
    env = read_dotenv() | dict(os.environ)
    libraries = debian.library_folders()
    if libraries:
        env["LD_LIBRARY_PATH"] = os.pathsep.join([*libraries, *filter(None, [env.get("LD_LIBRARY_PATH")])])
    if FONTS_CONF.is_file():
        env.setdefault("FONTCONFIG_FILE", str(FONTS_CONF))
    front = [str(VENV / "bin"), *([str(NODE_BIN)] if NODE_BIN.is_dir() else [])]
    env["PATH"] = os.pathsep.join([*front, env.get("PATH", os.defpath)])
    env.setdefault("PYTHONUNBUFFERED", "1")
    if SYSTEM_CERTIFICATES.is_file():
        # Node has a list of its own; an office network may add an authority to the system's
        env.setdefault("NODE_EXTRA_CA_CERTS", str(SYSTEM_CERTIFICATES))
    return env | extra
