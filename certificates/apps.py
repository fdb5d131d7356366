"""App configuration, and the check that PDF rendering has what it needs (stack.md, findings 2 and 3)."""

import ctypes

from django.apps import AppConfig
from django.core.checks import CheckMessage, Warning, register


class CertificatesConfig(AppConfig):
    name = "certificates"

    def ready(self) -> None:
        register(check_pdf_libraries)


def check_pdf_libraries(**_: object) -> list[CheckMessage]:
    """Without libharfbuzz-subset a page takes seconds instead of a fifth of one; without a font it is empty boxes."""
    from core.pdf import font_files

    found: list[CheckMessage] = []
    if not _loads("libharfbuzz-subset.so.0"):
        found.append(
            Warning(
                "libharfbuzz-subset is missing: certificates render ten times slower.",
                hint="Install the package libharfbuzz-subset0.",
                id="certificates.W001",
            ),
        )
    if font_files() is None:
        found.append(
            Warning(
                "No Chinese font for certificates.",
                hint="Run the set-up (it fetches Noto Sans SC), or install fonts-wqy-microhei.",
                id="certificates.W002",
            ),
        )
    return found


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
