"""Pages of the registry through HTTP."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.actor import ENTERPRISE_ADMIN, REGULATOR
from core.models import AuditEntry
from registry.actions import imports
from registry.models import Appointment, Authority, Enterprise, EnterpriseImport
from tests.factories.actors import World, staff_client
from tests.factories.registry import (
    make_appointment,
    make_enterprise,
    make_id_number,
    make_person,
    make_reference_data,
    make_uscc,
)
from tests.registry.tables import TEXTS, row, xlsx

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


OWN_TABLES = ("registry_enterprise", "registry_person", "registry_appointment")


def own_queries(client: Any, url: str) -> list[str]:
    """The statements of one request that ask for enterprises, people or appointments."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured if any(table in query["sql"] for table in OWN_TABLES)]


# --- lists -----------------------------------------------------------------------------------------------------------


# The numbers are this room's own: how often its tables are asked, whatever the frame around asks for.
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("registry:enterprise_list", 4), ("registry:person_list", 3)])
def test_list_costs_the_same_with_one_and_with_three_rows(world: World, name: str, queries: int, count: int) -> None:
    for _ in range(count - 1):
        make_appointment(enterprise=make_enterprise(area=world.enterprise.area, industry=world.industry))

    assert len(own_queries(world.client("regulator"), reverse(name))) == queries


def test_enterprise_list_is_filtered_by_what_the_address_says(world: World) -> None:
    place = {"area": world.enterprise.area, "industry": world.industry}
    make_enterprise(name="晨光化工有限公司", is_large_scale=True, **place)
    make_enterprise(name="小作坊", **place)
    client = world.client("regulator")

    for query, expected in (
        ({"q": "晨光"}, {"晨光化工有限公司"}),
        ({"flag": "is_large_scale"}, {"晨光化工有限公司"}),
        ({"area": world.enterprise.area.code, "q": "小作"}, {"小作坊"}),
        ({"industry": world.industry.code, "q": "无此单位"}, set()),
    ):
        page = client.get(reverse("registry:enterprise_list"), query).context["page"]
        assert {item.name for item in page} == expected, query


@pytest.mark.parametrize(
    "query", ["area=1' OR 1=1", "sort=pk;drop", "flag=password", "page=-5", "size=100000", "tag=x"]
)
def test_enterprise_list_with_nonsense_in_the_address_answers(world: World, query: str) -> None:
    response = world.client("regulator").get(f"{reverse('registry:enterprise_list')}?{query}")

    assert response.status_code == 200
    assert world.other_enterprise.name not in response.content.decode()


def test_lists_show_nothing_of_another_street(world: World) -> None:
    client = world.client("regulator")
    enterprises = text_of(client.get(reverse("registry:enterprise_list")))
    people = text_of(client.get(reverse("registry:person_list")))

    assert (world.enterprise.name in enterprises, world.other_enterprise.name in enterprises) == (True, False)
    assert (world.person.name in people, world.other_person.name in people) == (True, False)
    assert world.person.phone.removeprefix("+86") not in people


def test_export_has_exactly_the_filtered_rows_masked_and_no_formula(world: World) -> None:
    hostile = make_enterprise(name="=1+1有限公司", area=world.enterprise.area, industry=world.industry)
    number = make_id_number()
    make_appointment(enterprise=hostile, person=make_person(name="欧阳锋", id_number=number, phone="+8613812341234"))

    response = world.client("regulator").get(reverse("registry:enterprise_export"), {"q": "=1+1"})

    book = openpyxl.load_workbook(io.BytesIO(response.content))
    enterprises, people = (list(sheet.iter_rows(min_row=2)) for sheet in book.worksheets)
    assert [(cells[0].value, cells[0].data_type) for cells in enterprises] == [("=1+1有限公司", "s")]
    assert [[cell.value for cell in cells][1:4] for cells in people] == [
        ["欧阳*", "*" * 16 + number[-2:], "138****1234"]
    ]
    assert AuditEntry.objects.filter(action="registry.enterprises_exported").count() == 1


# --- details ---------------------------------------------------------------------------------------------------------


