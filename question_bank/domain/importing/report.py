"""The report of an import as JSON: what `import_questions --json` prints and what a preview stores."""

from question_bank.domain.importing.check import ImportReport
from question_bank.domain.importing.raw import Note, RowProblem


def report_json(report: ImportReport) -> dict[str, object]:
    """`accepted` is a count; `row` is the number that a spreadsheet shows, or the line on which a question starts."""
    return {
        "format": report.format,
        "accepted": report.accepted,
        "rejected": [problem_json(problem) for problem in report.rejected],
        "duplicates": [{"row": near.row, "of": near.of, "similarity": near.similarity} for near in report.duplicates],
        "unsupported": [note.text for note in report.unsupported],
    }


def stored_report(report: ImportReport) -> dict[str, object]:
    """The same for a page in the reader's language: marked sentences and their parameters stay apart."""
    return report_json(report) | {
        "rejected": [problem_json(problem) | _marked(problem) for problem in report.rejected],
        "unsupported": [_marked(note) for note in report.unsupported],
        "equal": len(report.equal),
    }


def _marked(said: RowProblem | Note) -> dict[str, object]:
    params = {name: value if isinstance(value, int | str) else str(value) for name, value in said.params.items()}
    return {"message": said.message, "params": params}


def problem_json(problem: RowProblem) -> dict[str, object]:
    """One entry of `rejected`."""
    return {"row": problem.row, "column": problem.column, "code": problem.code, "message": problem.text}
