"""Whatever bytes come, an importer reads them or refuses them with a code: the seeds of the fuzzer, and changed ones."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DomainError
from question_bank.domain.importing.check import check_import
from question_bank.domain.importing.formats import PARSERS, parse_file
from question_bank.domain.importing.report import report_json, stored_report

SEEDS = sorted((Path(__file__).parents[3] / "fuzz" / "corpus").iterdir())
FORMATS = sorted(PARSERS)


def outcome(data, name):
    try:
        report = check_import(parse_file(data, f"a.{name}", name), industries=None, bank=())
    except DomainError as refusal:
        return refusal.code
    stored_report(report)
    return report_json(report)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.name)
def test_seed_is_read_or_refused(seed):
    data = seed.read_bytes()

    assert outcome(data[1:], FORMATS[data[0] % len(FORMATS)])


@given(st.sampled_from(FORMATS), st.binary(max_size=300))
@settings(max_examples=150)
def test_any_bytes_are_read_or_refused(name, data):
    assert outcome(data, name)


@given(st.sampled_from(SEEDS), st.integers(0, 10_000), st.binary(max_size=6), st.integers(0, 40))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_seeds_are_read_or_refused(seed, at, put, cut):
    data = seed.read_bytes()
    at = 1 + at % len(data)
    changed = data[1:at] + put + data[at + cut :]

    assert outcome(changed, FORMATS[data[0] % len(FORMATS)])
