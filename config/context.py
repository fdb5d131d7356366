"""What every page knows: whether this is the demo, the reader's reach, the navigation. Computed only where shown."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.queries import ANONYMOUS
from accounts.queries.labels import reach_label, role_label
from config.navigation import may_search, navigation_for
from core.actor import Actor
from notices.queries import unread_count


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a frame."""

    title: str
    url: str
    icon: str = ""
    active: bool = False


def page_context(request: HttpRequest) -> dict[str, object]:
    """Context of the frames (docs/interface.md)."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return {
        "is_demo": settings.DEMO,
        "home_url": reverse("home"),
        "login_url": reverse("account_login"),
        "notices_url": reverse("notices:mine"),
        "notices_count": SimpleLazyObject(lambda: unread_count(actor)),
        "navigation": SimpleLazyObject(lambda: navigation_for(actor, request.path)),
        "reach_label": SimpleLazyObject(lambda: reach_label(actor)),
        "role_label": SimpleLazyObject(lambda: role_label(actor)),
        "search_url": SimpleLazyObject(lambda: reverse("search") if may_search(actor) else ""),
        "person_label": SimpleLazyObject(lambda: str(request.user)),
        "person_links": SimpleLazyObject(lambda: _person_links(actor)),
        "public_home_url": reverse("publications:public_landing"),
        "public_navigation": SimpleLazyObject(lambda: _public_navigation(request.path)),
    }


def _public_navigation(path: str) -> list[Link]:
    places = (
        (_("成绩公示"), reverse("publications:public_rounds")),
        (_("抽签验证"), reverse("draws:public_list")),
        (_("证书查验"), reverse("certificates:public_lookup")),
        (_("说明"), reverse("publications:public_about")),
    )
    return [Link(title, url, active=path.startswith(url)) for title, url in places]


def _person_links(actor: Actor) -> list[Link]:
    links = [Link(_("账号与安全"), reverse("accounts:me"), "shield-lock")]
    if actor.person_id is not None and (actor.is_staff or actor.reach.enterprises):
        links.append(Link(_("我的考试"), reverse("exams:my_exams"), "pencil"))
    return links
