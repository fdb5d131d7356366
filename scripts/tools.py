"""Getting what the project is built with: uv, Python packages, libraries for PDF, Node, Chromium, PostgreSQL."""

import ctypes
import glob
import os
import re
import shutil
import sys
from pathlib import Path

from scripts import debian, stamps
from scripts.console import ROOT, CannotContinue, call, capture, note, run, say
from scripts.environment import NPM_FONTS, PYTHON, VENV, child_env, write_fonts_conf

TOOLS = ROOT / ".tools"
FRONTEND = ROOT / "frontend"
OLDEST_NODE = 20
PDF_LIBRARIES = {  # without the last one WeasyPrint takes seconds for a page instead of a fifth of one
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


def uv() -> str:
    """Give the path of uv, fetched with pip into .tools when this machine has none."""
    own = TOOLS / "bin" / "uv"
    if own.is_file():
        return str(own)
    if found := shutil.which("uv"):
        return found
    say("getting uv, which installs Python packages")
    wanted = ["install", "-q", "--no-input", "--disable-pip-version-check", "--root-user-action=ignore",
              "--require-hashes", "--no-deps", "--target", str(TOOLS), "-r", "scripts/uv.txt"]  # fmt: skip
    pip = _pip()
    if pip is None or call([sys.executable, *pip, *wanted]) != 0 or not own.is_file():
        raise CannotContinue(
            "uv could not be installed. Either of these helps, then run the same command again:\n"
            "  apt-get install python3-pip     (this script then fetches uv with pip)\n"
            "  install uv in any other way, so that `uv` is on the PATH\n"
            "Behind a mirror, set the environment variable PIP_INDEX_URL to its address first."
        )
    return str(own)


def _pip() -> list[str] | None:
    if capture([sys.executable, "-m", "pip", "--version"]) is not None:
        return ["-m", "pip"]
    if not debian.have_apt():
        return None
    # Debian ships pip apart from Python; the wheel runs as it is, so nothing is installed for that
    folder = TOOLS / "pip"
    debian.download_only("python3-pip-whl", folder)
    wheels = sorted(folder.glob("usr/share/python-wheels/pip-*.whl"))
    return [str(wheels[-1] / "pip")] if wheels else None


def python_packages(*, dev: bool) -> None:
    """Make .venv hold exactly what the lock says; packages for tests stay once they are there."""
    runtime, everything = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    values = {
        False: stamps.fingerprint([runtime], version, str(ROOT)),
        True: stamps.fingerprint([runtime, everything], version, str(ROOT)),
    }
    current = PYTHON.is_file() and any(stamps.is_current("python", values[kind]) for kind in {True, dev})
    if current:
        return
    say("Python packages, each checked against its hash in the lock")
    installer = uv()
    if not PYTHON.is_file():
        run([installer, "venv", "-q", "--clear", "--python", sys.executable, "--no-python-downloads", VENV])
    lock = everything if dev else runtime
    run([installer, "pip", "sync", "-q", "--python", PYTHON, "--require-hashes", "--compile-bytecode", lock])
    stamps.mark("python", values[dev])


def fuzzer() -> Path:
    """The folder of the fuzzing library, which no other command needs: beside .venv, not in it."""
    lock, folder = ROOT / "requirements-fuzz.txt", ROOT / ".tools" / "fuzz"
    value = stamps.fingerprint([lock], sys.version)
    if not stamps.is_current("fuzz", value):
        say("The fuzzing library, checked against its hash")
        run([uv(), "pip", "install", "-q", "--python", PYTHON, "--target", folder, "--require-hashes", "-r", lock])
        stamps.mark("fuzz", value)
    return folder


def pdf_libraries() -> None:
    """Make sure that the native libraries of the PDF engine can be loaded."""
    missing = [package for name, package in PDF_LIBRARIES.items() if not _can_load(name)]
    if missing:
        debian.install(missing, why="PDF certificates")


def _can_load(name: str) -> bool:
    if any(os.path.exists(f"{folder}/{name}") for folder in debian.library_folders()):
        return True
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def node() -> None:
    """Make sure of Node and npm: the system's when new enough, else a copy in .tools from the package index."""
    if _node_major(child_env()["PATH"]) >= OLDEST_NODE:
        return
    say(f"getting Node {OLDEST_NODE} or newer into .tools")
    folder = TOOLS / "node"
    run([uv(), "venv", "-q", "--clear", "--python", sys.executable, "--no-python-downloads", folder])
    run([uv(), "pip", "install", "-q", "--python", folder / "bin" / "python", "--require-hashes",
         "-r", "scripts/node.txt"])  # fmt: skip
    if _node_major(child_env()["PATH"]) < OLDEST_NODE:
        raise CannotContinue(
            f"Node {OLDEST_NODE} or newer with npm is needed to build the pages' scripts and styles.\n"
            "Install it (Debian: apt-get install nodejs npm), then run the same command again."
        )


def _node_major(path: str) -> int:
    program, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    answer = capture([program, "--version"]) if program and npm else None
    found = re.match(r"v(\d+)\.", answer or "")
    return int(found[1]) if found else 0


def frontend_packages() -> None:
    """Install front-end packages exactly as locked; their install scripts are never run."""
    value = stamps.fingerprint([FRONTEND / "package-lock.json", FRONTEND / "package.json"], str(ROOT))
    if (FRONTEND / "node_modules").is_dir() and stamps.is_current("npm", value):
        return
    node()
    say("front-end packages")
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        env=child_env(), cwd=FRONTEND)  # fmt: skip
    stamps.mark("npm", value)


