import hashlib
import hmac
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.canonical import canonical_json, canonical_sha256
from exams.domain.papers import (
    Commitments,
    Heading,
    PaperSeat,
    build_paper,
    check_commitments,
    check_contents,
    check_paper,
    choose_items,
    item_shapes,
    order_options,
    paper_key_commit,
    paper_seed,
)
from exams.errors import BankChanged, NotEnoughItems, PaperDamaged
from question_bank.domain.kinds.base import MarkingRule
from question_bank.domain.snapshot import BankSnapshot, bank_root
from tests.exams.domain.bank import make_bank

KEY = bytes(range(32))
SEAT = PaperSeat(seed="5" * 64, opening_code="314159", pid="7" * 64, sitting=1)
HEADING = Heading("2026 年第 4 季度抽考", 60, Decimal("6.00"), MarkingRule())
SNAPSHOT, CONTENTS = make_bank()


def a_paper(seat=SEAT, snapshot=SNAPSHOT):
    return build_paper(paper_seed(KEY, seat), snapshot, CONTENTS, heading=HEADING)


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_paper_key_commit_is_the_documented_hash():
    assert paper_key_commit(KEY) == sha(
        "paper-key/1|000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    )


def test_paper_seed_is_the_documented_mac():
    message = f"paper/1|{'5' * 64}|314159|{'7' * 64}|1"
    assert paper_seed(KEY, SEAT) == hmac.new(KEY, message.encode(), hashlib.sha256).hexdigest()


def test_chosen_items_are_those_of_the_specification():
    ps = paper_seed(KEY, SEAT)
    expected = []
    for cell in SNAPSHOT.cells:
        ranked = sorted(cell.items, key=lambda item: sha(f"item/1|{ps}|{item.item}@{item.version}"))
        expected += [item.ref for item in ranked[: cell.count]]
    expected.sort(key=lambda ref: sha(f"order/1|{ps}|{ref}"))
    assert [item.ref for _, item in choose_items(ps, SNAPSHOT)] == expected


def test_option_order_is_that_of_the_specification():
    ps = paper_seed(KEY, SEAT)
    assert order_options(ps, "s01@1", "abcd") == tuple(
        sorted("abcd", key=lambda option: sha(f"opt/1|{ps}|s01@1|{option}"))
    )


def test_paper_of_a_fixed_seat_is_the_stored_one():
    paper = a_paper()
    assert (paper.body_sha256, paper.key_sha256) == (
        "78b4ebc0e8037628727c98492defe000f490427a7c8cbeba85cd598d44c4d6f4",
        "ddc75e3295c62f7bde247f281bd3a6bb90bb7ed383773a4625c902eecf7d01f3",
    )


@pytest.mark.parametrize(
    "change",
    [{"seed": "6" * 64}, {"opening_code": "271828"}, {"pid": "8" * 64}, {"sitting": 2}],
)
def test_paper_differs_when_anything_of_the_seat_differs(change):
    assert a_paper(replace(SEAT, **change)).body_sha256 != a_paper().body_sha256


@given(st.randoms(use_true_random=False))
def test_order_of_items_in_the_bank_does_not_matter(shuffler):
    cells = []
    for cell in SNAPSHOT.cells:
        items = list(cell.items)
        shuffler.shuffle(items)
        cells.append(replace(cell, items=tuple(items)))
    assert a_paper(snapshot=BankSnapshot(tuple(cells))) == a_paper()


def test_body_carries_what_a_candidate_needs_and_nothing_else():
    body = a_paper().body
    assert {name: body[name] for name in ("title", "minutes", "pass", "total", "rule")} == {
        "title": "2026 年第 4 季度抽考",
        "minutes": 60,
        "pass": "6",
        "total": "10",
        "rule": MarkingRule().label,
    }
    assert [item["number"] for item in body["items"]] == [1, 2, 3, 4, 5, 6, 7]
    assert {frozenset(item) for item in body["items"]} == {
        frozenset({"id", "number", "section", "kind", "input", "stem", "mark", "options"}),
    }
    assert {frozenset(option) for item in body["items"] for option in item["options"]} == {
        frozenset({"id", "label", "text"}),
    }


def test_body_holds_no_key_no_explanation_and_no_name_of_the_bank():
    paper = a_paper()
    text = canonical_json(paper.body)
    assert "CANARY-KEY" in canonical_json([content.explanation for content in CONTENTS.values()])
    assert "CANARY-KEY" not in text
    for cell in SNAPSHOT.cells:
        for item in cell.items:
            assert item.item not in text
            assert item.sha256 not in text


def test_option_ids_are_opaque_and_not_shared_between_papers():
    ids = {option["id"] for item in a_paper().body["items"] for option in item["options"]}
    others = {option["id"] for item in a_paper(replace(SEAT, sitting=2)).body["items"] for option in item["options"]}
    assert all(len(option) == 16 for option in ids)
    assert not ids & others


def test_true_and_false_keep_their_order():
    judgements = [item for item in a_paper().body["items"] if item["kind"] == "true_false"]
    assert [[option["text"] for option in item["options"]] for item in judgements] == [["正确", "错误"]] * 2


def test_key_leads_every_opaque_option_back_to_the_real_one():
    paper = a_paper()
    for item in paper.body["items"]:
        stored = paper.key["items"][item["id"]]
        content = CONTENTS[f"{stored['item']}@{stored['version']}"]
        texts = {option.id: option.text for option in content.options}
        assert {option["id"]: option["text"] for option in item["options"]} == {
            opaque: texts[real] for opaque, real in stored["options"].items()
        }
        assert stored["key"] == content.key


def test_item_shapes_take_one_option_of_a_radio_and_all_of_a_check_box():
    paper = a_paper()
    shapes = item_shapes(paper.body)
    assert {item["id"]: (item["kind"], shapes[item["id"]].most) for item in paper.body["items"]} == {
        item["id"]: (item["kind"], 4 if item["kind"] == "multiple_choice" else 1) for item in paper.body["items"]
    }


def test_cell_that_asks_more_than_the_bank_holds_is_refused_with_numbers():
    snapshot, _ = make_bank(multiples=1)
    with pytest.raises(NotEnoughItems) as refusal:
        choose_items("0" * 64, snapshot)
    assert refusal.value.params == {"cell": "M 类", "asked": 2, "available": 1}


def test_committed_bank_and_key_are_accepted_and_any_other_refused():
    committed = Commitments(bank_root(SNAPSHOT), paper_key_commit(KEY))
    check_commitments(committed, snapshot=SNAPSHOT, key=KEY)
    other, _ = make_bank(singles=7)
    for snapshot, key in ((other, KEY), (SNAPSHOT, b"x" * 32)):
        with pytest.raises(BankChanged):
            check_commitments(committed, snapshot=snapshot, key=key)


def test_content_that_differs_from_its_committed_version_is_refused():
    check_contents(SNAPSHOT, CONTENTS)
    changed = {**CONTENTS, "s00@1": replace(CONTENTS["s00@1"], key=["a"])}
    missing = {ref: content for ref, content in CONTENTS.items() if ref != "s00@1"}
    for contents in (changed, missing):
        with pytest.raises(BankChanged):
            check_contents(SNAPSHOT, contents)


def test_stored_paper_or_key_that_was_altered_is_noticed():
    paper = a_paper()
    check_paper(paper)
    for damaged in (
        replace(paper, body={**paper.body, "total": "11"}),
        replace(paper, key={**paper.key, "rule": {"code": "subset"}}),
    ):
        with pytest.raises(PaperDamaged):
            check_paper(damaged)


def test_hashes_are_of_the_canonical_json():
    paper = a_paper()
    assert paper.body_sha256 == canonical_sha256(paper.body)
