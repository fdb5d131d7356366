from decimal import Decimal
from hashlib import sha256
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.domain.blueprint import Blueprint, Cell, Item, allot, build_snapshot, check_blueprint, feasibility
from question_bank.domain.snapshot import ItemRef, bank_root, snapshot_from_text, snapshot_text
from question_bank.errors import BlueprintInfeasible, ContentMalformed


def item(name, kind="single_choice", point="消防", difficulty="0.5", **over):
    return Item(ItemRef(name, 1, sha256(name.encode()).hexdigest()), kind, point, Decimal(difficulty), **over)


def cell(code="1", kind="single_choice", count=1, **over):
    return Cell(code, over.pop("title", f"题组{code}"), kind, count, Decimal(over.pop("mark", 1)), **over)


class TestAdmits:
    @pytest.mark.parametrize(
        ("wish", "facts", "expected"),
        [
            ({}, {}, True),
            ({"kind": "true_false"}, {}, False),
            ({"knowledge_points": ("消防", "特种设备")}, {}, True),
            ({"knowledge_points": ("特种设备",)}, {}, False),
            ({"difficulty_from": Decimal("0.5"), "difficulty_to": Decimal("0.5")}, {}, True),
            ({"difficulty_from": Decimal("0.51")}, {}, False),
            ({"difficulty_to": Decimal("0.49")}, {}, False),
            ({"industries": ("建筑施工",)}, {}, True),
            ({"industries": ("建筑施工",)}, {"industry": "建筑施工"}, True),
            ({"industries": ("建筑施工",)}, {"industry": "工贸"}, False),
            ({}, {"industry": "工贸"}, True),
            ({"posts": ("principal",)}, {"posts": ("principal", "other")}, True),
            ({"posts": ("principal",)}, {"posts": ("other",)}, False),
            ({"posts": ("principal",)}, {}, True),
        ],
    )
    def test_every_wish_counts_and_general_items_suit_everybody(self, wish, facts, expected):
        assert cell(**wish).admits(item("x", **facts)) is expected


class TestCheck:
    @pytest.mark.parametrize(
        ("cells", "expected"),
        [
            ((), [("cells", "no_cells")]),
            ((cell(count=0),), [("cells.1", "count_range")]),
            ((cell(mark="0"),), [("cells.1", "mark_range")]),
            ((cell(kind="essay"),), [("cells.1", "kind_unknown")]),
            ((cell(difficulty_from=Decimal("0.6"), difficulty_to=Decimal("0.4")),), [("cells.1", "band_reversed")]),
            ((cell(), cell()), [("cells.1", "code_repeated")]),
            ((cell(count=200), cell("2", count=200)), [("cells", "too_many_items")]),
            ((cell(), cell("2")), []),
        ],
    )
    def test_each_fault_is_named(self, cells, expected):
        assert [(problem.place, problem.code) for problem in check_blueprint(Blueprint("x", cells))] == expected


