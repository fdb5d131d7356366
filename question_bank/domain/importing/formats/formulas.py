"""Word's formulas (OMML, ECMA-376 part 1, 22.1) as MathML: what exam questions use; the rest keeps its characters."""

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from lxml import etree

from question_bank.domain.importing.formats.package import attribute, local

_SKIPPED: Final = {
    "rPr",
    "ctrlPr",
    "fPr",
    "sSupPr",
    "sSubPr",
    "sSubSupPr",
    "radPr",
    "dPr",
    "naryPr",
    "oMathParaPr",
    "mPr",
}
_TOKEN: Final = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]|\S")


def mathml_of(element: etree._Element) -> str:
    """`<math>…</math>` on one line; empty for an empty formula."""
    inner = _children(element)
    return f"<math>{inner}</math>" if inner else ""


def _children(element: etree._Element | None) -> str:
    return "" if element is None else "".join(_of(child) for child in element if local(child) not in _SKIPPED)


def _row(element: etree._Element, name: str) -> str:
    return f"<mrow>{_children(element.find(f'{{*}}{name}'))}</mrow>"


def _of(element: etree._Element) -> str:
    match local(element):
        case "t":
            return "".join(_tokens(element.text or ""))
        case "f":
            return f"<mfrac>{_row(element, 'num')}{_row(element, 'den')}</mfrac>"
        case "sSup":
            return f"<msup>{_row(element, 'e')}{_row(element, 'sup')}</msup>"
        case "sSub":
            return f"<msub>{_row(element, 'e')}{_row(element, 'sub')}</msub>"
        case "sSubSup":
            return f"<msubsup>{_row(element, 'e')}{_row(element, 'sub')}{_row(element, 'sup')}</msubsup>"
        case "rad":
            degree = _children(element.find("{*}deg"))
            root = _row(element, "e")
            return f"<mroot>{root}<mrow>{degree}</mrow></mroot>" if degree else f"<msqrt>{root}</msqrt>"
        case "d":
            return _bracketed(element)
        case "nary":
            return _sum(element)
    return _children(element)


def _tokens(text: str) -> Iterator[str]:
    for token in _TOKEN.findall(text):
        tag = "mn" if token[0].isdigit() else "mi" if token.isalpha() else "mo"
        yield f"<{tag}>{escape(token, quote=False)}</{tag}>"


def _property(element: etree._Element, name: str, default: str) -> str:
    found = element.find(f"{{*}}{local(element)}Pr/{{*}}{name}")
    return escape(default if found is None else attribute(found, "val"), quote=False)


def _bracketed(element: etree._Element) -> str:
    begin, end = _property(element, "begChr", "("), _property(element, "endChr", ")")
    inner = "<mo>,</mo>".join(f"<mrow>{_children(part)}</mrow>" for part in element.iterchildren("{*}e"))
    return f"<mrow><mo>{begin}</mo>{inner}<mo>{end}</mo></mrow>"


def _sum(element: etree._Element) -> str:
    sign = f"<mo>{_property(element, 'chr', '∫')}</mo>"
    return (
        f"<mrow><munderover>{sign}{_row(element, 'sub')}{_row(element, 'sup')}</munderover>{_row(element, 'e')}</mrow>"
    )
