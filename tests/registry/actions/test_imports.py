"""Import of enterprises with their people."""

import io
import time
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from core.actor import REGULATOR, Actor, Grant, Reach
from core.errors import NotAllowed, NotFound
from core.models import AuditEntry, JobRun
from core.spreadsheets import (
    DuplicateColumns,
    FileEmpty,
    MissingColumns,
    OldExcelFile,
    SpreadsheetRefused,
    UnknownFileType,
)
from registry.actions import (
    apply_enterprise_import,
    apply_requested_import,
    cancel_enterprise_import,
    check_staged_import,
    forget_old_imports,
    imports,
    request_enterprise_import,
    stage_enterprise_import,
)
from registry.errors import ImportChanged, ImportClosed, ImportHasErrors, ImportTooLong, SheetsAmbiguous
from registry.models import Appointment, Authority, Enterprise, EnterpriseImport, Person
from registry.queries import id_number_of, region_of_authority
from tests.factories.registry import SYSTEM, make_id_number, make_reference_data, make_uscc
from tests.registry.tables import TEXTS, csv, row, xlsx

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference_data(db: None) -> None:
    make_reference_data()


def clerk(code: str = "YYLQ-007", user_id: int = 71) -> Actor:
    """A regulator at an authority of the reference data; 007 is 望岳路街道."""
    authority = Authority.objects.get(code=code)
    region = region_of_authority(authority)
    grant = Grant(REGULATOR, authority_id=authority.pk, region=region)
    return Actor(user_id=user_id, person_id=None, label=code, grants=(grant,), reach=Reach(regions=(region,)))


def stage(content: bytes, name: str = "名单.xlsx", actor: Actor | None = None) -> EnterpriseImport:
    return stage_enterprise_import(actor or clerk(), name, content, now=NOW)


def checked(content: bytes, name: str = "名单.xlsx", actor: Actor | None = None) -> EnterpriseImport:
    """A large upload after the background has checked it."""
    actor = actor or clerk()
    staged = stage(content, name, actor)
    assert staged.state == "checking"
    check_staged_import(actor, staged.public_id, now=NOW)
    staged.refresh_from_db()
    return staged


def run(content: bytes, name: str = "名单.xlsx", actor: Actor | None = None) -> EnterpriseImport:
    actor = actor or clerk()
    return apply_enterprise_import(actor, stage(content, name, actor).public_id, NOW)


def problems_of(content: bytes, name: str = "名单.xlsx", actor: Actor | None = None) -> list[tuple[int, str, str]]:
    """(row, column, code) of each problem; and nothing was written."""
    staged = stage(content, name, actor)
    assert (Enterprise.objects.count(), Person.objects.count()) == (0, 0)
    return [(problem["row"], problem["column"], problem["code"]) for problem in staged.problems]


# --- what a right file does ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("make", "name"), [(xlsx, "名单.xlsx"), (csv, "名单.csv")])
def test_import_of_a_right_file_registers_enterprise_person_and_appointment(make: Any, name: str) -> None:
    applied = run(make([row()]), name)

    enterprise = Enterprise.objects.get()
    assert (enterprise.name, enterprise.uscc, enterprise.area.name, enterprise.industry.name) == (
        "岳阳望岳建筑有限公司", TEXTS["统一社会信用代码"], "望岳路街道", "建筑施工",
    )  # fmt: skip
    assert [tag.name for tag in enterprise.tags.all()] == ["有限空间", "动火作业"]
    assert (enterprise.is_large_scale, enterprise.is_high_hazard, enterprise.needs_safety_director) == (
        True,
        True,
        True,
    )
    assert enterprise.flags_rule_date == date(2021, 1, 1)
    person = Person.objects.get()
    assert (person.name, person.name_sort_key, person.phone) == ("李建国", "li jian guo", "+8613812341234")
    assert id_number_of(SYSTEM, person) == TEXTS["证件号码"]
    appointment = Appointment.objects.get()
    assert (appointment.post, appointment.capacity) == ("principal", "legal_representative")
    assert (appointment.valid_from, appointment.valid_to) == (date(2024, 1, 5), None)
    assert (applied.state, applied.file_sealed, applied.applied_at) == ("applied", None, NOW)
    assert applied.summary["counts"]["people"] == {"new": 1, "changed": 0, "unchanged": 0}


