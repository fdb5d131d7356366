"""Aiken: a stem on one line, options `A.` or `A)`, then `ANSWER: B`. Single choice only."""

import re
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.importing import columns
from question_bank.domain.importing.formats.lines import choice_question, text_of
from question_bank.domain.importing.raw import Parsed, RawQuestion, RowProblem

_OPTION: Final = re.compile(r"^\s*([A-Z])\s*[.)]\s*(.*)$")
_ANSWER: Final = re.compile(r"^\s*ANSWER\s*:\s*([A-Z])\s*$", re.IGNORECASE)
NO_ANSWER: Final = gettext_noop("没有 ANSWER 行，或选项没有从 A 起连续")


def parse_aiken(data: bytes, file_name: str) -> Parsed:
    """Questions by the line of their stem. Raises what decoding raises."""
    questions: list[RawQuestion] = []
    stem: list[str] = []
    options: list[str] = []
    row = 0
    lines = text_of(data).split("\n")
    for number, line in enumerate([*lines, ""], start=1):
        answer, option = _ANSWER.match(line), _OPTION.match(line)
        at_end = number == len(lines) + 1
        if answer and stem:
            index = ord(answer.group(1).upper()) - ord("A")
            questions.append(choice_question(row, {columns.STEM: " ".join(stem)}, options=options, right=[index]))
            stem, options = [], []
        elif option and stem and ord(option.group(1)) - ord("A") == len(options):
            options.append(option.group(2).strip())
        elif (options and line.strip()) or (at_end and stem):
            questions.append(_faulty(row, stem))
            stem, options, row = ([line.strip()], [], number) if line.strip() else ([], [], number)
        elif line.strip():
            row = row if stem else number
            stem.append(line.strip())
    return Parsed("aiken", tuple(questions))


def _faulty(row: int, stem: list[str]) -> RawQuestion:
    problem = RowProblem(row, columns.KEY, "key_empty", NO_ANSWER)
    raw = choice_question(row, {columns.STEM: " ".join(stem)}, options=[], right=[0])
    return RawQuestion(row, raw.values, (problem,))
