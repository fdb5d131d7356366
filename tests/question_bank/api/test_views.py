import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from question_bank.models import Question
from question_bank.queries import content_of
from tests.factories.question_bank import make_blueprint, make_cell, make_draft, make_question

BASE = "/api/v1/questions/"
GOOD = "题型,题干,选项A,选项B,答案,知识点\n单选,安全生产工作坚持的方针是什么,安全第一,效益第一,A,方针\n".encode()


@pytest.fixture
def trainer(world):
    return world.api_client("trainer")


def body(world, **over):
    return {
        "authority": world.authority.code, "kind": "multiple_choice", "stem": "三个必须包括哪些", "key": ["c", "a"],
        "options": ["管行业", "管人事", "管业务"], "knowledge_point": "方针", "difficulty": "0.40", "posts": ["principal"],
    } | over  # fmt: skip


class TestQuestions:
    def test_question_is_written_and_read_back(self, world, trainer):
        answer = trainer.post(BASE, body(world), format="json")

        assert (answer.status_code, answer.data["state"], answer.data["version"]) == (201, "draft", 1)
        assert answer.data["key"] == ["a", "c"]
        assert trainer.get(f"{BASE}{answer.data['id']}/").data == answer.data
        assert [row["id"] for row in trainer.get(BASE, {"kind": "multiple_choice"}).data["results"]] == [
            answer.data["id"]
        ]
        assert trainer.get(BASE, {"kind": "true_false"}).data["count"] == 0

    def test_true_false_needs_no_options(self, world, trainer):
        answer = trainer.post(BASE, body(world, kind="true_false", options=[], key=["f"]), format="json")

        assert [option["text"] for option in answer.data["options"]] == ["正确", "错误"]

    @pytest.mark.parametrize(
        ("over", "status"),
        [
            ({"key": ["z"]}, 422),
            ({"options": ["同", "同"]}, 422),
            ({"stem": "<script>alert(1)</script>"}, 422),
            ({"kind": "essay"}, 400),
            ({"key": "a"}, 400),
            ({"difficulty": 7}, 400),
            ({"stem": "长" * 3000}, 400),
            ({"posts": ["boss"]}, 400),
            ({"authority": "NONE"}, 404),
            ({"industry": "捕鱼"}, 422),
        ],
    )
    def test_bad_input_is_refused_and_changes_nothing(self, world, trainer, over, status):
        answer = trainer.post(BASE, body(world, **over), format="json")

        assert (answer.status_code, set(answer.data)) == (status, {"code", "message", "params"})
        assert not Question.objects.exists()

    def test_version_is_added_and_a_stale_one_is_refused(self, world, trainer):
        question = make_question(world.authority)
        address = f"{BASE}{question.public_id}/versions/"

        first = trainer.post(address, body(world, seen_version=1), format="json")
        second = trainer.post(address, body(world, seen_version=1, stem="又改"), format="json")

        assert (first.status_code, first.data["version"]) == (201, 2)
        assert (second.status_code, second.data["code"]) == (409, "stale")

    def test_decisions_follow_the_rules(self, world, trainer):
        question = make_question(world.authority)
        decide = {"questions": [question.public_id], "decision": "submit"}

        assert trainer.post(f"{BASE}decisions/", decide, format="json").data == {"decided": 1}
        refused = trainer.post(f"{BASE}decisions/", decide, format="json")
        approved = world.api_client("reviewer").post(
            f"{BASE}decisions/", decide | {"decision": "approve"}, format="json"
        )

        assert (refused.status_code, refused.data["code"]) == (422, "question_wrong_state")
        assert approved.data == {"decided": 1}

    def test_candidate_sees_nothing_of_a_key(self, world):
        question = make_question(world.authority, state="approved", explanation="CANARY-KEY")

        for address in (BASE, f"{BASE}{question.public_id}/", "/api/v1/blueprints/"):
            answer = world.api_client("candidate").get(address)
            assert answer.status_code == 403
            assert b"CANARY-KEY" not in answer.content


class TestImports:
    def upload(self, world, client, data=GOOD, **over):
        form = {"file": SimpleUploadedFile("a.csv", data), "authority": world.authority.code} | over
        return client.post(f"{BASE}imports/", form, format="multipart")

    def test_dry_run_reports_and_import_writes(self, world, trainer):
        assert self.upload(world, trainer, dry_run="true").data["accepted"] == 1
        assert not Question.objects.exists()

        assert self.upload(world, trainer).data["accepted"] == 1
        assert content_of(Question.objects.get().current).key == ["a"]

    def test_faulty_file_is_refused_whole(self, world, trainer):
        answer = self.upload(world, trainer, GOOD + "单选,没有答案,甲,乙,,方针\n".encode())

        assert (answer.status_code, answer.data["code"]) == (422, "import_refused")
        assert not Question.objects.exists()

    def test_reviewer_does_not_import(self, world):
        assert self.upload(world, world.api_client("reviewer")).status_code == 403


class TestBlueprints:
    def test_detail_says_what_the_bank_holds_and_no_question(self, world):
        question = make_question(world.authority, state="approved", explanation="CANARY-KEY")
        row = make_blueprint(world.authority, make_cell(count=2))

        answer = world.api_client("regulator").get(f"/api/v1/blueprints/{row.public_id}/")

        assert (answer.data["question_count"], answer.data["total_mark"]) == (2, "2.00")
        [line] = answer.data["feasibility"]
        assert (line["asked"], line["matching"], line["is_feasible"]) == (2, 1, False)
        assert question.current.stem.encode() not in answer.content
        assert make_draft().knowledge_point not in answer.data["feasibility"][0]["message"]
