"""Many at once, filters under a name, laws that change, and who saw what."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.errors import NotAllowed, NotFound
from question_bank.actions import (
    LawDraft,
    Withdrawal,
    delete_filter,
    edit_questions,
    place_topic,
    record_law,
    record_viewing,
    repeal_law,
    save_filter,
    withdraw_article,
)
from question_bank.domain.bulk import BulkChange
from question_bank.errors import BulkEditEmpty, LawExists, QuestionInvalid, TopicRing
from question_bank.models import KnowledgePoint, QuestionVersion
from question_bank.queries import (
    affected_questions,
    due_of,
    get_question,
    saved_filters,
    subtree_of,
    topic_tree,
    viewings_for,
)
from tests.factories.actors import client_of
from tests.factories.question_bank import make_question

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


class TestBulkEdit:
    def test_each_that_differs_gets_a_new_draft_version(self, world):
        first = make_question(world.authority, state="approved")
        second = make_question(world.authority, state="approved", knowledge_point="消防")
        change = BulkChange(knowledge_point="消防", difficulty=Decimal("0.70"))

        changed, same = edit_questions(world.actor("trainer"), [first.public_id, second.public_id], change, now=NOW)

        assert (len(changed), same) == (2, 0)
        for question in (first, second):
            row = get_question(world.actor("trainer"), question.public_id)
            assert (row.state, row.current.number, row.current.knowledge_point.name) == ("draft", 2, "消防")
            assert row.current.difficulty == Decimal("0.70")

    def test_what_is_so_already_stays_as_it_is(self, world):
        question = make_question(world.authority, state="approved", knowledge_point="消防")
        other = make_question(world.authority, state="approved")

        changed, same = edit_questions(
            world.actor("trainer"), [question.public_id, other.public_id], BulkChange(knowledge_point="消防"), now=NOW
        )

        assert ([row.pk for row in changed], same) == ([other.pk], 1)
        question.refresh_from_db()
        assert question.state == "approved"

    def test_all_or_nothing(self, world):
        mine, theirs = make_question(world.authority), make_question(world.other_authority)

        with pytest.raises(NotFound):
            edit_questions(
                world.actor("trainer"), [mine.public_id, theirs.public_id], BulkChange(law_edition="2021"), now=NOW
            )
        with pytest.raises(QuestionInvalid):
            edit_questions(world.actor("trainer"), [mine.public_id], BulkChange(law_edition="版" * 21), now=NOW)
        with pytest.raises(BulkEditEmpty):
            edit_questions(world.actor("trainer"), [mine.public_id], BulkChange(), now=NOW)
        with pytest.raises(NotAllowed):
            edit_questions(world.actor("reviewer"), [mine.public_id], BulkChange(law_edition="2021"), now=NOW)
        assert QuestionVersion.objects.count() == 2

    def test_the_page_shows_the_change_before_it_is_made(self, world):
        question = make_question(world.authority, law_edition="2014")
        client = client_of(world.users["trainer"])
        posted = {"question": question.public_id, "law_edition": "2021", "step": "preview"}

        page = client.post("/question-bank/edit/", posted).content.decode()
        assert "<del>" in page
        assert "<ins>" in page
        assert QuestionVersion.objects.count() == 1
        client.post("/question-bank/edit/", posted | {"step": "apply"})

        assert get_question(world.actor("trainer"), question.public_id).current.law_edition == "2021"


class TestFilters:
    def test_a_filter_belongs_to_who_saved_it(self, world):
        save_filter(world.actor("trainer"), "待审", "state=in_review", now=NOW)
        save_filter(world.actor("trainer"), "待审", "state=draft", now=NOW)

        assert [(row.name, row.query) for row in saved_filters(world.actor("trainer"))] == [("待审", "state=draft")]
        assert not saved_filters(world.actor("reviewer")).exists()
        delete_filter(world.actor("reviewer"), "待审")
        assert saved_filters(world.actor("trainer")).count() == 1
        delete_filter(world.actor("trainer"), "待审")
        assert not saved_filters(world.actor("trainer")).exists()

    def test_only_filters_that_exist_are_kept(self, world):
        client = client_of(world.users["trainer"])

        client.post("/question-bank/filters/save/", {"name": "题", "query": "state=draft&next=//evil&page=9"})

        assert saved_filters(world.actor("trainer")).get().query == "state=draft"


class TestLaws:
    @pytest.fixture
    def law(self, world):
        return record_law(world.actor("trainer"), LawDraft("中华人民共和国消防法", "2021", date(2021, 4, 29)), now=NOW)

    def test_a_withdrawn_article_lists_what_cites_it_in_one_search(self, world, law):
        hit = make_question(world.authority, state="approved", law_reference="《消防法》第二十一条", law_edition="2021")
        make_question(world.authority, state="approved", law_reference="《消防法》第十六条", law_edition="2021")
        make_question(world.authority, law_reference="《消防法》第二十一条", law_edition="2021")
        trainer = world.actor("trainer")
        assert affected_questions(trainer, on=TODAY) == []

        withdraw_article(trainer, law.public_id, Withdrawal(21, date(2026, 11, 1)), now=NOW)

        assert affected_questions(trainer, on=TODAY) == [hit.pk]
        assert affected_questions(world.actor("other_regulator"), on=TODAY) == []
        assert len(due_of(get_question(trainer, hit.public_id), on=TODAY)) == 1
        page = client_of(world.users["trainer"]).get("/question-bank/?due=law").content.decode()
        assert hit.current.stem[:20] in page
        assert "共 1 道" in page

    def test_a_new_edition_and_a_repeal_concern_all(self, world, law):
        hit = make_question(world.authority, state="approved", law_reference="《消防法》第一条", law_edition="2019")
        assert affected_questions(world.actor("trainer"), on=TODAY) == [hit.pk]
        repeal_law(world.actor("trainer"), law.public_id, repealed_on=date(2026, 1, 1), now=NOW)
        assert affected_questions(world.actor("trainer"), on=TODAY) == [hit.pk]

    def test_the_same_is_recorded_once_and_by_trainers(self, world, law):
        with pytest.raises(LawExists):
            record_law(world.actor("trainer"), LawDraft(law.title, "2021", TODAY), now=NOW)
        withdraw_article(world.actor("trainer"), law.public_id, Withdrawal(1, TODAY), now=NOW)
        with pytest.raises(LawExists):
            withdraw_article(world.actor("trainer"), law.public_id, Withdrawal(1, TODAY), now=NOW)
        with pytest.raises(NotAllowed):
            record_law(world.actor("regulator"), LawDraft("x", "1", TODAY), now=NOW)


class TestLeakTracing:
    def test_a_question_is_found_by_whoever_saw_it(self, world):
        question = make_question(world.authority)
        other = make_question(world.other_authority)
        record_viewing(world.actor("trainer"), question)
        record_viewing(world.actor("trainer"), other)

        seen = viewings_for(world.actor("auditor"), question_id=question.public_id)
        assert [(row.action, row.object_id) for row in seen] == [("question.viewed", question.public_id)]
        assert viewings_for(world.actor("auditor")).count() == 2
        # A reviewer sees the questions of the own bank alone.
        assert [row.object_id for row in viewings_for(world.actor("reviewer"))] == [question.public_id]
        assert viewings_for(world.actor("auditor"), who="没有这个人").count() == 0

    def test_the_page_lists_it(self, world):
        question = make_question(world.authority)
        client_of(world.users["trainer"]).get(f"/question-bank/questions/{question.public_id}/")

        page = client_of(world.users["auditor"]).get(f"/question-bank/viewings/?question={question.public_id}")

        assert page.content.decode().count("打开试题") == 1


class TestTopics:
    def test_a_topic_moves_below_another_and_never_below_itself(self, world):
        top = KnowledgePoint.objects.create(name="消防安全")
        below = KnowledgePoint.objects.create(name="灭火器")
        client = client_of(world.users["trainer"])

        client.post("/question-bank/topics/", {"topic": below.pk, "parent": top.pk})
        assert [(depth, topic.name) for depth, topic in topic_tree()] == [(0, "消防安全"), (1, "灭火器")]
        for parent in (top.pk, below.pk):
            with pytest.raises(TopicRing):
                place_topic(world.actor("trainer"), top.pk, parent)
        with pytest.raises(NotAllowed):
            place_topic(world.actor("reviewer"), below.pk, None)
        with pytest.raises(NotFound):
            place_topic(world.actor("trainer"), below.pk, 10**9)
        client.post("/question-bank/topics/", {"topic": below.pk, "parent": ""})

        assert [depth for depth, _topic in topic_tree()] == [0, 0]


def test_a_knowledge_point_covers_what_is_below_it(world):
    top = KnowledgePoint.objects.create(name="消防安全")
    below = KnowledgePoint.objects.create(name="灭火器", parent=top)
    KnowledgePoint.objects.create(name="用电")
    deep = KnowledgePoint.objects.create(name="干粉灭火器", parent=below)

    assert set(subtree_of(top)) == {top.pk, below.pk, deep.pk}
