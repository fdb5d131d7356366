"""Where the two shares of a paper key stand, and for whom that is something to do."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.queries import identity_of_user
from core.actor import Actor
from core.crypto import seal, unseal
from core.home import HomeTask
from draws.models import DrawState
from exams.domain.custody import NUMBERS, OPENING_LEAD
from exams.models import KeyShare, Round, RoundState, Sitting, SittingState
from exams.policies import keyholding_authorities

_SHARE_TABLE, _SHARE_COLUMN = "exams_keyshare", "share_sealed"


@dataclass(frozen=True, slots=True)
class Custody:
    """The shares of one round as one actor sees them. `may_give`: K can still be put into two hands."""

    shares: list[KeyShare]
    gave_one: bool
    typed_one: bool
    may_give: bool
    is_together: bool

    @property
    def is_used(self) -> bool:
        return bool(self.shares)

    @property
    def is_complete(self) -> bool:
        return len(self.shares) == len(NUMBERS)

    @property
    def is_being_opened(self) -> bool:
        return any(share.opened_at for share in self.shares)


def shares_of(exam_round: Round) -> list[KeyShare]:
    """Both, one, or none, in the order of their numbers."""
    return list(exam_round.key_shares.select_related("given_by__person", "opened_by__person"))


def custody_of(actor: Actor, exam_round: Round) -> Custody:
    """Where the shares stand. One query."""
    shares = shares_of(exam_round)
    own = actor.identity()
    return Custody(
        shares=shares,
        gave_one=any(identity_of_user(share.given_by) == own for share in shares),
        typed_one=any(share.opened_by and identity_of_user(share.opened_by) == own for share in shares),
        may_give=may_change_shares(exam_round),
        is_together=bool(shares) and exam_round.paper_key_sealed is not None,
    )


def may_change_shares(exam_round: Round) -> bool:
    """Before a draw has committed to K, or after the one that did was cancelled."""
    has_draw = exam_round.draw is not None and exam_round.draw.state != DrawState.CANCELLED
    return exam_round.state == RoundState.PLANNED and not has_draw


def waits_for_shares(exam_round: Round) -> bool:
    """Whether K of this round is with two custodians, and not put together yet."""
    return exam_round.paper_key_sealed is None and exam_round.key_shares.exists()


def sealed_share(share: KeyShare, text: str) -> bytes:
    """A share for the time that it waits here for the other one."""
    return seal(text, table=_SHARE_TABLE, column=_SHARE_COLUMN, row=share.public_id)


def share_waiting(share: KeyShare) -> str:
    """The 64 hex digits of a share that waits here for the other one."""
    return unseal(bytes(share.share_sealed or b""), table=_SHARE_TABLE, column=_SHARE_COLUMN, row=share.public_id)


def custody_tasks(actor: Actor, now: datetime) -> list[HomeTask]:
    """A second custodian is wanted; the hour of the opening has come. Two queries."""
    authorities = keyholding_authorities(actor)
    if not authorities:
        return []
    held = KeyShare.objects.filter(round__authority__in=authorities).select_related("round__draw", "given_by__person")
    by_round: dict[Round, list[KeyShare]] = {}
    for share in held.filter(round__state__in=[RoundState.PLANNED, RoundState.NOTIFIED], round__paper_key_sealed=None):
        by_round.setdefault(share.round, []).append(share)
    near = {
        sitting.round_id: sitting
        for sitting in Sitting.objects.filter(
            round__in=by_round, number=1, state=SittingState.PLANNED, opens_at__lte=now + OPENING_LEAD
        )
    }
    tasks = (_task(actor, row, shares, sitting=near.get(row.pk)) for row, shares in by_round.items())
    return [task for task in tasks if task is not None]


def _task(actor: Actor, exam_round: Round, shares: list[KeyShare], *, sitting: Sitting | None) -> HomeTask | None:
    page = reverse("exams:custody", args=[exam_round.public_id])
    own = actor.identity()
    if len(shares) < len(NUMBERS):
        if not may_change_shares(exam_round) or identity_of_user(shares[0].given_by) == own:
            return None
        title = _("领取另一份组卷密钥：{title}").format(title=exam_round.title)
        return HomeTask(title, _("已有一人保管一份，另一份须由另一人保管。"), page, "due")
    has_typed = any(share.opened_by and identity_of_user(share.opened_by) == own for share in shares)
    keeps_one = any(identity_of_user(share.given_by) == own for share in shares)
    if sitting is None or exam_round.state != RoundState.NOTIFIED or has_typed or not keeps_one:
        return None
    title = _("输入您保管的密钥份额：{title}").format(title=exam_round.title)
    return HomeTask(title, _("两份都输入后才能开场。"), page, "due", due_at=sitting.opens_at)
