import pytest

from draws.domain.minutes import MOST_PEOPLE, Present, read_present, write_present
from draws.errors import MinutesEmpty, MinutesLineWrong, MinutesTooLong


def test_read_present_takes_the_separators_that_people_type():
    text = "张三，区纪委监督代表\n\n 李四 , 区公证处公证员\n王五：企业代表，自愿旁观\n张三，区纪委监督代表\n"
    people = read_present(text)
    assert people == (
        Present("张三", "区纪委监督代表"),
        Present("李四", "区公证处公证员"),
        Present("王五", "企业代表，自愿旁观"),
    )
    assert read_present(write_present(people)) == people


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_read_present_nobody_is_refused(text):
    with pytest.raises(MinutesEmpty):
        read_present(text)


@pytest.mark.parametrize(
    "line",
    ["张三", "张三，", "，监督代表", "张" * 41 + "，代表", "张三，" + "代" * 81, "张三，代表\x07", "张\u202e三，代表"],
)
def test_read_present_line_without_name_or_capacity_names_the_line(line):
    with pytest.raises(MinutesLineWrong) as refused:
        read_present("李四，公证员\n" + line)
    assert refused.value.params == {"line": 2}


def test_read_present_a_crowd_is_refused():
    crowd = "\n".join(f"某{number}，群众" for number in range(MOST_PEOPLE + 1))
    assert len(read_present(crowd.rpartition("\n")[0])) == MOST_PEOPLE
    with pytest.raises(MinutesTooLong):
        read_present(crowd)
