"""Counting what test runners report."""

from scripts.testrun import Outcome, _counts, _node_count, conclude

REPORT = """<?xml version="1.0"?><testsuites>
<testsuite name="pytest" tests="10" failures="2" errors="1" skipped="3"></testsuite></testsuites>"""


def test_counts_errors_count_as_failures():
    assert _counts(REPORT) == (4, 3, 3)


def test_node_count_reads_both_reporters_and_the_last_line():
    assert _node_count("# pass 3\n# fail 0\n", "pass") == 3
    assert _node_count("ℹ pass 4\nℹ fail 2\n", "fail") == 2
    assert _node_count("nothing of the kind", "pass") == 0


def test_conclude_all_good_ends_with_the_plain_line(capsys):
    outcomes = [Outcome("SQLite", 0, 5, 0, 1, "2.0 s"), Outcome("PostgreSQL", 0, 6, 0, 0, "3.0 s")]
    assert conclude(outcomes) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "tests: 11 passed, 0 failed, 1 skipped"


def test_conclude_one_bad_exit_is_a_failure():
    assert conclude([Outcome("SQLite", 0, 5, 0, 0, ""), Outcome("PostgreSQL", 3, 0, 0, 0, "")]) == 1


def test_conclude_nothing_run_is_a_failure():
    assert conclude([Outcome("SQLite", 0, 0, 0, 0, "")]) == 1
