from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from core.errors import NotAllowed, NotFound, SameApprover, Stale
from core.models import AuditEntry
from question_bank.actions import (
    RulesDraft,
    comment_question,
    create_question,
    decide_practice,
    decide_questions,
    propose_practice,
    revise_question,
    set_bank_rules,
)
from question_bank.domain.life import change_pool
from question_bank.errors import (
    ChecklistIncomplete,
    CommentMissing,
    NothingChanged,
    ProposalDecided,
    ProposalOpen,
    QuestionInvalid,
    ReviewedAlready,
    ReviewerIsAuthor,
    RulesInvalid,
    WallBetweenPools,
    WrongState,
)
from question_bank.models import BankRules, PracticeProposal, Question, QuestionReview, QuestionVersion
from question_bank.queries import comments_of, content_of, draft_of
from tests.factories.accounts import make_role
from tests.factories.actors import actor_of, make_actor, make_staff_user
from tests.factories.question_bank import make_draft, make_question

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def last_audit():
    return AuditEntry.objects.order_by("-sequence").values_list("action", flat=True).first()


class TestCreate:
    def test_trainer_writes_a_draft_with_its_first_version(self, world):
        draft = make_draft()

        question = create_question(world.actor("trainer"), world.authority, draft, pool="exam", now=NOW)

        question.refresh_from_db()
        assert (question.state, question.pool, question.current.number) == ("draft", "exam", 1)
        assert draft_of(question.current) == draft
        assert question.current.author == world.users["trainer"]
        assert last_audit() == "question.created"

    @pytest.mark.parametrize("name", ["candidate", "regulator", "reviewer", "auditor", "system_admin"])
    def test_others_do_not_write(self, world, name):
        with pytest.raises(NotAllowed):
            create_question(world.actor(name), world.authority, make_draft(), pool="exam", now=NOW)
        assert not Question.objects.exists()

    def test_trainer_does_not_write_into_another_bank(self, world):
        with pytest.raises(NotAllowed):
            create_question(world.actor("trainer"), world.other_authority, make_draft(), pool="exam", now=NOW)

    def test_invalid_draft_is_refused_with_every_problem(self, world):
        with pytest.raises(QuestionInvalid) as refused:
            create_question(
                world.actor("trainer"), world.authority, make_draft(stem="", key=["z"]), pool="exam", now=NOW
            )

        assert str(refused.value) == "试题还不能保存：题干不能为空；答案中的选项 Z 不存在"
        assert not Question.objects.exists()


