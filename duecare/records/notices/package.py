"""Read files of notices: one XML notice, or a zip or tar of nothing but notices, in which each notice is a row.

A notice that cannot be read is parked with its reason and its name in the package; the package itself must be whole, or
nothing of it is taken. Members are read one after the other, each in memory alone, by several processes where that pays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from duecare.errors import FileRefused
from duecare.records import archive, detect
from duecare.records.archive import Budget, Entry
from duecare.records.faults import Fault, fault, refused
from duecare.records.notices import xml
from duecare.records.notices.lines import LineMaker
from duecare.records.notices.notice import Notice
from duecare.records.request import Request
from duecare.records.spreadsheet.parallel import SMALLEST_SHARE_BYTES, work_on
from duecare.records.staging import Staging, Summary

_CUSTOMIZATION = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}CustomizationID"
_SDK = re.compile(r"eforms-sdk-([0-9]{1,2})\.([0-9]{1,2})(?:[.#].*)?")
_MOST_REMARKS = 50
"""Different remarks of notices that the ledger shows."""
Numbered = Sequence[tuple[int, Entry]]
Read = Callable[[IO[bytes], Entry], bytes]


def read_notice(content: bytes | Path, request: Request) -> Notice:
    """One notice of any family; raises ``FileRefused`` with what is wrong with the document."""
    root = xml.parse(content, request.limits)
    if xml.family(root) == xml.TED:
        from duecare.records.ted import read_ted

        said: Notice = read_ted(root)
        return said
    from duecare.records.eforms import read_eforms

    notice: Notice = read_eforms(root)
    return replace(notice, version=f"{notice.version} {_edition(root)}".strip())


def _edition(root: Any) -> str:
    """``sdk-01.10`` of ``eforms-sdk-1.10``: a notice that was written again in a later edition of eForms is the later one."""
    found = _SDK.fullmatch((root.findtext(_CUSTOMIZATION) or "").strip())
    return f"sdk-{int(found[1]):02d}.{int(found[2]):02d}" if found else ""


def read_single(path: Path, name: str, folder: Path, request: Request) -> Summary:
    """A file that is one notice: one row. A document that is no notice refuses the file."""
    notice = read_notice(path, request)
    with Staging(folder) as staging:
        taken = _Taken(LineMaker(request), staging)
        taken.take(1, name, notice)
    return _summary([taken.counts()])


def read_zip(path: Path, entries: Sequence[Entry], folder: Path, request: Request) -> Summary:
    """A zip of which every file is an XML notice, as ``archive.list_entries`` verified it."""
    for entry in entries:
        if archive.is_junk(entry.name):
            _verify(path, entry)
    return _read_members(path, entries, folder, request, archive.whole)


def read_tar(path: Path, entries: Sequence[Entry], folder: Path, request: Request) -> Summary:
    """A tar of which every file is an XML notice, as ``tape.list_entries`` verified it."""

    def whole(file: IO[bytes], entry: Entry) -> bytes:
        file.seek(entry.place)
        return file.read(entry.size)

    return _read_members(path, entries, folder, request, whole)


def _verify(path: Path, entry: Entry) -> None:
    with path.open("rb") as file:
        for _ in archive.inflate(file, entry, Budget(max(entry.size, 1), archive.ANY_SIZE)):
            pass


def _read_members(path: Path, entries: Sequence[Entry], folder: Path, request: Request, whole: Read) -> Summary:
    notices = [entry for entry in entries if not archive.is_junk(entry.name)]
    ranges = _ranges(list(enumerate(notices, 1)), request.workers)

    def work(part: int, _start: object, _stop: object) -> dict[str, Any]:
        with path.open("rb") as file, Staging(folder, f"{part}") as staging:
            taken = _Taken(LineMaker(request), staging)
            for row, entry in ranges[part]:
                taken.take_document(row, entry.name, _content(file, entry, whole))
        return taken.counts()

    counts = work_on([(part, None, None) for part in range(len(ranges))], work)
    summary = _summary(counts)
    if summary.rows == summary.quarantined:
        raise _all_broken(counts)
    return summary


def _content(file: IO[bytes], entry: Entry, whole: Read) -> bytes:
    content = whole(file, entry)
    if detect.is_archive(content[:512]):
        raise refused("ARCHIVE_NESTED", field="member", value=entry.name)
    return content


def _ranges(members: Numbered, workers: int) -> list[Numbered]:
    """Neighbouring members in as many parts as pay, of about the same number of bytes."""
    size = sum(entry.size for _, entry in members)
    parts = max(1, min(workers, size // SMALLEST_SHARE_BYTES))
    ranges: list[list[tuple[int, Entry]]] = [[] for _ in range(parts)]
    done = 0
    for row, entry in members:
        ranges[min(parts - 1, done * parts // max(size, 1))].append((row, entry))
        done += entry.size
    return list(ranges)


class _Taken:
    """Takes notices one by one and keeps count of them."""

    def __init__(self, maker: LineMaker, staging: Staging) -> None:
        self._maker, self._staging = maker, staging
        self._rows = self._parked = self._unawarded = 0
        self._codes: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._remarks: Counter[str] = Counter()
        self._without_lines: list[tuple[int, str]] = []

    def take_document(self, row: int, name: str, content: bytes) -> None:
        """One member of a package; whatever is wrong with it parks it alone."""
        try:
            notice = read_notice(content, self._maker.request)
        except FileRefused as error:
            self._park([Fault(error.code, row, error.message, error.field, error.value, name)])
        except (MemoryError, OSError):
            raise
        except Exception as error:  # noqa: BLE001  one odd notice must not stop a package of thousands
            detail = f"The reader failed at it ({type(error).__name__}). Please report this as a fault of duecare."
            self._park([fault("MALFORMED_XML", row, locator=name, detail=detail)])
        else:
            self.take(row, name, notice)

    def take(self, row: int, name: str, notice: Notice) -> None:
        """Write the lines and marks of one notice, or park it with all that is wrong with it."""
        lines, marks, problems = self._maker.read(notice, row, name)
        if problems:
            self._park([fault(c, row, field=f, value=v, detail=d, locator=name) for c, f, v, d in problems])
            return
        self._rows += 1
        self._kinds[f"{notice.source}-{notice.kind}"] += 1
        self._remarks.update(dict.fromkeys(notice.notes, 1))
        self._unawarded += sum(not award.is_awarded for lot in notice.lots for award in lot.awards)
        if not lines:
            digest = sha256(repr(notice).encode("utf-8", "surrogatepass")).hexdigest()
            self._without_lines.append((row, digest))
            self._staging.marks([{"kind": "heard", "row": str(row), "digest": digest}])
        self._staging.lines(lines)
        self._staging.marks(marks)

    def _park(self, faults: list[Fault]) -> None:
        self._rows += 1
        self._parked += 1
        self._codes.update({each.code for each in faults})
        self._staging.quarantine(faults)

    def counts(self) -> dict[str, Any]:
        """Plain values, so that they can travel between processes."""
        return {
            "rows": self._rows,
            "parked": self._parked,
            "unawarded": self._unawarded,
            "codes": dict(self._codes),
            "kinds": dict(self._kinds),
            "remarks": dict(self._remarks),
            "without_lines": self._without_lines,
        }


def _summary(parts: Sequence[dict[str, Any]]) -> Summary:
    kinds = sum((Counter(part["kinds"]) for part in parts), Counter[str]())
    families = sorted({kind.partition("-")[0] for kind in kinds}) or ["notices"]
    repeated = list(_repeated(parts))
    notes = [f"{count:,} notices of kind {kind}." for kind, count in sorted(kinds.items())]
    if unawarded := sum(part["unawarded"] for part in parts):
        notes.append(f"{unawarded:,} lots were closed without an award; they bought nothing and give no line.")
    if silent := sum(len(part["without_lines"]) for part in parts) - len(repeated):
        notes.append(f"{silent:,} notices buy or announce nothing and give no line.")
    remarks = sum((Counter(part["remarks"]) for part in parts), Counter[str]())
    notes += [f"{count:,} notices: {told}" for told, count in sorted(remarks.most_common(_MOST_REMARKS))]
    return Summary(
        format="-".join(families) + "-xml",
        rows=sum(part["rows"] for part in parts),
        quarantined=sum(part["parked"] for part in parts),
        repeated=tuple(repeated),
        notes=tuple(notes),
    )


def _repeated(parts: Sequence[dict[str, Any]]) -> Iterator[int]:
    """Rows of notices without lines that say word for word what an earlier one said; with lines the register sees it."""
    seen = set()
    for part in parts:
        for row, digest in part["without_lines"]:
            if digest in seen:
                yield row
            seen.add(digest)


def _all_broken(parts: Sequence[dict[str, Any]]) -> FileRefused:
    codes = sum((Counter(part["codes"]) for part in parts), Counter[str]())
    rows = sum(part["rows"] for part in parts)
    told = ", ".join(f"{code} {count:,}" for code, count in sorted(codes.items()))
    code = max(sorted(codes), key=codes.__getitem__)
    return refused(code, detail=f"None of the {rows:,} files in the package could be read as a notice ({told}).")