class TestFeasibility:
    def test_shortage_is_told_in_the_clerks_words(self):
        wish = cell(kind="multiple_choice", count=8, knowledge_points=("有限空间",), difficulty_from=Decimal("0.61"))
        items = [item(str(number), "multiple_choice", "有限空间", "0.7") for number in range(5)]

        [line] = feasibility(Blueprint("x", (wish,)), items)

        assert line.message == "要求 8 道难度为难的多选题（有限空间），题库只有 5 道，还缺 3 道"
        assert not line.is_feasible

    def test_enough_is_told_with_the_number(self):
        [line] = feasibility(Blueprint("x", (cell(count=2),)), [item("a"), item("b"), item("c")])

        assert line.message == "要求 2 道单选题，题库有 3 道，可以满足"

    def test_cells_that_compete_are_not_both_promised_the_same_item(self):
        wide, narrow = cell("1", count=2), cell("2", count=1, knowledge_points=("消防",))

        lines = feasibility(Blueprint("x", (wide, narrow)), [item("a"), item("b")])

        assert [line.is_feasible for line in lines].count(False) == 1
        assert any("共用" in line.message for line in lines)

    def test_competing_cells_are_served_when_that_is_possible_at_all(self):
        cells = (
            cell("1", count=2),
            cell("2", count=2, knowledge_points=("消防",)),
            cell("3", count=1, difficulty_to=Decimal("0.3")),
        )
        items = [
            item("a"),
            item("b", difficulty="0.3"),
            item("c", point="其他"),
            item("d", point="其他"),
            item("e", difficulty="0.2", point="其他"),
        ]

        assert all(line.is_feasible for line in feasibility(Blueprint("x", cells), items))

    @given(st.lists(st.sets(st.sampled_from("123"), min_size=1), max_size=7), st.tuples(*[st.integers(1, 3)] * 3))
    def test_the_flow_agrees_with_trying_everything(self, memberships, counts):
        cells = tuple(cell(code, count=count, knowledge_points=tuple(sorted({"".join(sorted(m)) for m in memberships if code in m})) or ("无",))
                      for code, count in zip("123", counts, strict=True))  # fmt: skip
        items = [item(f"i{index}", point="".join(sorted(member))) for index, member in enumerate(memberships)]
        slots = [code for code, count in zip("123", counts, strict=True) for _ in range(count)]

        def possible(position=0, used=frozenset()):
            if position == len(slots):
                return True
            return any(
                possible(position + 1, used | {index})
                for index, member in enumerate(memberships)
                if index not in used and slots[position] in member
            )

        lines = feasibility(Blueprint("x", cells), items)
        assert all(line.is_feasible for line in lines) is possible()


class TestSnapshot:
    CELLS = (cell("1", count=1, mark="1.5"), cell("2", "true_false", count=1))
    ITEMS = (item("b"), item("a"), item("t", "true_false"))

    def test_every_item_is_in_one_cell_sorted_by_ref(self):
        snapshot = build_snapshot(Blueprint("x", self.CELLS), self.ITEMS)

        assert [[ref.ref for ref in found.items] for found in snapshot.cells] == [["a@1", "b@1"], ["t@1"]]
        assert (snapshot.item_count, snapshot.total_mark) == (3, Decimal("2.5"))

    def test_root_does_not_depend_on_the_order_of_items(self):
        roots = {
            bank_root(build_snapshot(Blueprint("x", self.CELLS), list(order))) for order in permutations(self.ITEMS)
        }

        assert roots == {"96c55fe21a1726b58c0aba7236da7d88236353d9fac374a31a9c9ea390519d08"}

    def test_root_depends_on_every_version(self):
        other = (
            item("b"),
            Item(ItemRef("a", 2, "0" * 64), "single_choice", "消防", Decimal("0.5")),
            item("t", "true_false"),
        )

        assert bank_root(build_snapshot(Blueprint("x", self.CELLS), other)) != bank_root(
            build_snapshot(Blueprint("x", self.CELLS), self.ITEMS)
        )

    def test_stored_text_is_read_back(self):
        snapshot = build_snapshot(Blueprint("x", self.CELLS), self.ITEMS)

        assert snapshot_from_text(snapshot_text(snapshot)) == snapshot

    @pytest.mark.parametrize(
        "text", ["[]", "{}", '{"alg":"CHOUKAO-BANK/1","cells":"x"}', '{"alg":"CHOUKAO-BANK/1","cells":[{"code":1}]}']
    )
    def test_other_text_is_refused(self, text):
        with pytest.raises(ContentMalformed):
            snapshot_from_text(text)

    def test_shortage_is_refused_with_what_is_missing(self):
        with pytest.raises(BlueprintInfeasible) as refused:
            build_snapshot(Blueprint("x", (cell(count=9),)), self.ITEMS)

        assert "还缺 7 道" in str(refused.value)

    @given(st.integers(1, 5), st.integers(1, 5), st.integers(10, 30))
    def test_surplus_is_shared_in_proportion(self, first, second, number):
        cells = (cell("1", count=first), cell("2", count=second))
        dealt = allot(Blueprint("x", cells), [item(f"i{index}") for index in range(number)])

        assert len(dealt["1"]) + len(dealt["2"]) == number
        assert abs(Decimal(len(dealt["1"])) / first - Decimal(len(dealt["2"])) / second) <= 1
