from tests.draws.domain.rfc3797 import key_string, select


def test_rfc3797_example_of_section_6_is_reproduced():
    key = key_string([[9319], [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45]])
    assert key == "9319./2.5.8.10.12./9.18.26.34.41.45./"
    assert select(25, 10, key) == [17, 7, 2, 16, 25, 23, 8, 24, 19, 13]


def test_rfc3797_alternates_continue_the_same_order():
    assert select(25, 16, "9319./2.5.8.10.12./9.18.26.34.41.45./")[10:] == [22, 5, 18, 9, 1, 4]
