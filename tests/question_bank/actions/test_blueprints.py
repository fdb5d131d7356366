from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core.errors import NotAllowed, NotFound
from question_bank.actions import archive_blueprint, change_blueprint, commit_bank_snapshot, create_blueprint
from question_bank.domain.kinds import MarkingRule
from question_bank.domain.snapshot import bank_root
from question_bank.errors import BlueprintInfeasible, BlueprintInUse, BlueprintInvalid
from question_bank.models import BankSnapshot, Blueprint
from question_bank.queries import (
    bank_items,
    blueprint_value,
    blueprints_for,
    get_blueprint,
    marking_rule_of,
    snapshot_content,
    version_contents,
)
from tests.factories.question_bank import make_blueprint, make_cell, make_question

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


class TestWriting:
    def test_cells_are_kept_in_order_with_all_their_wishes(self, world):
        make_question(world.authority, knowledge_point="消防")
        cells = (
            make_cell("1", count=3, knowledge_points=("消防",), industries=("建筑施工",), posts=("principal",), mark=Decimal("1.50")),
            make_cell("2", "true_false", 2, difficulty_from=Decimal("0.20"), difficulty_to=Decimal("0.50")),
        )  # fmt: skip

        row = create_blueprint(
            world.actor("regulator"), world.authority, "季度方案", cells=cells, marking_rule=MarkingRule("proportional"), now=NOW,
        )  # fmt: skip

        row = get_blueprint(world.actor("regulator"), row.public_id)
        assert blueprint_value(row).cells == cells
        assert marking_rule_of(row) == MarkingRule("proportional")

    @pytest.mark.parametrize("name", ["candidate", "reviewer", "other_regulator", "auditor"])
    def test_others_do_not_write(self, world, name):
        with pytest.raises(NotAllowed):
            create_blueprint(world.actor(name), world.authority, "x", cells=[make_cell()], now=NOW)

    @pytest.mark.parametrize(
        ("title", "cells", "said"),
        [
            (" ", [make_cell()], "名称"),
            ("季度", [make_cell()], "已有名为"),
            ("x", [], "至少添加一个题组"),
            ("x", [make_cell(count=0)], "题数"),
            ("x", [make_cell(knowledge_points=("没有的",))], "不存在"),
        ],
    )
    def test_faults_are_refused_in_words(self, world, title, cells, said):
        make_blueprint(world.authority, title="季度")

        with pytest.raises(BlueprintInvalid) as refused:
            create_blueprint(world.actor("trainer"), world.authority, title, cells=cells, now=NOW)

        assert said in str(refused.value)
        assert Blueprint.objects.count() == 1

    def test_change_replaces_cells_and_archive_hides(self, world):
        row = make_blueprint(world.authority)

        change_blueprint(
            world.actor("trainer"), row.public_id, title="新名", cells=[make_cell("9", count=9)], marking_rule=MarkingRule(), now=NOW,
        )  # fmt: skip
        archived = archive_blueprint(world.actor("trainer"), row.public_id, now=NOW)

        assert blueprint_value(get_blueprint(world.actor("trainer"), row.public_id)).question_count == 9
        assert (archived.title, archived.is_active) == ("新名", False)


class TestReach:
    def test_office_shares_with_authorities_below_and_streets_do_not_share(self, world):
        shared, own, other = (make_blueprint(place) for place in (world.office, world.authority, world.other_authority))

        assert set(blueprints_for(world.actor("regulator"))) == {shared, own}
        assert set(blueprints_for(world.actor("candidate"))) == set()
        with pytest.raises(NotFound):
            get_blueprint(world.actor("regulator"), other.public_id)

    def test_shared_blueprint_is_used_but_not_changed_from_below(self, world):
        shared = make_blueprint(world.office)

        with pytest.raises(NotAllowed):
            archive_blueprint(world.actor("regulator"), shared.public_id, now=NOW)


class TestSnapshot:
    def test_only_approved_valid_exam_questions_are_committed(self, world):
        good = make_question(world.authority, state="approved", valid_until=TODAY)
        make_question(world.authority, state="in_review")
        make_question(world.authority, state="retired")
        make_question(world.authority, state="approved", pool="practice")
        make_question(world.authority, state="approved", valid_until=date(2026, 11, 22))
        make_question(world.other_authority, state="approved")

        assert [item.ref.item for item in bank_items(world.authority, on=TODAY)] == [good.public_id]

    def test_commitment_names_versions_by_hash_and_serves_their_contents(self, world):
        question = make_question(world.authority, state="approved")
        row = make_blueprint(world.authority)

        snapshot = commit_bank_snapshot(world.actor("regulator"), row.public_id, now=NOW)

        content = snapshot_content(BankSnapshot.objects.get(pk=snapshot.pk))
        [ref] = content.cells[0].items
        assert (ref.ref, ref.sha256) == (f"{question.public_id}@1", question.current.content_sha256)
        assert (snapshot.bank_root, snapshot.item_count) == (bank_root(content), 1)
        assert version_contents([ref.ref, f"{question.public_id}@2", "nobody@1"])[ref.ref].stem == question.current.stem
        assert len(version_contents([ref.ref, "nobody@1"])) == 1

    def test_infeasible_blueprint_is_not_committed(self, world):
        make_question(world.authority, state="approved")
        row = make_blueprint(world.authority, make_cell(count=3))

        with pytest.raises(BlueprintInfeasible) as refused:
            commit_bank_snapshot(world.actor("regulator"), row.public_id, now=NOW)

        assert str(refused.value) == "题库不能满足组卷方案：要求 3 道单选题，题库只有 1 道，还缺 2 道"
        assert not BankSnapshot.objects.exists()

    def test_blueprint_in_use_stays_as_it_is(self, world):
        make_question(world.authority, state="approved")
        row = make_blueprint(world.authority)
        commit_bank_snapshot(world.actor("regulator"), row.public_id, now=NOW)

        with pytest.raises(BlueprintInUse):
            change_blueprint(
                world.actor("trainer"), row.public_id, title="x", cells=[make_cell()], marking_rule=MarkingRule(), now=NOW,
            )  # fmt: skip

    def test_snapshot_cannot_be_changed_in_the_database(self, world):
        make_question(world.authority, state="approved")
        snapshot = commit_bank_snapshot(world.actor("regulator"), make_blueprint(world.authority).public_id, now=NOW)

        with pytest.raises(DatabaseError), transaction.atomic():
            BankSnapshot.objects.filter(pk=snapshot.pk).update(bank_root="0" * 64)
