from question_bank.domain.content import Content, Option
from question_bank.domain.kinds.true_false import OPTIONS
from question_bank.domain.paper_forms import Section, print_forms

FOUR = tuple(Option(name, f"选项{name}") for name in "abcd")
CONTENTS = {f"{n}@1": Content("multiple_choice", f"题{n}", FOUR, ["a", "c"]) for n in range(12)}
CONTENTS |= {"t@1": Content("true_false", "判断", OPTIONS, ["f"])}
SECTIONS = [Section("多选题", "2", tuple(f"{n}@1" for n in range(12))), Section("判断题", "1", ("t@1",))]


def test_both_forms_ask_the_same_in_another_order_and_their_keys_fit():
    first, second = print_forms(SECTIONS, CONTENTS, seed="s")

    stems = [[item["stem"] for item in form["sections"][0]["items"]] for form in (first, second)]
    assert stems[0] != stems[1]
    assert (
        sorted(stems[0])
        == sorted(stems[1])
        == sorted(content.stem for content in CONTENTS.values() if content.kind != "true_false")
    )
    for form in (first, second):
        numbers = [item["number"] for section in form["sections"] for item in section["items"]]
        assert numbers == list(range(1, 14))
        for item in form["sections"][0]["items"]:
            right = {letter for letter, text in item["options"] if text in {"选项a", "选项c"}}
            assert item["key"] == "、".join(sorted(right))
    assert len({tuple(item["options"]) for item in first["sections"][0]["items"]}) > 1


def test_true_and_false_stay_as_they_are():
    [form, _other] = print_forms(SECTIONS, CONTENTS, seed="s")
    [item] = form["sections"][1]["items"]

    assert (item["is_true_false"], item["key"]) == (True, "错误")


def test_the_same_seed_prints_the_same():
    assert print_forms(SECTIONS, CONTENTS, seed="s") == print_forms(SECTIONS, CONTENTS, seed="s")
    assert print_forms(SECTIONS, CONTENTS, seed="s") != print_forms(SECTIONS, CONTENTS, seed="t")
