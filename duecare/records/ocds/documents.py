"""Read JSON documents (packages, lists, single releases, several one after the other) release by release.

A document is decoded as far as its releases, which stay slices of the file's bytes, so that a package of 200 MB costs no more
memory than its text and one release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from duecare.errors import FileRefused
from duecare.records.cells import CellFault
from duecare.records.faults import refused
from duecare.records.ocds import checked
from duecare.records.ocds.shapes import is_record, package_list

_END = re.compile(r"trailing characters \(byte (\d+)\)")
_decode_raw = msgspec.json.Decoder(msgspec.Raw).decode
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
NO_OCDS = "It is JSON but no OCDS: it has no ocid, no releases and no records."


def rows_in(text: bytes, depth: int) -> Iterator[bytes]:
    """The text of each release or record in a file of documents, in order.

    Raises ``FileRefused``: MALFORMED_JSON, TRUNCATED, BAD_ENCODING ... for a broken document, UNKNOWN_FORMAT for JSON that
    is no OCDS, DUP_KEY for a package with a key twice.
    """
    for document in _documents(text, depth):
        yield from _rows(document, depth)


def _documents(text: bytes, depth: int) -> Iterator[bytes]:
    view, start = memoryview(text), 0
    while (start < len(text) and (rest := text[start : start + 4096]).lstrip()) or start + 4096 < len(text):
        start += len(rest) - len(rest.lstrip())
        if not rest.strip():
            continue
        try:
            end = memoryview(_decode_raw(view[start:])).nbytes
        except msgspec.DecodeError as wrong:
            found = _END.search(str(wrong))
            if found is None:
                raise _refusal(text[start:], depth, start) from None
            end = int(found[1]) - 1  # the byte after the document is named, counted from 1
        except RecursionError:
            raise refused("TOO_DEEP", detail=f"At most {depth} levels are accepted.") from None
        yield text if start == 0 and end == len(text) else text[start : start + end].rstrip()
        start += end


def _rows(document: bytes, depth: int) -> Iterator[bytes]:
    first = document[:1]
    if first == b"[":
        for one in _checked(_decode_list, document, depth):
            yield from _rows(bytes(one).strip(), depth)
        return
    if first != b"{":
        raise refused("UNKNOWN_FORMAT", value=document[:40].decode("utf-8", "replace"), detail=NO_OCDS)
    envelope = _checked(_decode_object, document, depth)
    name = "" if "ocid" in envelope or is_record(envelope) else package_list(envelope)
    if not name:
        yield document
        return
    _check_envelope(document, envelope, name, depth)
    listed = memoryview(envelope[name])
    if bytes(listed[:1]) != b"[":
        raise refused(
            "BAD_TYPE", field=name, value=bytes(listed[:40]).decode("utf-8", "replace"), detail="It is a list."
        )
    for one in _decode_list(listed):
        yield bytes(one)


def _check_envelope(document: bytes, envelope: dict[str, Any], name: str, depth: int) -> None:
    """Check everything around the list of a package: the document with the list taken out."""
    listed = memoryview(envelope[name])
    start = document.rfind(listed)
    try:
        checked.decode(document[:start] + b"[]" + document[start + len(listed) :], depth)
    except CellFault as wrong:
        raise refused(wrong.code, field=wrong.value, detail=wrong.detail) from None


def _checked(decode: Any, document: bytes, depth: int) -> Any:
    try:
        return decode(document)
    except (msgspec.DecodeError, UnicodeError):
        raise _refusal(document, depth, 0) from None


def _refusal(text: bytes, depth: int, start: int) -> FileRefused:
    """What is wrong with a whole document, by the slow reading; ``start`` is where it begins in the file."""
    try:
        checked.decode(text, depth)
    except CellFault as wrong:
        where = f"The document begins at byte {start + 1}." if start else ""
        return refused(wrong.code, value=wrong.value, detail=f"{wrong.detail} {where}".strip())
    return refused("MALFORMED_JSON")
