"""A certificate on A4, by WeasyPrint: one font configuration for the process, no network, no files but our font."""

import base64
import os
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string

from certificates.errors import FontMissing

# stack.md, finding 3: the Noto Sans SC of the front-end packages gives 26 KB a page; the system's WenQuanYi is second.
_FOLDERS = (
    Path("build/fonts"),
    Path("frontend/node_modules/@expo-google-fonts/noto-sans-sc/400Regular"),
    Path("frontend/node_modules/@expo-google-fonts/noto-sans-sc"),
)
_FALLBACKS = (
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
)
_rendering = Lock()


def render_certificate(content: dict[str, Any], *, sha256: str, address: str) -> bytes:
    """The PDF of a certificate's content; `address` of its verification page goes into the QR code."""
    html = render_to_string(
        "certificates/pdf.html",
        {"content": content, "sha256": sha256, "address": address, "qr": _qr(address), "is_demo": settings.DEMO},
    )
    # WeasyPrint's fonts are not safe for two threads at once.
    with _rendering:
        return _render(html)


def font_files() -> tuple[Path, Path] | None:
    """Regular and bold; None when there is no Chinese font at all."""
    for folder in _FOLDERS:
        regular = settings.BASE_DIR / folder / "NotoSansSC_400Regular.ttf"
        bold = settings.BASE_DIR / folder / "NotoSansSC_700Bold.ttf"
        if regular.is_file() and bold.is_file():
            return regular, bold
    found = next((path for path in _fallbacks() if path.is_file()), None)
    return (found, found) if found else None


def _fallbacks() -> list[Path]:
    # A set-up without root unpacks packages below .tools/sysroot.
    roots = [Path("/"), settings.BASE_DIR / ".tools" / "sysroot"]
    return [root / str(path).lstrip(os.sep) for root in roots for path in _FALLBACKS]


def _render(html: str) -> bytes:
    weasyprint, fonts, sheet, fetcher = _engine()
    document = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url=None)
    data: bytes = document.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_tags=True, uncompressed_pdf=False)
    return data


@cache
def _engine() -> tuple[Any, Any, Any, Any]:
    # Imported late: half a second to two that only the process that renders should pay.
    import weasyprint  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    files = font_files()
    if files is None:
        raise FontMissing
    fonts = FontConfiguration()
    fetcher = URLFetcher(allowed_protocols=("data",))
    css = _font_faces(*files) + (settings.BASE_DIR / "templates" / "certificates" / "pdf.css").read_text("utf-8")
    sheet = weasyprint.CSS(string=css, font_config=fonts, url_fetcher=URLFetcher(allowed_protocols=("data", "file")))
    return weasyprint, fonts, sheet, fetcher


def _font_faces(regular: Path, bold: Path) -> str:
    return "".join(
        f"@font-face {{ font-family: 'Certificate'; font-weight: {weight}; src: url('{path.as_uri()}'); }}\n"
        for weight, path in ((400, regular), (700, bold))
    )


def _qr(address: str) -> str:
    svg = segno.make(address, error="m", micro=False).svg_inline(scale=4, border=0).encode()
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")
