"""News from the draw: enqueue work of our own."""

from django.dispatch import receiver

from core import clock
from core.actor import system_actor
from core.queue import enqueue
from draws.events import draw_cancelled, draw_completed, draw_enlarged, draw_frozen, place_filled
from exams import actions
from exams.events import round_graded


@receiver(draw_frozen)
def on_draw_frozen(sender: object, *, draw_id: int, **_: object) -> None:
    actions.record_frozen(system_actor("exams.follow_draw"), draw_id, now=clock.now())


@receiver(draw_cancelled)
def on_draw_cancelled(sender: object, *, draw_id: int, **_: object) -> None:
    actions.record_draw_cancelled(system_actor("exams.follow_draw"), draw_id, now=clock.now())


@receiver(draw_completed)
def on_draw_completed(sender: object, *, draw_id: int, **_: object) -> None:
    enqueue("exams.create_candidates", draw_id=draw_id)


@receiver(draw_enlarged)
def on_draw_enlarged(sender: object, *, draw_id: int, **_: object) -> None:
    enqueue("exams.create_candidates", draw_id=draw_id)


@receiver(place_filled)
def on_place_filled(sender: object, *, replacement_id: int, **_: object) -> None:
    enqueue("exams.follow_replacement", replacement_id=replacement_id)


@receiver(round_graded)
def on_round_graded(sender: object, *, round_id: int, **_: object) -> None:
    enqueue("exams.hand_down_responses", round_id=round_id)
