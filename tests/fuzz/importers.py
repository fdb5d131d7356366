"""`make fuzz`: whatever bytes come, an importer reads them or refuses them with a code; anything else is a finding.

Coverage-guided by atheris, for FUZZ_SECONDS (60) seconds. The first byte chooses the format. New inputs that reach new
code are kept in build/fuzz/corpus beside the seeds of tests/fuzz/corpus; a finding is written to build/fuzz, and
`python -m tests.fuzz.importers FILE` runs it again.
"""

import os
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["question_bank", "core.spreadsheets"]):
    from core.errors import DomainError
    from question_bank.domain.importing.check import check_import
    from question_bank.domain.importing.formats import PARSERS, parse_file
    from question_bank.domain.importing.report import report_json, stored_report

ROOT = Path(__file__).resolve().parents[2]
FORMATS = sorted(PARSERS)


def one_input(data: bytes) -> None:
    """Bytes → a report, or a refusal."""
    if len(data) < 2:
        return
    name = FORMATS[data[0] % len(FORMATS)]
    try:
        report = check_import(parse_file(data[1:], f"a.{name}", name), industries=["建筑施工"], bank=())
    except DomainError:
        return
    report_json(report)
    stored_report(report)


def main() -> None:
    """Runs libFuzzer's loop; it ends the process."""
    made = ROOT / "build" / "fuzz"
    (made / "corpus").mkdir(parents=True, exist_ok=True)
    seconds = os.environ.get("FUZZ_SECONDS", "60")
    options = [
        f"-max_total_time={seconds}",
        f"-artifact_prefix={made}/",
        "-max_len=20000",
        "-rss_limit_mb=3000",
        "-timeout=20",
    ]
    folders = [str(made / "corpus"), str(ROOT / "tests" / "fuzz" / "corpus")]
    atheris.Setup([sys.argv[0], *(sys.argv[1:] or [*options, *folders])], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
