"""What each room tells the home page and the navigation; `config` collects it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

_COLON = re.compile(r"：|: ")
Urgency = Literal["now", "overdue", "due", "info"]


@dataclass(frozen=True, slots=True)
class HomeTask:
    """One answer to "what must I do now?". `title` begins with a verb; `url` leads to the page where it is done.

    `now` is what is under way, such as an exam; `action` is the button's verb and object, where the title does not begin
    with them (a title may go on after a colon with what the task is about).
    """

    title: str
    detail: str
    url: str
    urgency: Urgency = "due"
    count: int | None = None
    due_at: datetime | None = None
    action: str = ""

    @property
    def label(self) -> str:
        """What the button says: interface.md wants verb and object."""
        return self.action or _COLON.split(self.title, maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Found:
    """One hit of the search over everything: `kind` is what it is, e.g. 单位."""

    kind: str
    title: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the staff navigation. `group` is one of interface.md's: 本季抽考, 题库 …"""

    group: str
    title: str
    url: str
    icon: str = ""
    position: int = 50
