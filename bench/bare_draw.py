"""The least that docs/draw.md lets a draw of many people cost: its hashes, seals and sorting in plain Python, on one core, without a database.

Nothing here checks, stores or tells anything. Each part is timed by itself, so that it can be seen what a sum is made of.
"""

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_BATCH = 5000
_NONCE = 12
Sealed = tuple[int, str, bytes]  # number, public id, sealed document


def bare_draw(roster: bytes, share: int) -> list[tuple[str, str]]:
    """Tickets and selection alone, unchecked: the floor for any implementation in plain Python."""
    strata = defaultdict(list)
    for line in roster.decode().splitlines()[1:]:
        pid, stratum, _lots, _flag = line.split(",")
        strata[stratum].append((hashlib.sha256(f"draw/1|seed|{pid}|1".encode()).hexdigest(), pid))
    return [person for stratum in sorted(strata) for person in sorted(strata[stratum])[:share]]


def bare_freeze(people: int, strata: int) -> dict[str, float]:
    """Seconds for each part of what a freeze must compute for every row, from sealed documents that are in memory already."""
    cipher = AESGCM(os.urandom(32))
    spent = defaultdict[str, float](float)
    rows: list[tuple[str, str, bytes]] = []
    documents = _sealed_documents(cipher, people)
    while batch := list(islice(documents, _BATCH)):
        began = time.perf_counter()
        numbers = [
            cipher.decrypt(box[:_NONCE], box[_NONCE:], f"registry_person|id_number|{public_id}".encode()).decode()
            for _, public_id, box in batch
        ]
        began = _lap(spent, "opening the documents", began)
        salts = [os.urandom(32).hex() for _ in batch]
        began = _lap(spent, "salts", began)
        pids = [
            hashlib.sha256(f"pid/1|2026Q1|{salt}|ID|{number.upper()}|91{person:016d}|P".encode()).hexdigest()
            for (person, _, _), number, salt in zip(batch, numbers, salts, strict=True)
        ]
        began = _lap(spent, "preimages and pids", began)
        boxes = [_seal(cipher, salt, f"draws_rosterentry|salt|{pid}") for salt, pid in zip(salts, pids, strict=True)]
        began = _lap(spent, "sealing the salts", began)
        rows += (
            (pid, f"A{person % strata:04d}-430602-P", box)
            for (person, _, _), pid, box in zip(batch, pids, boxes, strict=True)
        )
    began = time.perf_counter()
    rows.sort()
    began = _lap(spent, "sorting by pid", began)
    roster = "".join(["pid,stratum,lots,flag\n", *(f"{pid},{stratum},1,\n" for pid, stratum, _ in rows)]).encode()
    began = _lap(spent, "writing roster.csv", began)
    hashlib.sha256(roster).hexdigest()
    _lap(spent, "hashing roster.csv", began)
    return dict(spent)


def _sealed_documents(cipher: AESGCM, people: int) -> Iterator[Sealed]:
    # Made as they are asked for; their making is not part of the time.
    for person in range(people):
        public_id = f"{person:032x}"
        yield person, public_id, _seal(cipher, f"4306021980{person:08d}", f"registry_person|id_number|{public_id}")


def _seal(cipher: AESGCM, text: str, place: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, text.encode(), place.encode())


def _lap(spent: dict[str, float], part: str, began: float) -> float:
    now = time.perf_counter()
    spent[part] += now - began
    return now
