"""The PDF: one page, our font, no way out to files or network."""

import io

import pytest
from pypdf import PdfReader

from certificates.domain.content import freeze, read
from certificates.jobs.pdf import render_certificate
from core.pdf import font_files
from tests.certificates.domain.test_certificates import FACTS

ADDRESS = "http://testserver/public/certificates/" + "a1" * 16 + "/"


def _render(**over: object) -> PdfReader:
    content = {**read(freeze(FACTS).content), **over}
    return PdfReader(io.BytesIO(render_certificate(content, sha256="f" * 64, address=ADDRESS)))


def _text(reader: PdfReader) -> str:
    # Letter spacing comes out as spaces.
    return "".join(reader.pages[0].extract_text().split())


def test_render_is_one_landscape_page_with_everything_in_it() -> None:
    reader = _render()
    page = reader.pages[0]
    text = _text(reader)
    assert len(reader.pages) == 1
    assert page.mediabox.width > page.mediabox.height
    for part in (
        "培训合格证",
        "（季度抽考）",
        "欧阳小锋",
        "86.5分",
        "CK2026Q4-483920-9",
        "2027-11-22",
        "f" * 64,
        ADDRESS,
    ):
        assert part in text


def test_render_rare_characters_and_long_names_stay_on_one_page() -> None:
    assert len(_render(holder="㛃䶮𬭚𣲗", enterprise="岳阳" + "很长的名称" * 20 + "公司").pages) == 1


def test_render_hostile_text_is_printed_not_followed() -> None:
    assert '<imgsrc="file:///etc/passwd"><script>1</script>' in _text(
        _render(enterprise='<img src="file:///etc/passwd"><script>1</script>'),
    )


def test_font_files_are_found() -> None:
    assert font_files() is not None


@pytest.mark.parametrize("demo", [True, False])
def test_render_demo_says_so(settings, demo: bool) -> None:  # type: ignore[no-untyped-def]
    settings.DEMO = demo
    assert ("演示样张" in _text(_render())) == demo