class TestRevise:
    def test_change_is_a_new_version_and_the_old_one_stays(self, world):
        question = make_question(world.authority, state="approved")
        old = question.current
        draft = replace(draft_of(old), law_reference="《安全生产法》第四条")

        revised = revise_question(world.actor("trainer"), question.public_id, draft, seen_version=1, now=NOW)

        assert (revised.state, revised.current.number) == ("draft", 2)
        assert draft_of(revised.current) == draft
        assert QuestionVersion.objects.get(pk=old.pk).law_reference == old.law_reference == ""
        assert revised.current.content_sha256 == old.content_sha256

    def test_version_seen_before_somebody_elses_change_is_stale(self, world):
        question = make_question(world.authority)
        revise_question(world.actor("trainer"), question.public_id, make_draft(), seen_version=1, now=NOW)

        with pytest.raises(Stale):
            revise_question(world.actor("trainer"), question.public_id, make_draft(), seen_version=1, now=NOW)

    def test_equal_version_is_refused(self, world):
        question = make_question(world.authority)

        with pytest.raises(NothingChanged):
            revise_question(
                world.actor("trainer"), question.public_id, draft_of(question.current), seen_version=1, now=NOW
            )

    def test_question_out_of_reach_does_not_exist(self, world):
        question = make_question(world.other_authority)

        with pytest.raises(NotFound):
            revise_question(world.actor("trainer"), question.public_id, make_draft(), seen_version=1, now=NOW)

    def test_versions_cannot_be_changed_in_the_database(self, world):
        version = make_question(world.authority).current
        before = content_of(version)

        for write in (
            lambda: QuestionVersion.objects.update(stem="x"),
            lambda: QuestionVersion.objects.all()._raw_delete("default"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                write()
        assert content_of(QuestionVersion.objects.get(pk=version.pk)) == before


class TestReview:
    def submitted_by_trainer(self, world):
        trainer = world.actor("trainer")
        question = create_question(trainer, world.authority, make_draft(), pool="exam", now=NOW)
        decide_questions(trainer, [question.public_id], "submit", now=NOW)
        return question

    def test_reviewer_approves_what_another_wrote(self, world):
        question = self.submitted_by_trainer(world)

        [approved] = decide_questions(world.actor("reviewer"), [question.public_id], "approve", comment="可用", now=NOW)

        assert approved.state == "approved"
        assert list(QuestionReview.objects.values_list("decision", "comment", "decided_by__username")) == [
            ("submitted", "", "trainer"),
            ("approved", "可用", "reviewer"),
        ]
        assert last_audit() == "question.approved"

    def test_nobody_approves_their_own(self, world):
        make_role(world.users["trainer"], "reviewer", authority=world.authority)
        question = self.submitted_by_trainer(world)

        with pytest.raises(ReviewerIsAuthor):
            decide_questions(actor_of(world.users["trainer"]), [question.public_id], "approve", now=NOW)
        assert Question.objects.get().state == "in_review"

    def test_author_of_an_earlier_unapproved_version_does_not_approve_either(self, world):
        make_role(world.users["reviewer"], "trainer", authority=world.authority)
        both = actor_of(world.users["reviewer"])
        question = create_question(both, world.authority, make_draft(), pool="exam", now=NOW)
        revise_question(world.actor("trainer"), question.public_id, make_draft(), seen_version=1, now=NOW)
        decide_questions(both, [question.public_id], "submit", now=NOW)

        with pytest.raises(ReviewerIsAuthor):
            decide_questions(both, [question.public_id], "approve", now=NOW)

    def test_author_of_an_approved_version_may_review_a_later_one_of_another(self, world):
        make_role(world.users["reviewer"], "trainer", authority=world.authority)
        both = actor_of(world.users["reviewer"])
        question = make_question(world.authority, state="approved", actor=both)
        revise_question(world.actor("trainer"), question.public_id, make_draft(), seen_version=1, now=NOW)
        decide_questions(both, [question.public_id], "submit", now=NOW)

        [approved] = decide_questions(both, [question.public_id], "approve", now=NOW)

        assert approved.state == "approved"

    def test_trainer_does_not_review_and_reviewer_does_not_submit(self, world):
        question = self.submitted_by_trainer(world)

        with pytest.raises(NotAllowed):
            decide_questions(world.actor("trainer"), [question.public_id], "approve", now=NOW)
        with pytest.raises(NotAllowed):
            decide_questions(world.actor("reviewer"), [question.public_id], "retire", now=NOW)

    def test_many_are_decided_together_or_not_at_all(self, world):
        good, draft = make_question(world.authority, state="in_review"), make_question(world.authority)

        with pytest.raises(WrongState):
            decide_questions(world.actor("reviewer"), [good.public_id, draft.public_id], "approve", now=NOW)
        assert set(Question.objects.values_list("state", flat=True)) == {"in_review", "draft"}

    @pytest.mark.parametrize(
        ("state", "decision", "name", "after"),
        [
            ("in_review", "return", "reviewer", "draft"),
            ("draft", "retire", "trainer", "retired"),
            ("approved", "retire", "trainer", "retired"),
        ],
    )
    def test_other_steps_lead_where_they_should(self, world, state, decision, name, after):
        question = make_question(world.authority, state=state)

        [decided] = decide_questions(world.actor(name), [question.public_id], decision, comment="说明", now=NOW)

        assert decided.state == after

    @pytest.mark.parametrize(
        ("state", "decision", "name"),
        [
            ("draft", "approve", "reviewer"),
            ("approved", "approve", "reviewer"),
            ("retired", "submit", "trainer"),
            ("approved", "return", "reviewer"),
            ("retired", "retire", "trainer"),
        ],
    )
    def test_steps_out_of_order_are_refused(self, world, state, decision, name):
        question = make_question(world.authority, state=state)

        with pytest.raises(WrongState):
            decide_questions(world.actor(name), [question.public_id], decision, now=NOW)
        assert Question.objects.get().state == state


class TestPools:
    def test_exam_question_goes_to_practice_when_another_person_agrees(self, world):
        question = make_question(world.authority, state="approved")
        proposal = propose_practice(world.actor("trainer"), question.public_id, reason="曝光过多", now=NOW)
        question.refresh_from_db()
        assert question.pool == "exam"

        decide_practice(world.actor("reviewer"), proposal.public_id, accept=True, comment="", now=NOW)

        question.refresh_from_db()
        assert (question.pool, question.state) == ("practice", "approved")
        assert last_audit() == "question.moved_to_practice"

    def test_a_refused_proposal_leaves_it_and_is_decided_once(self, world):
        question = make_question(world.authority, state="approved")
        proposal = propose_practice(world.actor("trainer"), question.public_id, reason="曝光过多", now=NOW)
        with pytest.raises(ProposalOpen):
            propose_practice(world.actor("trainer"), question.public_id, reason="又一次", now=NOW)

        decide_practice(world.actor("reviewer"), proposal.public_id, accept=False, comment="仍可用", now=NOW)

        question.refresh_from_db()
        assert question.pool == "exam"
        with pytest.raises(ProposalDecided):
            decide_practice(world.actor("reviewer"), proposal.public_id, accept=True, comment="", now=NOW)

    def test_who_proposed_does_not_decide(self, world):
        question = make_question(world.authority, state="approved")
        user = make_staff_user("trainer", authority=world.authority)
        make_role(user, "reviewer", authority=world.authority)
        both = actor_of(user)
        proposal = propose_practice(both, question.public_id, reason="曝光过多", now=NOW)

        with pytest.raises(SameApprover):
            decide_practice(both, proposal.public_id, accept=True, comment="", now=NOW)
        question.refresh_from_db()
        assert question.pool == "exam"

    def test_a_reason_is_asked_for(self, world):
        question = make_question(world.authority, state="approved")

        with pytest.raises(CommentMissing):
            propose_practice(world.actor("trainer"), question.public_id, reason=" ", now=NOW)
        assert not PracticeProposal.objects.exists()

    def test_nothing_comes_back_over_the_wall(self):
        with pytest.raises(WallBetweenPools):
            change_pool("practice", "exam")


class TestRulesOfTheAuthority:
    def test_two_reviewers_are_two_people(self, world):
        set_bank_rules(world.actor("regulator"), world.authority, RulesDraft(reviewers=2), now=NOW)
        question = make_question(world.authority, state="in_review")
        first = world.actor("reviewer")

        decide_questions(first, [question.public_id], "approve", now=NOW)
        question.refresh_from_db()
        assert question.state == "in_review"
        with pytest.raises(ReviewedAlready):
            decide_questions(first, [question.public_id], "approve", now=NOW)
        decide_questions(make_actor("reviewer", authority=world.authority), [question.public_id], "approve", now=NOW)

        question.refresh_from_db()
        assert question.state == "approved"

    def test_a_returned_version_starts_again_from_no_approval(self, world):
        set_bank_rules(world.actor("regulator"), world.authority, RulesDraft(reviewers=2), now=NOW)
        question = make_question(world.authority, state="in_review")
        first, second = world.actor("reviewer"), make_actor("reviewer", authority=world.authority)

        decide_questions(first, [question.public_id], "approve", now=NOW)
        decide_questions(second, [question.public_id], "return", now=NOW)
        decide_questions(world.actor("trainer"), [question.public_id], "submit", now=NOW)
        decide_questions(second, [question.public_id], "approve", now=NOW)

        question.refresh_from_db()
        assert question.state == "in_review"

    def test_the_checklist_is_ticked_and_kept(self, world):
        rules = RulesDraft(checklist=("有现行法规依据", "选项互斥"))
        set_bank_rules(world.actor("regulator"), world.authority, rules, now=NOW)
        question = make_question(world.authority, state="in_review")

        with pytest.raises(ChecklistIncomplete) as refused:
            decide_questions(world.actor("reviewer"), [question.public_id], "approve", checked=["选项互斥"], now=NOW)
        assert refused.value.params == {"missing": "有现行法规依据"}
        decide_questions(
            world.actor("reviewer"), [question.public_id], "approve", checked=list(rules.checklist), now=NOW
        )

        assert QuestionReview.objects.get(decision="approved").checklist == list(rules.checklist)

    @pytest.mark.parametrize("name", ["trainer", "reviewer", "other_regulator", "auditor", "system_admin"])
    def test_only_the_regulator_sets_them(self, world, name):
        with pytest.raises(NotAllowed):
            set_bank_rules(world.actor(name), world.authority, RulesDraft(), now=NOW)

    @pytest.mark.parametrize(
        "draft",
        [
            RulesDraft(reviewers=0), RulesDraft(reviewers=6), RulesDraft(checklist=("x" * 81,)),
            RulesDraft(checklist=("甲", "甲")), RulesDraft(exposure_limit=0), RulesDraft(checklist=("",)),
        ],
    )  # fmt: skip
    def test_impossible_rules_are_refused(self, world, draft):
        with pytest.raises(RulesInvalid):
            set_bank_rules(world.actor("regulator"), world.authority, draft, now=NOW)
        assert not BankRules.objects.exists()


class TestComments:
    def test_a_comment_decides_nothing(self, world):
        question = make_question(world.authority, state="in_review")

        comment_question(world.actor("reviewer"), question.public_id, "选项 B 有歧义", now=NOW)

        question.refresh_from_db()
        assert question.state == "in_review"
        assert [row.text for row in comments_of(question)] == ["选项 B 有歧义"]
