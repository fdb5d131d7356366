"""News of this room, in the past tense, sent after commit; receivers enqueue work of their own, never alter a result.

Every signal carries one primary key: `attempt_id`, `candidate_id`, `round_id`, `correction_id` or `appeal_id`; `sender`
is None.
"""

from django.dispatch import Signal

attempt_finalised = Signal()
result_recorded = Signal()
round_graded = Signal()
round_published = Signal()
candidate_absent = Signal()
makeup_failed = Signal()
key_corrected = Signal()
appeal_answered = Signal()
round_archived = Signal()
