from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.actor import system_actor
from core.errors import NotAllowed, NotFound
from question_bank.actions import (
    ExamHeld,
    RulesDraft,
    commit_bank_snapshot,
    decide_questions,
    record_item_responses,
    revise_question,
    set_bank_rules,
    settle_flag,
)
from question_bank.domain.kinds.base import MarkingRule
from question_bank.domain.statistics.table import Response
from question_bank.errors import BlueprintInfeasible, CommentMissing, FlagSettled
from question_bank.models import ItemAnalysis, ItemFlag, ItemStatistic, ItemUse, PracticeProposal
from question_bank.queries import (
    acting_versions,
    analyses_for,
    bank_items,
    open_flags,
    papers_of,
    watched_versions,
)
from tests.factories.question_bank import make_blueprint, make_draft, make_question

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SYSTEM = system_actor("tests")


def exam(world, occasion="round/x/1"):
    return ExamHeld(occasion, world.authority, "2026 年第 4 季度抽考", TODAY, MarkingRule())


def ref(question):
    return f"{question.public_id}@{question.current.number}"


def answers_of(questions, people=40, *, backwards=(), wrong_key=()):
    """People 0 … n-1, abler with their number: the abler half is right. `backwards`: only the others are.

    `wrong_key`: the abler half ticks d, the others the key.
    """
    found = []
    for person in range(people):
        able = person >= people / 2
        for place, question in enumerate(questions):
            right = able is (place not in backwards) and place not in wrong_key
            right = right or (place in wrong_key and not able)
            answer = ["b"] if right else ["d"] if place in wrong_key else ["a"]
            # A ladder of difficulty, so that totals differ: person n misses question n too.
            if person % len(questions) == place and place not in backwards and place not in wrong_key:
                right, answer = False, ["c"]
            found.append(Response(f"p{person:03d}", ref(question), float(right), 1.0, answer, "建筑施工"))
    return found


@pytest.fixture
def questions(world):
    return [make_question(world.authority, state="approved") for _ in range(8)]


class TestRecording:
    def test_figures_uses_and_flags_are_written_at_once(self, world, questions):
        analysis = record_item_responses(SYSTEM, exam(world), answers_of(questions, backwards=[7]), now=NOW)

        assert (analysis.people, analysis.number, analysis.statistics.count()) == (40, 1, 8)
        flag = ItemFlag.objects.get(kind="quarantine")
        assert (flag.version, flag.kind, flag.reasons) == (
            questions[7].current,
            "quarantine",
            ["negative_discrimination"],
        )
        assert papers_of(questions[0]) == 40
        use = ItemUse.objects.get(version=questions[0].current)
        assert (use.papers, use.occasions, use.last_on) == (40, 1, TODAY)

    def test_the_same_answers_again_change_nothing(self, world, questions):
        answers = answers_of(questions)
        record_item_responses(SYSTEM, exam(world), answers, now=NOW)

        assert record_item_responses(SYSTEM, exam(world), list(reversed(answers)), now=NOW) is None
        assert ItemAnalysis.objects.count() == 1

    def test_after_a_regrade_the_newest_counts_and_uses_are_not_doubled(self, world, questions):
        record_item_responses(SYSTEM, exam(world), answers_of(questions, backwards=[7]), now=NOW)

        again = record_item_responses(SYSTEM, exam(world), answers_of(questions), now=NOW)

        assert again.number == 2
        assert papers_of(questions[0]) == 40
        assert [row.pk for row in analyses_for(world.actor("regulator"))] == [again.pk]
        assert ItemStatistic.objects.count() == 16

    def test_nobody_answered_nothing_is_recorded(self, world):
        assert record_item_responses(SYSTEM, exam(world), [], now=NOW) is None

    def test_few_answers_are_listed_but_do_not_act(self, world, questions):
        record_item_responses(SYSTEM, exam(world), answers_of(questions, people=9, backwards=[7]), now=NOW)

        assert ItemStatistic.objects.count() == 8
        assert not ItemFlag.objects.exists()


