"""What a start is decided on, in two statements: a hall begins in one minute, and Django composes a query anew each time.

The candidate is locked by the first one. What lies behind the lock is read by the second, because PostgreSQL would give
a statement that waited for a row the rest of the world as it was before it waited.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from core.errors import NotFound
from exams.models import Candidate, Paper, Round, Sitting

_OWN_CANDIDATE: Final = "SELECT * FROM exams_candidate WHERE public_id = %s AND person_id = %s"
# Parameters: candidate, candidate, candidate, round, number of the sitting.
_BEHIND_THE_LOCK: Final = """
SELECT s.*, r.minutes AS round_minutes, r.grace_seconds AS round_grace,
       (SELECT a.id FROM exams_attempt a
         WHERE a.candidate_id = %s AND a.sitting_id = s.id AND a.state <> 'void') AS live_attempt,
       (SELECT SUM(x.seconds) FROM exams_extension x
         WHERE x.sitting_id = s.id AND x.attempt_id IS NULL AND x.approved_at IS NOT NULL) AS extended,
       (SELECT g.extra_minutes FROM exams_accommodation g WHERE g.candidate_id = %s AND g.state = 'granted'
         ORDER BY g.decided_at DESC, g.id DESC LIMIT 1) AS granted_minutes,
       p.id AS paper, p.sha256 AS paper_sha256
  FROM exams_sitting s
  JOIN exams_round r ON r.id = s.round_id
  LEFT JOIN exams_paper p ON p.sitting_id = s.id AND p.candidate_id = %s
 WHERE s.round_id = %s AND s.number = %s
"""


@dataclass(frozen=True, slots=True)
class Start:
    """A locked candidate before the exam. Of `candidate.round` the times alone are loaded, of `paper` its hash.

    `live_attempt` is the primary key of an attempt that was begun already; `paper` is None until it was built.
    """

    candidate: Candidate
    sitting: Sitting
    live_attempt: int | None
    extra_seconds: int
    paper: Paper | None


def lock_start(person_id: int | None, unsafe_candidate_id: str) -> Start:
    """Locks the person's own candidacy until the end of the transaction; raises NotFound for anybody else's."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    candidate = next(iter(Candidate.objects.raw(f"{_OWN_CANDIDATE}{lock}", [unsafe_candidate_id, person_id])), None)
    if candidate is None:
        raise NotFound
    places = [candidate.pk] * 3
    # It carries what was selected beside its own columns.
    sitting: Any = Sitting.objects.raw(_BEHIND_THE_LOCK, [*places, candidate.round_id, candidate.sitting_number])[0]
    times = (sitting.round_id, sitting.round_minutes, sitting.round_grace)
    candidate.round = Round.from_db(connection.alias, ("id", "minutes", "grace_seconds"), times)
    known = (sitting.paper, candidate.pk, sitting.pk, sitting.paper_sha256)
    fields = ("id", "candidate_id", "sitting_id", "sha256")
    return Start(
        candidate=candidate,
        sitting=sitting,
        live_attempt=sitting.live_attempt,
        extra_seconds=(sitting.extended or 0) + 60 * (sitting.granted_minutes or 0),
        paper=None if sitting.paper is None else Paper.from_db(connection.alias, fields, known),
    )
