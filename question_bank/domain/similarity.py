"""Near-duplicates: two questions of a kind whose texts share most of their character trigrams.

Similarity is the Dice coefficient of the sets of trigrams of the normalised text (stem and sorted options): 1 for equal
texts. The threshold of 0.80 flags one changed number, word or option in a question of usual length, and lets two
questions about the same article pass. Candidates are found exactly by prefix filtering (Bayardo, Ma, Srikant: Scaling
up all pairs similarity search, WWW 2007), so the work grows with the file, not with its square.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from question_bank.domain.content import Content

THRESHOLD: Final = 0.80


def normal_text(content: Content) -> str:
    """What is compared: kind, letters and digits of the stem, then of the options in sorted order, without punctuation.

    True/false options are the same in all questions and left out.
    """
    options = sorted(letters(option.text) for option in content.options) if content.kind != "true_false" else []
    return "|".join([content.kind, letters(content.stem), *options])


def letters(text: str) -> str:
    """Letters and digits only, width and case evened out: what is compared and searched."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def trigrams(text: str) -> frozenset[str]:
    """Overlapping runs of three characters of a normal text, its kind left aside."""
    body = f"^{text.partition('|')[2]}$"
    return frozenset(body[index : index + 3] for index in range(max(len(body) - 2, 1)))


def similarity(left: str, right: str) -> float:
    """Dice coefficient 0..1 of two normal texts; 0 for different kinds."""
    if left.partition("|")[0] != right.partition("|")[0]:
        return 0.0
    return _dice(trigrams(left), trigrams(right))


def _dice(left: frozenset[str], right: frozenset[str]) -> float:
    return 2 * len(left & right) / (len(left) + len(right))


@dataclass(frozen=True, slots=True)
class Near:
    """`name` resembles the earlier `of`."""

    name: str
    of: str
    similarity: float


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    grams: frozenset[str]


def near_duplicates(
    bank: Sequence[tuple[str, str]],
    file: Sequence[tuple[str, str]],
    threshold: float = THRESHOLD,
) -> tuple[Near, ...]:
    """For each (name, normal text) of `file`: the most similar one of the bank or earlier in the file, if any.

    In order of the file. Names are any strings that tell bank and file entries apart.
    """
    frequency: Counter[str] = Counter()
    prepared = [(name, text.partition("|")[0], trigrams(text)) for name, text in (*bank, *file)]
    for _, kind, grams in prepared:
        frequency.update(kind + gram for gram in grams)
    index: dict[str, list[_Entry]] = {}
    found = []
    for position, (name, kind, grams) in enumerate(prepared):
        prefix = _prefix(kind, grams, frequency, threshold=threshold)
        entry = _Entry(name, grams)
        if position >= len(bank):
            found += _best(entry, _candidates(prefix, index, size=len(grams), threshold=threshold), threshold)
        for gram in prefix:
            index.setdefault(gram, []).append(entry)
    return tuple(found)


def _prefix(kind: str, grams: frozenset[str], frequency: Counter[str], *, threshold: float) -> list[str]:
    """The rarest trigrams: two texts at or above the threshold share at least one of them."""
    # dice >= t needs an overlap of at least t * |x| / (2 - t), whatever the size of the other.
    overlap = ceil(threshold * len(grams) / (2 - threshold) - 1e-9)
    ranked = sorted((kind + gram for gram in grams), key=lambda gram: (frequency[gram], gram))
    return [gram for gram in ranked[: len(grams) - overlap + 1] if frequency[gram] > 1]


def _candidates(
    prefix: Iterable[str],
    index: dict[str, list[_Entry]],
    *,
    size: int,
    threshold: float,
) -> Iterator[_Entry]:
    shortest = threshold * size / (2 - threshold)
    longest = (2 - threshold) * size / threshold
    seen: set[str] = set()
    for gram in prefix:
        for entry in index.get(gram, ()):
            if entry.name not in seen and shortest <= len(entry.grams) <= longest:
                seen.add(entry.name)
                yield entry


def _best(entry: _Entry, candidates: Iterable[_Entry], threshold: float) -> list[Near]:
    best: Near | None = None
    for other in candidates:
        score = _dice(entry.grams, other.grams)
        if score >= threshold and (best is None or score > best.similarity):
            best = Near(entry.name, other.name, round(score, 4))
    return [best] if best else []
