"""What is made for very many people is the same as what is made for one: drafting, tickets and flags against their plain definitions."""

from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from draws.domain import roster as roster_module
from draws.domain.drafting import Draft, pids_of
from draws.domain.pool import History, flag_for, flags_by
from draws.domain.roster import Identity, Kind, parse_roster, pid_of, read_kinds, write_roster
from draws.domain.selection import eligible_in, select
from draws.domain.tickets import ticket_of, tickets_with_pids
from draws.errors import PersonalFieldInvalid, RosterDuplicate, RosterFlagInvalid, RosterOrderWrong
from tests.draws.domain.test_properties import rosters, seeds

SALT = "5" * 64
people = st.dictionaries(st.integers(1, 30), st.sampled_from(["M:ACC", "X:MAT", "M:ORD"]), max_size=10)
some = st.frozensets(st.integers(1, 30), max_size=15)
parts = st.text("aZ9|Ω ", max_size=6)


def draft_of(rows) -> Draft:
    draft = Draft()
    for number, (pid, *kind) in enumerate(rows):
        draft.add(
            bytes.fromhex(pid), bytes([number % 256]) * 32, number, 2**40 + number, draft.kind_number(Kind(*kind))
        )
    return draft


def plainly_selected(rows, quotas, *, seed, standby):
    """docs/draw.md, section 7, word for word."""
    lines = []
    for stratum in sorted({row.stratum for row in rows}):
        inside = [row for row in rows if row.stratum == stratum]
        lines += [(stratum, "M", pid) for pid in sorted(row.pid for row in inside if row.must_sit)]
        order = sorted((ticket_of(row.pid, row.lots, seed=seed), row.pid) for row in inside if row.is_eligible)
        seats = quotas.get(stratum, 0)
        for rank, (_, pid) in enumerate(order[: seats + standby], start=1):
            lines.append((stratum, f"{'S' if rank <= seats else 'R'}{rank}", pid))
    return lines


@given(rosters)
@example([])
def test_draft_writes_the_roster_that_plain_rows_give(rows):
    draft = draft_of(rows)
    assert draft.roster() == write_roster(rows)
    assert draft.eligible() == eligible_in(read_kinds(draft.roster()))
    assert len(draft) == len(rows)


@given(rosters, st.integers(1, 7))
def test_draft_gives_back_what_was_added_in_batches(rows, size):
    batches = list(draft_of(rows).batches(size))
    assert all(len(batch) == size for batch in batches[:-1])
    assert [row for batch in batches for row in batch] == [
        (pid, f"{number % 256:02x}" * 32, number, 2**40 + number, Kind(*kind))
        for number, (pid, *kind) in enumerate(rows)
    ]


def test_draft_with_two_people_of_one_pid_is_refused():
    rows = [("b" * 64, "A01-430602-P", 1, ""), ("a" * 64, "A01-430602-P", 1, ""), ("b" * 64, "A01-430602-S", 1, "")]
    with pytest.raises(RosterDuplicate) as refusal:
        draft_of(rows).roster()
    assert refusal.value.params["line"] == 4


def test_draft_of_what_no_roster_can_carry_is_refused():
    with pytest.raises(RosterFlagInvalid):
        draft_of([("a" * 64, "A01-430602-P", 1, "Z:NO")]).roster()


@given(st.sampled_from(["2026Q4", "", "a|b"]), parts, parts, parts, parts)
@example("2026Q4", "ID", "43060219900101123x", "91430602ma0000001x", "P")
def test_pids_of_many_are_those_of_each_or_the_same_refusal(round_label, id_type, number, credit_code, post):
    identity = (id_type, number, credit_code, post)
    plain = outcome(pid_of, Identity(*identity), round_label=round_label, salt=SALT)
    in_bulk = outcome(pids_of, [identity], [SALT], round_label=round_label)
    assert in_bulk == (plain if isinstance(plain, dict) else [bytes.fromhex(plain)])


def outcome(call, *arguments, **more):
    try:
        return call(*arguments, **more)
    except PersonalFieldInvalid as refusal:
        return refusal.params


@given(rosters, seeds)
def test_tickets_of_many_are_those_of_each(rows, seed):
    for row in rows:
        (ticket,) = tickets_with_pids([row.pid.encode()], row.lots, seed=seed)
        assert ticket == bytes.fromhex(ticket_of(row.pid, row.lots, seed=seed)) + row.pid.encode()


@given(rosters, seeds, st.integers(0, 4), st.integers(0, 3))
def test_selection_is_what_the_rule_says_word_for_word(rows, seed, seats, standby):
    quotas = Counter(row.stratum for row in rows if row.is_eligible)
    quotas = {stratum: min(seats, count) for stratum, count in quotas.items()}
    places = select(rows, quotas, seed=seed, standby=standby)
    assert [(p.stratum, p.status, p.pid) for p in places] == plainly_selected(rows, quotas, seed=seed, standby=standby)


@given(rosters, st.integers(200, 500))
def test_roster_is_read_alike_in_pieces_of_any_size(rows, piece):
    data = write_roster(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(roster_module, "_PIECE", piece)
        kinds = read_kinds(data)
        parsed = parse_roster(data)
    assert sorted((pid.decode(), *kind) for kind, pids in kinds.items() for pid in pids) == list(map(tuple, parsed))


@pytest.mark.parametrize(
    ("pids", "refusal", "line"),
    [("aba", RosterOrderWrong, 4), ("abb", RosterDuplicate, 4), ("ba", RosterOrderWrong, 3)],
)
def test_read_kinds_names_the_line_that_is_out_of_order_across_pieces(monkeypatch, pids, refusal, line):
    data = "".join(["pid,stratum,lots,flag\n", *(f"{pid * 64},A01-430602-P,1,\n" for pid in pids)]).encode()
    for piece in (100, 200, 1000):
        monkeypatch.setattr(roster_module, "_PIECE", piece)
        with pytest.raises(refusal) as found:
            read_kinds(data)
        assert found.value.params["line"] == line


@given(people, some, some, st.dictionaries(st.integers(1, 30), st.integers(0, 6)), st.integers(0, 5), st.booleans())
@example({}, frozenset(), frozenset(), {}, 1, False)  # everybody within one round: also who was never seen
def test_flags_by_the_rules_are_those_of_each_person(approved, excused, drawn_last, waited, rounds, exclude):
    history = History(excused=excused, drawn_last=drawn_last, waited=waited)
    rules = {"approved": approved, "history": history, "coverage_rounds": rounds, "exclude_last_drawn": exclude}
    flags = flags_by(**rules)
    assert [flags.of(person) for person in range(1, 31)] == [flag_for(person, **rules) for person in range(1, 31)]
    capped = flags.capped([3, 31])
    assert [capped.of(person) for person in (3, 4, 31)] == ["X:CAP", flags.of(4), "X:CAP"]
