"""What the button of a task says."""

from core.home import HomeTask


def test_button_says_the_title_up_to_its_colon_unless_it_has_words_of_its_own() -> None:
    assert HomeTask("审批公示：第四季度", "", "/").label == "审批公示"
    assert HomeTask("Approve publication: 2026 Q4", "", "/").label == "Approve publication"
    assert HomeTask("查看新证书", "", "/").label == "查看新证书"
    assert HomeTask("继续作答：抽考", "", "/", action="继续").label == "继续"
