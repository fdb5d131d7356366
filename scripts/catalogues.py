"""Compiles translation catalogues: `python -m scripts.catalogues`. Needs polib alone, so that a server can do it."""

from pathlib import Path

import polib

from scripts.console import ROOT, note

LOCALE = ROOT / "locale"


def compile_all(locale: Path = LOCALE) -> list[Path]:
    """Compile each catalogue that is newer than what was compiled from it; gives the files written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        polib.pofile(str(source)).save_as_mofile(str(target))
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_all():
        note(f"compiled {path.relative_to(ROOT)}")
