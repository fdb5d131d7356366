"""The staff navigation and the home cards, gathered from the rooms (interface.md, Frames)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from config.rooms import home_modules
from core.actor import Actor
from core.home import Found, HomeTask, NavigationItem

GROUPS = (
    (gettext_noop("本季抽考"), "calendar2-check"),
    (gettext_noop("题库"), "collection"),
    (gettext_noop("课程与讲课"), "mortarboard"),
    (gettext_noop("单位与人员"), "buildings"),
    (gettext_noop("公示"), "megaphone"),
    (gettext_noop("处置"), "hammer"),
    (gettext_noop("统计"), "graph-up"),
    (gettext_noop("设置"), "gear"),
)
_URGENCY_ORDER = {"now": 0, "overdue": 1, "due": 2, "info": 3}


@dataclass(frozen=True, slots=True)
class Entry:
    """One link as the frame shows it."""

    title: str
    url: str
    icon: str
    active: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A group of links, by task and not by table."""

    title: str
    icon: str
    items: tuple[Entry, ...]


def navigation_for(actor: Actor, path: str) -> list[Group]:
    """Only what the actor's roles can do; the entry with the longest matching address is active."""
    items = [item for module in home_modules() for item in _from(module, "navigation_for", actor)]
    active = max((item.url for item in items if path.startswith(item.url)), key=len, default="")
    return [
        Group(title=_(name), icon=icon, items=entries)
        for name, icon in GROUPS
        if (entries := _entries((item for item in items if item.group in (name, _(name))), active))
    ]


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """Everything that waits for this actor: overdue first, then by due time."""
    tasks = [task for module in home_modules() for task in _from(module, "tasks_for", actor, now)]
    return sorted(tasks, key=lambda task: (_URGENCY_ORDER[task.urgency], task.due_at or now, task.title))


def found_for(actor: Actor, text: str) -> list[Found]:
    """What each room has in reach under that name or number, a few of each kind."""
    return [found for module in home_modules() for found in _from(module, "found_for", actor, text)]


def may_search(actor: Actor) -> bool:
    """Whether any room would look for something: administrators of the system reach no regulated row."""
    return actor.is_staff and bool(actor.reach.regions or actor.reach.enterprises)


def _entries(items: Iterable[NavigationItem], active: str) -> tuple[Entry, ...]:
    ordered = sorted(items, key=lambda item: (item.position, item.title))
    return tuple(Entry(item.title, item.url, item.icon, item.url == active) for item in ordered)


def _from(module: object, name: str, *arguments: object) -> list[Any]:
    function = getattr(module, name, None)
    return list(function(*arguments)) if function else []
