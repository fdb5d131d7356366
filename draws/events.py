"""News for the rooms above, sent after commit with primary keys: `draw_id`, and `replacement_id` for `place_filled`."""

from django.dispatch import Signal

draw_frozen = Signal()
# Further people are called by the next tickets.
draw_enlarged = Signal()
draw_completed = Signal()
draw_cancelled = Signal()
# A reserve moved up (`moved_up` of the replacement), or a must-sit person was excused and nobody moved up.
place_filled = Signal()
