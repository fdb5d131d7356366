"""Equally hard papers: what the solver promises is compared with papers that PAPER/1 draws."""

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.domain.papers import choose_items
from question_bank.domain.allotment import POOL_PER_ITEM
from question_bank.domain.blueprint import Blueprint, Item, assemble, feasibility, index_bank
from question_bank.domain.snapshot import ItemRef
from question_bank.errors import BlueprintInfeasible, BlueprintUnbalanced
from tests.factories.question_bank import make_cell


def item(number, kind="single_choice", difficulty="0.5", **over):
    ref = ItemRef(f"{number:032x}", 1, sha256(b"%d" % number).hexdigest())
    return Item(ref, kind, over.pop("knowledge_point", "方针"), Decimal(difficulty), **over)


def expected_scores(blueprint, bank, snapshot, papers=60):
    """Expected shares of papers that PAPER/1 draws from a snapshot, one for each paper seed."""
    known = {one.ref.item: one for one in bank}
    found = []
    for number in range(papers):
        drawn = choose_items(sha256(b"ps%d" % number).hexdigest(), snapshot)
        missed = sum(cell.mark * known[ref.item].expected for cell, ref in drawn)
        found.append(1 - float(missed / blueprint.total_mark))
    return found


class TestTolerance:
    @pytest.mark.parametrize("tolerance", ["0.05", "0.02", "0.008"])
    def test_every_drawn_paper_is_within_the_promise_and_the_tolerance(self, tolerance):
        bank = [item(n, difficulty=f"{(n * 37 % 90 + 5) / 100:.2f}") for n in range(400)]
        bank += [item(1000 + n, "true_false", difficulty=f"{(n * 53 % 60 + 20) / 100:.2f}") for n in range(150)]
        blueprint = Blueprint(
            "x", (make_cell("1", count=20), make_cell("2", "true_false", 10, mark=Decimal(2))), Decimal(tolerance)
        )

        made = assemble(blueprint, bank)

        scores = expected_scores(blueprint, bank, made.snapshot)
        assert made.figures.spread <= float(tolerance) + 1e-9
        assert made.figures.lowest - 1e-9 <= min(scores) <= max(scores) <= made.figures.highest + 1e-9
        assert sum(cell.count for cell in made.snapshot.cells) == 30
        assert made.snapshot.total_mark == 40

    def test_without_a_tolerance_the_spread_is_told_and_nothing_is_cut(self):
        bank = [item(n, difficulty=f"{n / 100:.2f}") for n in range(10, 90)]

        made = assemble(Blueprint("x", (make_cell(count=2),)), bank)

        # SMALLEST_CAP items by hash of the 80; the extremes of two draws of two.
        values = sorted(one.expected for one in bank if one.ref in made.snapshot.cells[0].items)
        assert len(made.snapshot.cells) == 1
        assert made.figures.lowest == pytest.approx(1 - float(sum(values[-2:]) / 2))
        assert made.figures.highest == pytest.approx(1 - float(sum(values[:2]) / 2))

    def test_all_items_keep_a_chance_when_strata_suffice(self):
        bank = [item(n, difficulty=("0.30", "0.50", "0.70")[n % 3]) for n in range(60)]

        made = assemble(Blueprint("x", (make_cell(count=12),), Decimal("0.05")), bank)

        assert made.snapshot.item_count == 60
        assert made.figures.spread <= 0.05

    def test_the_most_outlying_stay_out_only_when_they_must(self):
        bank = [item(n, difficulty="0.50") for n in range(30)] + [item(99, difficulty="0.95")]

        made = assemble(Blueprint("x", (make_cell(count=1),), Decimal("0.1")), bank)

        assert made.figures.spread == 0
        assert all(one.item != f"{99:032x}" for one in made.snapshot.cells[0].items)

    def test_what_cannot_be_balanced_is_refused_in_the_clerks_words(self):
        bank = [item(n, difficulty=value) for n, value in enumerate(["0.10", "0.90", "0.20"])]
        blueprint = Blueprint("x", (make_cell("1", count=1),), Decimal("0.5"))

        with pytest.raises(BlueprintUnbalanced) as refused:
            assemble(blueprint, bank)

        assert str(refused.value) == (
            "各份试卷的预期得分最多相差 80.0%，超过允许的 50.0%。相差最大的是题组“题组1”：要抽 1 道，难度最接近的 3 道从 0.10 到 "
            "0.90。请补充难度接近 0.20 的试题，或放宽允许的差距。"
        )

    def test_a_bank_that_is_drawn_whole_is_always_balanced(self):
        bank = [item(n, difficulty=value) for n, value in enumerate(["0.10", "0.90", "0.20"])]

        assert assemble(Blueprint("x", (make_cell("1", count=3),), Decimal("0")), bank).figures.spread == 0

    def test_the_seen_most_are_drawn_last(self):
        bank = [item(n, papers=n) for n in range(200)]

        made = assemble(Blueprint("x", (make_cell(count=5),)), bank)

        drawn = {one.item for one in made.snapshot.cells[0].items}
        assert drawn == {f"{n:032x}" for n in range(5 * POOL_PER_ITEM)}

    def test_the_order_of_the_bank_changes_nothing(self):
        bank = [item(n, difficulty=f"{(n * 37 % 90 + 5) / 100:.2f}") for n in range(100)]
        blueprint = Blueprint("x", (make_cell(count=10),), Decimal("0.02"))

        assert assemble(blueprint, bank) == assemble(blueprint, list(reversed(bank)))
        assert assemble(blueprint, bank) == assemble(blueprint, index_bank(bank))

    @settings(max_examples=40)
    @given(
        st.lists(st.integers(0, 100), min_size=6, max_size=60),
        st.integers(1, 6),
        st.sampled_from(["0", "0.01", "0.1"]),
    )
    def test_any_bank_gives_papers_within_the_tolerance_or_a_reason(self, difficulties, count, tolerance):
        bank = [item(n, difficulty=f"{value / 100:.2f}") for n, value in enumerate(difficulties)]
        blueprint = Blueprint("x", (make_cell(count=count),), Decimal(tolerance))
        try:
            made = assemble(blueprint, bank)
        except BlueprintUnbalanced:
            # Only where difficulties differ by more than the tolerance even among the closest.
            made = assemble(replace(blueprint, tolerance=None), bank)
            assert made.figures.spread > float(tolerance)
            return
        scores = expected_scores(blueprint, bank, made.snapshot, papers=5)
        assert max(scores) - min(scores) <= float(tolerance) + 1e-6
        assert all(len(cell.items) >= cell.count for cell in made.snapshot.cells)


