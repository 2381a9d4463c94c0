"""A file of texts to classify: every row answered in its order, whatever the container, and nothing guessed."""

from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duecare import cycle
from duecare.errors import FileRefused, WrongUsage
from duecare.records.classify import classify_texts
from duecare.records.request import Request
from duecare.records.spreadsheet.texts import ORDER_NAME, Texts, read_texts
from duecare.records.text_file import Row, TextFile, answers, read_text_file
from duecare.records.text_reading import risk_category
from duecare.settings import Limits, Settings
from duecare.terms import Classified

DAY = date(2026, 11, 1)
REQUEST = Request(Limits(), DAY)


def read(folder: Path, content: str | bytes, kind: str = "csv") -> list[tuple[str, str, str]]:
    """Text, language and code of the rows of the file in its order, read in this process."""
    return [row[:3] for row in whole(folder, content, kind)]


def whole(folder: Path, content: str | bytes, kind: str = "csv") -> list[tuple[str, str, str, str]]:
    """The same with the nature of the contract."""
    import msgspec

    path = folder / f"texts.{kind}"
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    found = msgspec.json.decode(read_texts(path, kind, folder, REQUEST).read_bytes(), type=Texts)
    order = memoryview((folder / ORDER_NAME).read_bytes()).cast("I")
    return [found.rows[number] for number in order]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("text\nCleaning\nGuards\n", [("Cleaning", "", ""), ("Guards", "", "")]),
        ('text,lang\n"Bread, milk; and eggs",en\nPan,es', [("Bread, milk; and eggs", "en", ""), ("Pan", "es", "")]),
        ("lang;cpv;text\nde;79;Wachdienst, Tor\n", [("Wachdienst, Tor", "de", "79")]),
        ("Text\tLang\nPain\tfr\n", [("Pain", "fr", "")]),
        ("id,text,note\n1,Cleaning,x\n2,,y\n3,Cleaning,\n", [("Cleaning", "", ""), ("", "", ""), ("Cleaning", "", "")]),
        ('text\nCleaning\n\n""\nGuards\n', [("Cleaning", "", ""), ("", "", ""), ("Guards", "", "")]),
        ('text\n"two\nlines"\n', [("two\nlines", "", "")]),
        ("\ufefftext\nŽito\n", [("Žito", "", "")]),
        ("title,cpv\nCleaning,\n", [("Cleaning", "", "")]),
        ("text\n", []),
        ("text,lang\nCleaning\n", [("Cleaning", "", "")]),
        ("text\nun; deux; trois; quatre\n", [("un; deux; trois; quatre", "", "")]),
    ],
)
def test_rows_are_read_as_they_stand(tmp_path: Path, content: str, rows: list[Any]) -> None:
    assert read(tmp_path, content) == rows


@pytest.mark.parametrize(
    ("heading", "cell", "nature"),
    [
        ("nature", "services", "services"), ("Procurement category", "Supplies", "goods"), ("nature", "works ", "works"),
        ("procurement_category", "who knows", ""), ("kind", "works", ""),
    ],
)  # fmt: skip
def test_the_nature_of_a_contract_is_read(tmp_path: Path, heading: str, cell: str, nature: str) -> None:
    assert whole(tmp_path, f"text,{heading}\nRoof,{cell}\n") == [("Roof", "", "", nature)]


def test_a_sheet_is_read_as_well(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("lang", "text"), ("en", "Cleaning"), ("en", 12), (None, None), ("fr", "Pain")):
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)

    assert read(tmp_path, held.getvalue(), "xlsx") == [
        ("Cleaning", "en", ""), ("12", "en", ""), ("", "", ""), ("Pain", "fr", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        ("", "EMPTY_FILE", None), ("id,name\n1,x\n", "MISSING_COLUMN", 1), ("\n\n", "NO_HEADER", None),
        ("text\nBread, milk\n", "COLUMN_COUNT", 2), ('text,lang\n"never closed,en\n', "UNCLOSED_QUOTE", 2),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_understood_is_refused(tmp_path: Path, content: str, code: str, row: int | None) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content)
    assert (refused.value.code, refused.value.row) == (code, row)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30), max_size=20))
