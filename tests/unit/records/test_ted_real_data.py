"""All TED notices of the third-party data: each is read, and its awards agree with those of another reader."""

from __future__ import annotations

import csv
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import process_time

import pytest

from duecare.records.notices.lines import LineMaker
from duecare.records.notices.notice import Notice
from duecare.records.notices.places import country_code
from duecare.records.notices.text import is_placeholder
from duecare.records.notices.xml import parse
from duecare.records.request import Request
from duecare.records.staging import LINE_COLUMNS
from duecare.records.ted import read_ted, unknown_elements
from duecare.settings import Limits

pytestmark = [pytest.mark.real_data, pytest.mark.slow]
ARCHIVE = Path(__file__).resolve().parents[4] / "shared/data/procurement/ted_r209_notices_2016_2021.zip"
NOTICES = 3_055
SLOWEST = 150
"""Notices a second and core, with parsing, in processor time."""
FIELDS = ("amount", "country", "tenderers")
AGREEMENT = Decimal("0.99")
EXPLAINED = {"each language": 10, "named twice": 12, "no name": 2, "no value of its own": 7}


@dataclass(frozen=True)
class Row:
    """A winner of an award, from either reader."""

    notice: str
    title: str
    supplier: str
    country: str
    amount: str
    tenderers: str


@dataclass(frozen=True)
class Comparison:
    """How far two readers agree: rows of the other that we have or not, and by field those that differ."""

    rows: int
    missing: tuple[Row, ...]
    differing: dict[str, list[tuple[Row, Row]]]

    def share(self, field: str) -> Decimal:
        """Agreement among all rows of the other reader; a row that we do not have agrees in nothing."""
        return 1 - Decimal(len(self.missing) + len(self.differing[field])) / self.rows


def compare(theirs: Iterable[Row], ours: Iterable[Row]) -> Comparison:
    """Pair the rows of each notice by supplier, then by title and value, and say where the pairs differ."""
    left: dict[str, list[Row]] = {}
    for row in ours:
        left.setdefault(row.notice, []).append(row)
    missing: list[Row] = []
    differing: dict[str, list[tuple[Row, Row]]] = {field: [] for field in FIELDS}
    theirs = list(theirs)
    for row in theirs:
        candidates = [one for one in left.get(row.notice, []) if same_name(one.supplier, row.supplier)]
        if not candidates:
            missing.append(row)
            continue
        best = max(candidates, key=lambda one: (same_name(one.title, row.title), agree(one, row)))
        left[row.notice].remove(best)
        for field in FIELDS:
            if not same(field, best, row):
                differing[field].append((row, best))
    return Comparison(len(theirs), tuple(missing), differing)


def same(field: str, one: Row, other: Row) -> bool:
    left, right = getattr(one, field), getattr(other, field)
    return left == right or bool(left and right and field == "amount" and Decimal(left) == Decimal(right))


def agree(one: Row, other: Row) -> int:
    return sum(same(field, one, other) for field in FIELDS)


def same_name(one: str, other: str) -> bool:
    """The other reader cuts its texts at 300 characters."""
    left, right = (re.sub(r"\W+", "", text.casefold())[:200] for text in (one, other))
    return left == right or bool(right and left.startswith(right[:150]) and len(right) >= 150)


def rows_of(notice: Notice) -> Iterator[Row]:
    for lot in notice.lots:
        for award in lot.awards:
            title = next(iter(award.titles.values()), "")
            for party in award.suppliers:
                yield Row(notice.id, title, party.name, party.country, award.amount, award.tenderers)


def rows_of_lines(notice: Notice, maker: LineMaker) -> Iterator[Row]:
    """The same from the lines: each winner's row has all countries of its line, since a line joins its winners."""
    lines, _, problems = maker.read(notice, 1, notice.id)
    assert problems == []
    named = [dict(zip(LINE_COLUMNS, map(str, line), strict=True)) for line in lines]
    awards = [(award, lot) for lot in notice.lots for award in lot.awards if award.is_awarded]
    if len(awards) != len(named) or any(line["phase"] not in ("award", "contract") for line in named):
        assert all(line["phase"] in ("planning", "tender") for line in named)
        return
    for (award, _), line in zip(awards, named, strict=True):
        countries = line["supplier_country"] or line["supplier_countries"]
        amount = "" if "amount" in line["gaps"].split() else line["amount"]
        for party in award.suppliers:
            yield Row(
                notice.id, next(iter(award.titles.values()), ""), party.name, countries, amount, line["tenderers"]
            )


