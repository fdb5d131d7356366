"""Pictures that come with a file or a form: made anew, or refused with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from core.canonical import sha256_hex
from core.errors import DomainError, gettext_noop
from core.uploads import JPEG, PNG, clean_file
from question_bank.domain.importing import columns
from question_bank.domain.importing.raw import Parsed, RawQuestion, RowProblem
from question_bank.domain.rich import picture_names

MAX_BYTES: Final = 5 * 1024 * 1024
_NAMES: Final = {b"\xff\xd8\xff": "picture.jpg", b"\x89PNG": "picture.png"}

PICTURE_REFUSED: Final = gettext_noop("图片无法使用：请用 5 MB 以内的 JPG 或 PNG 图片，WMF、EMF、GIF 等请先另存为 PNG")
PICTURE_UNKNOWN: Final = gettext_noop("题库里没有编号为 {name} 的图片，请改为上传含图片的 Word、Moodle XML 或 QTI 文件")


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """Pixels and nothing else."""

    content: bytes
    content_type: str
    sha256: str


def clean_picture(content: bytes) -> CleanPicture:
    """Decoded and encoded anew. Raises the refusals of `core.uploads`."""
    name = next((name for magic, name in _NAMES.items() if content.startswith(magic)), "picture.png")
    clean = clean_file(name, content, max_bytes=MAX_BYTES)
    assert clean.type in {PNG, JPEG}, "a file with another content does not have these names"
    return CleanPicture(clean.content, clean.type.content_type, sha256_hex(clean.content))


def cleaned(pictures: Mapping[str, bytes]) -> dict[str, CleanPicture | None]:
    """Every picture of a file by the name that its texts use; None for one that cannot be used."""
    found: dict[str, CleanPicture | None] = {}
    for name, content in pictures.items():
        try:
            found[name] = clean_picture(content)
        except DomainError:
            found[name] = None
    return found


def names_used(parsed: Parsed) -> frozenset[str]:
    """Every picture that the questions of a file show."""
    return frozenset(name for raw in parsed.questions for text in raw.values.values() for name in picture_names(text))


def settled(parsed: Parsed, names: Mapping[str, str], pictures: Mapping[str, bytes]) -> Parsed:
    """The file with its pictures called by `names` (name in the file → name to use; empty: cannot be used).

    A name that is not among them is a problem of its row.
    """
    questions = tuple(_settled(raw, names) for raw in parsed.questions)
    return replace(parsed, questions=questions, pictures=pictures)


def _settled(raw: RawQuestion, names: Mapping[str, str]) -> RawQuestion:
    if not any("](media:" in text for text in raw.values.values()):
        return raw
    problems = list(raw.problems)
    values = dict(raw.values)
    for title, text in raw.values.items():
        for name in dict.fromkeys(picture_names(text)):
            place = title if title in columns.TITLES else columns.STEM
            if name not in names:
                problems.append(RowProblem(raw.row, place, "picture_unknown", PICTURE_UNKNOWN, {"name": name[:8]}))
            elif not names[name]:
                problems.append(RowProblem(raw.row, place, "picture_refused", PICTURE_REFUSED))
            else:
                text = text.replace(f"](media:{name})", f"](media:{names[name]})")
        values[title] = text
    return RawQuestion(raw.row, values, tuple(problems))
