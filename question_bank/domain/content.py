"""What a version of a question says: plain values, and their JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from question_bank.errors import ContentMalformed

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. The id is stable inside a version and means nothing outside it."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """Stem, options and key of one version. The shape of `key` belongs to the kind; it never reaches a candidate.

    `extra` is what a kind shows besides stem and options (the right side of a matching, the questions of a case); kinds
    without it keep None, and their JSON does not mention it.
    """

    kind: str
    stem: str
    options: tuple[Option, ...]
    key: Json
    explanation: str = ""
    extra: Json = None

    def option_ids(self) -> tuple[str, ...]:
        """The ids in the order of the author."""
        return tuple(option.id for option in self.options)


def content_to_json(content: Content) -> dict[str, Json]:
    """The stored form; `content_from_json` is its inverse."""
    stored: dict[str, Json] = {
        "kind": content.kind,
        "stem": content.stem,
        "options": [{"id": option.id, "text": option.text} for option in content.options],
        "key": content.key,
        "explanation": content.explanation,
    }
    return stored if content.extra is None else stored | {"extra": content.extra}


def content_from_json(data: Json) -> Content:
    """Reads the stored form strictly. Raises `ContentMalformed` with the place that is wrong."""
    if not isinstance(data, Mapping):
        raise ContentMalformed(place="content")
    options = data.get("options", [])
    if isinstance(options, str) or not isinstance(options, Sequence):
        raise ContentMalformed(place="options")
    return Content(
        kind=_text(data, "kind"),
        stem=_text(data, "stem"),
        options=tuple(_option(option) for option in options),
        key=data.get("key"),
        explanation=_text(data, "explanation", default=""),
        extra=data.get("extra"),
    )


def _option(data: Json) -> Option:
    if not isinstance(data, Mapping):
        raise ContentMalformed(place="options")
    return Option(_text(data, "id"), _text(data, "text"))


def _text(data: Mapping[str, Json], name: str, default: str | None = None) -> str:
    value = data.get(name, default)
    if not isinstance(value, str):
        raise ContentMalformed(place=name)
    return value
