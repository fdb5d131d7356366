"""Printed documents by WeasyPrint: one font configuration for the process, no network, no files but our font."""

import base64
import os
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import segno
from django.conf import settings

from core.errors import FontMissing

# stack.md, finding 3: the Noto Sans SC of the front-end packages gives 26 KB a page; the system's WenQuanYi is second.
_FOLDERS = (
    Path("build/fonts"),
    Path("frontend/node_modules/@expo-google-fonts/noto-sans-sc/400Regular"),
    Path("frontend/node_modules/@expo-google-fonts/noto-sans-sc"),
)
_BOLD_FOLDER = {"400Regular": "700Bold"}
_FALLBACKS = (
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
)
_rendering = Lock()


def render_pdf(html: str, *, stylesheet: str) -> bytes:
    """The PDF of a page whose texts are escaped already. `stylesheet` is a file below templates/; its font family is `Printed`.

    Raises FontMissing.
    """
    # WeasyPrint's fonts are not safe for two threads at once.
    with _rendering:
        weasyprint, fonts, fetcher = _engine()
        document = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url=None)
        sheet = _sheet(stylesheet)
        data: bytes = document.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_tags=True, uncompressed_pdf=False)
    return data


def qr_address(text: str) -> str:
    """A QR code as a `data:` address, the only kind of picture that a document may hold."""
    svg = segno.make(text, error="m", micro=False).svg_inline(scale=4, border=0).encode()
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")


def font_files() -> tuple[Path, Path] | None:
    """Regular and bold; None when there is no Chinese font at all."""
    for folder in _FOLDERS:
        regular = settings.BASE_DIR / folder / "NotoSansSC_400Regular.ttf"
        bold = (
            settings.BASE_DIR / folder.with_name(_BOLD_FOLDER.get(folder.name, folder.name)) / "NotoSansSC_700Bold.ttf"
        )
        if regular.is_file() and bold.is_file():
            return regular, bold
    found = next((path for path in _fallbacks() if path.is_file()), None)
    return (found, found) if found else None


def _fallbacks() -> list[Path]:
    # A set-up without root unpacks packages below .tools/sysroot.
    roots = [Path("/"), settings.BASE_DIR / ".tools" / "sysroot"]
    return [root / str(path).lstrip(os.sep) for root in roots for path in _FALLBACKS]


@cache
def _engine() -> tuple[Any, Any, Any]:
    # Imported late: half a second to two that only the process that renders should pay.
    import weasyprint  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    return weasyprint, FontConfiguration(), URLFetcher(allowed_protocols=("data",))


@cache
def _sheet(stylesheet: str) -> Any:
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    weasyprint, fonts, _fetcher = _engine()
    files = font_files()
    if files is None:
        raise FontMissing
    css = _font_faces(*files) + (settings.BASE_DIR / "templates" / stylesheet).read_text("utf-8")
    return weasyprint.CSS(string=css, font_config=fonts, url_fetcher=URLFetcher(allowed_protocols=("data", "file")))


def _font_faces(regular: Path, bold: Path) -> str:
    return "".join(
        f"@font-face {{ font-family: 'Printed'; font-weight: {weight}; src: url('{path.as_uri()}'); }}\n"
        for weight, path in ((400, regular), (700, bold))
    )
