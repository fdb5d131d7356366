"""The report of an import as JSON: what `import_questions --json` prints and what a preview stores."""

from question_bank.domain.importing.check import ImportReport
from question_bank.domain.importing.raw import RowProblem


def report_json(report: ImportReport) -> dict[str, object]:
    """`accepted` is a count; `row` is the number that a spreadsheet shows, or the line on which a question starts."""
    return {
        "format": report.format,
        "accepted": report.accepted,
        "rejected": [problem_json(problem) for problem in report.rejected],
        "duplicates": [{"row": near.row, "of": near.of, "similarity": near.similarity} for near in report.duplicates],
        "unsupported": list(report.unsupported),
    }


def problem_json(problem: RowProblem) -> dict[str, object]:
    """One entry of `rejected`."""
    return {"row": problem.row, "column": problem.column, "code": problem.code, "message": problem.text}
