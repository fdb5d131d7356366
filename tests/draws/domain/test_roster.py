import pytest

from draws.domain.roster import HEADER, Identity, Row, parse_roster, pid_of, stratum_of, write_roster
from draws.errors import (
    PersonalFieldInvalid,
    RosterDuplicate,
    RosterFlagInvalid,
    RosterHeaderWrong,
    RosterLineMalformed,
    RosterLotsInvalid,
    RosterNotAscii,
    RosterNotTerminated,
    RosterOrderWrong,
    RosterPidInvalid,
    RosterStratumInvalid,
)

A, B = "a" * 64, "b" * 64
GOOD = f"{HEADER}\n{A},C26-330102-P,1,\n{B},C26-330102-P,9,X:MAT\n"


def test_parse_roster_good_file_returns_rows():
    assert parse_roster(GOOD.encode()) == (Row(A, "C26-330102-P", 1), Row(B, "C26-330102-P", 9, "X:MAT"))


def test_parse_roster_header_alone_returns_no_rows():
    assert parse_roster(f"{HEADER}\n".encode()) == ()


def test_write_roster_sorts_any_order_into_the_same_bytes():
    rows = parse_roster(GOOD.encode())
    assert write_roster(reversed(rows)) == GOOD.encode()


@pytest.mark.parametrize(
    ("text", "refusal", "params"),
    [
        ("", RosterHeaderWrong, {"expected": HEADER}),
        ("\ufeff" + GOOD, RosterNotAscii, {"position": 1}),
        (GOOD.replace("\n", "\r\n"), RosterHeaderWrong, {"expected": HEADER}),
        (GOOD.replace("pid,", "PID,"), RosterHeaderWrong, {"expected": HEADER}),
        (GOOD[:-1], RosterNotTerminated, {"line": 3}),
        (HEADER, RosterNotTerminated, {"line": 1}),
        (GOOD + "\n", RosterLineMalformed, {"line": 4}),
        (GOOD.replace(",1,", ",1"), RosterLineMalformed, {"line": 2}),
        (GOOD.replace("X:MAT", "X:MAT,"), RosterLineMalformed, {"line": 3}),
        (GOOD.replace(A, "A" * 64), RosterPidInvalid, {"line": 2}),
        (GOOD.replace(A, "a" * 63), RosterPidInvalid, {"line": 2}),
        (GOOD.replace(A, "a" * 63 + "\u0661"), RosterNotAscii, {"position": 86}),
        (
            GOOD.replace(f"{A},C26-330102-P", f"{A},C26-33010-P"),
            RosterStratumInvalid,
            {"line": 2, "example": "C26-430602001-P"},
        ),
        (
            GOOD.replace(f"{A},C26-330102-P", f"{A},C26-330102-Q"),
            RosterStratumInvalid,
            {"line": 2, "example": "C26-430602001-P"},
        ),
        (GOOD.replace(",1,", ",0,"), RosterLotsInvalid, {"line": 2}),
        (GOOD.replace(",1,", ",10,"), RosterLotsInvalid, {"line": 2}),
        (GOOD.replace(",1,", ", 1,"), RosterLotsInvalid, {"line": 2}),
        (GOOD.replace("X:MAT", "X:"), RosterFlagInvalid, {"line": 3}),
        (GOOD.replace("X:MAT", "x:MAT"), RosterFlagInvalid, {"line": 3}),
        (GOOD.replace("X:MAT", "X:MAT\r"), RosterFlagInvalid, {"line": 3}),
        (GOOD.replace("X:MAT", "X:430602198001010011"), RosterFlagInvalid, {"line": 3}),
        (GOOD.replace(B, A), RosterDuplicate, {"line": 3}),
        (GOOD.replace(A, "c" * 64), RosterOrderWrong, {"line": 3}),
    ],
)
def test_parse_roster_bad_file_names_line_and_remedy(text, refusal, params):
    with pytest.raises(refusal) as caught:
        parse_roster(text.encode())
    assert type(caught.value) is refusal
    assert caught.value.params == params
    assert "。" in str(caught.value)
    assert "{" not in str(caught.value)


def test_write_roster_duplicate_person_is_refused():
    with pytest.raises(RosterDuplicate):
        write_roster([Row(A, "C26-330102-P", 1), Row(A, "C26-330102-S", 1)])


@pytest.mark.parametrize(
    "row", [Row(A, "C26", 1), Row(A, "C26-330102-P", 0), Row(A, "C26-330102-P", 1, "M"), Row("", "", 1)]
)
def test_write_roster_never_writes_what_parse_would_refuse(row):
    with pytest.raises((RosterStratumInvalid, RosterLotsInvalid, RosterFlagInvalid, RosterPidInvalid)):
        write_roster([row])


@pytest.mark.parametrize("field", ["id_type", "id_number", "credit_code", "post"])
@pytest.mark.parametrize("value", ["", "a|b", "张三"])
def test_pid_of_part_that_could_be_ambiguous_is_refused(field, value):
    good = {"id_type": "ID", "id_number": "1", "credit_code": "2", "post": "P"}
    with pytest.raises(PersonalFieldInvalid) as caught:
        pid_of(Identity(**good | {field: value}), round_label="2026Q1", salt="00")
    assert caught.value.params == {"field": field}


def test_pid_of_another_salt_or_round_gives_another_pid():
    identity = Identity("ID", "1", "2", "P")
    pids = {pid_of(identity, round_label=label, salt=salt) for label in ("2026Q1", "2026Q2") for salt in ("00", "01")}
    assert len(pids) == 4


def test_stratum_of_joins_and_checks():
    assert stratum_of("C26", "430602001", "P") == "C26-430602001-P"
    with pytest.raises(RosterStratumInvalid):
        stratum_of("危化", "430602001", "P")
