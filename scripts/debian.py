"""Packages of Debian and Ubuntu: installed with root or sudo, else unpacked into the project's own .tools/sysroot."""

import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from scripts.console import ROOT, CannotContinue, call, capture, note, run, say, shown

SYSROOT = ROOT / ".tools" / "sysroot"


def have_apt() -> bool:
    """Tell whether this machine has apt."""
    return shutil.which("apt-get") is not None


@lru_cache(maxsize=1)
def as_root() -> tuple[str, ...] | None:
    """Words to put before a command so that root runs it: none for root, sudo where it asks no password, else None."""
    if os.geteuid() == 0:
        return ()
    if shutil.which("sudo") and capture(["sudo", "-n", "true"]) is not None:
        return ("sudo",)
    return None


@lru_cache(maxsize=1)
def _refresh_lists() -> None:
    prefix = as_root()
    if prefix is not None:
        note("apt-get update")
        call([*prefix, "apt-get", "update", "-qq"])


def install(packages: Sequence[str], *, why: str) -> None:
    """Bring in packages; raises CannotContinue with the command to type when that is not possible here."""
    if not have_apt():
        raise CannotContinue(
            f"{why} needs these packages (named as Debian names them), and this machine has no apt:\n"
            f"  {' '.join(packages)}\nInstall what your system calls them, then run the same command again."
        )
    prefix = as_root()
    _refresh_lists()
    if prefix is None:
        _unpack(packages, why=why)
        return
    say(f"installing for {why}: {' '.join(packages)}")
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive",
               "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]  # fmt: skip
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        raise CannotContinue(f"{done.stdout}\napt could not install what {why} needs:\n  {shown(command)}")


def _unpack(packages: Sequence[str], *, why: str) -> None:
    say(f"no root here: unpacking for {why} into .tools/sysroot: {' '.join(packages)}")
    plan = capture(["apt-get", "install", "-s", "--no-install-recommends", *packages])
    if plan is None:
        raise CannotContinue(
            f"{why} needs these packages, and apt does not know them:\n  {' '.join(packages)}\n"
            f"Ask an administrator to run: apt-get update && apt-get install {' '.join(packages)}"
        )
    wanted = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
    with tempfile.TemporaryDirectory() as folder:
        run(["apt-get", "download", "-qq", *wanted], cwd=Path(folder))
        for archive in sorted(Path(folder).glob("*.deb")):
            run(["dpkg", "-x", archive, SYSROOT])


def download_only(package: str, folder: Path) -> None:
    """Unpack one package into a folder, whoever we are; raises CannotContinue when apt cannot fetch it."""
    _refresh_lists()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        # apt drops to its own user, which may not write here; as root it says so on standard error and goes on
        run(["apt-get", "download", "-qq", package], cwd=Path(work))
        for archive in Path(work).glob("*.deb"):
            run(["dpkg", "-x", archive, folder])


def library_folders() -> list[str]:
    """Folders under .tools/sysroot that hold shared libraries."""
    return [*glob.glob(f"{SYSROOT}/usr/lib/*-linux-gnu*"), *glob.glob(f"{SYSROOT}/lib/*-linux-gnu*")]
