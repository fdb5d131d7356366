"""The stream that a freeze reads has the people, strata and flags of the pool that the pages show."""

import pytest

from draws.actions import approve_flag, propose_freeze, request_flag, snapshot
from draws.errors import DraftChanged
from draws.models import RosterEntry
from draws.queries import pool_of, rows_to_be, sealed_pool
from registry.models import HazardTag, Post
from tests.draws.actions.test_prepare import FLAG
from tests.factories.draws import NOW, make_draft, make_drawn, make_frozen, make_population
from tests.factories.registry import make_appointment, make_enterprise, make_industry

TODAY = NOW.date()


@pytest.fixture
def populated(cast):
    """Six people; one of them holds three posts, and one enterprise has three of them."""
    group = make_industry(code="GROUP")
    first, second = (
        make_enterprise(
            area=cast.authority.area, industry=make_industry(code=f"SUB{n}", parent=group), is_large_scale=n == 2
        )
        for n in (1, 2)
    )
    people = [make_appointment(enterprise=first, post=Post.PRINCIPAL).person for _ in range(3)]
    for enterprise, post in ((second, Post.SAFETY_MANAGER), (second, Post.PRINCIPAL), (first, Post.SAFETY_DIRECTOR)):
        make_appointment(person=people[0], enterprise=enterprise, post=post)
    make_population(cast, 3)
    tag = HazardTag.objects.create(code="DUST", name="粉尘", position=1)
    for enterprise in (first, second):
        enterprise.tags.add(tag)
    return cast


def streamed(cast, draw):
    pool = sealed_pool(cast.regulator, draw, on=TODAY)
    posts = [post for batch in pool.batches(2) for post in batch]
    assert [post[0] for post in posts] == sorted(post[0] for post in posts)
    return sorted((post[0], post[1], pool.stratum_of(post), pool.flags.of(post[0])) for post in posts)


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"posts": ("P", "S", "D")},
        {"industry_column": "group", "by_size": True},
        {"industry_column": "none", "by_street": False},
        {"tags": ("DUST",), "posts": ("S", "D")},
        {"enterprise_cap": 1},
        {"exclude_last_drawn": True, "coverage_rounds": 2},
    ],
)
def test_sealed_pool_has_whom_the_pages_show(populated, over):
    make_drawn(populated, year=2026, quarter=3, seats=2)
    draw = make_draft(populated, **over)
    flagged = pool_of(populated.regulator, draw, on=TODAY)[0].appointment.person
    flag = request_flag(populated.regulator, draw.public_id, person_id=flagged.public_id, **FLAG)
    approve_flag(populated.reviewer, flag.public_id, now=NOW)
    shown = [
        (row.post.person, row.post.enterprise, row.stratum, row.flag)
        for row in rows_to_be(populated.regulator, draw, on=TODAY)
    ]
    assert streamed(populated, draw) == sorted(shown)
    assert any(flag for *_, flag in shown)


def test_frozen_rows_are_those_of_the_stream(populated):
    draw = make_frozen(populated, posts=("P", "S", "D"))
    rows = RosterEntry.objects.values_list("person_id", "enterprise_id", "stratum", "flag")
    assert sorted(rows) == streamed(populated, draw)


def test_freeze_whose_cap_looked_at_other_people_is_refused(populated, monkeypatch):
    draw = make_draft(populated, enterprise_cap=1)
    counted = snapshot.sealed_pool

    def count_then_appoint(actor, draft, *, on):
        pool = counted(actor, draft, on=on)
        make_population(populated, 1)
        return pool

    monkeypatch.setattr(snapshot, "sealed_pool", count_then_appoint)
    with pytest.raises(DraftChanged):
        propose_freeze(populated.regulator, draw.public_id, now=NOW)
    assert not RosterEntry.objects.exists()


def test_freeze_whose_cap_looked_at_somebody_who_has_left_is_refused(populated, monkeypatch):
    draw = make_draft(populated, enterprise_cap=1)
    leaver = make_population(populated, 1)[0]
    counted = snapshot.sealed_pool

    def count_then_end(actor, draft, *, on):
        pool = counted(actor, draft, on=on)
        leaver.delete()
        return pool

    monkeypatch.setattr(snapshot, "sealed_pool", count_then_end)
    with pytest.raises(DraftChanged):
        propose_freeze(populated.regulator, draw.public_id, now=NOW)


def test_freeze_reads_everybody_in_one_statement(cast, monkeypatch, django_assert_max_num_queries):
    make_population(cast, 12)
    monkeypatch.setattr(snapshot, "_BATCH", 3)
    draw = make_draft(cast)
    with django_assert_max_num_queries(60) as asked:
        propose_freeze(cast.regulator, draw.public_id, now=NOW)
    assert sum("registry_person" in query["sql"] for query in asked.captured_queries) == 1