class TestMustInclude:
    def test_a_required_question_is_in_every_paper(self):
        bank = [item(n) for n in range(30)]
        blueprint = Blueprint("x", (make_cell(count=4, must_include=(f"{7:032x}",)),))

        snapshot = assemble(blueprint, bank).snapshot

        assert [(cell.code, cell.count, len(cell.items)) for cell in snapshot.cells] == [("1.1", 3, 29), ("1.m", 1, 1)]
        for number in range(20):
            drawn = choose_items(f"{number}", snapshot)
            assert len(drawn) == len({ref.item for _cell, ref in drawn}) == 4
            assert f"{7:032x}" in {ref.item for _cell, ref in drawn}

    def test_a_cell_of_required_questions_alone(self):
        bank = [item(n) for n in range(3)]
        blueprint = Blueprint("x", (make_cell(count=1, must_include=(f"{1:032x}",)),), Decimal("0.01"))

        made = assemble(blueprint, bank)

        assert [(cell.code, cell.count) for cell in made.snapshot.cells] == [("1.m", 1)]
        assert (made.figures.spread, made.figures.lowest) == (0, pytest.approx(0.5))

    def test_a_required_question_that_is_gone_is_refused(self):
        blueprint = Blueprint("x", (make_cell(count=1, must_include=("f" * 32,)),))

        with pytest.raises(BlueprintInfeasible, match="必考题中有 1 道"):
            assemble(blueprint, [item(n) for n in range(3)])


class TestEnemies:
    def test_at_most_one_of_a_pair_is_committed(self):
        bank = [item(n, papers=n) for n in range(10)]
        enemies = [(f"{1:032x}", f"{2:032x}"), (f"{2:032x}", f"{3:032x}"), (f"{4:032x}", "gone")]

        snapshot = assemble(Blueprint("x", (make_cell(count=2),)), bank, enemies).snapshot

        drawn = {one.item for one in snapshot.cells[0].items}
        # 2 was seen more often than 1; with it gone, 3 has no enemy left.
        assert drawn == {f"{n:032x}" for n in (0, 1, 3, 4, 5, 6, 7, 8, 9)}

    def test_a_required_question_outdoes_its_enemy(self):
        bank = [item(n, papers=10 - n) for n in range(4)]
        blueprint = Blueprint("x", (make_cell(count=2, must_include=(f"{0:032x}",)),))

        snapshot = assemble(blueprint, bank, [(f"{0:032x}", f"{3:032x}")]).snapshot

        assert {one.item for cell in snapshot.cells for one in cell.items} == {f"{n:032x}" for n in (0, 1, 2)}

    def test_two_required_enemies_are_refused(self):
        blueprint = Blueprint("x", (make_cell(count=2, must_include=(f"{0:032x}", f"{1:032x}")),))

        with pytest.raises(BlueprintInfeasible, match="互斥"):
            assemble(blueprint, [item(n) for n in range(4)], [(f"{0:032x}", f"{1:032x}")])

    def test_the_feasibility_table_counts_without_the_outdone(self):
        bank = [item(0), item(1)]

        [line] = feasibility(Blueprint("x", (make_cell(count=2),)), bank, [(f"{0:032x}", f"{1:032x}")])

        assert (line.available, line.is_feasible) == (1, False)