class TestRulesThatAct:
    def test_a_quarantined_version_is_not_committed_until_somebody_has_looked(self, world, questions):
        blueprint = make_blueprint(world.authority)
        record_item_responses(SYSTEM, exam(world), answers_of(questions, backwards=[7]), now=NOW)
        available = {item.ref.item for item in bank_items(world.authority, on=TODAY)}
        assert available == {one.public_id for one in questions[:7]}
        for question in questions[:7]:
            decide_questions(world.actor("trainer"), [question.public_id], "retire", now=NOW)
        with pytest.raises(BlueprintInfeasible):
            commit_bank_snapshot(world.actor("regulator"), blueprint.public_id, now=NOW)

        flag = ItemFlag.objects.filter(kind="quarantine").first()
        settle_flag(world.actor("reviewer"), flag.public_id, comment="题目无误，样本偏小", now=NOW)

        assert commit_bank_snapshot(world.actor("regulator"), blueprint.public_id, now=NOW).item_count == 1

    def test_what_may_be_chance_is_watched_and_still_drawn(self, world, questions):
        answers = answers_of(questions)
        # The last question by luck: as many of the able as of the others, and the very best among the wrong.
        lucky = {f"p{person:03d}" for person in range(40) if person % 4 < 2}
        answers = [
            replace(answer, fraction=float(answer.person in lucky)) if answer.item == ref(questions[7]) else answer
            for answer in answers
        ]

        record_item_responses(SYSTEM, exam(world), answers, now=NOW)

        flag = ItemFlag.objects.get(version=questions[7].current)
        assert (flag.kind, flag.reasons) == ("watch", ["watch_negative"])
        assert questions[7].public_id in {item.ref.item for item in bank_items(world.authority, on=TODAY)}
        assert list(acting_versions()) == []
        assert list(watched_versions()) == [{"version": questions[7].current_id}]

    def test_a_beaten_key_is_suspect_but_still_drawn(self, world, questions):
        record_item_responses(SYSTEM, exam(world), answers_of(questions, wrong_key=[7]), now=NOW)

        kinds = set(ItemFlag.objects.filter(version=questions[7].current).values_list("kind", flat=True))
        assert "key_suspect" in kinds
        statistic = ItemStatistic.objects.get(version=questions[7].current)
        assert statistic.figures["beaten_by"] == "d"

    def test_a_new_version_ends_the_matter(self, world, questions):
        record_item_responses(SYSTEM, exam(world), answers_of(questions, backwards=[7]), now=NOW)
        assert ItemFlag.objects.filter(open_flags()).exists()

        revise_question(world.actor("trainer"), questions[7].public_id, make_draft(), seen_version=1, now=NOW)

        assert not ItemFlag.objects.filter(open_flags()).exists()

    def test_a_settled_flag_is_not_raised_again_by_a_regrade(self, world, questions):
        record_item_responses(SYSTEM, exam(world), answers_of(questions, backwards=[7]), now=NOW)
        raised = ItemFlag.objects.count()
        for flag in ItemFlag.objects.all():
            settle_flag(world.actor("reviewer"), flag.public_id, comment="看过了", now=NOW)

        record_item_responses(SYSTEM, exam(world), answers_of(questions, people=44, backwards=[7]), now=NOW)
        assert ItemFlag.objects.count() == raised
        record_item_responses(SYSTEM, exam(world, "round/y/1"), answers_of(questions, backwards=[7]), now=NOW)
        assert ItemFlag.objects.filter(settled_at=None).count() == raised

    def test_only_a_reviewer_settles_once_with_a_reason(self, world, questions):
        record_item_responses(SYSTEM, exam(world), answers_of(questions, backwards=[7]), now=NOW)
        flag = ItemFlag.objects.get(kind="quarantine")

        with pytest.raises(NotAllowed):
            settle_flag(world.actor("trainer"), flag.public_id, comment="没问题", now=NOW)
        with pytest.raises(NotFound):
            settle_flag(world.actor("other_regulator"), flag.public_id, comment="没问题", now=NOW)
        with pytest.raises(CommentMissing):
            settle_flag(world.actor("reviewer"), flag.public_id, comment=" ", now=NOW)
        settle_flag(world.actor("reviewer"), flag.public_id, comment="没问题", now=NOW)
        with pytest.raises(FlagSettled):
            settle_flag(world.actor("reviewer"), flag.public_id, comment="没问题", now=NOW)

    def test_what_was_seen_too_often_is_barred_and_proposed_once(self, world, questions):
        set_bank_rules(world.actor("regulator"), world.authority, RulesDraft(exposure_limit=60), now=NOW)
        record_item_responses(SYSTEM, exam(world), answers_of(questions), now=NOW)
        assert len(bank_items(world.authority, on=TODAY)) == 8

        record_item_responses(SYSTEM, exam(world, "round/y/1"), answers_of(questions[:5]), now=NOW)

        assert papers_of(questions[0]) == 80
        assert len(bank_items(world.authority, on=TODAY)) == 3
        assert {row.question for row in PracticeProposal.objects.all()} == set(questions[:5])

    def test_measured_difficulty_replaces_the_authors_guess(self, world, questions):
        before = {item.ref.item: item.expected for item in bank_items(world.authority, on=TODAY)}
        record_item_responses(SYSTEM, exam(world), answers_of(questions), now=NOW)

        items = {item.ref.item: item for item in bank_items(world.authority, on=TODAY)}
        item = items[questions[0].public_id]
        facility = ItemStatistic.objects.get(version=questions[0].current).facility
        assert before[questions[0].public_id] == item.difficulty
        assert (item.expected, item.papers) == (1 - facility, 40)