def test_import_of_a_gbk_csv_reads_the_names() -> None:
    run(csv([row()]).decode("utf-8-sig").encode("gbk"), "名单.csv")

    assert Enterprise.objects.get().name == "岳阳望岳建筑有限公司"


def test_import_a_second_time_says_that_nothing_changes() -> None:
    content = xlsx(
        [row(), row(姓名="王安全", 证件号码=make_id_number(7_002), 岗位="安全管理人员", 身份="", 任职日期="")]
    )
    run(content)
    before = list(Enterprise.objects.values()) + list(Person.objects.values()) + list(Appointment.objects.values())

    again = run(content)

    assert again.summary["counts"] == {
        "enterprises": {"new": 0, "changed": 0, "unchanged": 1},
        "people": {"new": 0, "changed": 0, "unchanged": 2},
        "appointments": {"new": 0, "changed": 0, "unchanged": 2},
    }
    assert again.summary["changes_total"] == 0
    after = list(Enterprise.objects.values()) + list(Person.objects.values()) + list(Appointment.objects.values())
    assert before == after


def test_import_again_with_changes_shows_them_masked_and_writes_them() -> None:
    run(xlsx([row()]))
    actor = clerk()

    staged = stage(xlsx([row(从业人员数="80", 手机号="13900001111", 离任日期="2026-10-31", 风险标签="")]), actor=actor)

    assert [(item["column"], item["before"], item["after"]) for item in staged.summary["changes"]] == [
        ("从业人员数", "120", "80"),
        ("手机号", "138****1234", "139****1111"),
        ("离任日期", "", "2026-10-31"),
    ]
    assert Enterprise.objects.get().employees == 120
    apply_enterprise_import(actor, staged.public_id, NOW)
    enterprise = Enterprise.objects.get()
    assert (enterprise.employees, enterprise.tags.count()) == (80, 2)  # an empty optional cell leaves what is there
    assert Person.objects.get().phone == "+8613900001111"
    assert Appointment.objects.get().valid_to == date(2026, 10, 31)


def test_import_preview_keeps_no_id_number_and_no_phone_in_clear() -> None:
    staged = stage(xlsx([row(), row(乡街="乱写13812341234"), row(姓名="另一人")]))

    stored = str(EnterpriseImport.objects.filter(pk=staged.pk).values()[0])

    assert TEXTS["证件号码"] not in stored
    assert "13812341234" not in stored


def test_import_with_one_faulty_row_writes_nothing() -> None:
    actor = clerk()
    staged = stage(xlsx([row(), row(证件号码="110105194912310021", 姓名="王五")]), actor=actor)

    with pytest.raises(ImportHasErrors):
        apply_enterprise_import(actor, staged.public_id, NOW)

    assert (Enterprise.objects.count(), Person.objects.count(), Appointment.objects.count()) == (0, 0, 0)


def test_import_tells_two_merged_years_of_one_post_apart() -> None:
    run(xlsx([row(任职日期="2020-01-01", 离任日期="2022-12-31"), row(任职日期="2023-06-01")]))

    again = run(xlsx([row(任职日期="2020-01-01", 离任日期="2022-12-31"), row(任职日期="2023-06-01")]))

    assert sorted(Appointment.objects.values_list("valid_from", "valid_to"), key=str) == [
        (date(2020, 1, 1), date(2022, 12, 31)),
        (date(2023, 6, 1), None),
    ]
    assert again.summary["counts"]["appointments"] == {"new": 0, "changed": 0, "unchanged": 2}


