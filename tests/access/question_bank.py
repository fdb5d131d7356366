"""Who may call what in the question bank."""

from datetime import UTC, date, datetime

from core.actor import system_actor
from question_bank.actions import (
    ExamHeld,
    LawDraft,
    keep_pictures,
    make_paper_forms,
    propose_practice,
    record_forms_pdf,
    record_item_responses,
    record_law,
    stage_import,
)
from question_bank.domain.kinds.base import MarkingRule
from question_bank.domain.statistics.table import Response
from question_bank.models import ItemFlag
from tests.access import API_LOGIN, LOGIN, Row, only
from tests.factories.actors import World
from tests.factories.question_bank import make_blueprint, make_question, png

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BANK = ("trainer", "reviewer")
PLANNERS = ("trainer", "reviewer", "regulator")
FILE = "题型,题干,选项A,选项B,答案,知识点\n单选,安全生产工作的方针是什么,甲,乙,A,方针\n".encode()


def question(world: World) -> dict[str, str]:
    if "question" not in world.things:
        world.things["question"] = make_question(world.authority)
    return {"question_id": world.things["question"].public_id}


def submitted(world: World) -> dict[str, str]:
    if "submitted" not in world.things:
        world.things["submitted"] = make_question(world.authority, state="in_review")
    return {"question_id": world.things["submitted"].public_id}


def blueprint(world: World) -> dict[str, str]:
    if "blueprint" not in world.things:
        make_question(world.authority, state="approved")
        world.things["blueprint"] = make_blueprint(world.authority)
    return {"blueprint_id": world.things["blueprint"].public_id}


def upload(world: World) -> dict[str, str]:
    if "upload" not in world.things:
        actor = world.actor("trainer")
        world.things["upload"] = stage_import(actor, world.authority, ("a.csv", FILE), pool="exam", now=NOW)
    return {"import_id": world.things["upload"].public_id}


def bad_upload(world: World) -> dict[str, str]:
    if "bad_upload" not in world.things:
        actor = world.actor("trainer")
        file = ("a.csv", FILE.replace(b",A,", b",Z,"))
        world.things["bad_upload"] = stage_import(actor, world.authority, file, pool="exam", now=NOW)
    return {"import_id": world.things["bad_upload"].public_id}


def analysis(world: World) -> dict[str, str]:
    if "analysis" not in world.things:
        question(world)
        world.things["question"].refresh_from_db()
        found = [
            Response(f"p{number:02d}", f"{world.things['question'].public_id}@1", float(number < 5), 1.0, ["b"])
            for number in range(30)
        ]
        # Ten more questions that the others answer right: the first one sorts people the wrong way round.
        for other in (make_question(world.authority, state="approved") for _ in range(3)):
            found += [
                Response(f"p{number:02d}", f"{other.public_id}@1", float(number > 8), 1.0) for number in range(30)
            ]
        exam = ExamHeld("round/x/1", world.authority, "抽考", NOW.date(), MarkingRule())
        world.things["analysis"] = record_item_responses(system_actor("tests"), exam, found, now=NOW)
    return {"analysis_id": world.things["analysis"].public_id}


def flag(world: World) -> dict[str, str]:
    analysis(world)
    return {"flag_id": ItemFlag.objects.filter(kind="quarantine").first().public_id}


def proposal(world: World) -> dict[str, str]:
    if "proposal" not in world.things:
        question(world)
        world.things["proposal"] = propose_practice(
            world.actor("trainer"), world.things["question"].public_id, reason="曝光", now=NOW
        )
    return {"proposal_id": world.things["proposal"].public_id}


def picture(world: World) -> dict[str, str]:
    if "picture" not in world.things:
        names = keep_pictures(world.actor("trainer"), world.authority, [png()], now=NOW)
        world.things["picture"] = next(iter(names.values()))
    return {"picture_id": world.things["picture"]}


def law(world: World) -> dict[str, str]:
    if "law" not in world.things:
        draft = LawDraft("中华人民共和国消防法", "2021", date(2021, 4, 29))
        world.things["law"] = record_law(world.actor("trainer"), draft, now=NOW)
    return {"law_id": world.things["law"].public_id}


