import pytest

from draws.domain.plan import write_plan
from draws.domain.protocol import compute, verify
from draws.domain.roster import Row, write_roster
from draws.domain.selection import HEADER, parse_result
from draws.errors import QuotaTooLarge, ResultDiffers, ResultMalformed
from tests.draws.domain.test_properties import local, plan_for

ROSTER = write_roster(
    [Row(f"{number:064x}", "C26-430602-P", 1) for number in range(9)] + [Row("f" * 64, "B01-430602-S", 1, "M:ACC")]
)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda text: text.replace(b"stratum", b"Stratum"), 1),
        (lambda text: text[:-1], 10),
        (lambda text: text + b"\n", 11),
        (lambda text: text.replace(b",M,", b",S1,"), 2),
        (lambda text: b"", 1),
    ],
)
def test_verify_changed_result_names_the_first_different_line(change, line):
    plan = write_plan(plan_for(ROSTER, 10))
    result = compute(plan, ROSTER, local("a0" * 32)).result
    with pytest.raises(ResultDiffers) as caught:
        verify(plan, ROSTER, local("a0" * 32), result=change(result))
    assert caught.value.params == {"line": line}


def test_compute_fixed_table_larger_than_the_stratum_is_refused():
    plan = write_plan(plan_for(ROSTER, 10, method="fixed", seats={"C26-430602-P": 10}))
    with pytest.raises(QuotaTooLarge):
        compute(plan, ROSTER, local("a0" * 32))


def test_compute_fixed_table_gives_unnamed_strata_no_seat_but_reserves():
    plan = write_plan(plan_for(ROSTER, 10, method="fixed", seats={"C26-430602-P": 2}))
    outcome = compute(plan, ROSTER, local("a0" * 32))
    assert outcome.quotas == {"B01-430602-S": 0, "C26-430602-P": 2}
    assert [place.status for place in outcome.places] == ["M", "S1", "S2", "R3", "R4"]


def test_compute_without_anybody_eligible_gives_must_sit_only():
    roster = write_roster([Row("f" * 64, "B01-430602-S", 1, "M:ACC"), Row("e" * 64, "B01-430602-S", 1, "X:MAT")])
    outcome = compute(write_plan(plan_for(roster, 2)), roster, local("a0" * 32))
    assert outcome.result == f"{HEADER}\nB01-430602-S,M,{'f' * 64}\n".encode()


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (HEADER.encode(), 2),
        (f"{HEADER}\nC26-430602-P,S1,{'f' * 64}".encode(), 2),
        (f"{HEADER}\nC26-430602-P,S0,{'f' * 64}\n".encode(), 2),
        (f"{HEADER}\nC26-430602-P,X1,{'f' * 64}\n".encode(), 2),
        (f"{HEADER}\nC26-430602-P,S1,{'F' * 64}\n".encode(), 2),
        (b"\xff", 1),
    ],
)
def test_parse_result_malformed_line_is_named(data, line):
    with pytest.raises(ResultMalformed) as caught:
        parse_result(data)
    assert caught.value.params == {"line": line}