# --- faulty cells ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("单位名称", "", "cell_required"),
        ("单位名称", "<script>alert(1)</script>", "name_malformed"),
        ("单位名称", "岳" * 30_000, "name_malformed"),
        ("统一社会信用代码", "", "cell_required"),
        ("统一社会信用代码", "9143060", "credit_code_malformed"),
        ("统一社会信用代码", "914306020000000000", "credit_code_check_wrong"),
        ("乡街", "不存在街道", "unknown_area"),
        ("乡街", "洛王街道（梅溪并入）", "unknown_area"),
        ("行业领域", "航天", "unknown_industry"),
        ("风险标签", "有限空间、爆竹", "unknown_tag"),
        ("从业人员数", "一百", "cell_not_count"),
        ("从业人员数", "-5", "cell_not_count"),
        ("从业人员数", "2000000", "figure_impossible"),
        ("年主营业务收入(万元)", "很多", "cell_not_amount"),
        ("年主营业务收入(万元)", "-1", "cell_not_amount"),
        ("年主营业务收入(万元)", "NaN", "cell_not_amount"),
        ("监管部门", "国务院", "unknown_authority"),
        ("姓名", "", "cell_required"),
        ("姓名", "=HYPERLINK(\"http://x\")", "name_malformed"),
        ("证件类型", "学生证", "cell_not_choice"),
        ("证件号码", "", "cell_required"),
        ("证件号码", 430602198001010000, "cell_is_number"),
        ("证件号码", "430602198013010019", "id_card_date_impossible"),
        ("证件号码", "110105194912310021", "id_card_check_wrong"),
        ("证件号码", "430602800101001", "id_card_old_form"),
        ("手机号", "0730-8123456", "phone_malformed"),
        ("岗位", "", "cell_required"),
        ("岗位", "保安", "cell_not_choice"),
        ("身份", "股东", "cell_not_choice"),
        ("任职日期", "昨天", "cell_not_date"),
        ("任职日期", "2024-02-30", "cell_not_date"),
        ("任职日期", "1800-01-01", "cell_not_date"),
        ("任职日期", 45000, "cell_not_date"),
        ("离任日期", "2023-01-01", "dates_reversed"),
    ],
)  # fmt: skip
def test_import_with_a_faulty_cell_names_row_and_column(column: str, value: object, code: str) -> None:
    expected_column = "从业人员数" if code == "figure_impossible" else column

    assert problems_of(xlsx([row(**{column: value})])) == [(2, expected_column, code)]


def test_import_names_every_faulty_cell_of_a_row_at_once() -> None:
    content = xlsx([row(统一社会信用代码="1", 证件号码="2", 手机号="3")])

    assert problems_of(content) == [
        (2, "统一社会信用代码", "credit_code_malformed"),
        (2, "证件号码", "id_card_malformed"),
        (2, "手机号", "phone_malformed"),
    ]


def test_import_accepts_phone_numbers_and_dates_typed_as_such() -> None:
    run(xlsx([row(手机号=13812341234, 任职日期=date(2024, 1, 5), 从业人员数=120)]))

    assert Person.objects.get().phone == "+8613812341234"
    assert Appointment.objects.get().valid_from == date(2024, 1, 5)


def test_import_with_a_formula_without_result_names_the_cell() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx([row()])))
    book.active["F2"] = "=100+20"
    buffer = io.BytesIO()
    book.save(buffer)

    assert problems_of(buffer.getvalue()) == [(2, "从业人员数", "cell_is_formula")]


def test_import_with_merged_cells_names_the_rows() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx([row(), row(姓名="王五", 证件号码=make_id_number(7_003))])))
    book.active.merge_cells("A2:A3")
    buffer = io.BytesIO()
    book.save(buffer)

    assert problems_of(buffer.getvalue()) == [(2, "", "cell_merged"), (3, "单位名称", "cell_required")]


# --- contradictions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "column", "code"),
    [
        ({}, "", "row_repeated"),
        ({"姓名": "李建军", "岗位": "其他"}, "姓名", "person_rows_differ"),
        ({"手机号": "13900001111", "岗位": "其他"}, "手机号", "person_rows_differ"),
        ({"单位名称": "另一家公司", "岗位": "其他"}, "单位名称", "enterprise_rows_differ"),
        ({"从业人员数": "5", "岗位": "其他"}, "从业人员数", "enterprise_rows_differ"),
    ],
)
def test_import_with_rows_that_contradict_each_other_names_the_second(second: Any, column: str, code: str) -> None:
    assert problems_of(xlsx([row(), row(**second)])) == [(3, column, code)]


