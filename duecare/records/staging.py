"""What a reader hands over: contract lines as published, quarantined rows and fields kept aside, as files on disk.

A reader runs in a limited child process and knows nothing of the register; this is their whole contract. Lines go to CSV
files with one fixed column order (an empty cell is unknown), quarantined rows and kept-aside fields to JSON lines.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from duecare.records.faults import Fault

LINE_COLUMNS: tuple[str, ...] = (
    "row",  # int, from 1, as an editor or spreadsheet shows it; several lines may come from one row
    "locator",  # where in the file: "line 7", "Contracts!A7", "line 3 /awards/0"
    "line_id",  # 20 hex digits, the same for the same contract line in every file: see line_id()
    "version",  # ISO date-time of the release for formats that publish updates, else empty
    "content_sha256",  # of all columns below as published, 32 hex digits
    "ocid",
    "lot",
    "contract_id",
    "structure",  # the executive structure (office) that buys
    "buyer",
    "supplier_name",
    "supplier_id",
    "supplier_country",  # ISO 3166-1 alpha-2 (XK: Kosovo), as all countries
    "country",  # place of delivery or work
    "country_basis",  # declared | buyer (address of the buyer) | default (given by the user for the whole file)
    "origin_country",  # where the goods were made or grown
    "title",
    "description",
    "cpv",  # codes as published, separated by one space
    "unspsc",
    "hs",
    "other_codes",  # "SCHEME:code" separated by one space
    "quantity",  # plain decimal: digits, optional point and sign, as all numbers
    "unit",
    "unit_price",
    "amount",
    "currency",  # ISO 4217
    "award_date",  # ISO date, as all dates
    "start_date",
    "end_date",
    "procedure",  # open | selective | limited | direct, or as published when it is none of these words
    "tenderers",
    "price_weight",  # 0-100, share of price in the award criteria; 100 for lowest price only
    "subcontract_share",  # 0-100
    "bid_days",  # length of the tender period in days
    "payment_days",  # longest delay between invoice or due date and payment in days
    "phase",  # planning | tender | award | contract | implementation
    "language",  # of the title, ISO 639-1, where it is declared
    "documents",  # OCDS documentType values present, separated by one space
    "procurement_category",  # goods | services | works, the main one
    "buyer_type",  # legal kind of the buyer as a code: eForms buyer-legal-type where it can be told
    "buyer_activity",  # main activity of the buyer as a code: eForms main-activity where it can be told
    "estimated_amount",  # estimated or largest possible value, in ``currency``
    "lowest_bid",  # in ``currency``, as the highest
    "highest_bid",
    "duration_months",  # declared length of the contract; plain decimal
    "renewals",  # how often the contract may be renewed at most
    "framework",  # yes | no | eForms framework-agreement code
    "objectives",  # codes of strategic and social objectives, separated by one space
    "reserved",  # who the contract is reserved for, as a code
    "exclusion_grounds",  # codes, separated by one space
    "translations",  # JSON object: language to {"title", "description"} in the languages other than ``language``
    "supplier_is_person",  # yes where a supplier is a natural person or a sole trader: a name that is personal data
    "notice",  # publication number or id of the notice
    "gaps",  # names of the columns that the source left empty though it should hold them, separated by one space
    "raw",  # spreadsheets: the row as a JSON object of header and cell; other formats: empty (ocid and locator find it)
    "supplier_countries",  # all countries of several winners where they differ, separated by one space
    "joint_buyers",  # names of the buyers beside ``buyer``, separated by "; "
    "modified_amount",  # value of the contract after it was modified, in ``currency``; ``amount`` is that at its conclusion
)


SHOULD_HOLD: tuple[str, ...] = (
    "buyer",
    "supplier_name",
    "supplier_country",
    "country",
    "title",
    "cpv",
    "amount",
    "currency",
    "award_date",
    "start_date",
    "end_date",
)
"""Columns that a release or a notice should fill: where it does not, their names are in ``gaps``."""


@dataclass
class Summary:
    """What a reader did with one file: the numbers of the ledger. ``rows`` are rows, releases, records or notices.

    ``repeated`` are rows without lines that repeat an earlier one word for word; those with lines the register compares.
    """

    format: str = ""
    rows: int = 0
    quarantined: int = 0
    merged: int = 0
    totals_rows: int = 0
    repeated: tuple[int, ...] = ()
    ignored_fields: tuple[str, ...] = ()
    """fields of the source that are not used"""
    unknown_fields: tuple[str, ...] = ()
    """those of them that the standard of the format does not know either"""
    notes: tuple[str, ...] = ()
    superseded: bool = False


class Staging:
    """The writing side, used as a context manager in the reading process. ``part`` tells parallel readers apart."""

    def __init__(self, folder: Path, part: str = "0") -> None:
        self.folder, self.part = folder, part
        self.codes: Counter[str] = Counter()
        self._lines = (folder / f"lines-{part}.csv").open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._lines, lineterminator="\n")
        self._quarantine: IO[bytes] = (folder / f"quarantine-{part}.jsonl").open("wb")
        self._marks: IO[bytes] | None = None
        self._aside: IO[bytes] = (folder / f"aside-{part}.jsonl").open("wb")

    def lines(self, rows: Iterable[Sequence[object]]) -> None:
        """Write contract lines, each a sequence in the order of ``LINE_COLUMNS``; ``None`` and "" are unknown."""
        self._writer.writerows(rows)

    def text(self, rows: str) -> None:
        """Write contract lines that are already CSV text in the order of ``LINE_COLUMNS``, each ended by a line feed."""
        self._lines.write(rows)

    def quarantine(self, faults: Sequence[Fault]) -> None:
        """Park one row with everything that is wrong with it (one or more faults of the same row)."""
        self.codes.update(fault.code for fault in faults)
        self._quarantine.write(msgspec.json.encode([asdict(fault) for fault in faults]) + b"\n")

    def marks(self, marks: Iterable[Mapping[str, str]]) -> None:
        """Write what a notice says about the lines of other notices (``register.marks``); most files have none."""
        for mark in marks:
            if self._marks is None:
                self._marks = (self.folder / f"marks-{self.part}.jsonl").open("wb")
            self._marks.write(msgspec.json.encode(mark) + b"\n")

    def aside(self, row: int, fields: Mapping[str, object]) -> None:
        """Keep fields that duecare does not use, so that nothing a source said is dropped."""
        self._aside.write(msgspec.json.encode({"row": row, "fields": fields}) + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self._lines, self._quarantine, self._aside, self._marks):
            if file is not None:
                file.close()


def line_id(*parts: str) -> str:
    """Identity of a contract line across files: 20 hex digits of SHA-256 over its natural key.

    Spreadsheets pass ``structure, buyer, contract_id``; OCDS passes ``ocid, award or contract id, lot id``.
    """
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def content_hash(values: Sequence[object]) -> str:
    """Hash of what was published (the columns from ``ocid`` to ``notice``), to tell a repeat from a conflict."""
    text = "\x1f".join("" if value is None else str(value) for value in values)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