def frontend_build() -> None:
    """Build scripts and styles when their sources have changed."""
    # templates and Python decide which styles are kept: a class named nowhere is left out
    rooms = [path.parent for path in ROOT.glob("*/apps.py")]
    users = [ROOT / "templates", *(path for room in rooms for path in room.rglob("*.py"))]
    sources = [path for path in FRONTEND.iterdir() if path.name not in {"node_modules", "dist"}]
    value = stamps.fingerprint([*sources, *users], str(ROOT))
    if (ROOT / "static" / "dist").is_dir() and stamps.is_current("frontend", value):
        return
    node()
    say("building scripts and styles")
    run(["npm", "run", "--silent", "build"], env=child_env(), cwd=FRONTEND)
    stamps.mark("frontend", value)


def chinese_font() -> None:
    """Make sure that a Chinese font is there for PDF: the one among the front-end packages, else Debian's."""
    if not any(NPM_FONTS.rglob("*.ttf")) and not (capture(["fc-list", ":lang=zh-cn", "file"]) or "").strip():
        debian.install(["fonts-wqy-microhei"], why="Chinese text in certificates")
    write_fonts_conf()


def chromium() -> str:
    """Give the path of a Chromium for browser tests, installed when this machine has none."""
    if found := _find_chromium():
        return found
    if debian.have_apt():
        debian.install(["chromium"], why="browser tests")
    if found := _find_chromium():
        return found
    say("no Chromium from the system's packages; asking Playwright for its own")
    call([VENV / "bin" / "playwright", "install", "chromium"], env=child_env())
    if found := _find_chromium():
        return found
    raise CannotContinue(
        "The browser tests need Chromium, and it could not be installed.\n"
        "Debian: apt-get install chromium. Elsewhere: install Chromium or Chrome and set CHROMIUM_PATH to it."
    )


def _find_chromium() -> str | None:
    if chosen := os.environ.get("CHROMIUM_PATH"):
        return chosen if os.access(chosen, os.X_OK) else None
    for name in ("chromium", "google-chrome-stable", "google-chrome", "chromium-browser"):
        found = shutil.which(name)
        # Ubuntu's chromium-browser is a stub that asks for a snap; only one that answers counts
        if found and capture([found, "--version"]) is not None:
            return found
    cache = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", str(Path.home() / ".cache" / "ms-playwright"))
    places = [f"{debian.SYSROOT}/usr/lib/chromium/chromium", *glob.glob(f"{cache}/chromium-*/chrome-linux*/chrome")]
    return next((place for place in places if os.access(place, os.X_OK)), None)


def postgresql_programs() -> Path:
    """Give the folder with initdb and postgres, installed when this machine has none."""
    if found := _find_postgresql():
        return found
    if debian.have_apt():
        _install_postgresql()
    if found := _find_postgresql():
        return found
    raise CannotContinue(
        "The second half of the tests needs the PostgreSQL server programs (initdb, postgres), version 14 or newer.\n"
        "Debian: apt-get install postgresql. Elsewhere: install PostgreSQL and put the folder of initdb on the PATH."
    )


def _find_postgresql() -> Path | None:
    folders = [*glob.glob("/usr/lib/postgresql/*/bin"), *glob.glob(f"{debian.SYSROOT}/usr/lib/postgresql/*/bin")]
    folders.sort(key=lambda folder: int(Path(folder).parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(str(Path(on_path).resolve().parent))
    return next((Path(folder) for folder in folders if all(map(os.path.exists, _programs(folder)))), None)


def _programs(folder: str) -> list[str]:
    return [f"{folder}/initdb", f"{folder}/postgres"]


def _install_postgresql() -> None:
    prefix = debian.as_root()
    if prefix is None:
        debian.install(["postgresql"], why="tests on PostgreSQL")
        return
    # the package would set up and start a server of its own, which nobody asked for
    quiet = "/etc/postgresql-common/createcluster.d/choukao.conf"
    run([*prefix, "sh", "-c", f"mkdir -p {Path(quiet).parent} && echo create_main_cluster=false > {quiet}"])
    try:
        debian.install(["postgresql"], why="tests on PostgreSQL")
    finally:
        call([*prefix, "rm", "-f", quiet])
    note("the server programs were installed; no server was set up or started")