@pytest.mark.parametrize(
    ("over", "column", "code"),
    [
        ({"姓名": "李建军"}, "姓名", "person_name_conflict"),
        ({"单位名称": "另一家公司"}, "单位名称", "enterprise_name_conflict"),
    ],
)
def test_import_that_contradicts_the_database_is_an_error(over: Any, column: str, code: str) -> None:
    run(xlsx([row()]))

    staged = stage(xlsx([row(**over)]))

    assert [(problem["row"], problem["column"], problem["code"]) for problem in staged.problems] == [(2, column, code)]


# --- reach -----------------------------------------------------------------------------------------------------------


def test_import_into_another_street_is_a_row_error() -> None:
    content = xlsx(
        [
            row(),
            row(乡街="城陵矶街道", 统一社会信用代码=make_uscc(7_000_002), 姓名="王五", 证件号码=make_id_number(7_004)),
        ]
    )

    assert problems_of(content) == [(3, "乡街", "outside_reach")]


def test_import_into_another_industry_is_a_row_error() -> None:
    assert problems_of(xlsx([row(行业领域="危险化学品（经营）")]), actor=clerk("YYLQ-ZJ")) == [
        (2, "乡街", "outside_reach")
    ]


def test_import_cannot_pull_an_enterprise_out_of_another_street() -> None:
    run(xlsx([row()]))

    staged = stage(xlsx([row(乡街="城陵矶街道")]), actor=clerk("YYLQ-008"))

    assert [(problem["column"], problem["code"]) for problem in staged.problems] == [
        ("统一社会信用代码", "outside_reach")
    ]


def test_import_cannot_change_the_phone_of_somebody_elsewhere() -> None:
    run(xlsx([row()]))
    other = row(乡街="城陵矶街道", 统一社会信用代码=make_uscc(7_000_003), 单位名称="城陵矶公司", 手机号="13900001111")

    staged = stage(xlsx([other]), actor=clerk("YYLQ-008"))

    assert [(problem["column"], problem["code"]) for problem in staged.problems] == [
        ("手机号", "person_phone_conflict")
    ]


def test_import_by_somebody_without_the_role_is_refused() -> None:
    with pytest.raises(NotAllowed):
        stage(xlsx([row()]), actor=Actor(user_id=1, person_id=None, label="nobody"))


def test_import_of_a_colleague_is_not_found() -> None:
    staged = stage(xlsx([row()]))

    with pytest.raises(NotFound):
        apply_enterprise_import(clerk(user_id=72), staged.public_id, NOW)


# --- life of an upload -----------------------------------------------------------------------------------------------


def test_apply_twice_is_refused_the_second_time() -> None:
    actor = clerk()
    applied = run(xlsx([row()]), actor=actor)

    with pytest.raises(ImportClosed):
        apply_enterprise_import(actor, applied.public_id, NOW)

    assert AuditEntry.objects.filter(action="registry.import_applied").count() == 1


def test_apply_after_somebody_else_changed_the_data_shows_a_new_preview() -> None:
    actor = clerk()
    staged = stage(xlsx([row()]), actor=actor)
    run(xlsx([row(从业人员数="99")]), actor=clerk(user_id=72))

    with pytest.raises(ImportChanged):
        apply_enterprise_import(actor, staged.public_id, NOW)

    assert Enterprise.objects.get().employees == 99
    staged.refresh_from_db()
    assert (staged.state, staged.summary["counts"]["enterprises"]) == (
        "preview",
        {"new": 0, "changed": 1, "unchanged": 0},
    )
    assert apply_enterprise_import(actor, staged.public_id, NOW).state == "applied"
    assert Enterprise.objects.get().employees == 120


def test_cancel_forgets_the_file() -> None:
    actor = clerk()
    staged = stage(xlsx([row()]), actor=actor)

    cancelled = cancel_enterprise_import(actor, staged.public_id, NOW)

    assert (cancelled.state, cancelled.file_sealed, Enterprise.objects.count()) == ("cancelled", None, 0)
    with pytest.raises(ImportClosed):
        apply_enterprise_import(actor, staged.public_id, NOW)


def test_forget_old_imports_cancels_only_what_waited_too_long() -> None:
    old, fresh = stage(xlsx([row()])), stage(xlsx([row()]))
    EnterpriseImport.objects.filter(pk=old.pk).update(created_at=NOW - timedelta(days=8))

    assert forget_old_imports(SYSTEM, now=NOW) == 1

    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.state, old.file_sealed, fresh.state) == ("cancelled", None, "preview")


