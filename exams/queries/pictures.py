"""Which pictures a paper shows."""

import re

from exams.models import Attempt

_NAME = re.compile(r"[0-9a-f]{32}")


def paper_shows(attempt_id: str, picture_id: str) -> bool:
    """Whether the paper of that attempt shows that picture. The caller proved to hold the attempt."""
    sign = f"](media:{picture_id})"
    return (
        bool(_NAME.fullmatch(picture_id))
        and Attempt.objects.filter(public_id=attempt_id, paper__content__contains=sign).exists()
    )