def test_any_texts_come_back_in_their_order(tmp_path: Path, texts: list[str]) -> None:
    import csv

    held = io.StringIO()
    writer = csv.writer(held, quoting=csv.QUOTE_ALL)
    writer.writerow(["text", "lang"])
    writer.writerows([text, ""] for text in texts)

    assert [text for text, _, _ in read(tmp_path, held.getvalue())] == texts


def test_a_confined_process_reads_it_packed_or_not(tmp_path: Path) -> None:
    packed = tmp_path / "texts.csv.gz"
    packed.write_bytes(gzip.compress(b"text,lang\nCleaning,en\nGuards,\nCleaning,en\n"))

    found = read_text_file(packed, REQUEST)
    assert (found.rows, list(found.order)) == ([("Cleaning", "en", "", ""), ("Guards", "", "", "")], [0, 1, 0])


def test_what_is_no_table_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "release.json").write_text('{"releases": []}', encoding="utf-8")

    with pytest.raises(WrongUsage, match="CSV, XLSX, XLS or ODS"):
        read_text_file(tmp_path / "release.json", REQUEST)
    with pytest.raises(WrongUsage, match="There is no file"):
        cycle.classify(tmp_path / "none.csv", Settings(), DAY)


def test_an_answer_has_the_promised_fields() -> None:
    one = Classified(
        "CAT03",
        "predicted",
        0.8,
        cpv="9091",
        division_confidence=0.91,
        guesses=(("9061", 0.05), ("50", 0.02), ("98", 0.01)),
    )
    (block,) = answers(TextFile([("Cleaning", "", "", "")], [0, 0]), lambda rows: [one] * len(rows))
    first, second = (json.loads(line) for line in block.splitlines())

    assert first == second == {
        "text": "Cleaning", "cpv": "9091", "division": "90", "category": "CAT03", "confidence": 0.91, "how": "predicted",
        "alternatives": [
            {"cpv": "9061", "division": "90", "confidence": 0.05}, {"cpv": "50", "division": "50", "confidence": 0.02},
            {"cpv": "98", "division": "98", "confidence": 0.01},
        ],
    }  # fmt: skip


def test_a_declared_code_that_is_contradicted_is_named() -> None:
    one = Classified("CAT03", "predicted", 0.5, "98390000", "98390000", cpv="9091")
    (block,) = answers(TextFile([("Cleaning", "", "98390000", "")], [0]), lambda rows: [one] * len(rows))

    assert json.loads(block)["contradicts"] == "98390000"


@pytest.mark.parametrize(
    ("category", "said"), [("CAT03", "CAT03"), ("CAT03-LAUNDRY", ""), ("GEN-LEGAL", ""), ("UNKNOWN", "")]
)
def test_a_category_is_one_of_the_twenty_or_nothing(category: str, said: str) -> None:
    assert risk_category(category) == said


def test_two_processes_answer_as_one_does() -> None:
    rows = [
        (f"{text} {number}", "", "", "")
        for number in range(40)
        for text in ("Office cleaning", "Хлеб", "Lot", "Wachdienst")
    ]
    texts = TextFile(rows, [*range(len(rows)), 0])
    here = os.getpid()
    answered: list[int] = []

    def classify(some: Sequence[Row]) -> Sequence[Classified]:
        answered.append(len(some)) if os.getpid() == here else None
        return classify_texts(some, tier2="off")

    alone = b"".join(answers(texts, classify, 1, shared_from=2))
    shared = b"".join(answers(texts, classify, 2, shared_from=2))
    assert answered == [160, 80]
    assert shared == alone
    assert len(alone.splitlines()) == 161


def test_what_the_second_process_could_not_do_is_done_by_the_first() -> None:
    here = os.getpid()

    def classify(some: Sequence[Row]) -> Sequence[Classified]:
        if os.getpid() != here:
            raise MemoryError
        return [Classified("CAT03", "predicted", 0.8, cpv="9091")] * len(some)

    texts = TextFile([("Cleaning", "", "", ""), ("Guards", "", "", "")], [0, 1])
    assert len(b"".join(answers(texts, classify, 2, shared_from=2)).splitlines()) == 2
