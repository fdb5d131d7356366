"""What the text formats share: decoding, options as letters, a place for questions that name no knowledge point."""

from collections.abc import Mapping, Sequence
from typing import Final

from core.spreadsheets import FileEmpty, FileTooLarge, decode_text
from question_bank.domain.importing import columns
from question_bank.domain.importing.raw import RawQuestion
from question_bank.domain.kinds.choices import OPTION_IDS

UNSORTED: Final = "未分类"
MAX_BYTES: Final = 30 * 1024 * 1024
KIND_WORDS: Final[Mapping[str, str]] = {"single_choice": "单选", "multiple_choice": "多选", "true_false": "判断"}


def text_of(data: bytes) -> str:
    """The decoded file with LF line ends. Raises `FileEmpty`, `FileTooLarge`, `UndecodableText`."""
    if len(data) > MAX_BYTES:
        raise FileTooLarge(limit_mb=MAX_BYTES // (1024 * 1024))
    if not data.strip():
        raise FileEmpty
    return decode_text(data).replace("\r\n", "\n").replace("\r", "\n")


def choice_question(
    row: int,
    values: Mapping[str, str],
    *,
    options: Sequence[str],
    right: Sequence[int],
) -> RawQuestion:
    """A single or multiple choice from option texts and the indexes of the right ones. Callers refuse more than eight.

    `values` may name the kind; else one right option makes a single choice.
    """
    kind = KIND_WORDS["single_choice" if len(right) == 1 else "multiple_choice"]
    key = "、".join(_letter(index) for index in right)
    lettered = {columns.option_title(option_id): text for option_id, text in zip(OPTION_IDS, options, strict=False)}
    return RawQuestion(
        row, {columns.KIND: kind, columns.KEY: key, columns.KNOWLEDGE_POINT: UNSORTED} | lettered | dict(values)
    )


def true_false_question(row: int, values: Mapping[str, str], *, is_true: bool) -> RawQuestion:
    """A true/false question."""
    base = {
        columns.KIND: KIND_WORDS["true_false"],
        columns.KEY: "正确" if is_true else "错误",
        columns.KNOWLEDGE_POINT: UNSORTED,
    }
    return RawQuestion(row, base | dict(values))


def written_question(row: int, values: Mapping[str, str], *, kind: str, key: str) -> RawQuestion:
    """A question whose key is text."""
    return RawQuestion(row, {columns.KNOWLEDGE_POINT: UNSORTED} | dict(values) | {columns.KIND: kind, columns.KEY: key})


def one_form(text: str) -> str:
    """An accepted form as it stands in a key: without the signs that separate forms and blanks."""
    return " ".join(text.replace("|", " ").replace("；", " ").replace(";", " ").split())


def matching_question(
    row: int, values: Mapping[str, str], *, pairs: Sequence[tuple[str, str]], spare: Sequence[str]
) -> RawQuestion:
    """Left items with their own right ones; `spare` belong to nobody. Callers refuse more than eight pairs."""
    lettered = {columns.option_title(OPTION_IDS[index]): left for index, (left, _) in enumerate(pairs)}
    key = [f"{_letter(index)}-{one_form(right)}" for index, (_, right) in enumerate(pairs)]
    key += [f"-{one_form(right)}" for right in spare]
    return written_question(row, dict(values) | lettered, kind="匹配", key="；".join(key))


def _letter(index: int) -> str:
    return OPTION_IDS[index].upper() if index < len(OPTION_IDS) else f"第{index + 1}项"


def too_many_options(options: Sequence[str]) -> bool:
    """Whether the bank has no letters for all of them."""
    return len(options) > len(OPTION_IDS)