# --- hostile files ---------------------------------------------------------------------------------------------------


def zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 160_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.xlsx", b"", FileEmpty),
        ("a.csv", b"\n\n", FileEmpty),
        ("a.pdf", b"%PDF-1.7", UnknownFileType),
        ("a.xlsx", xlsx([]), FileEmpty),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, OldExcelFile),
        ("a.xlsx", b"PK\x03\x04broken", SpreadsheetRefused),
        ("a.csv", "姓名,年龄\n张三,5\n".encode(), MissingColumns),
        ("a.csv", csv([], [*TEXTS, "姓名"]), DuplicateColumns),
    ],
)
def test_stage_of_a_file_that_is_no_table_is_refused(name: str, content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        stage(content, name)
    assert EnterpriseImport.objects.count() == 0


def test_stage_of_a_zip_bomb_is_refused_quickly() -> None:
    content = zip_bomb()
    started = time.perf_counter()

    refused = checked(content)

    assert time.perf_counter() - started < 5
    assert (refused.state, refused.file_sealed, refused.summary["refused"]["code"]) == (
        "failed",
        None,
        "file_too_large",
    )


def test_stage_of_two_filled_sheets_is_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx([row()])))
    book.copy_worksheet(book.active).title = "第二页"
    buffer = io.BytesIO()
    book.save(buffer)

    with pytest.raises(SheetsAmbiguous):
        stage(buffer.getvalue())


def test_stage_of_more_rows_than_allowed_is_refused() -> None:
    refused = checked(csv([row()] * 20_001), "名单.csv")

    assert (refused.state, refused.file_sealed) == ("failed", None)
    assert refused.summary["refused"] == ImportTooLong(limit=20_000).stored()


@pytest.mark.slow
def test_import_of_five_thousand_rows_takes_seconds() -> None:
    rows = [
        row(
            单位名称=f"第{number // 2}公司",
            统一社会信用代码=make_uscc(8_000_000 + number // 2),
            姓名=f"李建{number % 10}" if number % 10 else "李建国",
            证件号码=make_id_number(10_000 + number),
            手机号=f"139{number:08}",
            岗位="安全管理人员" if number % 2 else "主要负责人",
            身份="",
        )
        for number in range(5_000)
    ]
    content = xlsx(rows)
    started = time.perf_counter()

    actor = clerk()
    applied = apply_enterprise_import(actor, checked(content, actor=actor).public_id, NOW)

    assert applied.summary["counts"]["enterprises"]["new"] == 2_500
    assert (Person.objects.count(), Appointment.objects.count()) == (5_000, 5_000)
    assert time.perf_counter() - started < 30


# Phones that two people give


def test_phone_of_two_people_in_one_file_is_a_warning_and_no_obstacle() -> None:
    second = row(姓名="王五", 证件号码=make_id_number(7_002), 岗位="安全管理人员", 身份="")
    staged = stage(xlsx([row(), second]))
    assert [(item["row"], item["code"]) for item in staged.summary["warnings"]] == [(3, "phone_shared")]
    assert staged.state == EnterpriseImport.State.PREVIEW


def test_phone_of_somebody_registered_is_a_warning_and_the_own_one_is_not() -> None:
    run(xlsx([row()]))
    again = stage(xlsx([row()]))
    other = stage(xlsx([row(姓名="王五", 证件号码=make_id_number(7_003))]))
    assert again.summary["warnings"] == []
    assert [item["code"] for item in other.summary["warnings"]] == ["phone_shared"]


# --- large files, in the background ----------------------------------------------------------------------------------


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "AT_ONCE_BYTES", 10)


