"""What this room adds to the home page and to the navigation of the staff frame."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.domain.states import VALID
from certificates.policies import SEES
from certificates.queries.certificates import certificates_of
from core.actor import Actor
from core.home import HomeTask, NavigationItem

_NEW_FOR = timedelta(days=30)


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """A candidate learns of a new certificate."""
    recent = certificates_of(actor).filter(state=VALID, issued_at__gt=now - _NEW_FOR).first()
    if recent is None:
        return []
    return [
        HomeTask(
            title=_("查看新证书"),
            detail=_("%(round)s合格，证书有效期至 %(until)s。")
            % {"round": recent.candidate.round.title, "until": recent.valid_until.isoformat()},
            url=reverse("certificates:mine"),
            urgency="info",
            due_at=timezone.localtime(recent.issued_at),
        ),
    ]


def navigation_for(actor: Actor) -> list[NavigationItem]:
    """The list of certificates."""
    if not (actor.authorities(*SEES) or actor.reach.enterprises):
        return []
    return [NavigationItem(_("公示"), _("证书"), reverse("certificates:list"), icon="award", position=30)]