def test_enterprise_page_shows_flags_with_reason_and_date_and_people_without_numbers(world: World) -> None:
    make_appointment(enterprise=world.enterprise, person=make_person(name="王安全", phone="+8613812341234"))
    Enterprise.objects.filter(pk=world.enterprise.pk).update(
        employees=150, is_large_scale=True, flags_rule_date="2021-01-01"
    )

    page = text_of(
        world.client("regulator").get(reverse("registry:enterprise_detail", args=[world.enterprise.public_id]))
    )

    assert "从业人员达到 100 人" in page
    assert "2021-01-01" in page
    assert "王安全" in page
    assert "138****1234" in page
    assert "13812341234" not in page


def test_enterprise_form_keeps_what_was_typed_and_names_the_error(world: World) -> None:
    typed = {
        "name": "新公司", "uscc": "914306020000000000", "area": world.enterprise.area.code, "industry": world.industry.code,
    }  # fmt: skip

    page = text_of(world.client("regulator").post(reverse("registry:enterprise_new"), typed))

    assert "校验位不正确" in page
    assert 'value="新公司"' in page
    assert not Enterprise.objects.filter(name="新公司").exists()


def test_enterprise_form_registers_and_leads_to_the_page(world: World) -> None:
    code = make_uscc()
    typed = {"name": "新公司", "uscc": code, "area": world.enterprise.area.code, "industry": world.industry.code}

    response = world.client("regulator").post(reverse("registry:enterprise_new"), typed)

    created = Enterprise.objects.get(uscc=code)
    assert response.headers["Location"] == reverse("registry:enterprise_detail", args=[created.public_id])
    assert created.is_high_hazard


def test_enterprise_form_offers_no_street_out_of_reach(world: World) -> None:
    typed = {
        "name": "新公司",
        "uscc": make_uscc(),
        "area": world.other_enterprise.area.code,
        "industry": world.industry.code,
    }

    response = world.client("regulator").post(reverse("registry:enterprise_new"), typed)

    assert response.context["form"].errors.keys() == {"area"}
    assert not Enterprise.objects.filter(name="新公司").exists()


def test_names_with_markup_are_shown_as_text(world: World) -> None:
    Enterprise.objects.filter(pk=world.enterprise.pk).update(name="<script>alert(1)</script>")

    for name, arguments in (("enterprise_list", []), ("enterprise_detail", [world.enterprise.public_id])):
        page = text_of(world.client("regulator").get(reverse(f"registry:{name}", args=arguments)))
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_own_administrator_adds_a_person_and_ends_the_appointment(world: World) -> None:
    client = world.client("enterprise_admin")
    typed = {
        "name": "王安全", "id_type": "ID", "id_number": make_id_number(), "phone": "13812341234",
        "post": "safety_manager", "valid_from": "2026-11-01",
    }  # fmt: skip

    client.post(reverse("registry:employ", args=[world.enterprise.public_id]), typed)
    appointment = Appointment.objects.get(enterprise=world.enterprise, post="safety_manager")
    client.post(reverse("registry:appointment_end", args=[appointment.public_id]), {"valid_to": "2026-11-20"})

    appointment.refresh_from_db()
    assert (appointment.person.name, str(appointment.valid_to)) == ("王安全", "2026-11-20")


# --- import wizard ---------------------------------------------------------------------------------------------------


def upload(content: bytes, name: str = "名单.xlsx") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content)}


@pytest.fixture
def clerk(db: None) -> Any:
    make_reference_data()
    return staff_client(REGULATOR, authority=Authority.objects.get(code="YYLQ-007"))


def test_import_wizard_from_template_to_result(clerk: Any) -> None:
    template = openpyxl.load_workbook(io.BytesIO(clerk.get(reverse("registry:import_template")).content))
    sheet = template["单位与人员"]
    titles = [cell.value.rstrip("*") for cell in sheet[1]]
    for column, title in enumerate(titles, start=1):
        sheet.cell(2, column, TEXTS[title] or None)
    buffer = io.BytesIO()
    template.save(buffer)

    staged = clerk.post(reverse("registry:import_list"), upload(buffer.getvalue()))
    preview = text_of(clerk.get(staged.headers["Location"]))
    assert "检查通过" in preview
    assert Enterprise.objects.count() == 0
    row_id = EnterpriseImport.objects.get().public_id
    done = clerk.post(reverse("registry:import_apply", args=[row_id]), follow=True)

    assert "已导入" in text_of(done)
    assert (Enterprise.objects.get().name, Appointment.objects.count()) == (TEXTS["单位名称"], 1)
    again = clerk.post(reverse("registry:import_list"), upload(buffer.getvalue()), follow=True)
    assert "没有需要更改的内容" in text_of(again)