def rows_of_other_reader(path: Path, known: Iterable[str]) -> list[Row]:
    """Its rows for notices that the archive holds; 907 are of a year that it does not hold."""
    kept = set(known)
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["doc_id"] in kept]
    return [
        Row(
            row["doc_id"],
            row["award_title"],
            row["supplier"],
            country_code(row["supplier_country"]),
            row["value"],
            row["n_tenders"],
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Reading:
    """One notice of the archive, with what the tests need of its document."""

    file: str
    notice: Notice
    unknown: tuple[str, ...]
    emails: frozenset[str]


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    found = []
    with zipfile.ZipFile(ARCHIVE) as archive:
        for name in archive.namelist():
            root = parse(archive.read(name), Limits())
            emails = frozenset((one.text or "").strip() for one in root.iter("{*}E_MAIL"))
            found.append(Reading(Path(name).stem, read_ted(root), unknown_elements(root), emails - {""}))
    return found


@pytest.fixture(scope="module")
def notices(readings: list[Reading]) -> list[Notice]:
    return [one.notice for one in readings]


def test_every_notice_is_read_without_a_fault(readings: list[Reading], notices: list[Notice]) -> None:
    assert len(notices) == NOTICES
    assert [one.notice.id for one in readings] == [one.file for one in readings]
    assert not [(notice.id, notice.faults) for notice in notices if notice.faults]
    assert all(notice.procedure and notice.version and notice.language for notice in notices)
    assert {notice.form for notice in notices if not notice.lots} == {"F14"}
    assert all(lot.cpv and lot.procurement_category for notice in notices for lot in notice.lots)
    assert {notice.id for notice in notices if not notice.titles} == {"074776-2018"}  # its title is "Test"


def test_lots_and_awards_of_a_notice_can_be_told_apart(notices: list[Notice]) -> None:
    for notice in notices:
        lots = [lot.id for lot in notice.lots]
        awards = [(lot.id, award.number) for lot in notice.lots for award in lot.awards]
        assert len(lots) == len(set(lots)), notice.id
        assert len(awards) == len(set(awards)), notice.id


def test_no_element_of_a_real_notice_is_unknown(readings: list[Reading]) -> None:
    assert Counter(name for one in readings for name in one.unknown) == Counter()


def test_addresses_of_contacts_are_in_no_party(readings: list[Reading]) -> None:
    for one in readings:
        parties = (
            one.notice.buyer,
            *(won for lot in one.notice.lots for award in lot.awards for won in award.suppliers),
        )
        told = " ".join(f"{party.name} {party.identifier}" for party in parties)
        assert not [address for address in one.emails if address in told], one.file


def test_awards_agree_with_another_reader(shared: Path, notices: list[Notice]) -> None:
    theirs = rows_of_other_reader(shared / "data/procurement/ted_r209_awards.csv", (notice.id for notice in notices))
    found = compare(theirs, [row for notice in notices for row in rows_of(notice)])
    assert found.rows > 3_500
    assert {field: found.share(field) for field in FIELDS if found.share(field) < AGREEMENT} == {}


def test_lines_agree_with_another_reader(shared: Path, notices: list[Notice]) -> None:
    """As many rows agree as per winner: joining the winners of an award to one line loses none of their countries."""
    maker = LineMaker(Request(Limits(), date(2026, 11, 1)))
    theirs = rows_of_other_reader(shared / "data/procurement/ted_r209_awards.csv", (notice.id for notice in notices))
    ours = [row for notice in notices for row in rows_of_lines(notice, maker)]
    found = compare(theirs, ours)
    without = [pair for pair in found.differing["country"] if pair[0].country not in pair[1].country.split()]
    shares = {field: found.share(field) for field in ("amount", "tenderers")}
    shares["country"] = 1 - Decimal(len(found.missing) + len(without)) / found.rows
    assert {field: share for field, share in shares.items() if share < AGREEMENT} == {}


def test_every_disagreement_is_of_an_explained_class(shared: Path, notices: list[Notice]) -> None:
    """The classes of docs/reference/ted.md; a new class must be looked at and written down there."""
    theirs = rows_of_other_reader(shared / "data/procurement/ted_r209_awards.csv", (notice.id for notice in notices))
    found = compare(theirs, [row for notice in notices for row in rows_of(notice)])
    several = {notice.id for notice in notices if len(notice.titles) > 1}
    times = Counter((row.notice, row.supplier) for row in theirs)
    classes = Counter(class_of(row, several, times) for row in found.missing)
    for field, pairs in found.differing.items():
        for row, _ in pairs:
            own = field != "amount" or bool(row.amount)
            classes[class_of(row, several, times) if own else "no value of its own"] += 1
    assert classes == EXPLAINED


def class_of(row: Row, several: set[str], times: Counter[tuple[str, str]]) -> str:
    """Why a row of the other reader has no equal: in the order of this list."""
    if is_placeholder(row.supplier):
        return "no name"
    if row.notice in several:
        return "each language"
    return "named twice" if times[row.notice, row.supplier] > 1 else f"unexplained: {row}"


def test_reading_is_fast_enough() -> None:
    limits = Limits()
    with zipfile.ZipFile(ARCHIVE) as archive:
        contents = [archive.read(name) for name in archive.namelist()[::5]]
    start = process_time()
    for content in contents:
        read_ted(parse(content, limits))
    assert len(contents) / (process_time() - start) >= SLOWEST
