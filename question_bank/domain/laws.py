"""References to laws: `《中华人民共和国安全生产法》第二十一条`, read as title and article; and when a question is due again."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.errors import gettext_noop

_TITLE: Final = re.compile(r"《([^》]+)》")
_ARTICLE: Final = re.compile(r"第\s*([0-9]+|[〇零一二两三四五六七八九十百千]+)\s*条")
_DIGITS: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True, slots=True)
class Reference:
    """One law and the articles of it that are cited; no articles: the law as a whole."""

    title: str
    articles: tuple[int, ...]


def references(text: str) -> tuple[Reference, ...]:
    """Every law in a reference, with its articles up to the next law. Text without 《》 is one title."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return ()
    titles = list(_TITLE.finditer(plain))
    if not titles:
        article = _ARTICLE.search(plain)
        return (Reference(plain[: article.start()].strip() if article else plain, _articles(plain)),)
    ends = [found.start() for found in titles[1:]] + [len(plain)]
    return tuple(
        Reference(found.group(1).strip(), _articles(plain[found.end() : end]))
        for found, end in zip(titles, ends, strict=True)
    )


def _articles(text: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(chinese_number(found) for found in _ARTICLE.findall(text)))


def chinese_number(text: str) -> int:
    """`二十一` → 21, `一百零三` → 103, `21` → 21."""
    if text.isdigit() and text.isascii():
        return int(text)
    total, digit = 0, 0
    for sign in text:
        if sign in _UNITS:
            total += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def same_title(one: str, other: str) -> bool:
    """`安全生产法` is `中华人民共和国安全生产法`."""
    return _short(one) == _short(other)


def _short(title: str) -> str:
    return unicodedata.normalize("NFKC", title).strip().removeprefix("中华人民共和国")


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition on record: in force from a day, perhaps repealed, with the articles that fell and the day of it."""

    title: str
    edition: str
    in_force_on: date
    repealed_on: date | None = None
    withdrawn: tuple[tuple[int, date], ...] = ()


NEW_EDITION: Final = gettext_noop("《{title}》已有新版本（{edition}，{day} 起施行），试题依据的是 {cited}")
REPEALED: Final = gettext_noop("《{title}》已于 {day} 废止")
WITHDRAWN: Final = gettext_noop("《{title}》第 {article} 条已于 {day} 废止或修改")
UNSTATED: Final = gettext_noop("未注明的版本")


@dataclass(frozen=True, slots=True)
class Due:
    """Why a question is due: a marked sentence and what fills it."""

    template: str
    params: tuple[tuple[str, object], ...]


def due_by_law(reference: str, edition: str, editions: tuple[Edition, ...], *, on: date) -> tuple[Due, ...]:
    """What changed in the laws that a question cites, as of a day. Laws that nobody recorded are never due."""
    found: list[Due] = []
    for cited in references(reference):
        known = sorted(
            (one for one in editions if same_title(one.title, cited.title) and one.in_force_on <= on),
            key=lambda one: one.in_force_on,
        )
        if known:
            found += _due(cited, edition.strip(), known, on=on)
    return tuple(found)


def _due(cited: Reference, edition: str, known: list[Edition], *, on: date) -> list[Due]:
    newest = known[-1]
    if newest.repealed_on is not None and newest.repealed_on <= on:
        return [_say(REPEALED, title=newest.title, day=newest.repealed_on)]
    if edition != newest.edition and (edition or len(known) > 1):
        params = {"title": newest.title, "edition": newest.edition, "day": newest.in_force_on}
        return [_say(NEW_EDITION, **params, cited=edition or UNSTATED)]
    fallen = dict(newest.withdrawn)
    return [
        _say(WITHDRAWN, title=newest.title, article=article, day=fallen[article])
        for article in cited.articles
        if article in fallen and fallen[article] <= on
    ]


def _say(template: str, **params: object) -> Due:
    return Due(template, tuple(params.items()))