def test_import_wizard_shows_errors_by_row_and_column_and_a_workbook(clerk: Any) -> None:
    staged = clerk.post(
        reverse("registry:import_list"),
        upload(xlsx([row(), row(证件号码="110105194912310021", 姓名="=cmd|1", 手机号="")])),
    )

    page = text_of(clerk.get(staged.headers["Location"]))
    row_id = EnterpriseImport.objects.get().public_id
    errors = clerk.get(reverse("registry:import_problems", args=[row_id]))

    assert "第 3 行" in page
    assert "校验位不正确" in page
    assert "确认导入" not in page
    cells = list(openpyxl.load_workbook(io.BytesIO(errors.content)).active.iter_rows(min_row=2))
    assert [cells[0][0].value, len(cells)] == [3, 1]
    assert {cell.data_type for cell in cells[0]} <= {"s", "n"}
    refused = text_of(clerk.post(reverse("registry:import_apply", args=[row_id])))
    assert "没有导入任何内容" in refused
    assert Enterprise.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"", "文件是空的"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "旧版 Excel"),
        ("a.pdf", b"%PDF-1.7 x", "不支持的文件类型"),
        ("a.csv", "姓名,年龄\n张三,5".encode(), "表头缺少以下列"),
    ],
)
def test_import_wizard_says_what_to_do_with_a_file_that_is_no_table(
    clerk: Any, name: str, content: bytes, said: str
) -> None:
    page = text_of(clerk.post(reverse("registry:import_list"), upload(content, name)))

    assert said in page
    assert EnterpriseImport.objects.count() == 0


def test_import_wizard_of_a_large_file_shows_its_progress_and_ends_imported(
    clerk: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE_BYTES", 10)
    content = xlsx([row()])
    with django_capture_on_commit_callbacks() as check:
        staged = clerk.post(reverse("registry:import_list"), upload(content))
    row_id = staged.url.rstrip("/").rsplit("/", 1)[-1]
    progress = reverse("registry:import_progress", args=[row_id])
    assert "正在检查每一行" in text_of(clerk.get(staged.url))
    assert "HX-Refresh" not in clerk.get(progress)
    assert clerk.get(reverse("registry:import_problems", args=[row_id])).status_code == 409

    check[0]()
    assert clerk.get(progress)["HX-Refresh"] == "true"
    assert "检查通过" in text_of(clerk.get(staged.url))
    with django_capture_on_commit_callbacks() as write:
        written = clerk.post(reverse("registry:import_apply", args=[row_id]), follow=True)
    assert "正在写入" in text_of(written)
    write[0]()

    assert "已导入" in text_of(clerk.get(staged.url))
    assert Enterprise.objects.filter(uscc=TEXTS["统一社会信用代码"]).exists()


def test_import_wizard_of_a_large_file_that_is_no_table_says_so(
    clerk: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE_BYTES", 10)
    with django_capture_on_commit_callbacks(execute=True):
        staged = clerk.post(reverse("registry:import_list"), upload(b"PK\x03\x04" + bytes(100)))

    page = text_of(clerk.get(staged.url))

    assert ("无法读取" in page, "重新上传" in page) == (True, True)
    assert "无法读取" in text_of(clerk.get(reverse("registry:import_list")))


def test_import_wizard_of_a_cancelled_upload_has_no_way_on(clerk: Any) -> None:
    clerk.post(reverse("registry:import_list"), upload(xlsx([row()])))
    row_id = EnterpriseImport.objects.get().public_id

    clerk.post(reverse("registry:import_cancel", args=[row_id]))
    page = text_of(clerk.get(reverse("registry:import_detail", args=[row_id])))

    assert "已取消" in page
    assert "确认导入" not in page
    assert clerk.get(reverse("registry:import_apply", args=[row_id])).status_code == 405


# --- home ------------------------------------------------------------------------------------------------------------


def test_home_tells_an_enterprise_that_it_has_no_principal(world: World) -> None:
    lonely = make_enterprise(name="无负责人公司", area=world.enterprise.area, industry=world.industry)
    client = staff_client(ENTERPRISE_ADMIN, enterprise=lonely)

    assert "登记主要负责人" in text_of(client.get(reverse("home")))
    assert "登记主要负责人" not in text_of(world.client("enterprise_admin").get(reverse("home")))
