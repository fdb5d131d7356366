"""Unified social credit codes (GB 32100-2015)."""

import re
import unicodedata
from typing import Final

from stdnum.cn import uscc

from registry.errors import CreditCodeCheckWrong, CreditCodeMalformed

# python-stdnum wants eight leading digits, but the standard begins with letters too: rural collectives are N…, others Y….
_FORM: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")


def read_credit_code(text: str) -> str:
    """The code in its normal form: 18 characters, capitals, no blanks; full-width letters are understood.

    Raises CreditCodeMalformed or CreditCodeCheckWrong. Source: GB 32100-2015, 31 letters, check modulo 31.
    """
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not _FORM.fullmatch(number):
        raise CreditCodeMalformed
    if number[-1] != check_character(number[:17]):
        raise CreditCodeCheckWrong
    return number


def check_character(body: str) -> str:
    """The 18th character for the first 17."""
    return str(uscc.calc_check_digit(body))
