"""Nothing private in logs: ID numbers, phones and codes are cut out of every line (security.md, A56)."""

import logging
import re

_PRIVATE = (
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "[id-number]"),
    (re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)"), "[phone]"),
    (re.compile(r"(/password/reset/key/)[^/\s\"']+"), r"\1[hidden]"),
    (re.compile(r"(?i)(password|code|token|secret)(['\"]?\s*[:=]\s*['\"]?)[^\s'\",}&]+"), r"\1\2[hidden]"),
)


def strip_private(text: str) -> str:
    """The text with everything that looks like a private datum replaced by its kind."""
    for pattern, replacement in _PRIVATE:
        text = pattern.sub(replacement, text)
    return text


class PrivateDataFilter(logging.Filter):
    """Strips messages and their arguments before any handler writes them."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, dict):
            record.msg = {
                key: strip_private(value) if isinstance(value, str) else value for key, value in record.msg.items()
            }
        else:
            record.msg, record.args = strip_private(record.getMessage()), None
        return True