def paper_forms(world: World) -> dict[str, str]:
    if "paper_forms" not in world.things:
        found = blueprint(world)["blueprint_id"]
        row = make_paper_forms(world.actor("trainer"), found, on=NOW.date(), now=NOW)
        record_forms_pdf(system_actor("tests"), row.public_id, b"%PDF-1.7")
        world.things["paper_forms"] = row
    return {"forms_id": world.things["paper_forms"].public_id}


def template(world: World) -> dict[str, str]:
    return {"format_name": "xlsx"}


def decide(decision: str, name: str):
    def data(world: World) -> dict[str, str]:
        made = {"question": question, "submitted": submitted}[name](world)
        return {"decision": decision, "question": made["question_id"]}

    return data


def new_question(world: World) -> dict[str, object]:
    return {
        "authority": world.authority.code,
        "kind": "single_choice",
        "stem": "主要负责人的职责有几项",
        "options": ["七项", "八项"],
        "key": ["a"],
        "knowledge_point": "职责",
    }


def revision(world: World) -> dict[str, object]:
    question(world)
    return new_question(world) | {"seen_version": 1}


def submission(world: World) -> dict[str, object]:
    return {"decision": "submit", "questions": [question(world)["question_id"]]}


MATRIX: dict[str, Row | tuple[Row, ...]] = {
    "question_bank:question_list": only(*BANK),
    "question_bank:question_new": only("trainer"),
    "question_bank:question_detail": only(*BANK, kwargs=question),
    "question_bank:question_edit": only("trainer", kwargs=question),
    # A step that the question does not allow is shown on its page; the actions themselves refuse with 403.
    "question_bank:question_decide": (
        Row(
            {"anonymous": LOGIN, "trainer": 302, "*": 403},
            kwargs=question,
            method="post",
            data=lambda world: {"decision": "submit"},
        ),
        Row(
            {"anonymous": LOGIN, "reviewer": 302, "*": 403},
            kwargs=submitted,
            method="post",
            data=lambda world: {"decision": "approve"},
        ),
    ),
    "question_bank:questions_decide": (
        only(*BANK, method="post", data=decide("submit", "question")),
        Row(
            {"anonymous": LOGIN, "trainer": 302, "*": 403},
            method="post",
            data=lambda world: decide("submit", "question")(world) | {"confirmed": "1"},
        ),
    ),
    "question_bank:question_comment": Row(
        {"anonymous": LOGIN, "trainer": 302, "reviewer": 302, "*": 403},
        kwargs=question,
        method="post",
        data=lambda world: {"comment": "选项 B 有歧义"},
    ),
    "question_bank:question_enemy": Row(
        {"anonymous": LOGIN, "trainer": 302, "*": 403},
        kwargs=question,
        method="post",
        data=lambda world: {"other": submitted(world)["question_id"]},
    ),
    "question_bank:question_require": Row(
        {"anonymous": LOGIN, "trainer": 302, "*": 403},
        kwargs=question,
        method="post",
        data=lambda world: {"cell": f"{blueprint(world)['blueprint_id']}:1"},
    ),
    "question_bank:question_statistics": only(*BANK, kwargs=question),
    "question_bank:analysis_list": only(*PLANNERS, "other_regulator"),
    "question_bank:analysis_detail": Row(
        {"anonymous": LOGIN, "other_regulator": 404} | dict.fromkeys(PLANNERS, 200) | {"*": 403},
        kwargs=analysis,
    ),
    "question_bank:flag_settle": Row(
        {"anonymous": LOGIN, "reviewer": 302, "*": 403},
        kwargs=flag,
        method="post",
        data=lambda world: {"comment": "看过，无误"},
    ),
    "question_bank:bank_rules": only("regulator", "other_regulator"),
    "question_bank:proposal_list": only(*BANK),
    "question_bank:proposal_decide": Row(
        {"anonymous": LOGIN, "reviewer": 302, "*": 403},
        kwargs=proposal,
        method="post",
        data=lambda world: {"decision": "accept"},
    ),
    "question_bank:question_practice": only("trainer", status=302, kwargs=question, method="post"),
    "question_bank:questions_export": Row(
        {"anonymous": LOGIN, "trainer": 200, "*": 403},
        method="post",
        data=lambda world: question(world) and {"format": "csv"},
    ),
    "question_bank:picture": Row({"anonymous": LOGIN, "trainer": 200, "reviewer": 200, "*": 404}, kwargs=picture),
    "question_bank:import_list": only("trainer"),
    "question_bank:import_new": only("trainer"),
    "question_bank:import_template": only("trainer", kwargs=template),
    "question_bank:import_detail": only("trainer", kwargs=upload),
    "question_bank:import_progress": only("trainer", kwargs=upload),
    "question_bank:import_errors": only("trainer", kwargs=bad_upload),
    "question_bank:import_apply": only("trainer", status=302, kwargs=upload, method="post"),
    "question_bank:import_cancel": only("trainer", status=302, kwargs=upload, method="post"),
    "question_bank:blueprint_list": only(*PLANNERS, "other_regulator"),
    "question_bank:blueprint_new": only("trainer", "regulator", "other_regulator"),
    "question_bank:blueprint_detail": Row(
        {"anonymous": LOGIN, "other_regulator": 404} | dict.fromkeys(PLANNERS, 200) | {"*": 403},
        kwargs=blueprint,
    ),
    "question_bank:blueprint_edit": Row(
        {"anonymous": LOGIN, "other_regulator": 404, "trainer": 200, "regulator": 200, "*": 403},
        kwargs=blueprint,
    ),
    "question_bank:blueprint_archive": Row(
        {"anonymous": LOGIN, "other_regulator": 404, "trainer": 302, "regulator": 302, "*": 403},
        kwargs=blueprint,
        method="post",
    ),
    "question_bank:blueprint_forms": Row(
        {"anonymous": LOGIN, "other_regulator": 404, "trainer": 200, "reviewer": 200, "*": 403},
        kwargs=blueprint,
    ),
    "question_bank:forms_file": Row(
        {"anonymous": LOGIN, "trainer": 200, "reviewer": 200, "*": 403},
        kwargs=paper_forms,
    ),
    "question_bank:topics": only(*BANK),
    "question_bank:viewings": only("reviewer", "auditor"),
    "question_bank:law_list": only(*BANK),
    "question_bank:law_new": only("trainer"),
    "question_bank:law_withdraw": Row(
        {"anonymous": LOGIN, "trainer": 302, "*": 403},
        kwargs=law,
        method="post",
        data=lambda world: {"article": "21", "withdrawn_on": "2026-11-01"},
    ),
    "question_bank:law_repeal": Row(
        {"anonymous": LOGIN, "trainer": 302, "*": 403},
        kwargs=law,
        method="post",
        data=lambda world: {"repealed_on": "2026-11-01"},
    ),
    "question_bank:questions_edit": only("trainer", method="post", data=decide("submit", "question")),
    "question_bank:filter_save": Row(
        {"anonymous": LOGIN, "trainer": 302, "reviewer": 302, "*": 403},
        method="post",
        data=lambda world: {"name": "待审", "query": "state=in_review"},
    ),
    "question_bank:filter_delete": Row(
        {"anonymous": LOGIN, "trainer": 302, "reviewer": 302, "*": 403},
        method="post",
        data=lambda world: {"name": "待审"},
    ),
    "question_bank:blueprint_sample": Row(
        {"anonymous": LOGIN, "other_regulator": 404, "trainer": 200, "reviewer": 200, "*": 403},
        kwargs=blueprint,
    ),
    "api:question_list": (
        only(*BANK, anonymous=API_LOGIN),
        only("trainer", status=201, anonymous=API_LOGIN, method="post", data=new_question),
    ),
    "api:question_detail": only(*BANK, anonymous=API_LOGIN, kwargs=question),
    "api:question_versions": only(
        "trainer",
        status=201,
        anonymous=API_LOGIN,
        kwargs=question,
        method="post",
        data=revision,
    ),
    "api:question_decisions": only("trainer", anonymous=API_LOGIN, method="post", data=submission),
    # A file, which these rows cannot send: the trainer gets as far as being told so.
    "api:question_imports": Row(
        {
            "anonymous": API_LOGIN,
            "trainer": frozenset({400, 415}),
            "reviewer": frozenset({400, 415}),
            "*": frozenset({403, 415}),
        },
        method="post",
    ),
    "api:blueprint_list": only(*PLANNERS, "other_regulator", anonymous=API_LOGIN),
    "api:blueprint_detail": Row(
        {"anonymous": API_LOGIN, "other_regulator": 404} | dict.fromkeys(PLANNERS, 200) | {"*": 403},
        kwargs=blueprint,
    ),
}