@pytest.mark.usefixtures("everything_is_large")
class TestInTheBackground:
    def test_large_file_is_checked_and_imported_by_runs_that_find_nothing_more_to_do_twice(self) -> None:
        actor = clerk()
        staged = stage(xlsx([row()]), actor=actor)
        run_of_check = JobRun.objects.get(name="registry.check_import")
        assert (staged.state, staged.job_id) == ("checking", run_of_check.public_id)
        assert (staged.summary, run_of_check.arguments) == ({}, {"import_id": staged.public_id})

        assert [check_staged_import(actor, staged.public_id, now=NOW) for _ in range(2)] == [1, 0]
        staged.refresh_from_db()
        run_of_check.refresh_from_db()
        assert (staged.state, staged.summary["counts"]["people"]["new"]) == ("preview", 1)
        assert (run_of_check.progress_done, run_of_check.progress_total) == (1, 1)

        assert request_enterprise_import(actor, staged.public_id, NOW).state == "applying"
        assert Enterprise.objects.count() == 0
        assert [apply_requested_import(actor, staged.public_id, now=NOW) for _ in range(2)] == [True, False]
        staged.refresh_from_db()
        assert (staged.state, staged.file_sealed, Enterprise.objects.count()) == ("applied", None, 1)

    def test_unreadable_large_file_fails_with_its_reason(self) -> None:
        actor = clerk()
        staged = stage(b"PK\x03\x04" + bytes(100), actor=actor)

        assert check_staged_import(actor, staged.public_id, now=NOW) == 0
        staged.refresh_from_db()
        assert (staged.state, staged.file_sealed) == ("failed", None)
        assert staged.summary["refused"]["code"] == "file_damaged"

    def test_cancelled_upload_is_neither_checked_nor_written_any_more(self) -> None:
        actor = clerk()
        checking, applying = stage(xlsx([row()]), actor=actor), stage(xlsx([row()]), actor=actor)
        check_staged_import(actor, applying.public_id, now=NOW)
        request_enterprise_import(actor, applying.public_id, NOW)

        for one in (checking, applying):
            assert cancel_enterprise_import(actor, one.public_id, NOW).file_sealed is None
        assert check_staged_import(actor, checking.public_id, now=NOW) == 0
        assert apply_requested_import(actor, applying.public_id, now=NOW) is False
        assert Enterprise.objects.count() == 0

    def test_faults_are_refused_before_anything_is_sent(self) -> None:
        actor = clerk()
        staged = stage(xlsx([row(手机号="1")]), actor=actor)
        check_staged_import(actor, staged.public_id, now=NOW)

        with pytest.raises(ImportHasErrors):
            request_enterprise_import(actor, staged.public_id, NOW)
        assert not JobRun.objects.filter(name="registry.apply_import").exists()

    def test_data_that_moved_since_the_preview_bring_a_new_preview_with_the_reason(self) -> None:
        actor = clerk()
        staged = stage(xlsx([row()]), actor=actor)
        check_staged_import(actor, staged.public_id, now=NOW)
        request_enterprise_import(actor, staged.public_id, NOW)
        other = stage(xlsx([row(从业人员数="99")]), actor=clerk(user_id=72))
        check_staged_import(clerk(user_id=72), other.public_id, now=NOW)
        apply_enterprise_import(clerk(user_id=72), other.public_id, NOW)

        with pytest.raises(ImportChanged):
            apply_requested_import(actor, staged.public_id, now=NOW)

        staged.refresh_from_db()
        assert (staged.state, staged.summary["refused"]["code"]) == ("preview", ImportChanged.code)
        assert staged.summary["counts"]["enterprises"] == {"new": 0, "changed": 1, "unchanged": 0}
        assert Enterprise.objects.get().employees == 99

    def test_clerk_who_lost_the_role_meanwhile_writes_nothing(self) -> None:
        actor = clerk()
        staged = stage(xlsx([row()]), actor=actor)
        check_staged_import(actor, staged.public_id, now=NOW)
        request_enterprise_import(actor, staged.public_id, NOW)

        with pytest.raises(NotAllowed):
            apply_requested_import(
                Actor(user_id=actor.user_id, person_id=None, label="left"), staged.public_id, now=NOW
            )

        staged.refresh_from_db()
        assert (staged.state, staged.summary["refused"]["code"]) == ("preview", "not_allowed")
        assert Enterprise.objects.count() == 0

    def test_upload_that_nobody_came_back_for_is_forgotten_in_any_state(self) -> None:
        stage(xlsx([row()]))

        assert forget_old_imports(SYSTEM, now=NOW + timedelta(days=8)) == 1
        assert EnterpriseImport.objects.get().file_sealed is None
