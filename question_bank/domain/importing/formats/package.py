"""Zip packages of foreign programs and the XML in them, trusted in nothing: real bytes are counted, entities refused."""

import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Final

from lxml import etree

from core.spreadsheets import FileDamaged, FileEmpty, FileEncrypted, FileTooLarge, HostileFile
from question_bank.domain.importing.formats.lines import MAX_BYTES

MAX_UNZIPPED: Final = 128 * 1024 * 1024
MAX_ENTRIES: Final = 5000


def read_package(data: bytes, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """The wanted members by path. Raises FileEmpty, FileTooLarge, FileEncrypted, HostileFile, FileDamaged."""
    if len(data) > MAX_BYTES:
        raise FileTooLarge(limit_mb=MAX_BYTES // (1024 * 1024))
    if not data:
        raise FileEmpty
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check(entries)
            return _unzipped(archive, entries, wanted)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise FileDamaged from error


def _check(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > MAX_ENTRIES or len(set(names)) != len(names):
        raise HostileFile
    for entry in entries:
        path = entry.filename
        if entry.flag_bits & 1:
            raise FileEncrypted
        strange = not path or path.startswith("/") or "\\" in path or ":" in path or ".." in path.split("/")
        packed = entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        if strange or packed or stat.S_ISLNK(entry.external_attr >> 16):
            raise HostileFile


def _unzipped(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], wanted: Callable[[str], bool]
) -> dict[str, bytes]:
    left = MAX_UNZIPPED
    found = {}
    for entry in entries:
        if entry.is_dir() or not wanted(entry.filename):
            continue
        with archive.open(entry) as stream:
            body = stream.read(left + 1)
        left -= len(body)
        if left < 0:
            raise FileTooLarge(limit_mb=MAX_UNZIPPED // (1024 * 1024))
        found[entry.filename] = body
    return found


def parse_xml(data: bytes) -> etree._Element:
    """The root element; nothing external is looked at. Raises HostileFile, FileDamaged."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in data[:64]:
        raise HostileFile
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FileDamaged from error


def local(element: etree._Element) -> str:
    """The name without its namespace; comments and the like have none."""
    # The stubs say that a tag is always text; a comment's is a function.
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str:
    """An attribute whatever its namespace."""
    attributes: Mapping[str, str] = {str(key).rpartition("}")[2]: str(value) for key, value in element.attrib.items()}
    return attributes.get(name, "")
