"""Near-duplicates: two questions of a kind whose texts share most of their character trigrams.

Similarity is the Dice coefficient of the sets of trigrams of the normalised text (stem and sorted options): 1 for equal
texts. The threshold of 0.80 flags one changed number, word or option in a question of usual length, and lets two
questions about the same article pass. Candidates are found exactly by prefix filtering (Bayardo, Ma, Srikant: Scaling
up all pairs similarity search, WWW 2007), so the work grows with the file, not with its square.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np

from question_bank.domain.content import Content, Json
from question_bank.domain.rich import plain_formulas

THRESHOLD: Final = 0.80

_NOT_LETTERS: Final = re.compile(r"[\W_]+")
# A code point has 21 bits, so three of them fit into one signed 64-bit integer.
_CODE_POINT_BITS: Final = 21

IntArray = np.ndarray[tuple[int], np.dtype[np.int64]]


def normal_text(content: Content) -> str:
    """What is compared: kind, letters and digits of the stem, then of the options in sorted order, without punctuation.

    True/false options are the same in all questions and left out.
    """
    options = sorted(_compared(option.text) for option in content.options) if content.kind != "true_false" else []
    more = [_compared(text) for text in _extra_texts(content.extra)]
    return "|".join([content.kind, _compared(content.stem), *options, *more])


def _compared(text: str) -> str:
    """Letters; of a formula its signs, of a picture its name, so that only the same picture is the same question."""
    return letters(plain_formulas(text))


def _extra_texts(extra: Json) -> Iterator[str]:
    """What a kind shows beside stem and options: right sides, questions of a case with their options."""
    if isinstance(extra, Mapping):
        for name, value in sorted(extra.items()):
            if name in {"stem", "text"} and isinstance(value, str):
                yield value
            else:
                yield from _extra_texts(value)
    elif isinstance(extra, Sequence) and not isinstance(extra, str):
        for item in extra:
            yield from _extra_texts(item)


def letters(text: str) -> str:
    """Letters and digits only, width and case evened out: what is compared and searched."""
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())


def trigrams(text: str) -> frozenset[str]:
    """Overlapping runs of three characters of a normal text, its kind left aside."""
    body = _body(text)
    return frozenset(body[index : index + 3] for index in range(len(body) - 2))


def _body(text: str) -> str:
    # Marks at both ends: even a text of one letter has a trigram.
    return f"^{text.partition('|')[2] or '|'}$"


def similarity(left: str, right: str) -> float:
    """Dice coefficient 0..1 of two normal texts; 0 for different kinds."""
    if left.partition("|")[0] != right.partition("|")[0]:
        return 0.0
    grams, others = trigrams(left), trigrams(right)
    return 2 * len(grams & others) / (len(grams) + len(others))


@dataclass(frozen=True, slots=True)
class Near:
    """`name` resembles the earlier `of`."""

    name: str
    of: str
    similarity: float


def near_duplicates(
    bank: Sequence[tuple[str, str]],
    file: Sequence[tuple[str, str]],
    threshold: float = THRESHOLD,
    *,
    progress: Callable[[int], None] | None = None,
) -> tuple[Near, ...]:
    """For each (name, normal text) of `file`: the most similar one of the bank or earlier in the file, if any.

    In order of the file. Names are any strings that tell bank and file entries apart. `progress` is told now and then
    how many entries of the file have been compared.
    """
    entries = [*bank, *file]
    by_kind: dict[str, list[int]] = {}
    for position, (_, text) in enumerate(entries):
        by_kind.setdefault(text.partition("|")[0], []).append(position)
    found: dict[int, Near] = {}
    compared = 0
    for positions in by_kind.values():
        ranked = _ranked_grams([entries[position][1] for position in positions])
        first = sum(position < len(bank) for position in positions)
        for index, other, score in _best_matches(ranked, first, threshold):
            position = positions[index]
            found[position] = Near(entries[position][0], entries[positions[other]][0], round(score, 4))
        compared += len(positions) - first
        if progress is not None:
            progress(compared)
    return tuple(found[position] for position in sorted(found))


def _ranked_grams(texts: Sequence[str]) -> list[IntArray]:
    """For each text its distinct trigrams as numbers, rarest first: equal trigrams have equal numbers."""
    bodies = [_body(text) for text in texts]
    points = np.frombuffer("".join(bodies).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    lengths = np.array([len(body) for body in bodies])
    owners = np.repeat(np.arange(len(bodies)), lengths)
    codes = (points[:-2] << 2 * _CODE_POINT_BITS) | (points[1:-1] << _CODE_POINT_BITS) | points[2:]
    inside = owners[:-2] == owners[2:]
    codes, owners = codes[inside], owners[:-2][inside]
    _, numbers, counts = np.unique(codes, return_inverse=True, return_counts=True)
    rank_of = np.empty(len(counts), dtype=np.int64)
    rank_of[np.argsort(counts, kind="stable")] = np.arange(len(counts))
    # Sorted by text, then by rarity, without repetition, in one go.
    pairs = np.unique(owners * len(counts) + rank_of[numbers])
    starts = np.searchsorted(pairs, np.arange(1, len(bodies)) * len(counts))
    return np.split(pairs % len(counts), starts)


def _best_matches(ranked: Sequence[IntArray], first: int, threshold: float) -> Iterator[tuple[int, int, float]]:
    """(index, index of the most similar earlier text, similarity) for every text from `first` on that has one."""
    index: dict[int, list[int]] = {}
    for position, grams in enumerate(ranked):
        # dice >= t needs an overlap of at least t * |x| / (2 - t), whatever the size of the other: so two such texts
        # share one of the rarest |x| - overlap + 1 trigrams of each.
        size = len(grams)
        prefix = grams[: size - ceil(threshold * size / (2 - threshold) - 1e-9) + 1].tolist()
        if position >= first:
            candidates = {other for gram in prefix for other in index.get(gram, ())}
            best = _best(ranked, position, candidates, threshold=threshold)
            if best is not None:
                yield position, *best
        for gram in prefix:
            index.setdefault(gram, []).append(position)


def _best(
    ranked: Sequence[IntArray],
    position: int,
    candidates: set[int],
    *,
    threshold: float,
) -> tuple[int, float] | None:
    best: tuple[int, float] | None = None
    grams = ranked[position]
    own = set(grams.tolist()) if candidates else set()
    for other in sorted(candidates):
        size = len(ranked[other])
        if 2 * min(size, len(own)) < threshold * (size + len(own)):
            continue
        score = 2 * len(own.intersection(ranked[other].tolist())) / (size + len(own))
        if score >= threshold and (best is None or score > best[1]):
            best = (other, score)
    return best
