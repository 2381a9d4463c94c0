"""Parse the XML of a notice so that it can do no harm: no DTD, no entities, no network, limits on size and depth.

The encoding is settled before the parser sees a byte, so that a declaration cannot make it read something else than was
checked; what stands before the root element is looked at for declarations first. Comments and processing instructions are
left out of the tree: a reader meets elements only.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Any

from lxml import etree

from duecare.errors import FileRefused
from duecare.evidence.loaders.untrusted import harmless_parser
from duecare.records.faults import refused
from duecare.settings import Limits

TED, EFORMS = "ted", "eforms"
MOST_BYTES = 64 * 1024 * 1024
"""Largest single notice; the largest of 3,300 real ones has 1.8 MB."""
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DECLARED = re.compile(rb"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"'][^>]*?\?>")
_DECLARATION = re.compile(r"\s*<\?xml\s.*?\?>", re.DOTALL)
_SINGLE_BYTE = re.compile(
    r"(iso-?8859-?[0-9]{1,2}|latin-?1|windows-?125[0-8]|cp125[0-8]|koi8-[ru]|us-?ascii|ascii)", re.I
)
_UTF_8 = frozenset({"utf-8", "utf8"})
_UTF_16 = frozenset({"utf-16", "utf16", "utf-16le", "utf-16be"})
_EFORMS_ROOTS = {
    "{urn:oasis:names:specification:ubl:schema:xsd:PriorInformationNotice-2}PriorInformationNotice",
    "{urn:oasis:names:specification:ubl:schema:xsd:ContractNotice-2}ContractNotice",
    "{urn:oasis:names:specification:ubl:schema:xsd:ContractAwardNotice-2}ContractAwardNotice",
    "{http://data.europa.eu/p27/eforms-business-registration-information-notice/1}BusinessRegistrationInformationNotice",
}
"""The root elements of eForms; the namespaces of TED differ with every edition of its schema."""
_deeper_than: dict[int, etree.XPath] = {}


def parse(content: bytes | Path, limits: Limits) -> Any:
    """The root element of one XML document, an lxml element, in which every node is an element.

    ``limits.depth`` is the deepest nesting. Raises ``FileRefused``: EMPTY_FILE, TOO_LARGE, TOO_DEEP, BAD_ENCODING,
    NUL_BYTES, XML_FORBIDDEN (a DTD or entities, whatever they would do) and MALFORMED_XML.
    """
    if isinstance(content, Path):
        content = _read(content)
    if len(content) > MOST_BYTES:
        raise refused("TOO_LARGE", detail=f"One notice may have {MOST_BYTES:,} bytes.")
    content = _as_utf_8(content)
    if not content.strip():
        raise refused("EMPTY_FILE")
    _refuse_declarations(content)
    root = _tree(content)
    if root.getroottree().docinfo.internalDTD is not None:
        raise refused("XML_FORBIDDEN")
    if _is_deeper(root, limits.depth):
        raise refused("TOO_DEEP", detail=f"At most {limits.depth} elements inside of each other are accepted.")
    return root


def family(root: Any) -> str:
    """``ted`` or ``eforms`` by the root element; raises ``FileRefused`` (UNKNOWN_FORMAT) with the name that was found."""
    name = etree.QName(root)
    space, local = name.namespace or "", name.localname
    if root.tag in _EFORMS_ROOTS:
        return EFORMS
    if local == "TED_EXPORT" and "ted" in space.casefold():
        return TED
    where = f" in the namespace {space[:120]!r}" if space else " without a namespace"
    detail = f"The root element is {local[:80]!r}{where}; read are notices in eForms and in TED XML (TED_EXPORT)."
    raise refused("UNKNOWN_FORMAT", detail=detail)


def _read(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise refused("TOO_LARGE", detail=f"One notice may have {MOST_BYTES:,} bytes.")
    return path.read_bytes()


def _as_utf_8(content: bytes) -> bytes:
    """The document in UTF-8 without byte order mark; one in another encoding also loses its declaration."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _recoded(content, "utf-16")
    content = content.removeprefix(codecs.BOM_UTF8)
    if content[:1] == b"\x00" or content[1:2] == b"\x00":
        raise refused("BAD_ENCODING", detail="UTF-16 needs its byte order mark.")
    declared = _DECLARED.match(content)
    encoding = declared[1].decode("ascii").casefold() if declared else "utf-8"
    if encoding in _UTF_8:
        if b"\x00" in content:
            raise refused("NUL_BYTES")
        return content if content.isascii() else _checked(content)
    if encoding in _UTF_16 or not _SINGLE_BYTE.fullmatch(encoding):
        detail = f"It declares the encoding {encoding!r}; accepted are UTF-8, UTF-16 with its mark and ISO 8859."
        raise refused("BAD_ENCODING", detail=detail)
    return _recoded(content, encoding)


def _checked(content: bytes) -> bytes:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refused("BAD_ENCODING", detail=f"Byte {error.start:,} is not valid UTF-8.") from None
    return content


def _recoded(content: bytes, encoding: str) -> bytes:
    try:
        text = content.decode(encoding)
        text.encode("utf-8")
    except (UnicodeError, LookupError):
        raise refused("BAD_ENCODING", detail=f"It is not valid {encoding.upper()}.") from None
    if "\x00" in text:
        raise refused("NUL_BYTES")
    declared = _DECLARED.match(text[:400].encode("utf-8", "replace"))
    named = declared[1].decode("ascii").casefold() if declared else encoding
    if (encoding == "utf-16") != (named in _UTF_16) and declared:
        raise refused("BAD_ENCODING", detail=f"It declares the encoding {named!r}, but is not written in it.")
    return _DECLARATION.sub("", text, count=1).encode("utf-8") if declared else text.encode("utf-8")


def _refuse_declarations(content: bytes) -> None:
    found = _PROLOG.match(content)
    place = found.end() if found else 0
    if content[place : place + 2] == b"<!":
        raise refused("XML_FORBIDDEN")


def _tree(content: bytes) -> Any:
    try:
        return etree.fromstring(content, harmless_parser())
    except etree.XMLSyntaxError as error:
        raise _fault_of(error) from None
    except ValueError as error:
        raise refused("MALFORMED_XML", detail=type(error).__name__) from None


def _fault_of(error: etree.XMLSyntaxError) -> FileRefused:
    """libxml2's own words are not shown: they quote the document."""
    words, line = str(error.msg or ""), error.lineno or 0
    if "depth" in words.casefold():
        return refused("TOO_DEEP")
    if "huge" in words.casefold() or "too long" in words.casefold() or "too large" in words.casefold():
        return refused("TOO_LARGE", detail=f"One text, name or attribute in line {line:,} is too long.")
    return refused("MALFORMED_XML", detail=f"Line {line:,}.")


def _is_deeper(root: Any, depth: int) -> bool:
    """Whether any element lies below ``depth`` levels; one path over the tree, in the library's own code."""
    if depth not in _deeper_than:
        _deeper_than[depth] = etree.XPath("boolean(" + "/*" * (depth + 1) + ")")
    return bool(_deeper_than[depth](root))
