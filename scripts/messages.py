"""Translations without gettext installed: `python -m scripts.messages extract | compile | check`.

The source strings are Chinese. `extract` finds them in Python code and templates and merges them into the English
catalogue; `check` fails while one has no translation, or one that loses a placeholder; `compile` makes what Django reads.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.conf import settings
from django.utils.translation.template import templatize

from scripts.catalogues import LOCALE, compile_all
from scripts.console import ROOT

CODE = ("config", "publications", "oversight", "certificates", "exams", "courses", "draws", "question_bank", "notices",
        "accounts", "registry", "core")  # fmt: skip
FUNCTIONS: Mapping[str, tuple[int | tuple[int, str], ...] | None] = {
    name + lazy: arguments
    for name, arguments in {
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
    for lazy in ("", "_lazy", "_noop")
} | {"_": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


@dataclass(slots=True)
class Message:
    """One source string, its plural if it has one, and the files that use it."""

    text: str
    plural: str = ""
    context: str = ""
    places: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.text


def messages_of_python(source: bytes) -> Iterator[Message]:
    """Find marked strings in Python code; raises SyntaxError for code that is none."""
    for _line, name, texts, _comments in extract_python(io.BytesIO(source), dict(FUNCTIONS), [], {}):
        function, given = str(name), _texts(texts)
        if len(given) >= _needed(function):  # otherwise a variable was passed: nothing to translate here
            yield _message(function, given)


def _texts(found: object) -> list[str]:
    # one string, or a tuple in which None stands for an argument that is no literal, or None for no literal at all
    given = found if isinstance(found, tuple) else (found,)
    return [part for part in given if isinstance(part, str)]


def _needed(function: str) -> int:
    return 1 + (function.startswith("n")) + ("pgettext" in function)


def _message(function: str, parts: list[str]) -> Message:
    context = parts.pop(0) if "pgettext" in function else ""
    plural = parts[1] if function.startswith("n") else ""
    return Message(parts[0], plural=plural, context=context)


def messages_of_template(source: str) -> Iterator[Message]:
    """Find marked strings in a Django template."""
    python = templatize(source)
    flat = "\n".join(line.strip() for line in python.splitlines())
    yield from messages_of_python(flat.encode())


def all_messages(root: Path = ROOT) -> dict[tuple[str, str], Message]:
    """Find every marked string of code and templates, by context and text."""
    found: dict[tuple[str, str], Message] = {}
    for path in _sources(root):
        if path.suffix == ".py":
            messages = messages_of_python(path.read_bytes())
        else:
            messages = messages_of_template(path.read_text())
        for message in messages:
            known = found.setdefault(message.key, message)
            known.plural = known.plural or message.plural
            known.places.add(str(path.relative_to(root)))
    return found


def _sources(root: Path) -> Iterator[Path]:
    for package in CODE:
        yield from sorted(path for path in (root / package).rglob("*.py") if "migrations" not in path.parts)
        yield from sorted(path for path in (root / package).rglob("templates/**/*") if path.suffix in {".html", ".txt"})
    yield from sorted(path for path in (root / "templates").rglob("*") if path.suffix in {".html", ".txt", ".svg"})


def merge(catalogue: polib.POFile, messages: Mapping[tuple[str, str], Message]) -> int:
    """Bring a catalogue up to date, keeping every translation; gives the number of new entries."""
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue}
    for key, entry in known.items():
        entry.obsolete = key not in messages
    added = 0
    for key, message in messages.items():
        entry = known.get(key)
        if entry is None:
            entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
            catalogue.append(entry)
            added += 1
        if message.plural and not entry.msgid_plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = {0: entry.msgstr, 1: entry.msgstr}
            entry.msgstr = ""
        entry.occurrences = [(place, "") for place in sorted(message.places)]
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
    catalogue.sort(key=lambda entry: (entry.obsolete, entry.msgid, entry.msgctxt or ""))
    return added


def problems(catalogue: polib.POFile, messages: Mapping[tuple[str, str], Message]) -> list[str]:
    """List what keeps the catalogue from being complete, one sentence each."""
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue if not entry.obsolete}
    found = []
    for key, message in sorted(messages.items()):
        entry = known.get(key)
        texts = [] if entry is None else list(entry.msgstr_plural.values()) or [entry.msgstr]
        where = min(message.places, default="")
        if not texts or not all(texts):
            found.append(f"{where}: no translation of {message.text!r}")
            continue
        allowed = _placeholders(message.text) | _placeholders(message.plural)
        needed = _placeholders(message.text) if not message.plural else set()
        found += [
            f"{where}: placeholders of {text!r} differ from {message.text!r}"
            for text in texts
            if not needed <= _placeholders(text) <= allowed
        ]
    return found


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def read_catalogue(path: Path) -> polib.POFile:
    """Read a catalogue, or make an empty one with the headers it needs."""
    if path.is_file():
        return polib.pofile(str(path), wrapwidth=100)
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Language": path.parent.parent.name,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return catalogue


def _extract(english: Path) -> int:
    catalogue = read_catalogue(english)
    added = merge(catalogue, all_messages())
    english.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(english))
    missing = [entry for entry in catalogue.untranslated_entries() if not entry.obsolete]
    print(f"{len(catalogue)} messages, {added} new, {len(missing)} without a translation: {english.relative_to(ROOT)}")
    return 0


def _check(english: Path) -> int:
    found = problems(read_catalogue(english), all_messages())
    for problem in found:
        print(problem)
    print(f"{len(found)} problems in {english.relative_to(ROOT)}" if found else "every message has a translation")
    return 1 if found else 0


def main(arguments: list[str]) -> int:
    """Run one of the three commands; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.messages", description="Translations of the screens.")
    parser.add_argument("command", choices=["extract", "compile", "check"])
    command = parser.parse_args(arguments).command
    if command == "compile":
        for path in compile_all():
            print(f"compiled {path.relative_to(ROOT)}")
        return 0
    if not settings.configured:
        settings.configure(USE_I18N=True)
    english = LOCALE / "en" / "LC_MESSAGES" / "django.po"
    return _extract(english) if command == "extract" else _check(english)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
