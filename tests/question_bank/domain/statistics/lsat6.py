"""The LSAT section 6 data, 1000 people and five items: Bock, R. D. & Lieberman, M. (1970). Fitting a response model for n
dichotomously scored items. Psychometrika 35, 179-197, table 1. Response pattern → number of people."""

from question_bank.domain.statistics.table import Response

PATTERNS = {
    "00000": 3, "00001": 6, "00010": 2, "00011": 11, "00100": 1, "00101": 1, "00110": 3, "00111": 4,
    "01000": 1, "01001": 8, "01011": 16, "01101": 3, "01110": 2, "01111": 15,
    "10000": 10, "10001": 29, "10010": 14, "10011": 81, "10100": 3, "10101": 28, "10110": 15, "10111": 80,
    "11000": 16, "11001": 56, "11010": 21, "11011": 173, "11100": 11, "11101": 61, "11110": 28, "11111": 298,
}  # fmt: skip


def responses() -> list[Response]:
    """One point an item; items are called `1` to `5`."""
    people = [pattern for pattern, count in PATTERNS.items() for _ in range(count)]
    return [
        Response(f"p{number:04d}", str(item), float(mark), 1.0)
        for number, pattern in enumerate(people)
        for item, mark in enumerate(pattern, start=1)
    ]
